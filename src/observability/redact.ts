import { scrub } from "./log.ts";

const SECRET_NAME =
  /token|secret|password|passwd|passphrase|api_?key|access_?key|private_?key|authorization|credential|cookie|signature/i;
const PERSON_NAME = /e_?mail|phone|mobile|fax(?![a-z])|iban|birth_?da(?:te|y)/i;
const MAX_TEXT = 300;
const MAX_ITEMS = 50;
const MAX_DEPTH = 6;

/**
 * What is kept of a value in the audit: no secrets, no e-mail addresses or telephone numbers, no long texts. Names of people
 * in a text cannot be told from other words, and stay.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return "[nested too deeply]";
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redact(item, depth + 1));
  // Names alone: pairs of all fields would be made of an object with 100,000 of them before it is cut.
  const names = Object.keys(value).slice(0, MAX_ITEMS);
  const fields = value as Record<string, unknown>;
  return Object.fromEntries(names.map((name) => [redactText(name), redactField(name, fields[name], depth)]));
}

function redactField(name: string, value: unknown, depth: number): unknown {
  const isHidden = SECRET_NAME.test(name) || PERSON_NAME.test(name);
  return isHidden && typeof value !== "boolean" ? "[redacted]" : redact(value, depth + 1);
}

function redactText(text: string): string {
  // Cut first: scrubbing a text of megabytes would take longer than the call.
  const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… (${text.length} characters)` : text;
  return scrub(patterns.reduce((rest, [pattern, put]) => rest.replace(pattern, put), cut));
}

/**
 * Besides what the log leaves out: further forms of credentials, and telephone numbers as they are written: after a `+`, with
 * an area code in front, or as 555-123-4567. Bare digits are ids far more often.
 */
const patterns: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, "[redacted]"],
  [/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g, "[redacted]"],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g, "[redacted]"],
  [/\b(?:gh[pousr]|github_pat|glpat|sk|rk|whsec)[_-][A-Za-z0-9_-]{12,}/g, "[redacted]"],
  [/(:\/\/[^\s:/@]{0,100}:)[^\s/@]{1,200}@/g, "$1[redacted]@"],
  [/([?&](?:[\w-]{0,30}(?:token|key|secret|signature|sig|password|code))=)[^&\s#]+/gi, "$1[redacted]"],
  [
    /\b((?:password|passwd|passphrase|api[ _-]?key|secret|token)\s?(?::|=|\bis\b)\s?)(?!\[redacted\])\S+/gi,
    "$1[redacted]",
  ],
  [/(?<![\w+])\+\d(?:[ ()./-]{0,2}\d){6,14}/g, "[redacted]"],
  [/(?<![\w.+-])\(?0\d{1,4}\)?[ /-]\d{3,}(?:[ -]\d{2,}){0,3}(?![\w.-])/g, "[redacted]"],
  [/(?<![\w.+-])(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w.-])/g, "[redacted]"],
];
