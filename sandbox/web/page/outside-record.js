import { h } from "./dom.js";
import { shortTime } from "./time.js";

/** A longer value takes the whole line. */
const LONG = 40;
const STATES = { new: "New", changed: "Changed", gone: "Deleted" };

/** A record as it stands, and below it who changed what. */
export function recordCard({ kind, title, state, at, facts, changes }) {
  const changed = new Set(changes.map(({ label }) => label));
  return h(
    "article",
    { class: `record record-${state}`, "aria-label": `${kind} ${title}` },
    h(
      "header",
      {},
      h("span", { class: "record-kind" }, kind),
      h("span", { class: `mark mark-${state}` }, STATES[state] ?? state),
      h("span", { class: "grow" }),
      timeOf(at),
    ),
    h("h4", {}, title),
    facts.length > 0 &&
      h(
        "dl",
        { class: "facts" },
        facts.map(({ label, value }) => {
          const kinds = [changed.has(label) && "changed", value.length > LONG && "wide"].filter(Boolean);
          return h("div", { class: kinds.join(" ") }, h("dt", {}, label), h("dd", {}, value));
        }),
      ),
    h("ul", { class: "history", "aria-label": "Changes" }, edits(changes).map(editItem)),
  );
}

const timeOf = (at) => h("time", { datetime: at, class: "faint" }, shortTime(at));

/** Changes that one person made within a minute belong together. */
function edits(changes) {
  const groups = Map.groupBy(changes, ({ by, at }) => `${at.slice(0, 16)} ${by}`);
  return [...groups.values()];
}

function editItem(changes) {
  const [{ by, at }] = changes;
  return h("li", {}, h("div", { class: "edit-head" }, h("strong", {}, by), timeOf(at)), changes.map(changeLine));
}

function changeLine({ label, before, after }) {
  if (label === "") return h("div", { class: "change" }, `${after} this`);
  return h(
    "div",
    { class: "change" },
    h("span", { class: "change-label" }, label),
    before === null ? [] : [h("del", {}, before), h("span", { "aria-label": "to" }, "→")],
    after === null ? h("ins", { class: "faint" }, "(nothing)") : h("ins", {}, after),
  );
}
