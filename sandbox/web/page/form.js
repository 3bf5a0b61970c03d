import { h } from "./dom.js";

/** A label beside its input, not around it: a list's options are no part of its name. `area` tells forms apart. */
export function field(label, input, area = "control") {
  input.id = `${area}-${label.toLowerCase().replaceAll(/[^a-z]+/g, "-")}`;
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input);
}

export function form(onsubmit, ...children) {
  const submit = (event) => {
    event.preventDefault();
    void onsubmit(Object.fromEntries(new FormData(event.target)));
  };
  return h("form", { class: "control-form", onsubmit: submit }, ...children);
}

export const submit = (label, kind = "") => h("button", { type: "submit", class: `button ${kind}` }, label);

/** `options` are [value, label]. */
export function select(name, options, chosen) {
  const items = options.map(([value, label]) => h("option", { value, selected: value === chosen }, label));
  return h("select", { name }, items);
}
