import { act } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { h } from "./dom.js";
import { state } from "./state.js";

const TABS = [
  ["messages", "Messages"],
  ["home", "Home"],
];

/** Sophia's two tabs: the direct message, and what she shows of herself. */
export class HomeTab {
  #onChange;
  #tab = "messages";
  #box = h("div", { class: "messages home-tab", role: "region", "aria-label": "Home", tabindex: "0", hidden: true });

  constructor(onChange) {
    this.#onChange = onChange;
  }

  get element() {
    return this.#box;
  }

  get isOpen() {
    return this.#tab === "home" && state.channel?.kind === "im";
  }

  /** The buttons for the head of the direct message. */
  tabs() {
    return h(
      "div",
      { class: "tabs", role: "tablist", "aria-label": "Sophia" },
      TABS.map(([name, label]) => {
        const fields = {
          type: "button",
          role: "tab",
          class: "button small",
          "aria-selected": String(this.#tab === name),
        };
        return h("button", { ...fields, "data-tab": name, onclick: () => this.open(name) }, label);
      }),
    );
  }

  /** Slack tells the app each time that somebody opens a tab. */
  open(tab) {
    this.#tab = tab;
    void act("/slack/home", { user: state.me.id, tab });
    this.#onChange();
  }

  draw() {
    this.#box.hidden = !this.isOpen;
    if (!this.isOpen) return;
    const { home } = state;
    const press = (actionId, value) =>
      act("/slack/press", { user: state.me.id, viewId: home.id, actionId, ...(value === undefined ? {} : { value }) });
    const empty = h("div", { class: "empty" }, h("p", { class: "faint" }, "Sophia has not shown anything here yet."));
    this.#box.replaceChildren(...(home ? renderBlocks(home.blocks, press) : [empty]));
  }
}
