import { type Conversation, type Outcome, type Period, readJson } from "./conversation.ts";
import { call, type Found, say, type ToolCall } from "./move.ts";

export interface CallInfo {
  id: string;
  title: string;
  url: string | undefined;
  startedAt: string;
  minutes: number | undefined;
  account: string | undefined;
  owner: string | undefined;
  guests: string[];
  brief: string | undefined;
}

export interface Segment {
  at: string;
  speaker: string;
  external: boolean;
  topic: string;
  text: string;
}

export interface Transcript {
  callId: string;
  segments: Segment[];
  /** Why there is none, in the tool's own words. */
  problem?: string | undefined;
}

export interface Selection {
  tool: string;
  input: Record<string, unknown>;
  /** The calls by a person's words: "with Acme", "of Maya Chen". */
  whose: string;
  period: Period | undefined;
}

const MOST_PAGES = 12;
const MOST_TRANSCRIPT_PAGES = 4;
/** Up to so many calls are read from the first word to the last. */
const WHOLE_CALLS = 4;
const CLOSING_MINUTES = 12;

type Json = Record<string, unknown>;

/** A tool by its name without the server's prefix; undefined where the request does not offer it. */
export function toolName(conversation: Conversation, name: string): string | undefined {
  for (const offered of conversation.tools.keys())
    if (offered === name || offered.endsWith(`__${name}`)) return offered;
  return undefined;
}

/** All calls of a selection, page after page; `outcomes` are the results that may be used. */
export function findCalls(
  conversation: Conversation,
  outcomes: readonly Outcome[],
  selection: Selection,
): Found<CallInfo[]> {
  const tool = toolName(conversation, selection.tool);
  if (!tool) return say("I have no tool here that lists calls, so I cannot answer that. Is Gong connected?");
  const base = { ...selection.input, ...pageSize(conversation, tool) };
  const calls = new Map<string, CallInfo>();
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const input = cursor ? { ...base, cursor } : base;
    const { outcome, next } = lookUp(outcomes, { name: tool, input }, conversation.tools);
    if (next && conversation.mayCall) return call(thoughtOfList(selection, next), next);
    if (next && page === 0) return say("I had to stop before I could list the calls. Ask again, please.");
    if (next) break;
    if (outcome.isError) return say(`I could not get the calls: ${outcome.text.trim()}`);
    if (outcome.json === undefined) return say("The list of calls came back in a form that I cannot read.");
    const json = asObject(outcome.json);
    for (const one of asList(json["calls"]).map(readCall)) calls.set(one.id, one);
    cursor = typeof json["cursor"] === "string" ? json["cursor"] : undefined;
    if (!cursor) break;
  }
  return { value: [...calls.values()].toSorted((a, b) => a.startedAt.localeCompare(b.startedAt)) };
}

/** Which part of each call is read: all of it, or its last minutes, in which objections and next steps are spoken of. */
export interface Extent {
  lastMinutes: number | undefined;
}

/** Few calls are read whole. Of many, the endings, if the tool can begin further in: all of it would be half a book. */
export function extentFor(conversation: Conversation, calls: readonly CallInfo[]): Extent {
  const tool = toolName(conversation, "get_call_transcript");
  const takes = asObject(conversation.tools.get(tool ?? "")?.input_schema?.["properties"]);
  const many = calls.length > WHOLE_CALLS && "from_minute" in takes;
  return { lastMinutes: many ? CLOSING_MINUTES : undefined };
}

/** The transcripts of these calls, asked for in parallel; a call whose transcript fails says why. */
export function readTranscripts(
  conversation: Conversation,
  outcomes: readonly Outcome[],
  calls: readonly CallInfo[],
  { lastMinutes }: Extent,
): Found<Map<string, Transcript>> {
  const tool = toolName(conversation, "get_call_transcript");
  const found = new Map<string, Transcript>();
  const missing: ToolCall[] = [];
  for (const { id, minutes = 0 } of calls) {
    const transcript: Transcript = { callId: id, segments: [] };
    found.set(id, transcript);
    const start = lastMinutes && minutes > lastMinutes ? { from_minute: minutes - lastMinutes } : {};
    const first = { call_id: id, ...start };
    if (!tool) transcript.problem = "there is no tool here that reads transcripts";
    else missing.push(...readPages({ name: tool, input: first }, outcomes, transcript, conversation.tools));
    if (!conversation.mayCall && transcript.segments.length === 0)
      transcript.problem ??= "I had to stop before reading it";
  }
  if (missing.length > 0 && conversation.mayCall) return call(thoughtOfTranscripts(calls, missing), ...missing);
  return { value: found };
}

function readPages(
  first: ToolCall,
  outcomes: readonly Outcome[],
  transcript: Transcript,
  tools: Conversation["tools"],
): ToolCall[] {
  let wanted = first;
  for (let page = 0; page < MOST_TRANSCRIPT_PAGES; page++) {
    const { outcome, next } = lookUp(outcomes, wanted, tools);
    if (next) return [next];
    if (outcome.isError) {
      transcript.problem = outcome.text.trim();
      return [];
    }
    const json = asObject(outcome.json);
    transcript.segments.push(...asList(json["segments"]).map(readSegment));
    if (typeof json["cursor"] !== "string") return [];
    wanted = { ...first, input: { call_id: transcript.callId, cursor: json["cursor"] } };
  }
  return [];
}

/** A tool's whole answer, or the call that is still to be made for it. */
export type LookUp = { outcome: Outcome; next?: undefined } | { outcome?: undefined; next: ToolCall };

/** How a result that was too long says where it goes on: the tool to call, and the cursor for it. */
const GOES_ON = /\s*\[(?:Cut here|characters|Left out)[^\]]*?\b(\w*read_more) with [^\]]*?"([^"\]]+)"[^"\]]*\]\s*$/;
const END_MARK = /\s*\[characters [^\]]*this is the end\]\s*$/;
const MOST_PARTS = 40;

/** The last answer to exactly this call, its further parts put together. */
export function lookUp(outcomes: readonly Outcome[], wanted: ToolCall, tools: Conversation["tools"]): LookUp {
  const first = resultOf(outcomes, wanted);
  if (!first) return { next: wanted };
  let { text } = first;
  for (let part = 0; part < MOST_PARTS; part++) {
    const [notice, tool, cursor] = GOES_ON.exec(text) ?? [];
    if (!notice || !tool || !cursor || !tools.has(tool)) break;
    const next = { name: tool, input: { cursor } };
    const more = resultOf(outcomes, next);
    if (!more) return { next };
    text = text.slice(0, -notice.length) + more.text;
  }
  if (text === first.text) return { outcome: first };
  text = text.replace(END_MARK, "");
  return { outcome: { ...first, text, json: readJson(text) } };
}

function resultOf(outcomes: readonly Outcome[], { name, input }: ToolCall): Outcome | undefined {
  const wanted = canonical(input);
  return outcomes.findLast((outcome) => outcome.tool === name && canonical(outcome.input) === wanted);
}

function canonical(input: Json): string {
  return JSON.stringify(Object.entries(input).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The largest page that the tool's own schema allows. */
function pageSize(conversation: Conversation, tool: string): Json {
  const properties = asObject(conversation.tools.get(tool)?.input_schema?.["properties"]);
  const most = asObject(properties["limit"])["maximum"];
  return typeof most === "number" ? { limit: most } : {};
}

function thoughtOfList({ whose, period }: Selection, { input }: ToolCall): string {
  if (input["cursor"]) return "That was not the whole list; I read its next page.";
  const when = period ? ` (${period.phrase}: from ${period.from} to ${period.to})` : "";
  return `I need the calls${whose ? ` ${whose}` : ""}${when}. I list them first.`;
}

function thoughtOfTranscripts(calls: readonly CallInfo[], missing: readonly ToolCall[]): string {
  if (missing.some(({ input }) => input["cursor"])) return "Some transcripts go on; I read the rest of them.";
  return calls.length === 1
    ? "There is one call. I read its transcript, so that I say what was said and not what I guess."
    : `There are ${calls.length} calls. I read their transcripts side by side, so that I say what was said.`;
}

export function readCall(value: unknown): CallInfo {
  const json = asObject(value);
  const parties = asList(json["participants"]).map(asObject);
  const guests = parties.filter((party) => isExternal(party["side"] ?? party["affiliation"]));
  const account = json["account"];
  return {
    id: asText(json["id"] ?? json["call_id"]) ?? "",
    title: asText(json["title"]) ?? "Untitled call",
    url: asText(json["url"]),
    startedAt: asText(json["started_at"]) ?? "",
    minutes: typeof json["duration_minutes"] === "number" ? json["duration_minutes"] : undefined,
    account: asText(account) ?? asText(asObject(account)["name"]),
    owner: asText(asObject(json["owner"])["name"]),
    guests: guests.flatMap((guest) => asText(guest["name"]) ?? []),
    brief: asText(json["brief"]),
  };
}

function readSegment(value: unknown): Segment {
  const json = asObject(value);
  return {
    at: asText(json["at"]) ?? "",
    speaker: asText(json["speaker"]) ?? asText(asObject(json["speaker"])["name"]) ?? "Somebody",
    external: isExternal(json["side"]),
    topic: asText(json["topic"]) ?? "",
    text: asText(json["text"]) ?? "",
  };
}

function isExternal(side: unknown): boolean {
  return typeof side === "string" && /external|customer|client|them|prospect|guest/i.test(side);
}

export function asObject(value: unknown): Json {
  return value && typeof value === "object" && !Array.isArray(value) ? (value as Json) : {};
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asText(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() ? value : undefined;
}
