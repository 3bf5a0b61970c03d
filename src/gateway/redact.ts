import { scrub } from "../observability/log.ts";

const SECRET_NAME = /token|secret|password|passwd|api_?key|authorization|credential|private_?key|cookie/i;
const PERSON_NAME = /e_?mail|phone/i;
const MAX_TEXT = 300;
const MAX_ITEMS = 50;
const MAX_DEPTH = 6;

/** Arguments as the audit keeps them: no secrets, no e-mail addresses or telephone numbers, no long texts. */
export function redactArguments(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return "[nested too deeply]";
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redactArguments(item, depth + 1));
  // Names alone: pairs of all fields would be made of an object with 100,000 of them before it is cut.
  const names = Object.keys(value).slice(0, MAX_ITEMS);
  const fields = value as Record<string, unknown>;
  return Object.fromEntries(names.map((name) => [redactText(name), redactField(name, fields[name], depth)]));
}

function redactField(name: string, value: unknown, depth: number): unknown {
  const isHidden = SECRET_NAME.test(name) || PERSON_NAME.test(name);
  return isHidden && typeof value !== "boolean" ? "[redacted]" : redactArguments(value, depth + 1);
}

function redactText(text: string): string {
  // Cut first: scrubbing a text of megabytes would take longer than the call.
  const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… (${text.length} characters)` : text;
  return scrub(cut);
}
