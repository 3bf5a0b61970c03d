import type { MessagesRequest } from "../wire.ts";
import { asList, asObject, asText, lookUp, type Segment } from "./calls.ts";
import { type Conversation, type Outcome, readConversation } from "./conversation.ts";
import { quotesFor } from "./evidence.ts";
import { call, type Found } from "./move.ts";
import { moneyInWords } from "./wording.ts";

type Json = Record<string, unknown>;

/** What a summary is made of: the results of the tools, and nothing else. */
interface Material {
  gong: Json;
  segments: (Segment & { seconds: number })[];
  deal: Json | undefined;
}

const MOST_POINTS = 5;

/** Whether an answer is asked for whose schema is that of a call's summary. */
export function asksForSummary({ output_config: config }: MessagesRequest): boolean {
  const properties = asObject(asObject(asObject(config?.format)["schema"])["properties"]);
  return "points" in properties && "next_steps" in properties && "sentiment" in properties;
}

/** The summary as JSON: Gong's own points, each at the place where it was said, and what was agreed, with the day that was said. */
export function summaryJson(request: MessagesRequest): string {
  const conversation = readConversation(request);
  const material = materialOf(conversation.current.outcomes);
  const { gong, segments } = material;
  const points = textsIn(gong["key_points"]).flatMap((text) => placed(text, segments));
  const objections = objectionsIn(gong).flatMap((text) =>
    placed(
      text,
      segments.filter(({ external }) => external),
    ),
  );
  return JSON.stringify({
    gist: gistOf(gong),
    points: (points.length > 2 ? points : [...points, ...quotes(segments)]).slice(0, MOST_POINTS),
    objections,
    competitors: competitorsIn(segments),
    next_steps: stepsIn(material),
    sentiment: objections.length > 2 ? "mixed" : "positive",
  });
}

function materialOf(outcomes: readonly Outcome[]): Material {
  const of = (tool: string) =>
    outcomes.filter((outcome) => outcome.tool.endsWith(tool) && !outcome.isError).map(({ json }) => asObject(json));
  const segments = of("get_call_transcript")
    .flatMap((page) => asList(page["segments"]).map(asObject))
    .map((segment) => ({
      at: asText(segment["at"]) ?? "",
      seconds: Number(segment["at_seconds"]),
      speaker: asText(segment["speaker"]) ?? "",
      external: segment["side"] === "external",
      topic: asText(segment["topic"]) ?? "",
      text: asText(segment["text"]) ?? "",
    }));
  const [company] = of("get_company");
  const [deal] = asList(company?.["open_deals"]).map(asObject);
  return { gong: of("get_call_summary")[0] ?? {}, segments, deal };
}

function textsIn(points: unknown): string[] {
  return asList(points).flatMap((point) => asText(asObject(point)["text"]) ?? []);
}

function objectionsIn(gong: Json): string[] {
  const sections = asList(gong["highlights"]).map(asObject);
  return sections.filter(({ title }) => /objection/i.test(String(title))).flatMap(({ points }) => textsIn(points));
}

/** Gong's brief up to the first of the points that it repeats. */
function gistOf(gong: Json): string {
  const brief = asText(gong["brief"]) ?? "";
  return /^.*?[.!?](?=\s+\p{Lu}|$)/su.exec(brief)?.[0] ?? brief;
}

/** With who said it, and when: where most of its words, and all of its figures, were said. */
function placed(text: string, segments: readonly Segment[]): { text: string; speaker: string; at: string }[] {
  const wanted = wordsIn(text);
  const figures = figuresIn(text);
  const scored = segments.map((segment) => {
    const words = new Set(wordsIn(segment.text));
    const there = figures.filter((figure) => figuresIn(segment.text).includes(figure));
    const isNamed = text.includes(segment.speaker.split(" ")[0] ?? segment.speaker);
    const score = wanted.filter((word) => words.has(word)).length + 3 * there.length + (isNamed ? 1 : 0);
    return { segment, score };
  });
  const [best] = scored.toSorted((a, b) => b.score - a.score);
  return best && best.score > 1 ? [{ text, speaker: best.segment.speaker, at: best.segment.at }] : [];
}

function quotes(segments: readonly Segment[]): { text: string; speaker: string; at: string }[] {
  return quotesFor("summary", segments, 3).map(({ text, speaker, at }) => ({ text, speaker, at }));
}

function wordsIn(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\d]{4,}/gu) ?? [];
}

function figuresIn(text: string): string[] {
  return text.match(/\d[\d,.]*\d|\d/g) ?? [];
}

const NAME = String.raw`(\p{Lu}[\p{L}]+(?: \p{Lu}[\p{L}]+)?)`;
/** How somebody speaks of another vendor. */
const RIVALRY = [
  String.raw`(?:talking|spoke|moved|switched) to ${NAME}`,
  String.raw`(?:went|contract|enrolled|stay|staying|signed) with ${NAME}`,
  String.raw`(?:we pay|fair to|bill of|invoice of|prefers?) ${NAME}`,
  String.raw`${NAME} (?:quoted|raised)`,
].map((pattern) => new RegExp(pattern, "gu"));
const NO_RIVAL =
  /^(?:Monday|Tuesday|Wednesday|Thursday|Friday|Pay Ready|They|He|She|It|We|You|I|That|This|Nobody|Who|What|Somebody|The|A|Our)\b/;

function competitorsIn(segments: readonly Segment[]): string[] {
  const people = new Set(segments.flatMap(({ speaker }) => speaker.split(" ")));
  const found = segments.flatMap(({ text }) =>
    RIVALRY.flatMap((pattern) => Array.from(text.matchAll(pattern), ([, name = ""]) => name)),
  );
  return [...new Set(found)].filter(
    (name) => !NO_RIVAL.test(name) && !name.split(" ").some((word) => people.has(word)),
  );
}

/** Gong's next steps, "Dana Fox: Send the list (by 2026-11-20)", at the place where each was said. */
function stepsIn({ gong, segments, deal }: Material) {
  return textsIn(gong["next_steps"]).flatMap((line) => {
    const [, owner, what, due] = /^([^:]+): (.+?)(?: \(by (\d{4}-\d\d-\d\d)\))?$/s.exec(line) ?? [];
    if (!owner || !what) return [];
    const said = segments.findLast(({ text }) => text.toLowerCase().includes(what.toLowerCase()));
    if (!said) return [];
    return [{ what, owner, due: due ?? null, at: said.at, ...priorityOf(due, gong, deal) }];
  });
}

const SOON_DAYS = 2;
const DAY_MS = 86_400_000;

/** What is due within two days, or belongs to a deal that is being closed, goes first. */
function priorityOf(due: string | undefined, gong: Json, deal: Json | undefined): { priority: string; reason: string } {
  const day = (asText(gong["started_at"]) ?? "").slice(0, 10);
  const isSoon = due !== undefined && Date.parse(due) - Date.parse(day) <= SOON_DAYS * DAY_MS;
  const stage = asText(deal?.["stage"]);
  const amount = asObject(deal?.["amount"]);
  const worth =
    typeof amount["amount"] === "number"
      ? moneyInWords({ amount: amount["amount"], currency: String(amount["currency"]) })
      : undefined;
  const about = [stage && `the deal is in ${stage}`, worth && `worth ${worth}`].filter(Boolean).join(", ");
  if (isSoon) return { priority: "high", reason: ["promised for the next days", about].filter(Boolean).join("; ") };
  return { priority: worth ? "medium" : "low", reason: about || "nothing presses" };
}

/** A call as a thread's summary was made of it. */
export interface ToldCall {
  segments: Segment[];
  url: string | undefined;
  title: string;
}

/** What the thread's summary read; undefined where the thread is about something else. */
export function summarised({ earlier }: Conversation): readonly Outcome[] | undefined {
  const has = (outcomes: readonly Outcome[], ...tools: string[]) =>
    tools.every((name) => outcomes.some(({ tool }) => tool.endsWith(name)));
  return earlier.find(
    ({ outcomes }) =>
      has(outcomes, "get_call_summary", "get_call_transcript") &&
      !/_calls$/m.test(outcomes.map(({ tool }) => tool).join("\n")),
  )?.outcomes;
}

/** The call of the thread, all of it: results that were cut are read on. */
export function callOfThread(conversation: Conversation): Found<ToldCall> {
  const { current, earlier, tools, mayCall } = conversation;
  const all = [...earlier.flatMap(({ outcomes }) => outcomes), ...current.outcomes];
  const whole: Outcome[] = [];
  for (const { tool, input } of summarised(conversation) ?? []) {
    const { outcome, next } = lookUp(all, { name: tool, input }, tools);
    if (next && mayCall) return call("The thread holds only the beginning of it; I read on.", next);
    if (outcome) whole.push(outcome);
  }
  const { gong, segments } = materialOf(whole);
  return { value: { segments, url: asText(gong["url"]), title: asText(gong["title"]) ?? "the call" } };
}
