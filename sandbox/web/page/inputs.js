import { h } from "./dom.js";
import { state } from "./state.js";

/**
 * What a person enters something in: {node, value(), set(value), isGroup}. `value()` is as the control server takes it,
 * null where nothing is entered; `isGroup` says that the node is several controls, which need a legend and not a label.
 */
export function inputOf(element, id) {
  return (MAKERS[element.type] ?? textInput)(element, id);
}

/** Types whose elements can stand in a message or beside a text as well, and tell each change at once. */
export const isChoice = (type) => Object.hasOwn(MAKERS, type) && !TYPED.has(type);

const TYPED = new Set(["plain_text_input", "number_input", "email_text_input", "url_text_input"]);

const MAKERS = {
  plain_text_input: (element, id) => (element.multiline ? area(element, id) : textInput(element, id)),
  number_input: (element, id) =>
    textInput(element, id, { inputmode: element.is_decimal_allowed ? "decimal" : "numeric" }),
  email_text_input: (element, id) => textInput(element, id, { inputmode: "email" }),
  url_text_input: (element, id) => textInput(element, id, { inputmode: "url" }),
  static_select: (element, id) => list(element, id, groupsOf(element), element.initial_option?.value),
  users_select: (element, id) => list(element, id, peopleGroup(), element.initial_user),
  conversations_select: (element, id) => list(element, id, placesGroup(true), element.initial_conversation),
  channels_select: (element, id) => list(element, id, placesGroup(false), element.initial_channel),
  datepicker: (element, id) => single(h("input", { type: "date", id }), element.initial_date),
  timepicker: (element, id) => single(h("input", { type: "time", id }), element.initial_time),
  radio_buttons: (element, id) => choices(element, id, "radio", [element.initial_option]),
  checkboxes: (element, id) => choices(element, id, "checkbox", element.initial_options ?? []),
};

function single(node, initial) {
  const set = (value) => {
    node.value = value ?? "";
  };
  set(initial);
  return { node, set, value: () => node.value || null };
}

const placeholderOf = ({ placeholder }) => placeholder?.text;

function textInput(element, id, more = {}) {
  const fields = { type: "text", id, placeholder: placeholderOf(element), autocomplete: "off", ...more };
  return single(h("input", { ...fields, maxlength: lengthOf(element) }), element.initial_value);
}

function area(element, id) {
  const fields = { id, rows: "4", placeholder: placeholderOf(element), maxlength: lengthOf(element) };
  return single(h("textarea", fields), element.initial_value);
}

const lengthOf = ({ max_length: most }) => (most === undefined ? undefined : String(most));

function groupsOf({ options, option_groups: groups }) {
  const read = (all = []) => all.map(({ value, text }) => [value, text.text]);
  return options
    ? [[undefined, read(options)]]
    : (groups ?? []).map((group) => [group.label?.text, read(group.options)]);
}

const peopleGroup = () => [[undefined, state.workspace.people.map(({ id, name }) => [id, name])]];

function placesGroup(withDm) {
  const { channels, dm } = state.workspace;
  const places = channels.map(({ id, name }) => [id, `#${name}`]);
  return [[undefined, withDm && dm ? [...places, [dm.id, "Sophia"]] : places]];
}

function list(element, id, groups, initial) {
  const options = ([label, all]) => {
    const items = all.map(([value, text]) => h("option", { value }, text));
    return label ? h("optgroup", { label }, items) : items;
  };
  const none = h("option", { value: "" }, placeholderOf(element) ?? "Select an option");
  return single(h("select", { id }, none, groups.map(options)), initial);
}

function choices(element, id, type, initial) {
  const boxes = (element.options ?? []).map(({ value, text, description }, index) => {
    const box = h("input", { type, id: `${id}-${index}`, name: id, value });
    const words = [text.text, description && h("span", { class: "faint small-text" }, description.text)];
    return { box, row: h("label", { class: "choice", for: box.id }, box, h("span", {}, words)) };
  });
  const set = (value) => {
    const wanted = [value ?? []].flat();
    for (const { box } of boxes) box.checked = wanted.includes(box.value);
  };
  set(initial.filter(Boolean).map(({ value }) => value));
  const chosen = () => boxes.filter(({ box }) => box.checked).map(({ box }) => box.value);
  const node = h(
    "div",
    { class: "choices", id },
    boxes.map(({ row }) => row),
  );
  return { node, set, isGroup: true, value: () => (type === "radio" ? (chosen()[0] ?? null) : chosen()) };
}
