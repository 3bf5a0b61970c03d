import type { Ask } from "./ask.ts";
import { defaultPeriod, liesAhead } from "./ask.ts";
import {
  asList,
  asObject,
  asText,
  type CallInfo,
  extentFor,
  findCalls,
  lookUp,
  readTranscripts,
  type Selection,
  toolName,
} from "./calls.ts";
import type { Conversation, Outcome, Period } from "./conversation.ts";
import { ahead, inPeriod } from "./markdown.ts";
import { call, type Found, type Move, say } from "./move.ts";
import { renderList, renderReport } from "./render.ts";

/** More transcripts than this are not read for one answer. */
export const MOST_TRANSCRIPTS = 12;
/** Of an account or person without a period: the latest calls only. */
const LATEST = 3;

/** The answer to a question about calls: select them, read them, report. */
export function reportCalls(conversation: Conversation, outcomes: readonly Outcome[], ask: Ask): Move {
  if (ask.period && liesAhead(ask.period, conversation.current.context)) return { text: ahead(ask.period) };
  const selected = select(conversation, outcomes, ask);
  if ("move" in selected) return selected.move;
  const found = findCalls(conversation, outcomes, selected.value);
  if ("move" in found) return found.move;
  const { calls, scope } = narrow(found.value, selected.value, ask);
  if (calls.length === 0) return { text: noneOf(scope, selected.value) };
  if (calls.length > MOST_TRANSCRIPTS) return { text: longList(calls, scope, ask) };
  const extent = extentFor(conversation, calls);
  const transcripts = readTranscripts(conversation, outcomes, calls, extent);
  if ("move" in transcripts) return transcripts.move;
  const { lens, short } = ask;
  return { text: renderReport({ lens, short, scope, calls, transcripts: transcripts.value, extent }) };
}

function select(conversation: Conversation, outcomes: readonly Outcome[], ask: Ask): Found<Selection> {
  const { context } = conversation.current;
  if (ask.account) return { value: byAccount(ask.account, ask.period) };
  if (ask.person === "asker") {
    const { email } = context.person;
    if (!email) return say("I do not know your e-mail address, so I cannot tell which calls are yours.");
    return { value: inTime({ owner_email: email }, "of yours", ask.period ?? defaultPeriod(context)) };
  }
  const period = ask.period ?? defaultPeriod(context);
  if (ask.person) return ofPerson(conversation, outcomes, ask.person.name, period, ask.period);
  if (!period) return say("For which days? I was given no calendar with this question.");
  return { value: inTime({}, "", period) };
}

function inTime(input: Record<string, unknown>, whose: string, period: Period | undefined): Selection {
  const dates = period ? { from_date: period.from, to_date: period.to } : {};
  return { tool: "get_calls", input: { ...dates, ...input }, whose, period };
}

function byAccount(account: string, period: Period | undefined): Selection {
  const dates = period ? { from_date: period.from, to_date: period.to } : {};
  return { tool: "find_calls", input: { account, ...dates }, whose: `with ${account}`, period };
}

/** A name is looked up among our own people first; a name that nobody has is taken for a company's. */
function ofPerson(
  conversation: Conversation,
  outcomes: readonly Outcome[],
  name: string,
  period: Period | undefined,
  asked: Period | undefined,
): Found<Selection> {
  const tool = toolName(conversation, "gong__find_user");
  if (!tool) return { value: { ...byAccount(name, asked), input: { person: name }, whose: `with ${name}` } };
  const input = { query: name };
  const { outcome, next } = lookUp(outcomes, { name: tool, input }, conversation.tools);
  if (next) return call(`Whose calls are these? I find ${name} among the people of our team in Gong.`, next);
  if (outcome.isError) return say(`I could not look up ${name}: ${outcome.text.trim()}`);
  const user = asObject(asList(asObject(outcome.json)["users"])[0]);
  const email = asText(user["email"]);
  if (!email) return { value: byAccount(name, asked) };
  return { value: inTime({ owner_email: email }, `of ${asText(user["name"]) ?? name}`, period) };
}

function narrow(
  all: readonly CallInfo[],
  { whose, period }: Selection,
  ask: Ask,
): { calls: readonly CallInfo[]; scope: string } {
  const when = period ? inPeriod(period) : "";
  const scope = [whose, when].filter(Boolean).join(" ");
  if (ask.latest) return { calls: all.slice(-1), scope: whose || when };
  if (period || all.length <= LATEST) return { calls: all, scope };
  return { calls: all.slice(-LATEST), scope: `${scope}, the latest of ${all.length}` };
}

function noneOf(scope: string, { period }: Selection): string {
  if (!period) return `I found no calls ${scope} in Gong.`;
  return `There were no calls ${scope}, as far as Gong shows me.`;
}

function longList(calls: readonly CallInfo[], scope: string, ask: Ask): string {
  const wish = ask.lens === "summary" ? "" : " Ask for one day or one account and I look into what was said.";
  const note = `That is too many to read one by one, so I have not read their transcripts: each line is Gong's own brief.${wish}`;
  return renderList(calls, scope, note);
}
