import { act, submitView } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { avatar, h, iconButton } from "./dom.js";
import { inputOf } from "./inputs.js";
import { state } from "./state.js";

const TROUBLE = "We had some trouble connecting. Try again?";

/** The topmost of the modals that the person has open; those below keep what was entered in them. */
export class ModalStack {
  #dialog;
  /** By the view's id. */
  #drawn = new Map();

  constructor(dialog) {
    this.#dialog = dialog;
    dialog.addEventListener("keydown", (event) => this.#key(event));
  }

  draw() {
    const open = new Set(state.modals.map(({ id }) => id));
    for (const id of this.#drawn.keys()) if (!open.has(id)) this.#drawn.delete(id);
    const top = state.modals.at(-1);
    if (!top) {
      this.#dialog.close();
      this.#dialog.replaceChildren();
      return;
    }
    const known = this.#drawn.get(top.id);
    const view = known?.hash === top.hash ? known : new ModalView(top, known, state.modals.length > 1);
    this.#drawn.set(top.id, view);
    const isNew = this.#dialog.firstChild !== view.form;
    if (isNew) this.#dialog.replaceChildren(view.form);
    if (!this.#dialog.open) this.#dialog.showModal();
    if (isNew) view.focus();
  }

  #key(event) {
    const view = this.#drawn.get(state.modals.at(-1)?.id);
    if (!view) return;
    // The page's own Escape closes what lies below.
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      void view.close();
    }
    const isLong = event.target.tagName === "TEXTAREA" && (event.metaKey || event.ctrlKey);
    if (event.key === "Enter" && isLong && view.canSubmit) view.form.requestSubmit();
  }
}

/** One view, as it stands at one hash. */
class ModalView {
  #view;
  #fields;
  /** What was chosen in the view outside its inputs, by block and action. */
  #chosen = {};
  #alert = h("p", { class: "modal-alert", role: "alert", hidden: true });
  #submit;
  #sending = false;

  /** `before`: the same view as it stood, whose entries stay. */
  constructor(view, before, isStacked) {
    this.#view = view;
    this.#fields = view.blocks.filter(({ type }) => type === "input").map((block, index) => new Field(block, index));
    if (before) this.#takeOver(before);
    const canSubmit = Boolean(view.submit);
    const submitWords = view.submit?.text;
    this.#submit = canSubmit ? h("button", { type: "submit", class: "button primary" }, submitWords) : undefined;
    const closeWords = view.close?.text ?? (canSubmit ? "Cancel" : "Close");
    this.form = h(
      "form",
      { class: "modal-form", novalidate: true, onsubmit: (event) => this.#send(event) },
      h(
        "header",
        { class: "modal-head" },
        avatar(state.workspace.sophia),
        h("h2", { id: "modal-title", class: "grow ellipsis" }, view.title.text),
        iconButton("close", isStacked ? "Close all" : "Close", () => this.close(true)),
      ),
      h("div", { class: "modal-body" }, this.#alert, this.#body()),
      h(
        "footer",
        { class: "modal-foot" },
        h("button", { type: "button", class: "button", onclick: () => this.close() }, closeWords),
        this.#submit,
      ),
    );
  }

  get hash() {
    return this.#view.hash;
  }

  get canSubmit() {
    return Boolean(this.#submit);
  }

  focus() {
    const wanted = this.#fields.find(({ wantsFocus }) => wantsFocus) ?? this.#fields[0];
    (wanted?.control ?? this.#submit ?? this.form.querySelector(".modal-foot .button")).focus();
  }

  close(clear = false) {
    return act("/slack/close", { user: state.me.id, viewId: this.#view.id, ...(clear ? { clear } : {}) });
  }

  #body() {
    const press = (actionId, value) => this.#press(actionId, value);
    const fields = [...this.#fields];
    return this.#view.blocks.map((block) =>
      block.type === "input" ? fields.shift().node : renderBlocks([block], press),
    );
  }

  #takeOver(before) {
    this.#chosen = before.#chosen;
    for (const field of this.#fields) {
      const old = before.#fields.find((one) => one.blockId === field.blockId && one.actionId === field.actionId);
      if (old?.isTouched) field.takeOver(old);
    }
  }

  #values() {
    const values = structuredClone(this.#chosen);
    for (const { blockId, actionId, value } of this.#fields) (values[blockId] ??= {})[actionId] = value;
    return values;
  }

  #press(actionId, value) {
    const values = this.#values();
    const holder = this.#view.blocks.find(({ elements, accessory }) =>
      [elements, accessory].flat().some((one) => one?.action_id === actionId && one.type !== "button"),
    );
    if (holder) {
      (this.#chosen[holder.block_id] ??= {})[actionId] = value;
      (values[holder.block_id] ??= {})[actionId] = value;
    }
    return act("/slack/press", { user: state.me.id, viewId: this.#view.id, actionId, value, values });
  }

  async #send(event) {
    event.preventDefault();
    if (!this.#submit || this.#sending) return;
    this.#busy(true);
    const outcome = await submitView({ user: state.me.id, viewId: this.#view.id, values: this.#values() });
    this.#busy(false);
    this.#alert.hidden = outcome !== undefined;
    this.#alert.textContent = outcome ? "" : TROUBLE;
    const errors = outcome?.errors ?? {};
    for (const field of this.#fields) field.tell(errors[field.blockId]);
    this.#fields.find(({ blockId }) => errors[blockId])?.control.focus();
  }

  #busy(isBusy) {
    this.#sending = isBusy;
    this.#submit.disabled = isBusy;
    this.form.setAttribute("aria-busy", String(isBusy));
  }
}

/** An input block: its label, what is entered, a hint, and what is wrong. */
class Field {
  #block;
  #input;
  #error;

  constructor(block, index) {
    const id = `modal-input-${index}`;
    this.#block = block;
    this.#input = inputOf(block.element, id);
    this.#error = h("p", { class: "modal-error", id: `${id}-error`, hidden: true });
    this.isTouched = false;
    const { node, isGroup } = this.#input;
    node.addEventListener("input", () => {
      this.isTouched = true;
      this.tell(undefined);
    });
    const label = [block.label.text, block.optional && h("span", { class: "faint" }, " (optional)")];
    const hint = block.hint && h("p", { class: "faint small-text", id: `${id}-hint` }, block.hint.text);
    const about = [block.hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(" ");
    node.setAttribute("aria-describedby", about);
    const parts = isGroup ? h("fieldset", {}, h("legend", {}, label), node) : [h("label", { for: id }, label), node];
    this.node = h("div", { class: "modal-field", "data-block": block.block_id }, parts, this.#error, hint);
  }

  get blockId() {
    return this.#block.block_id;
  }

  get actionId() {
    return this.#block.element.action_id;
  }

  get value() {
    return this.#input.value();
  }

  get wantsFocus() {
    return this.#block.element.focus_on_load === true;
  }

  /** What takes the focus. */
  get control() {
    const { node, isGroup } = this.#input;
    return isGroup ? node.querySelector("input") : node;
  }

  takeOver({ value }) {
    this.isTouched = true;
    this.#input.set(value);
  }

  tell(error) {
    this.#error.hidden = !error;
    this.#error.textContent = error ?? "";
    this.node.classList.toggle("wrong", Boolean(error));
    for (const one of [this.#input.node, this.control]) {
      if (error) one.setAttribute("aria-invalid", "true");
      else one.removeAttribute("aria-invalid");
    }
  }
}
