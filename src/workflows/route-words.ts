import { unlinked } from "../core/unlinked.ts";
import type { RouteConditions, RouteWhat } from "../storage/routes.ts";

/** What somebody says a route is; `problem` says in words what was not understood. */
export type ReadRoute =
  | { what: RouteWhat; channel: string; where: RouteConditions; problem?: undefined }
  | { problem: string };

type Field = keyof RouteConditions;

const whats: readonly RouteWhat[] = ["calls", "deals", "contacts", "tasks"];

/** What can be asked of each. */
const fieldsOf: Record<RouteWhat, readonly Field[]> = {
  calls: ["teams", "owners", "accounts", "stages", "minAmount", "minMinutes", "trackers"],
  deals: ["teams", "owners", "accounts", "stages", "minAmount"],
  contacts: ["teams", "owners", "accounts", "stages", "minAmount"],
  tasks: ["teams", "owners", "projects"],
};

const nouns: Record<Field, string> = {
  teams: "team",
  owners: "owner",
  accounts: "account",
  stages: "stage",
  minAmount: "amount",
  minMinutes: "length",
  trackers: "tracker",
  projects: "project",
};

const is = String.raw`(?:\s+(?:is|are|in)\s+|\s*[=:]\s*)`;

/** Each condition as people say it, with what it holds as its group. */
const conditions: readonly [Field, RegExp][] = [
  ["minAmount", /^(?:the )?(?:deal )?amount (?:is )?(?:over|above|at least|more than|from|>=?)\s*(.+)$/i],
  ["minAmount", /^(?:deals? )?(?:worth|over|above) (?:over |above |at least |more than )?(\S+)$/i],
  ["minMinutes", /^(?:is )?(?:longer than|at least|over|lasting (?:over|at least)) (\d+) ?min(?:ute)?s?$/i],
  ["minMinutes", /^(?:length|duration|minutes) (?:is )?(?:over|above|at least|>=?) ?(\d+)(?: ?min(?:ute)?s?)?$/i],
  ["stages", new RegExp(`^(?:the )?(?:deal )?stages?${is}(.+)$`, "i")],
  ["owners", new RegExp(`^(?:the )?(?:owner|assignee|rep)s?${is}(.+)$`, "i")],
  ["teams", new RegExp(`^(?:the )?teams?${is}(.+)$`, "i")],
  ["accounts", new RegExp(`^(?:the )?(?:account|company|customer)s?${is}(.+)$`, "i")],
  ["trackers", new RegExp(`^(?:the )?trackers?${is}(.+)$`, "i")],
  ["projects", new RegExp(`^(?:the )?projects?${is}(.+)$`, "i")],
];

/** Between names, where no quotes hold it. */
const betweenNames = /(?:\s*,\s*(?:or\s+)?|\s+or\s+)(?=(?:[^"]*"[^"]*")*[^"]*$)/i;

/** Of what somebody says of a route: no more is looked at. */
const mostChars = 500;

export const routeExample =
  "`/sophia route calls #deals where stage is negotiation and amount over 50000 and owner is @maya and longer than 20 minutes and tracker is pricing and account is Acme`";

/** `calls #deals where stage is negotiation and amount over 50000`, as Slack delivers it. */
export function readRoute(text: string): ReadRoute {
  if (text.length > mostChars) return { problem: `Say it in at most ${mostChars} characters.` };
  const [, what = "", place = "", rest = ""] =
    /^(\S+)\s+(?:(?:in|to|into)\s+)?(<#[^>]*>|\S+)\s*(.*)$/s.exec(text) ?? [];
  const subject = whats.find((one) => one === what.toLowerCase() || one === `${what.toLowerCase()}s`);
  if (subject === undefined) return { problem: `Say first what it is about: ${whats.join(", ")}.` };
  const channel = /^<#([CG][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(place)?.[1] ?? /^#[\p{L}\d._-]+$/u.exec(place)?.[0];
  if (channel === undefined) return { problem: "Say the channel after that, such as #deals." };
  if (rest.trim() === "") return { what: subject, channel, where: {} };
  const said = /^(?:where|if|when|with)\s+(.+)$/is.exec(rest.trim())?.[1];
  if (said === undefined) return { problem: `I do not understand "${excerpt(rest)}": conditions begin with "where".` };
  return readConditions(subject, channel, plain(said));
}

function readConditions(what: RouteWhat, channel: string, said: string): ReadRoute {
  const where: Record<string, number | string[]> = {};
  for (const part of partsOf(said)) {
    const found = readCondition(part);
    if ("problem" in found) return found;
    const { field, value } = found;
    if (!fieldsOf[what].includes(field)) return { problem: `${what} have no ${nouns[field]} that I could look at.` };
    if (where[field] !== undefined)
      return { problem: `There are two conditions about the ${nouns[field]}: say them as one, with "or".` };
    where[field] = value;
  }
  return { what, channel, where };
}

/** At each "and" that no quotes hold. */
function partsOf(said: string): string[] {
  return said.match(/(?:"[^"]*"|(?!\s+and\s+)[^])+/gi)?.map((part) => part.replace(/^\s*and\s+/i, "").trim()) ?? [];
}

function readCondition(part: string): { field: Field; value: number | string[] } | { problem: string } {
  const second = part.split(betweenNames).slice(1).find(isCondition);
  if (second !== undefined)
    return {
      problem: `"${excerpt(second)}" is a condition of its own: say "and" where both have to hold, or make two routes where either is enough. A name like that stands in quotes.`,
    };
  for (const [field, pattern] of conditions) {
    const value = pattern.exec(part)?.[1]?.trim();
    if (value === undefined) continue;
    if (field === "minAmount") return readAmount(value);
    if (field === "minMinutes") return { field, value: Number(value) };
    const names = value.split(betweenNames).map(unquoted);
    if (names.some((name) => name === "" || / or$/i.test(name)))
      return { problem: `I do not understand "${excerpt(part)}".` };
    return field === "owners" || field === "teams" ? people(field, names) : { field, value: names };
  }
  return { problem: `I do not understand "${excerpt(part)}".` };
}

/** "owner is @maya", and not a company that is called Above Board. */
function isCondition(words: string): boolean {
  const said = words.trim().replace(/^(?:where|if|when|with)\s+/i, "");
  if (/^(?:the )?(?:deal )?amount\b/i.test(said)) return true;
  const [field, value = ""] =
    conditions.map(([of, pattern]) => [of, pattern.exec(said)?.[1]] as const).find(([, found]) => found) ?? [];
  return field !== undefined && (field !== "minAmount" || /\d/.test(value));
}

/** Mentions, addresses and handles; a bare name may be anybody's. */
function people(
  field: "owners" | "teams",
  names: readonly string[],
): { field: Field; value: string[] } | { problem: string } {
  const read = names.map((name) => {
    const user = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(name)?.[1];
    const group = /^<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>$/.exec(name)?.[1] ?? /^@[\w.-]+$/.exec(name)?.[0];
    const address = /^(?:<mailto:)?([^\s@<>|]+@[^\s@<>|]+\.[^\s@<>|]+)(?:\|[^>]*)?>?$/.exec(name)?.[1];
    return field === "teams" ? group : (user ?? address ?? group);
  });
  const missing = names[read.indexOf(undefined)];
  if (missing === undefined) return { field, value: read.filter((one) => one !== undefined) };
  const how = field === "teams" ? "as a user group, @sales" : "with @, or by e-mail address";
  return { problem: `I do not know who "${excerpt(missing)}" is: name the ${nouns[field]} ${how}.` };
}

const scales: Record<string, number> = { k: 1e3, m: 1e6 };

/** Thousands, or lakhs, between commas; a point before at most two digits. Half of the world reads other marks the other way round. */
const clearDigits = /^(?:\d+|\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3})(?:\.\d{1,2})?$/;

/** "50000", "50,000", "$50k", "1.5m". */
function readAmount(text: string): { field: "minAmount"; value: number } | { problem: string } {
  const [, digits = "", scale = ""] =
    /^[$€£]?\s?(\d[\d,.]*)\s?([km]?)(?:\s?(?:usd|eur|gbp|dollars|euros|pounds))?$/i.exec(text) ?? [];
  if (digits !== "" && !clearDigits.test(digits))
    return {
      problem: `"${excerpt(text)}" can be read in two ways: write it without commas and points, as in 50000 or 50k.`,
    };
  const value = Math.round(Number(digits.replaceAll(",", "")) * (scales[scale.toLowerCase()] ?? 1));
  return digits !== "" && Number.isSafeInteger(value)
    ? { field: "minAmount", value }
    : { problem: `"${excerpt(text)}" is no amount that I understand.` };
}

/** Slack writes these three as entities; phones write curved quotes. */
function plain(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .replaceAll(/[“”]/g, '"')
    .replaceAll(/\s+/g, " ")
    .trim();
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/, "$1").trim();
}

function excerpt(text: string): string {
  const words = text.trim();
  return words.length > 60 ? `${words.slice(0, 59)}…` : words;
}

/** The conditions as a sentence's end: "where the stage is Negotiation and the amount at least 50,000". Names are as they were given. */
export function whereInWords(where: RouteConditions): string {
  const parts = (Object.keys(nouns) as Field[]).flatMap((field): string[] => {
    const value = where[field];
    if (value === undefined) return [];
    if (field === "minMinutes") return [`the call is at least ${where.minMinutes} minutes long`];
    if (field === "minAmount") return [`the amount is at least ${(where.minAmount ?? 0).toLocaleString("en-US")}`];
    return [
      `the ${nouns[field]} is ${(value as readonly string[]).map(field === "owners" || field === "teams" ? mention : escaped).join(" or ")}`,
    ];
  });
  return parts.length === 0 ? "" : `where ${parts.join(" and ")}`;
}

function mention(entry: string): string {
  if (/^[UW][A-Z0-9]{6,}$/.test(entry)) return `<@${entry}>`;
  if (/^S[A-Z0-9]{6,}$/.test(entry)) return `<!subteam^${entry}>`;
  return escaped(entry);
}

function escaped(entry: string): string {
  return unlinked(entry).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
