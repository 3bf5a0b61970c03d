import { checkRequired, checkString, checkText, type Report } from "./checks.ts";
import { checkInput, isInput } from "./inputs.ts";

type Element = Record<string, unknown>;

const STYLES: ReadonlySet<unknown> = new Set(["primary", "danger"]);

/** Elements that can be used and hold nothing that was entered. */
const OTHERS: ReadonlySet<unknown> = new Set([
  "button",
  "feedback_buttons",
  "icon_button",
  "image",
  "overflow",
  "workflow_button",
]);

/** An element of any block that holds some, those of rich text among them. */
export function checkElement(value: unknown, at: string, report: Report): void {
  const element = asElement(value, at, report);
  if (!element) return;
  if (typeof element["type"] !== "string") return report("missing required field: type", at);
  if (element["type"] === "button") checkButton(element, at, report);
  if (element["type"] === "feedback_buttons") {
    for (const field of ["positive_button", "negative_button"]) checkRequired(element, field, at, report);
  }
  if (element["action_id"] !== undefined) checkString(element["action_id"], `${at}/action_id`, report, 255);
  if (element["confirm"] !== undefined) checkConfirm(element["confirm"], `${at}/confirm`, report);
}

/** An element beside a text or in a row of actions: a button, a list, anything that a person uses. */
export function checkUsable(value: unknown, at: string, report: Report): void {
  checkElement(value, at, report);
  const element = (value ?? {}) as Element;
  if (isInput(element["type"])) checkInput(element, at, report);
  else if (typeof element["type"] === "string" && !OTHERS.has(element["type"]))
    report(`unsupported type: ${element["type"]}`, `${at}/type`);
}

/** The element of an input block: only what something is entered in. */
export function checkInputElement(value: unknown, at: string, report: Report): void {
  const element = asElement(value, at, report);
  if (!element) return;
  if (!isInput(element["type"])) return report(`unsupported type: ${String(element["type"])}`, `${at}/type`);
  checkElement(element, at, report);
  checkInput(element, at, report);
}

function asElement(value: unknown, at: string, report: Report): Element | undefined {
  if (typeof value === "object" && value !== null) return value as Element;
  report("must be an object", at);
  return undefined;
}

function checkButton(button: Element, at: string, report: Report): void {
  checkText(button["text"], `${at}/text`, report, 75, "plain_text");
  if (button["value"] !== undefined) checkString(button["value"], `${at}/value`, report, 2000);
  if (button["url"] !== undefined) checkString(button["url"], `${at}/url`, report, 3000);
  checkStyle(button["style"], at, report);
}

/** What a person is asked before their press counts. */
function checkConfirm(value: unknown, at: string, report: Report): void {
  const confirm = asElement(value, at, report);
  if (!confirm) return;
  checkText(confirm["title"], `${at}/title`, report, 100, "plain_text");
  checkText(confirm["text"], `${at}/text`, report, 300);
  checkText(confirm["confirm"], `${at}/confirm`, report, 30, "plain_text");
  checkText(confirm["deny"], `${at}/deny`, report, 30, "plain_text");
  checkStyle(confirm["style"], at, report);
}

function checkStyle(style: unknown, at: string, report: Report): void {
  if (style !== undefined && !STYLES.has(style)) report("must be a valid enum value", `${at}/style`);
}
