import { act } from "./api.js";
import { FilePicker } from "./file-picker.js";
import { h, iconButton } from "./dom.js";
import { names } from "./inline.js";
import { state } from "./state.js";

const COMMANDS = [
  ["/sophia ask ", "Ask Sophia; only you see the answer's start"],
  ["/sophia status", "How the services fare"],
  ["/sophia tools ", "What Sophia can do in a service"],
  ["/sophia help", "What Sophia can do"],
];

/** The message box of a channel or a thread, with names after @ and commands after /. */
export class Composer {
  #place;
  #box;
  #menu;
  #files;
  #choices = [];
  #chosen = 0;
  #sending = false;

  /** `place()` says where to send: {channel, threadTs, label}. */
  constructor(id, place) {
    this.#place = place;
    this.#menu = h("div", {
      class: "suggestions",
      role: "listbox",
      id: `${id}-list`,
      "aria-label": "Suggestions",
      hidden: true,
    });
    this.#box = h("textarea", {
      id,
      rows: "1",
      autocomplete: "off",
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": `${id}-list`,
      "aria-autocomplete": "list",
    });
    this.#box.addEventListener("input", () => this.#typed());
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    this.#box.addEventListener("blur", () => this.#suggest([]));
    const ask = () => this.insert("@sophia ");
    this.element = h("form", { class: "composer", onsubmit: (event) => this.#submit(event) });
    this.#files = new FilePicker(this.element);
    const { list, button } = this.#files.parts;
    this.element.append(
      this.#menu,
      list,
      this.#box,
      h(
        "div",
        { class: "composer-bar" },
        h("button", { type: "button", class: "button small", onclick: ask }, "@sophia"),
        h("button", { type: "button", class: "button small", onclick: () => this.insert("/sophia ") }, "/sophia"),
        ...button,
        h("span", { class: "grow" }),
        iconButton("send", "Send", undefined, { type: "submit", class: "icon-button send" }),
      ),
    );
  }

  focus() {
    this.#box.focus();
  }

  insert(text) {
    const value = text.startsWith("/")
      ? text
      : `${this.#box.value}${this.#box.value && !this.#box.value.endsWith(" ") ? " " : ""}${text}`;
    this.#box.value = value;
    this.#typed();
    this.focus();
  }

  /** Says where the next message goes. */
  relabel() {
    const { label } = this.#place();
    this.#box.placeholder = label;
    this.#box.setAttribute("aria-label", label);
  }

  #typed() {
    this.#box.style.height = "auto";
    this.#box.style.height = `${Math.min(this.#box.scrollHeight, 180)}px`;
    this.#suggest(this.#matches(this.#box.value.slice(0, this.#box.selectionStart)));
  }

  #matches(before) {
    if (/^\/\S*\s?\S*$/.test(before) && before.startsWith("/")) {
      return COMMANDS.filter(([command]) => command.startsWith(before) && command !== before).map(([insert, hint]) => ({
        insert,
        label: insert,
        hint,
        from: 0,
      }));
    }
    const mention = /(?:^|\s)@([\w.-]*)$/.exec(before);
    if (!mention) return [];
    const from = before.length - mention[1].length - 1;
    const { people, sophia, userGroups } = state.workspace;
    const wanted = mention[1].toLowerCase();
    return [sophia, ...people, ...userGroups]
      .filter(({ handle, name }) => handle.startsWith(wanted) || name.toLowerCase().startsWith(wanted))
      .slice(0, 6)
      .map(({ handle, name }) => ({ insert: `@${handle} `, label: name, hint: `@${handle}`, from }));
  }

  #suggest(choices) {
    this.#choices = choices;
    this.#chosen = 0;
    this.#menu.hidden = choices.length === 0;
    this.#box.setAttribute("aria-expanded", String(choices.length > 0));
    this.#draw();
  }

  #draw() {
    const options = this.#choices.map((choice, index) => {
      const take = (event) => {
        event.preventDefault();
        this.#take(choice);
      };
      const fields = {
        role: "option",
        id: `${this.#menu.id}-${index}`,
        "aria-selected": String(index === this.#chosen),
        onmousedown: take,
      };
      return h("div", fields, h("strong", {}, choice.label), h("span", { class: "faint" }, choice.hint));
    });
    this.#menu.replaceChildren(...options);
    if (options.length > 0) this.#box.setAttribute("aria-activedescendant", options[this.#chosen].id);
    else this.#box.removeAttribute("aria-activedescendant");
  }

  #take({ insert, from }) {
    const { value, selectionStart } = this.#box;
    this.#box.value = value.slice(0, from) + insert + value.slice(selectionStart);
    const at = from + insert.length;
    this.#box.setSelectionRange(at, at);
    this.#typed();
  }

  #key(event) {
    if (this.#choices.length > 0 && this.#menuKey(event)) {
      event.preventDefault();
      return;
    }
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.element.requestSubmit();
  }

  #menuKey({ key }) {
    const { length } = this.#choices;
    if (key === "ArrowDown" || key === "ArrowUp") {
      this.#chosen = (this.#chosen + (key === "ArrowDown" ? 1 : length - 1)) % length;
      this.#draw();
    } else if (key === "Enter" || key === "Tab") this.#take(this.#choices[this.#chosen]);
    else if (key === "Escape") this.#suggest([]);
    else return false;
    return true;
  }

  async #submit(event) {
    event.preventDefault();
    const text = this.#box.value.trim();
    if ((!text && this.#files.isEmpty) || this.#sending) return;
    this.#sending = true;
    const { channel, threadTs } = this.#place();
    const where = { user: names.me, channel, threadTs };
    const [, command, words] = /^(\/\S+)\s*([\s\S]*)$/.exec(text) ?? [];
    const done = command
      ? await act("/slack/command", { ...where, command, text: words })
      : await act("/slack/send", { ...where, text, files: await this.#files.read() });
    this.#sending = false;
    if (!done) return;
    this.#box.value = "";
    this.#files.clear();
    this.#typed();
  }
}
