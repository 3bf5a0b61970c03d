import { act, requestLines } from "./api.js";
import { h, iconButton, toast } from "./dom.js";
import { field, form, select, submit } from "./form.js";
import { sandboxNow, state } from "./state.js";
import { zoned } from "./time.js";

const HOUR = 3_600_000;
const FAULTS = [
  ["429", "Too many requests (429)"],
  ["500", "Internal error (500)"],
  ["503", "Unavailable (503)"],
  ["529", "Overloaded (529)"],
  ["drop", "Cut the connection"],
  ["after", "Do it, then cut the connection"],
  ["slow", "Only slow"],
];

/** The panel for the control server: everything it does is an HTTP call that anybody can make. */
export function drawControls(box, close) {
  const { services, accounts } = state.workspace;
  box.replaceChildren(
    h(
      "header",
      { class: "pane-head" },
      h("h2", { class: "grow" }, "Sandbox controls"),
      iconButton("close", "Close controls", close),
    ),
    h(
      "div",
      { class: "panel-scroll" },
      clockForm(),
      endCallForm(accounts),
      faultForm(services),
      requestLog(services),
      resetForm(),
    ),
  );
}

/** The clock as it was moved; what is typed into the other forms, and the focus, stay. */
export function drawControlsClock(box) {
  const now = sandboxNow();
  box.querySelector(".clock-section > p").textContent = clockHint(now);
  box.querySelector(".clock-section input").value = inputValue(now);
}

const clockHint = (now) => `Every service follows it. For you it is ${zoned(now)}.`;
const inputValue = (now) => now.toISOString().slice(0, 16);

function section(title, hint, ...children) {
  return h("section", {}, h("h3", {}, title), h("p", { class: "faint" }, hint), ...children);
}

function clockForm() {
  const now = sandboxNow();
  const move = async (instant) => {
    const moved = await act("/clock", { now: new Date(instant).toISOString() });
    if (moved) toast(`It is now ${zoned(new Date(moved.now))}`);
  };
  const step = (label, hours) => {
    const onclick = () => move(sandboxNow().getTime() + hours * HOUR);
    return h("button", { type: "button", class: "button", onclick }, label);
  };
  const input = h("input", {
    type: "datetime-local",
    name: "now",
    value: inputValue(now),
    required: true,
  });
  const buttons = [submit("Set", "primary"), step("+1 h", 1), step("+1 day", 24), step("−1 day", -24)];
  const set = ({ now: wanted }) => move(`${wanted}:00Z`);
  const clock = section(
    "Clock",
    clockHint(now),
    form(set, field("Instant (UTC)", input), h("div", { class: "row" }, buttons)),
  );
  clock.classList.add("clock-section");
  return clock;
}

function endCallForm(accounts) {
  const end = async ({ account }) => {
    const ended = await act("/gong/calls/end", account ? { account } : {});
    if (ended) toast(`“${ended.title}” has ended`);
  };
  const list = h(
    "datalist",
    { id: "accounts" },
    accounts.map((name) => h("option", { value: name })),
  );
  const input = h("input", { name: "account", list: "accounts", placeholder: "any account", autocomplete: "off" });
  return section(
    "End a call",
    "A call ends now and is processed in Gong.",
    form(end, field("Account", input), list, submit("End a call", "primary")),
  );
}

function faultForm(services) {
  const add = async ({ service, fault, times, latencyMs, retryAfter }) => {
    const what = { 429: { status: 429 }, drop: { drop: true }, after: { drop: "after" }, slow: {} }[fault] ?? {
      status: Number(fault),
    };
    const numbers = Object.entries({ times, latencyMs, retryAfter }).filter(([, value]) => value !== "");
    const added = await act("/faults", {
      service,
      ...what,
      ...Object.fromEntries(numbers.map(([name, value]) => [name, Number(value)])),
    });
    if (added) toast(`The next ${times === "1" ? "request" : `${times} requests`} to ${service} will fail`);
  };
  const number = (name, label, value) =>
    field(label, h("input", { type: "number", name, min: "0", value, inputmode: "numeric" }));
  return section(
    "Faults",
    "What the coming requests to a service meet.",
    form(
      add,
      field(
        "Service",
        select(
          "service",
          services.map((name) => [name, name]),
        ),
      ),
      field("What happens", select("fault", FAULTS)),
      h(
        "div",
        { class: "row" },
        number("times", "Times", "1"),
        number("latencyMs", "Delay, ms", ""),
        number("retryAfter", "Retry after, s", ""),
      ),
      submit("Add fault", "primary"),
    ),
  );
}

function requestLog(services) {
  const list = h("ol", { class: "requests", tabindex: "0", "aria-label": "Recent requests" });
  const chooser = h(
    "select",
    { "aria-label": "Service" },
    h("option", { value: "" }, "all services"),
    services.map((name) => h("option", {}, name)),
  );
  const load = async () => {
    const lines = await requestLines(chooser.value);
    list.replaceChildren(...lines.toReversed().map(requestItem));
    if (lines.length === 0) list.replaceChildren(h("li", { class: "faint" }, "No requests yet."));
  };
  chooser.addEventListener("change", load);
  void load();
  const refresh = h("button", { type: "button", class: "button", onclick: load }, "Refresh");
  return section(
    "Recent requests",
    "What Sophia sent to the services; tokens are left out.",
    h("div", { class: "row" }, chooser, refresh),
    list,
  );
}

function requestItem({ at, method, url, status, body, response }) {
  const { pathname, search } = new URL(url);
  const kind = status >= 400 ? "status-code bad" : "status-code";
  const summary = h(
    "summary",
    {},
    h("span", { class: kind }, String(status)),
    h("span", { class: "grow ellipsis" }, `${method} ${pathname}${search}`),
    h("time", {}, at.slice(11, 19)),
  );
  return h("li", {}, h("details", {}, summary, h("pre", {}, shorten(body)), h("pre", {}, shorten(response))));
}

const shorten = (text) => (text.length > 4000 ? `${text.slice(0, 4000)}…` : text || "(empty)");

function resetForm() {
  const reset = async () => {
    if (!window.confirm("Throw away all messages, changes, faults and requests of this sandbox?")) return;
    if (await act("/reset")) toast("The sandbox is as it was at its start");
  };
  return section(
    "Start over",
    "The world as it was when the sandbox started.",
    h("button", { type: "button", class: "button danger", onclick: reset }, "Reset the sandbox"),
  );
}
