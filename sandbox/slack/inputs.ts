import { checkLength, checkRequired, checkString, checkText, type Report } from "./checks.ts";

/** What a person enters: text, a number, the value of an option, several of them, an id, a day; null takes it away. */
export type Entered = string | number | readonly string[] | null;

type Json = Record<string, unknown>;

interface InputKind {
  check(element: Json, at: string, report: Report): void;
  /** Slack's fields for what is entered; undefined stands for what the app put there. Throws where it is no option. */
  state(element: Json, entered: Entered | undefined): Json;
  /** What Slack itself finds wrong with it before the app hears of it. */
  problem?(element: Json, state: Json): string | undefined;
}

const OPTIONS = 100;
const CHOICES = 10;
const TEXT_LIMIT = 3000;

const KINDS: Readonly<Record<string, InputKind>> = {
  plain_text_input: textKind(checkTextInput, lengthProblem),
  number_input: textKind(checkNumberInput, numberProblem),
  email_text_input: textKind(checkInitialText, (_, text) =>
    /^\S+@\S+\.\S+$/.test(text) ? undefined : "Please enter a valid email address.",
  ),
  url_text_input: textKind(checkInitialText, (_, text) =>
    /^https?:\/\/\S+$/.test(text) ? undefined : "Please enter a valid URL.",
  ),
  static_select: choiceKind(OPTIONS, false),
  radio_buttons: choiceKind(CHOICES, false),
  checkboxes: choiceKind(CHOICES, true),
  datepicker: pickKind("date", /^\d{4}-\d{2}-\d{2}$/),
  timepicker: pickKind("time", /^\d{2}:\d{2}$/),
  users_select: pickKind("user"),
  conversations_select: pickKind("conversation"),
  channels_select: pickKind("channel"),
};

/** Whether something is entered in an element of this type. */
export function isInput(type: unknown): type is string {
  return typeof type === "string" && Object.hasOwn(KINDS, type);
}

export function checkInput(element: Json, at: string, report: Report): void {
  if (element["placeholder"] !== undefined)
    checkText(element["placeholder"], `${at}/placeholder`, report, 150, "plain_text");
  kindOf(element).check(element, at, report);
}

/** As `view.state` and a press have it. Throws where an option is chosen that is not there. */
export function inputState(element: Json, entered: Entered | undefined): Json {
  return { type: element["type"], ...kindOf(element).state(element, entered) };
}

/** What Slack says under a field that cannot be submitted as it is; undefined where it can. */
export function inputProblem(element: Json, isOptional: boolean, state: Json): string | undefined {
  const { type: _, ...fields } = state;
  const isEmpty = Object.values(fields).every((value) => value === null || (Array.isArray(value) && !value.length));
  if (isEmpty) return isOptional ? undefined : "Please complete this required field.";
  return kindOf(element).problem?.(element, state);
}

function kindOf(element: Json): InputKind {
  const kind = KINDS[String(element["type"])];
  if (!kind) throw new TypeError(`nothing is entered in ${String(element["type"])}`);
  return kind;
}

function textKind(check: InputKind["check"], problem: (element: Json, text: string) => string | undefined): InputKind {
  return {
    check,
    state: (element, entered) => {
      const text = entered === undefined ? initialText(element) : String(entered ?? "");
      return { value: text === "" ? null : text };
    },
    problem: (element, { value }) => problem(element, String(value)),
  };
}

function initialText({ initial_value: text }: Json): string {
  return typeof text === "string" ? text : "";
}

function checkInitialText(element: Json, at: string, report: Report): void {
  const initial = element["initial_value"];
  if (initial === undefined) return;
  if (typeof initial === "string") checkLength(initial, `${at}/initial_value`, report, TEXT_LIMIT);
  else report("must be a string", `${at}/initial_value`);
}

function checkTextInput(element: Json, at: string, report: Report): void {
  checkInitialText(element, at, report);
  for (const [field, least] of [
    ["min_length", 0],
    ["max_length", 1],
  ] as const) {
    const length = element[field];
    if (length === undefined) continue;
    if (!Number.isInteger(length)) report("must be an integer", `${at}/${field}`);
    else if (Number(length) < least) report(`must be more than ${least - 1}`, `${at}/${field}`);
    else if (Number(length) > TEXT_LIMIT) report(`must be less than ${TEXT_LIMIT + 1}`, `${at}/${field}`);
  }
}

function checkNumberInput(element: Json, at: string, report: Report): void {
  if (typeof element["is_decimal_allowed"] !== "boolean") report("missing required field: is_decimal_allowed", at);
  for (const field of ["initial_value", "min_value", "max_value"]) {
    const number = element[field];
    if (number === undefined) continue;
    if (typeof number !== "string") report("must be a string", `${at}/${field}`);
    else if (!isNumber(number)) report("must be a valid number", `${at}/${field}`);
  }
}

const isNumber = (text: string): boolean => /^-?\d+(?:\.\d+)?$/.test(text);

function lengthProblem(element: Json, text: string): string | undefined {
  const least = Number(element["min_length"] ?? 0);
  const most = Number(element["max_length"] ?? TEXT_LIMIT);
  if (text.length < least) return `Please enter at least ${least} characters.`;
  return text.length > most ? `Please enter at most ${most} characters.` : undefined;
}

function numberProblem(element: Json, text: string): string | undefined {
  if (!isNumber(text)) return "Please enter a valid number.";
  if (element["is_decimal_allowed"] !== true && text.includes(".")) return "Please enter a whole number.";
  const { min_value: least, max_value: most } = element as { min_value?: string; max_value?: string };
  if (least !== undefined && Number(text) < Number(least)) return `Please enter a number from ${least} on.`;
  if (most !== undefined && Number(text) > Number(most)) return `Please enter a number up to ${most}.`;
  return undefined;
}

interface Option {
  value?: string;
}

/** A list's options, those in groups among them. */
function optionsOf(element: Json): Option[] {
  const groups = (element["option_groups"] ?? []) as { options?: Option[] }[];
  return [...((element["options"] ?? []) as Option[]), ...groups.flatMap(({ options = [] }) => options)];
}

/** The option with this value, the first unless told. Throws. */
export function chooseOption(element: Json, value: string | undefined): unknown {
  const options = optionsOf(element);
  const option = value === undefined ? options[0] : options.find((candidate) => candidate.value === value);
  if (!option) throw new Error(`"${String(value)}" is not among the options of ${String(element["action_id"])}`);
  return option;
}

function choiceKind(most: number, isMany: boolean): InputKind {
  const field = isMany ? "initial_options" : "initial_option";
  return {
    check: (element, at, report) => {
      checkOptions(element, at, report, most);
      const values = optionsOf(element).map(({ value }) => value);
      for (const one of [element[field] ?? []].flat() as Option[]) {
        if (!values.includes(one?.value))
          report(`\`${field}\` must exactly match one of the options`, `${at}/${field}`);
      }
    },
    state: (element, entered) => {
      if (entered === undefined)
        return isMany ? { selected_options: element[field] ?? [] } : { selected_option: element[field] ?? null };
      const chosen = (entered === null ? [] : [entered].flat()).map((value) => chooseOption(element, String(value)));
      return isMany ? { selected_options: chosen } : { selected_option: chosen[0] ?? null };
    },
  };
}

function checkOptions(element: Json, at: string, report: Report, most: number): void {
  const { options, option_groups: groups } = element;
  if (!Array.isArray(options) && !Array.isArray(groups)) return report("missing required field: options", at);
  if (Array.isArray(groups) && groups.length > OPTIONS)
    report(`no more than ${OPTIONS} items allowed`, `${at}/option_groups`);
  const lists = Array.isArray(options)
    ? [{ list: options as unknown[], pointer: `${at}/options` }]
    : (groups as { options?: unknown[] }[]).map((group, index) => {
        return { list: group?.options ?? [], pointer: `${at}/option_groups/${index}/options` };
      });
  for (const { list, pointer } of lists) {
    if (list.length === 0) report("no fewer than 1 items allowed", pointer);
    if (list.length > most) report(`no more than ${most} items allowed`, pointer);
    for (const [index, option] of list.entries()) checkOption(option, `${pointer}/${index}`, report);
  }
}

function checkOption(value: unknown, at: string, report: Report): void {
  const option = (typeof value === "object" && value !== null ? value : {}) as Json;
  checkText(option["text"], `${at}/text`, report, 75);
  checkRequired(option, "value", at, report);
  if (option["value"] !== undefined) checkString(option["value"], `${at}/value`, report, 150);
  if (option["description"] !== undefined) checkText(option["description"], `${at}/description`, report, 75);
}

/** One thing out of what Slack itself knows. */
function pickKind(what: string, form?: RegExp): InputKind {
  const field = `selected_${what}`;
  const isWellFormed = (value: unknown): boolean => form === undefined || form.test(String(value));
  return {
    check: (element, at, report) => {
      const initial = element[`initial_${what}`];
      if (initial !== undefined && !isWellFormed(initial)) report(`must be a valid ${what}`, `${at}/initial_${what}`);
    },
    state: (element, entered) => {
      const picked = entered === undefined ? element[`initial_${what}`] : entered;
      return { [field]: picked === undefined || picked === "" ? null : picked };
    },
    problem: (_, state) => (isWellFormed(state[field]) ? undefined : `Please enter a valid ${what}.`),
  };
}
