import { askedPeriod, defaultPeriod, liesAhead, readAsk } from "./ask.ts";
import { asText, type CallInfo, readTranscripts, toolName, type Transcript } from "./calls.ts";
import type { Conversation, Period } from "./conversation.ts";
import { type Quote, quotesFor } from "./evidence.ts";
import { inquireList, inquireOne } from "./inquiry.ts";
import type { Intent } from "./intents.ts";
import { ahead, count, daysOf, excerpt, inPeriod, link, plain } from "./markdown.ts";
import type { Found, Move } from "./move.ts";
import { MOST_TRANSCRIPTS, reportCalls } from "./reports.ts";
import { bareName, dayInWords, withoutDays } from "./wording.ts";

const ASKED = new RegExp(
  String.raw`\b(?:customers?|clients?|prospects?|buyers?|people|anyone|anybody|they)\b[^?.!]{0,30}\b(?:sa(?:y|id|ying)|think|thought|tell|told|mention\w*|complain\w*|talk\w*|fe(?:el|lt)|ask\w*|rais\w*)\b[^?.!]*?\b(?:about|regarding|of|on)\s+(?:the |our )?([^?.!,]+)`,
  "iu",
);

/** So many calls are read for one answer, the nearest to what was asked. */
const MOST_CALLS = 4;
/** As many as the search gives: several passages may be of one call. */
const PASSAGES = 50;

/** "What did customers say about pricing last month?": over all calls, by what was meant. */
export const voices: Intent = {
  name: "voices",
  matches: (question, conversation) => {
    const { account, person, lens } = readAsk(conversation);
    const hasTopic = typeof lens === "object" || (lens === "summary" && !/\b(?:calls?|meetings?)\b/i.test(question));
    const isOfAll = account === undefined && person === undefined && hasTopic;
    return isOfAll && ASKED.test(question) && toolName(conversation, "semantic_search") !== undefined;
  },
  run: (conversation) => {
    const { context } = conversation.current;
    const topic = bareName(ASKED.exec(withoutDays(conversation))?.[1] ?? "").replace(
      /\s+(?:in|on|during|from|of|at|for|since)$/i,
      "",
    );
    const period = askedPeriod(context) ?? defaultPeriod(context);
    if (!topic || !period)
      return { text: "About what, and for which days? Ask like _what did customers say about pricing last month?_" };
    if (liesAhead(period, context)) return { text: ahead(period) };
    const passages = search(conversation, topic, period);
    if ("move" in passages) return passages.move;
    const { found, isWhole, problem } = passages.value;
    if (found.length === 0) return fromCalls(conversation, topic, period, nothingIndexed(topic, period, problem));
    return tell(conversation, { topic, period, found, isWhole });
  },
};

/** A passage of the index, with the call that it is of. */
interface Passage extends CallInfo {
  text: string;
}

function search(
  conversation: Conversation,
  topic: string,
  period: Period,
): Found<{ found: Passage[]; isWhole: boolean; problem: string | undefined }> {
  const zone = conversation.current.context.person.time_zone;
  const input = {
    query: topic,
    source: "gong",
    from_date: period.from,
    to_date: period.to,
    ...(zone ? { time_zone: zone } : {}),
    top_k: PASSAGES,
  };
  const thought = `I look for "${topic}" in the calls by its meaning (${period.phrase}: from ${period.from} to ${period.to}).`;
  const list = inquireList(conversation, thought, { tool: "semantic_search", input }, "passages");
  if ("move" in list) return list;
  const found = (list.value.items ?? []).flatMap((json): Passage[] => {
    const url = asText(json["url"]);
    const id = /[?&]id=(\d+)/.exec(url ?? "")?.[1];
    return id ? [{ ...callOf(id, url, json), text: asText(json["text"]) ?? "" }] : [];
  });
  const distinct = found.filter(({ id }, index) => found.findIndex((other) => other.id === id) === index);
  const { problem } = list.value;
  return { value: { found: distinct, isWhole: problem === undefined && list.value.isWhole, problem } };
}

function callOf(id: string, url: string | undefined, json: Record<string, unknown>): CallInfo {
  return {
    id,
    url,
    title: asText(json["title"]) ?? "A call",
    startedAt: asText(json["date"]) ?? "",
    account: asText(json["account"]),
    minutes: undefined,
    owner: undefined,
    guests: [],
    brief: undefined,
  };
}

function nothingIndexed(topic: string, period: Period, problem: string | undefined): string {
  if (problem !== undefined) return `The search by meaning does not answer: ${plain(problem)}`;
  return `The index of calls has nothing about "${plain(topic)}" ${inPeriod(period)}; calls of the last days may not be in it yet.`;
}

/** What is not in the index may be in the calls themselves, which are read one by one where they are few. */
function fromCalls(conversation: Conversation, topic: string, period: Period, lead: string): Move {
  const { outcomes } = conversation.current;
  const input = { from_date: period.from, to_date: period.to, limit: 1 };
  const found = inquireOne(conversation, "Nothing in the index. How many calls were there?", {
    tool: "get_calls",
    input,
  });
  if ("move" in found) return found.move;
  const { json, problem } = found.value;
  if (problem !== undefined) return { text: `${lead} I could not look at the calls themselves: ${plain(problem)}` };
  const total = typeof json["total"] === "number" ? json["total"] : undefined;
  if (total === 0) return { text: `${lead} Gong shows no calls of those days either.` };
  if (total === undefined || total > MOST_TRANSCRIPTS) {
    const many = total === undefined ? "over a thousand" : String(total);
    return { text: `${lead} There were ${many} calls, too many to read one by one: ask for one day or one account.` };
  }
  const told = reportCalls(conversation, outcomes, { ...readAsk(conversation), lens: { topic }, period });
  return "text" in told ? { text: `${lead} So I read the calls themselves.\n\n${told.text}` } : told;
}

interface Heard {
  call: Passage;
  quotes: Quote[];
  problem: string | undefined;
}

interface Nearest {
  topic: string;
  period: Period;
  found: readonly Passage[];
  /** Whether no more of them were left out. */
  isWhole: boolean;
}

function tell(conversation: Conversation, { topic, period, found, isWhole }: Nearest): Move {
  const best = found.slice(0, MOST_CALLS);
  const read = readTranscripts(conversation, conversation.current.outcomes, best, { lastMinutes: undefined });
  if ("move" in read) return read.move;
  const heard = best.map((call) => hear(call, topic, read.value.get(call.id)));
  const telling = heard.filter(({ quotes }) => quotes.length > 0);
  const silent = heard.filter(({ quotes, problem }) => quotes.length === 0 && problem === undefined);
  const unread = heard.filter(({ problem }) => problem !== undefined);
  const days = plain(daysOf(period));
  const head =
    telling.length > 0
      ? `What customers said about **${plain(topic)}** (${days}), in the calls that are nearest to it:`
      : `I found no customer's own words about **${plain(topic)}** (${days}). The calls that are nearest to it:`;
  return {
    text: [
      head,
      ...telling.map(section),
      ...(telling.length > 0 ? [] : silent.map(({ call }) => `${headOf(call)}\n- ${plain(excerpt(call.text, 240))}`)),
      ...unread.map(
        ({ call, problem }) => `${headOf(call)}\n- The transcript could not be read: ${plain(problem ?? "")}`,
      ),
      `_${isWhole ? "" : "At least "}${count(found.length, "call")} came up${howMany(heard, found.length)}._`,
    ].join("\n\n"),
  };
}

/** How many of the calls were read, and how many of those say something. */
function howMany(heard: readonly Heard[], found: number): string {
  const read = heard.filter(({ problem }) => problem === undefined);
  const telling = read.filter(({ quotes }) => quotes.length > 0).length;
  const nearest = found > heard.length ? `the nearest ${heard.length}` : `all ${heard.length}`;
  if (read.length === 0) return "; I could read none of them";
  const which = read.length === heard.length ? nearest : `${read.length} of them`;
  return `; I read ${found === 1 ? "it" : which}, and ${telling} of the ${read.length} held a customer's own words about it`;
}

function hear(call: Passage, topic: string, transcript: Transcript | undefined): Heard {
  const said = (transcript?.segments ?? []).filter(({ external }) => external);
  return { call, quotes: quotesFor({ topic }, said, 2), problem: transcript?.problem };
}

function headOf({ title, url, account, startedAt }: CallInfo): string {
  const facts = [account && plain(account), startedAt && dayInWords(startedAt)].filter(Boolean);
  return [`**${link(title, url)}**`, ...facts].join(" · ");
}

function section({ call, quotes }: Heard): string {
  const lines = quotes.map(
    ({ speaker, text, at }) =>
      `- ${plain(speaker)}: “${plain(excerpt(text, 240))}” (${link(at ? `at ${at}` : "in the call", call.url)})`,
  );
  return [headOf(call), ...lines].join("\n");
}
