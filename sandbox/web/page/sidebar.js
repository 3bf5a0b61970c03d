import { avatar, h, icon, iconButton } from "./dom.js";
import { become, openChannel, sandboxNow, state } from "./state.js";
import { zoned } from "./time.js";

/** `panel` is the one that stands open, `openPanel(name)` opens one. */
export function drawSidebar(box, { closeDrawer, openPanel, panel }) {
  const { workspace } = state;
  const place = (id, label, mark) => {
    const go = () => {
      closeDrawer();
      void openChannel(id);
    };
    return placeItem(id, label, mark, go);
  };
  box.replaceChildren(
    workspaceHead(workspace, closeDrawer),
    h(
      "div",
      { class: "sidebar-scroll" },
      h("h2", {}, "Channels"),
      h(
        "ul",
        {},
        workspace.channels.map(({ id, name, kind }) => place(id, name, icon(kind === "private" ? "lock" : "hash"))),
      ),
      workspace.dm && [
        h("h2", {}, "Direct messages"),
        h("ul", {}, place(workspace.dm.id, "Sophia", avatar(workspace.sophia))),
      ],
    ),
    h(
      "div",
      { class: "sidebar-foot" },
      h(
        "p",
        { class: "presence" },
        h("span", { class: workspace.connected && state.connected ? "light on" : "light" }),
        presence(),
      ),
      h("p", { class: "clock", title: "The sandbox's clock, in your time zone" }, zoned(sandboxNow())),
      personPicker(workspace.people, state.me),
      panelButton("outside", [icon("globe"), "Outside", newsCount()], openPanel, panel),
      panelButton("controls", [icon("sliders"), "Sandbox controls"], openPanel, panel),
    ),
  );
}

function panelButton(name, content, openPanel, panel) {
  const onclick = () => openPanel(name);
  const fields = { type: "button", class: "button wide", "aria-expanded": String(panel === name), "data-panel": name };
  return h("button", { ...fields, onclick }, content);
}

function newsCount() {
  const { size } = state.news;
  const label = `news of ${size} ${size === 1 ? "service" : "services"}`;
  return size > 0 && h("span", { class: "count", "aria-label": label }, String(size));
}

/** The clock goes on without anything else being drawn anew. */
export function drawClock(box) {
  const clock = box.querySelector(".clock");
  if (clock) clock.textContent = zoned(sandboxNow());
}

function workspaceHead(workspace, closeDrawer) {
  return h(
    "div",
    { class: "workspace-name" },
    h("span", { class: "workspace-mark", "aria-hidden": "true" }, workspace.name.slice(0, 1)),
    h(
      "div",
      { class: "grow" },
      h("strong", { class: "ellipsis" }, workspace.name),
      h("div", { class: "sandbox-mark" }, "Sandbox"),
    ),
    iconButton("close", "Close menu", closeDrawer, { class: "icon-button only-narrow" }),
  );
}

function placeItem(id, label, mark, onclick) {
  const count = state.unread.get(id);
  const current = state.channel?.id === id ? "page" : undefined;
  const badge = count && h("span", { class: "count", "aria-label": `${count} unread` }, String(count));
  const fields = { type: "button", class: count ? "place unread" : "place", "aria-current": current, onclick };
  return h("li", {}, h("button", fields, mark, h("span", { class: "grow ellipsis" }, label), badge));
}

function presence() {
  if (!state.connected) return "Reconnecting to the sandbox…";
  return state.workspace.connected ? "Sophia is connected" : "Sophia is not running";
}

function personPicker(people, me) {
  const options = people.map((person) =>
    h("option", { value: person.id, selected: person.id === me.id }, `${person.name} · ${person.title}`),
  );
  // Whoever one is, the conversation stays where it can: a card may be for somebody else to decide.
  const change = (event) =>
    state.channel?.kind === "im"
      ? become(event.target.value)
      : become(event.target.value, state.channel?.id, state.threadTs);
  const select = h("select", { id: "person", onchange: change }, options);
  return h("div", { class: "person" }, h("label", { for: "person" }, "You are"), select);
}
