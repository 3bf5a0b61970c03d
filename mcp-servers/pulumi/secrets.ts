import { isUtf8 } from "node:buffer";

/** Takes secrets out of what Pulumi keeps of a stack, marked or not, however they are wrapped. */

export const SECRET = "[secret]";

/** The field by which Pulumi tells its special values from objects, and what it says of two of them. */
const signature = "4dabf18193072939515e22adb298388d";
const secretValue = "1b47061264138c4ac30d75fd1eb44270";
const outputValue = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

const deepest = 32;

/** Names that have a word for a secret in them, though nobody has marked it. */
const tellingName =
  /pass(?:word|wd|phrase|code)|pass$|pwd|secret|token|credential|authorization|cookie|bearer|basic[_-]?auth|(?:^|[^a-z])dsn|dsn$|pem$|(?:^|[_-])sig(?:nature)?$|(?:api|access|account|private|client|signing|encryption|shared|master)[_-]?key|connection[_-]?string|kube[_-]?config/i;
/** Of those, the ones that may only speak of it: what stands there decides. */
const mayBeHarmless =
  /(?:arn|name|id|url|uri|endpoint|version|length|policy|ttl|seconds|count|enabled|type|expires|expiry|expiration|at|from|ref)$|^(?:max|min|num|total)/i;
/** Addresses without people in them, references, UUIDs, instants and small numbers: what a name that only speaks of a secret holds. */
const harmlessText =
  /^(?:(?:arn|urn):[^\s=]+|https?:\/\/[^\s@?#]+|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\d{1,6}|\d{4}-\d\d-\d\d[\dT:.Z+-]*|true|false)$/i;

/** What a name says of the value under it: a secret, perhaps one, or nothing. */
type Suspicion = "hidden" | "watched" | "open";

/** The value with what is secret in it replaced, and whether anything was. */
export function redact(value: unknown, name = ""): { value: unknown; isRedacted: boolean } {
  const found = { any: false };
  return { value: redacted(value, suspicionOf(name), 0, found), isRedacted: found.any };
}

interface Found {
  any: boolean;
}

function redacted(value: unknown, suspicion: Suspicion, depth: number, found: Found): unknown {
  if (depth > deepest) return hide(found);
  if (typeof value === "number" && suspicion === "hidden") return hide(found);
  if (typeof value === "string")
    return isSecretText(value, suspicion) ? hide(found) : redactedText(value, depth, found);
  if (Array.isArray(value)) {
    return value.map((item, index) => redacted(item, stricter(suspicion, fromList(value, index)), depth + 1, found));
  }
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Record<string, unknown>;
  if (isSealed(fields)) return hide(found);
  if (fields[signature] === outputValue) return redacted(fields.value, suspicion, depth + 1, found);
  const named = suspicionOfPair(fields);
  return Object.fromEntries(
    Object.entries(fields).map(([name, inner]) => {
      const shown = redactText(name);
      if (shown !== name) found.any = true;
      const ofPair = pairValue.test(name) ? named : "open";
      const own = stricter(suspicionOf(name), ofPair);
      return [shown, redacted(inner, stricter(suspicion, own), depth + 1, found)];
    }),
  );
}

function suspicionOf(name: string): Suspicion {
  if (!tellingName.test(name)) return "open";
  return mayBeHarmless.test(name) ? "watched" : "hidden";
}

function stricter(one: Suspicion, other: Suspicion): Suspicion {
  if (one === "hidden" || other === "hidden") return "hidden";
  return one === "watched" || other === "watched" ? "watched" : "open";
}

function isSecretText(text: string, suspicion: Suspicion): boolean {
  if (suspicion === "open" || text === "") return false;
  return suspicion === "hidden" || !harmlessText.test(text);
}

/** Where a list of fields has a field's name, and where its value: `{ name: "DB_PASSWORD", value: "..." }`. */
const pairName = /^(?:name|key|variable|field|parameter(?:name|key)?)$/i;
const pairValue = /^(?:(?:parameter)?values?|val|content|data|default|plaintext|text)$/i;

function suspicionOfPair(fields: Record<string, unknown>): Suspicion {
  const names = Object.keys(fields).filter((key) => pairName.test(key));
  const isTelling = names.some((key) => typeof fields[key] === "string" && tellingName.test(fields[key]));
  return isTelling ? "hidden" : "open";
}

/** A pair as a list of two, or an option before its value, as command lines have it. */
function fromList(list: readonly unknown[], index: number): Suspicion {
  const before: unknown = list[index - 1];
  if (typeof before !== "string" || !/^[\w.-]{1,100}$/.test(before)) return "open";
  const item: unknown = list[index];
  const isOption = before.startsWith("-") && !(typeof item === "string" && item.startsWith("-"));
  return isOption || list.length === 2 ? suspicionOf(before) : "open";
}

/** A value that Pulumi has encrypted or marked, in each of the forms that it has for that. */
function isSealed(fields: Record<string, unknown>): boolean {
  if (fields[signature] === secretValue) return true;
  if (fields[signature] === outputValue && fields.secret !== false && fields.secret !== undefined) return true;
  return "ciphertext" in fields || (typeof fields.secure === "string" && Object.keys(fields).length === 1);
}

function redactedText(text: string, depth: number, found: Found): unknown {
  // A mark that is within a text, in however many layers of quotes.
  if (text.includes(secretValue) || /"ciphertext\\*"\s*:/i.test(text)) return hide(found);
  const wrapped = parsedJson(text);
  if (wrapped !== undefined) {
    const inner: Found = { any: false };
    const open = redacted(wrapped, "open", depth + 1, inner);
    if (inner.any) {
      found.any = true;
      return JSON.stringify(open);
    }
  }
  const decoded = decodedBase64(text);
  if (decoded !== undefined) {
    const inner: Found = { any: false };
    redacted(decoded, "open", depth + 1, inner);
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

/** Each takes no longer than the text is long, or looks only so far: logs are long, and so may be their lines. */
const shapes: [RegExp, string][] = [
  // What Pulumi Cloud and its passphrases encrypt to.
  [/\bAAABA[A-Za-z0-9+/]{30,}={0,2}|\bv1:[A-Za-z0-9+/=]{8,}:[A-Za-z0-9+/=]{16,}/g, SECRET],
  [/(https:\/\/hooks\.slack\.com\/)\S+/g, `$1${SECRET}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, SECRET],
  [/\b((?:authorization|cookie)["'\\]*\s*[:=]\s*["'\\]*)(?!\[secret\])[^\s"'\\][^\n"'\\]*/gi, `$1${SECRET}`],
  [/\b(bearer\s+)[\w.~+/-]{8,}=*|\b(basic\s+)[A-Za-z0-9+/]{16,}={0,2}/gi, `$1$2${SECRET}`],
  [/(?<!\S)((?:-u|--user)(?:\s+|=)["']?[^\s:"']{1,200}:)[^\s"']+/g, `$1${SECRET}`],
  [/\beyJ[\w-]{8,2000}\.eyJ[\w-]{8,2000}\.[\w-]+/g, SECRET],
  [/\b(?:pul-[0-9a-f]{40}|gh[pousr]_\w{30,}|github_pat_\w{30,}|gl[a-z]{2,4}-[\w-]{16,}|npm_\w{30,})/g, SECRET],
  [/\b(?:xox[a-z]-[\w-]{10,}|xapp-[\w-]{10,}|sk-[\w-]{20,}|[rs]k_(?:live|test)_\w{10,}|whsec_\w{16,})/g, SECRET],
  [/\b(?:A[KS]IA[0-9A-Z]{16}|AIza[\w-]{30,}|pat-[a-z]{2}\d-[\w-]{20,}|pcsk_\w{20,}|hf_\w{30,})/g, SECRET],
];

/** Text that people or programs wrote, with what has the shape of a secret, or stands under a telling name, replaced. */
export function redactText(text: string): string {
  const clean = shapes.reduce((before, [shape, by]) => before.replace(shape, by), withoutUserinfo(text));
  return withoutNamed(withoutNamed(clean, assignment), pair);
}

/** Each address with all that stands before the last `@` hidden: a password may hold `/` and `@` as well. */
function withoutUserinfo(text: string): string {
  return text.replace(/(?<![a-z0-9+.-])([a-z0-9+.-]+:\/\/)([^\s"'<>]*)/gi, (whole, scheme: string, rest: string) => {
    const at = rest.lastIndexOf("@");
    const userinfo = rest.slice(0, Math.max(0, at));
    const isPath = !userinfo.includes(":") && /[/?#]/.test(userinfo);
    if (userinfo === "" || userinfo === "git" || isPath) return whole;
    return `${scheme}${SECRET}${rest.slice(at)}`;
  });
}

/** A name and what leads to its value; ARNs and URNs, which have `secret:` in them, are stepped over. */
const assignment =
  /(?<![\w:/.$@+-])(?:arn:aws|urn:pulumi:)[\w:/.$@+-]*(?![\w:/.$@+=-])|(?<![\w.-])(?:(?<name>[\w.-]+)["'\\]*\s*[:=]\s*|(?<option>--?[\w.-]+)[ \t]+(?!-))/g;
/** The same where name and value are fields: `- name: DB_PASSWORD` and `value: ...`. */
const pair =
  /(?<![\w.-])(?:name|key|variable)["'\\]{0,8}\s*[:=]\s*["'\\]{0,8}(?<name>[\w.-]+)["'\\]{0,8}[\s,;]{1,200}["'\\]{0,8}value["'\\]{0,8}\s*[:=]\s*/gi;
/** Quoted, quoted within quotes, a block of YAML, or up to what ends a word. */
const valueHere =
  /(\\+["'])[^\n]*?(?<!\\)\1|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.|'')*'?|[|>][-+\d]*[ \t]*(?:\n[ \t]+[^\n]*)+|(?:[^\s,;]|,(?!\s|$|[\w.-]{1,40} ?[=:]))+/y;

function withoutNamed(text: string, leads: RegExp): string {
  let clean = "";
  let from = 0;
  for (const { 0: lead, index, groups } of text.matchAll(leads)) {
    const name = groups?.name ?? groups?.option;
    const suspicion = name === undefined || index < from ? "open" : suspicionOf(name);
    if (suspicion === "open") continue;
    valueHere.lastIndex = index + lead.length;
    const value = valueHere.exec(text)?.[0] ?? "";
    const bare = value.replace(/^[\\"']+/, "");
    if (bare.startsWith(SECRET) || !isSecretText(bare.replace(/["'}\])]{1,9}$/, ""), suspicion)) continue;
    clean += text.slice(from, index + lead.length) + SECRET;
    from = index + lead.length + value.length;
  }
  return clean + text.slice(from);
}
