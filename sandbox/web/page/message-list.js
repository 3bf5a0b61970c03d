import { h } from "./dom.js";
import { fillMessage, follows, messageElement } from "./message.js";
import { dayName } from "./time.js";

const NEAR_END = 80;

/** A scrolling list of messages that stays at its end while the reader is there, and changes only what changed. */
export class MessageList {
  #box;
  #inThread;
  #drawn = new Map();

  constructor(label, inThread) {
    this.#inThread = inThread;
    this.#box = h("div", { class: "messages", role: "log", "aria-label": label, tabindex: "0" });
  }

  get element() {
    return this.#box;
  }

  /** `only` names the message that changed; without it everything is drawn anew. */
  show(messages, { empty, tail, only } = {}) {
    const atEnd = this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight < NEAR_END;
    const drawn = only ? this.#drawn.get(only) : undefined;
    const message = drawn && messages.find(({ ts }) => ts === only);
    if (message && this.#drawn.size === messages.length)
      fillMessage(drawn.element, message, { grouped: drawn.grouped, inThread: this.#inThread });
    else this.#redraw(messages, empty);
    this.#box.querySelector(":scope > .tail")?.remove();
    if (tail?.length !== 0 && tail) this.#box.append(h("div", { class: "tail" }, tail));
    if (atEnd || !only) this.#box.scrollTop = this.#box.scrollHeight;
  }

  #redraw(messages, empty) {
    this.#drawn.clear();
    const nodes = [];
    let previous;
    let day;
    for (const message of messages) {
      const today = dayName(message.ts);
      if (today !== day && !this.#inThread) nodes.push(h("div", { class: "day" }, h("span", {}, today)));
      const grouped = today === day && follows(previous, message);
      const element = messageElement(message, { grouped, inThread: this.#inThread });
      this.#drawn.set(message.ts, { element, grouped });
      nodes.push(element);
      previous = message;
      day = today;
    }
    this.#box.replaceChildren(...(nodes.length > 0 ? nodes : [empty ?? ""]));
  }
}
