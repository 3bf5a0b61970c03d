import { isUtf8 } from "node:buffer";

/** Takes secrets out of what Pulumi keeps of a stack, marked or not, however they are wrapped. */

export const SECRET = "[secret]";

/** The field by which Pulumi tells its special values from objects, and what it says of two of them. */
const signature = "4dabf18193072939515e22adb298388d";
const secretValue = "1b47061264138c4ac30d75fd1eb44270";
const outputValue = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

const deepest = 32;

/** Names under which there is a secret, though nobody has marked it. */
const tellingName =
  /pass(word|wd|phrase)?$|pass(word|wd|phrase)|secret|token|credential|(api|access|private|client|signing|encryption)[_-]?key|connection[_-]?string|kube[_-]?config/i;
/** Of those, the ones that only speak of it. */
const harmlessName = /(arn|name|id|url|uri|endpoint|version|length|policy|ttl|seconds|enabled|type)$/i;

/** The value with what is secret in it replaced, and whether anything was. */
export function redact(value: unknown, name = ""): { value: unknown; isRedacted: boolean } {
  const found = { any: false };
  return { value: redacted(value, isTelling(name), 0, found), isRedacted: found.any };
}

interface Found {
  any: boolean;
}

function redacted(value: unknown, isSecret: boolean, depth: number, found: Found): unknown {
  if (depth > deepest) return hide(found);
  if (isSecret && (typeof value === "number" || (typeof value === "string" && value !== ""))) return hide(found);
  if (typeof value === "string") return redactedText(value, depth, found);
  if (Array.isArray(value)) return value.map((item) => redacted(item, isSecret, depth + 1, found));
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Record<string, unknown>;
  if (isSealed(fields)) return hide(found);
  if (fields[signature] === outputValue) return redacted(fields.value, isSecret, depth + 1, found);
  return Object.fromEntries(
    Object.entries(fields).map(([name, inner]) => [
      name,
      redacted(inner, isSecret || isTelling(name), depth + 1, found),
    ]),
  );
}

/** A value that Pulumi has encrypted or marked, in each of the forms that it has for that. */
function isSealed(fields: Record<string, unknown>): boolean {
  if (fields[signature] === secretValue) return true;
  if (fields[signature] === outputValue && fields.secret !== false && fields.secret !== undefined) return true;
  return "ciphertext" in fields || (typeof fields.secure === "string" && Object.keys(fields).length === 1);
}

function redactedText(text: string, depth: number, found: Found): unknown {
  // A mark that is within a text, in however many layers of quotes.
  if (text.includes(secretValue) || /\\*"ciphertext\\*"\s*:/.test(text)) return hide(found);
  const wrapped = parsedJson(text);
  if (wrapped !== undefined) {
    const inner: Found = { any: false };
    const open = redacted(wrapped, false, depth + 1, inner);
    if (!inner.any) return text;
    found.any = true;
    return JSON.stringify(open);
  }
  const decoded = decodedBase64(text);
  if (decoded !== undefined) {
    const inner: Found = { any: false };
    redacted(decoded, false, depth + 1, inner);
    if (inner.any) return hide(found);
  }
  const clean = redactText(text);
  if (clean !== text) found.any = true;
  return clean;
}

function hide(found: Found): string {
  found.any = true;
  return SECRET;
}

function isTelling(name: string): boolean {
  return tellingName.test(name) && !harmlessName.test(name);
}

/** Objects and lists alone: a number or a word in quotes is a text as well. */
function parsedJson(text: string): unknown {
  if (!/^\s*[[{"]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // It only looks like JSON: it is a text.
    return undefined;
  }
}

/** A text that was written as base64; undefined for anything else, binary data among it. */
function decodedBase64(text: string): string | undefined {
  if (text.length < 16 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text.replace(/\s+/g, ""))) return undefined;
  const bytes = Buffer.from(text, "base64");
  const decoded = isUtf8(bytes) ? bytes.toString("utf8") : undefined;
  // Whatever has other control characters than line ends and tabs is no text.
  return decoded === undefined || /[^\P{Cc}\s]/u.test(decoded) ? undefined : decoded;
}

/** Each looks only so far: logs are long, and so may be their lines. */
const shapes: [RegExp, string][] = [
  // What Pulumi Cloud and its passphrases encrypt to.
  [/\bAAABA[A-Za-z0-9+/]{30,}={0,2}|\bv1:[A-Za-z0-9+/=]{8,}:[A-Za-z0-9+/=]{16,}/g, SECRET],
  [/(https:\/\/hooks\.slack\.com\/)\S+/g, `$1${SECRET}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, SECRET],
  [/\b([a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]{0,200}:)[^\s/@]{1,500}@/gi, `$1${SECRET}@`],
  [/\beyJ[\w-]{8,2000}\.eyJ[\w-]{8,2000}\.[\w-]+/g, SECRET],
  [
    /\b(?:pul-[0-9a-f]{40}|gh[pousr]_\w{30,}|github_pat_\w{30,}|xox[abeprs]-[\w-]{10,}|sk-[\w-]{20,}|AKIA[0-9A-Z]{16})\b/g,
    SECRET,
  ],
  [
    /\b((?:[\w-]{0,40}(?:password|passwd|passphrase|secret|token)|client-key-data|\w{0,40}(?:api|access|private)[_-]?key)["']?\s*[:=]\s*)(?!\[secret\])[^\s,;]+/gi,
    `$1${SECRET}`,
  ],
];

/** Text that people or programs wrote, with what has the shape of a secret replaced. */
export function redactText(text: string): string {
  return shapes.reduce((clean, [shape, by]) => clean.replace(shape, by), text);
}
