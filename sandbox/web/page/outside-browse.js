import { act, get } from "./api.js";
import { h, toast } from "./dom.js";
import { field, form, select, submit } from "./form.js";
import { state } from "./state.js";

const TYPING_MS = 150;
/** The hour at which the company's deals close, in UTC. */
const CLOSING = "T17:00:00Z";
const LOST = "closedlost";

/** Deals, by name or owner. */
export const dealBrowser = {
  title: "Deals",
  hint: "Find one and change it as somebody else would, in HubSpot itself.",
  path: "/page/deals",
  idOf: ({ id }) => id,
  summary: (deal) => [
    line(deal.name, deal.amount),
    detail(chip(deal.stage, deal.isClosed), deal.owner, deal.closes && `closes ${deal.closes}`),
  ],
  fields: (deal, { stages, reasons }) => {
    const stage = select("dealstage", pairs(stages, "id"), deal.stageId);
    const reason = select("closed_lost_reason", [["", "choose one"], ...pairs(reasons, "value")], deal.lostReason);
    const lost = field("Why it is lost", reason, "outside");
    const show = () => {
      lost.hidden = stage.value !== LOST;
    };
    stage.addEventListener("change", show);
    show();
    const closes = h("input", { type: "date", name: "closedate", value: deal.closeDay, required: true });
    return [field("Stage", stage, "outside"), field("Close date", closes, "outside"), lost];
  },
  ownerOf: ({ ownerId }) => ownerId,
  save: ({ id }, { by, dealstage, closedate, closed_lost_reason: reason }) =>
    act(`/hubspot/objects/deals/${id}`, {
      by,
      properties: {
        dealstage,
        closedate: closedate + CLOSING,
        ...(dealstage === LOST && reason ? { closed_lost_reason: reason } : {}),
      },
    }),
};

/** Tasks, by name, project or assignee. */
export const taskBrowser = {
  title: "Tasks",
  hint: "Find one and change it as somebody else would, in Asana itself.",
  path: "/page/tasks",
  idOf: ({ gid }) => gid,
  summary: (task) => [
    line(task.name, task.due),
    detail(chip(task.isCompleted ? "Completed" : "Open", task.isCompleted), task.assignee, task.place),
  ],
  fields: (task) => [
    field("Due date", h("input", { type: "date", name: "due_on", value: task.dueDay }), "outside"),
    field(
      "State",
      select(
        "completed",
        [
          ["false", "Open"],
          ["true", "Completed"],
        ],
        String(task.isCompleted),
      ),
      "outside",
    ),
  ],
  ownerOf: ({ assigneeId }) => assigneeId,
  save: ({ gid, dueDay }, { by, due_on: due, completed }) =>
    act(`/asana/tasks/${gid}`, {
      by,
      completed: completed === "true",
      ...(due === dueDay ? {} : { due_on: due || null }),
    }),
};

const pairs = (options, key) => options.map((option) => [option[key], option.label]);
const chip = (words, isOver) => h("span", { class: isOver ? "stage over" : "stage" }, words);
const line = (name, aside) =>
  h("span", { class: "row-line" }, h("span", { class: "grow row-name" }, name), h("span", { class: "nowrap" }, aside));
const detail = (...parts) =>
  h(
    "span",
    { class: "row-detail" },
    parts.filter(Boolean).map((part) => h("span", {}, part)),
  );

/** A list of records to search, each of which opens to a form. What is typed stays when the list is read anew. */
export class Browser {
  #kind;
  #search;
  #list = h("div", { class: "rows" });
  #count = h("p", { class: "faint", role: "status" });
  #rows = new Map();
  #asking = 0;
  #timer;

  /** `kind` is one of the two above. */
  constructor(kind) {
    this.#kind = kind;
    this.#search = h("input", {
      type: "search",
      "aria-label": `Search ${kind.title.toLowerCase()}`,
      placeholder: `Search ${kind.title.toLowerCase()}`,
      oninput: () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => void this.load(), TYPING_MS);
      },
    });
    this.element = h(
      "section",
      { "aria-label": kind.title },
      h("h3", {}, kind.title),
      h("p", { class: "faint" }, kind.hint),
      this.#search,
      this.#count,
      this.#list,
    );
    void this.load();
  }

  async load() {
    const mine = ++this.#asking;
    try {
      const found = await get(this.#kind.path, { search: this.#search.value.trim() });
      if (mine === this.#asking) this.#show(found);
    } catch (error) {
      toast(error.message, "error");
    }
  }

  #show({ total, rows, ...choices }) {
    const elements = rows.map((row) => this.#row(row, choices));
    const isSame =
      elements.length === this.#list.children.length && elements.every((one, i) => one === this.#list.children[i]);
    // Taking an element out and in again would take the focus from its form.
    if (!isSame) this.#list.replaceChildren(...elements);
    this.#count.textContent = rows.length < total ? `The first ${rows.length} of ${total}` : `${total} found`;
  }

  #row(row, choices) {
    const id = this.#kind.idOf(row);
    const known = this.#rows.get(id);
    const element = known?.element ?? h("details", { class: "row-item", name: "outside-row" }, h("summary"));
    element.firstElementChild.replaceChildren(h("span", { class: "grow" }, this.#kind.summary(row)));
    if (!known) {
      element.addEventListener("toggle", () => this.#toggle(id));
      this.#rows.set(id, { element, row, choices });
    } else Object.assign(known, { row, choices });
    return element;
  }

  /** A form is made when its record opens: it begins with how the record stands then. */
  #toggle(id) {
    const { element, row, choices } = this.#rows.get(id);
    element.querySelector("form")?.remove();
    if (!element.open) return;
    const people = state.workspace.people.map(({ handle, name }) => [handle, name]);
    const owner = state.workspace.people.find((person) => person.id === this.#kind.ownerOf(row));
    const save = async (values) => {
      if (!(await this.#kind.save(row, values))) return;
      toast(`Changed as ${people.find(([handle]) => handle === values.by)?.[1]}`);
      element.open = false;
    };
    const by = field("As", select("by", people, owner?.handle ?? people[0]?.[0]), "outside");
    element.append(
      form(save, h("div", { class: "fields" }, this.#kind.fields(row, choices), by), submit("Change", "primary")),
    );
  }
}
