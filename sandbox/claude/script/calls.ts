import type { Conversation, Outcome, Period } from "./conversation.ts";
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
    const outcome = outcomeOf(outcomes, { name: tool, input });
    if (!outcome && conversation.mayCall) return call(thoughtOfList(selection, page), { name: tool, input });
    if (!outcome && page === 0) return say("I had to stop before I could list the calls. Ask again, please.");
    if (!outcome) break;
    if (outcome.isError) return say(`I could not get the calls: ${outcome.text.trim()}`);
    const json = asObject(outcome.json);
    for (const one of asList(json["calls"]).map(readCall)) calls.set(one.id, one);
    cursor = typeof json["cursor"] === "string" ? json["cursor"] : undefined;
    if (!cursor) break;
  }
  return { value: [...calls.values()].toSorted((a, b) => a.startedAt.localeCompare(b.startedAt)) };
}

/** The transcripts of these calls, asked for in parallel; a call whose transcript fails says why. */
export function readTranscripts(
  conversation: Conversation,
  outcomes: readonly Outcome[],
  calls: readonly CallInfo[],
): Found<Map<string, Transcript>> {
  const tool = toolName(conversation, "get_call_transcript");
  const found = new Map<string, Transcript>();
  const missing: ToolCall[] = [];
  for (const { id } of calls) {
    const transcript: Transcript = { callId: id, segments: [] };
    found.set(id, transcript);
    if (!tool) transcript.problem = "there is no tool here that reads transcripts";
    else missing.push(...readPages(tool, outcomes, transcript));
    if (!conversation.mayCall && transcript.segments.length === 0)
      transcript.problem ??= "I had to stop before reading it";
  }
  if (missing.length > 0 && conversation.mayCall) return call(thoughtOfTranscripts(calls, missing), ...missing);
  return { value: found };
}

function readPages(tool: string, outcomes: readonly Outcome[], transcript: Transcript): ToolCall[] {
  let cursor: string | undefined;
  for (let page = 0; page < MOST_TRANSCRIPT_PAGES; page++) {
    const input: Json = cursor ? { call_id: transcript.callId, cursor } : { call_id: transcript.callId };
    const outcome = outcomeOf(outcomes, { name: tool, input });
    if (!outcome) return [{ name: tool, input }];
    if (outcome.isError) {
      transcript.problem = outcome.text.trim();
      return [];
    }
    const json = asObject(outcome.json);
    transcript.segments.push(...asList(json["segments"]).map(readSegment));
    cursor = typeof json["cursor"] === "string" ? json["cursor"] : undefined;
    if (!cursor) return [];
  }
  return [];
}

/** The last result of exactly this call. */
export function outcomeOf(outcomes: readonly Outcome[], { name, input }: ToolCall): Outcome | undefined {
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

function thoughtOfList({ whose, period }: Selection, page: number): string {
  if (page > 0) return "That was not the whole list; I read its next page.";
  const when = period ? ` for ${period.phrase}, from ${period.from} to ${period.to}` : "";
  return `I need the calls${whose ? ` ${whose}` : ""}${when}. I list them first.`;
}

function thoughtOfTranscripts(calls: readonly CallInfo[], missing: readonly ToolCall[]): string {
  if (missing.some(({ input }) => input["cursor"])) return "Some transcripts go on; I read the rest of them.";
  return calls.length === 1
    ? "There is one call. I read its transcript, so that I say what was said and not what I guess."
    : `There are ${calls.length} calls. I read their transcripts side by side, so that I say what was said.`;
}

function readCall(value: unknown): CallInfo {
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
