import { aboutCall } from "./about-call.ts";
import { abilitiesOf } from "./abilities.ts";
import { type Ask, readAsk, wordsOf } from "./ask.ts";
import { asObject, toolName } from "./calls.ts";
import type { Conversation, Outcome } from "./conversation.ts";
import { dealWrites } from "./deal-writes.ts";
import { droppedFiles } from "./dropped-files.ts";
import { forwarded } from "./forwarded.ts";
import { reportFigures } from "./figures.ts";
import { clarification, plain } from "./markdown.ts";
import { sendMessage } from "./message-writes.ts";
import type { Move } from "./move.ts";
import { overviews } from "./overviews.ts";
import { quietDeals } from "./quiet-deals.ts";
import { reportCalls } from "./reports.ts";
import { revenueIntents } from "./revenue.ts";
import { salesIntents } from "./sales.ts";
import { slip } from "./slip.ts";
import { stackIntents } from "./stacks.ts";
import { createTask, markDone } from "./task-writes.ts";
import { forwardedTask, talkTasks } from "./talk-tasks.ts";
import { threadSummary } from "./thread-summary.ts";
import { myTasks } from "./tasks.ts";
import { tellMore } from "./tell-more.ts";
import { voices } from "./voices.ts";

/** One kind of question that the script can answer. The first that matches is taken. */
export interface Intent {
  name: string;
  matches(question: string, conversation: Conversation): boolean;
  run(conversation: Conversation): Move;
}

/** Measures the house, not the words: two tool calls, and an answer of a known length. */
const bench: Intent = {
  name: "bench",
  matches: (question) => question.includes("bench:two-tools"),
  run: (conversation) => {
    const { outcomes, context } = conversation.current;
    const period = context.asked[0] ?? context.calendar[0];
    const list = toolName(conversation, "get_calls") ?? "gong__get_calls";
    const read = toolName(conversation, "get_call_summary") ?? "gong__get_call_summary";
    const calls = outcomes.findLast(({ tool }) => tool === list);
    const dates = period ? { from_date: period.from, to_date: period.to } : {};
    if (!calls) return { thinking: "First the list.", calls: [{ name: list, input: dates }] };
    const first = /"id":\s*"(\d+)"/.exec(calls.text)?.[1] ?? "0";
    const summary = outcomes.findLast(({ tool }) => tool === read);
    if (!summary) return { thinking: "Then its first call.", calls: [{ name: read, input: { call_id: first } }] };
    const words = summary.text.replaceAll(/[^\w .,]+/g, " ").replaceAll(/\s+/g, " ");
    return { text: `**Read ${first}.** ${words}`.padEnd(600, ".").slice(0, 600) };
  },
};

const clarify: Intent = {
  name: "clarify",
  matches: (_, { current }) => current.context.ambiguous.length > 0 && current.context.asked.length === 0,
  run: ({ current }) => ({ text: clarification(current.context.ambiguous) }),
};

const help: Intent = {
  name: "help",
  matches: (question) =>
    question === "" ||
    /^(?:hi|hello|hey|thanks?|thank you|good (?:morning|afternoon)|help)\b/i.test(question) ||
    /\bwhat (?:can|do) you (?:do|know)\b/i.test(question),
  run: (conversation) => {
    const { current } = conversation;
    if (/^thank/i.test(wordsOf(current.question))) return { text: "You're welcome." };
    const name = current.context.person.name?.split(" ")[0];
    const greeting = `Hello${name ? ` ${plain(name)}` : ""}. I look things up in your team's calls, deals, tasks and figures, and tell you what I found, with links.`;
    return { text: [greeting, "", "You can ask me for:", ...abilitiesOf(conversation)].join("\n") };
  },
};

const FOLLOW_UP =
  /^(?:and|only|just|also|now|what about|make (?:it|that)|shorter|the|any)\b|\b(?:shorter|tl;?dr|in one line)\b/i;

/** Goes back to what an earlier question of the thread has read; what is missing is read again. */
const followUp: Intent = {
  name: "follow-up",
  matches: (question, conversation) =>
    conversation.current.context.asked.length === 0 &&
    FOLLOW_UP.test(question) &&
    lastReport(conversation) !== undefined,
  run: (conversation) => {
    const before = lastReport(conversation) as Conversation;
    const now = readAsk(conversation);
    const then = readAsk(before);
    const account = now.account ?? (typeof now.person === "object" ? now.person.name : undefined);
    const lens = now.lens === "summary" && (now.short || account) ? then.lens : now.lens;
    const outcomes = allOutcomes(conversation);
    const ask: Ask = { ...then, lens, short: now.short };
    if (!account) return reportCalls(before, outcomes, ask);
    return reportCalls(before, onlyWith(account, outcomes), ask);
  },
};

/** The conversation as it stood at the last question that calls were listed for. */
function lastReport(conversation: Conversation): Conversation | undefined {
  const { earlier } = conversation;
  const index = earlier.findLastIndex(({ outcomes }) => outcomes.some(({ tool }) => /(?:get|find)_calls$/.test(tool)));
  const current = earlier[index];
  return current && { ...conversation, current, earlier: earlier.slice(0, index) };
}

function allOutcomes({ current, earlier }: Conversation): Outcome[] {
  return [...earlier, current].flatMap(({ outcomes }) => outcomes);
}

/** The same results, of which only the calls of one account are left. */
function onlyWith(account: string, outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.map((outcome) => {
    const json = asObject(outcome.json);
    if (!Array.isArray(json["calls"])) return outcome;
    const kept = json["calls"].filter((one) =>
      JSON.stringify([asObject(one)["account"], asObject(one)["title"]])
        .toLowerCase()
        .includes(account.toLowerCase()),
    );
    return { ...outcome, json: { ...json, calls: kept } };
  });
}

const trackers: Intent = {
  name: "trackers",
  matches: (question) => /\btrackers?\b/i.test(question),
  run: (conversation) => reportFigures(conversation, "list_trackers", "Trackers in Gong"),
};

const interaction: Intent = {
  name: "interaction",
  matches: (question) =>
    /\b(?:talk ratio|talk-?time|talked (?:the )?most|monologue|interactivity|interaction|patience|questions? rate)\b/i.test(
      question,
    ),
  run: (conversation) => reportFigures(conversation, "get_interaction_stats", "How our people talk on calls"),
};

const activity: Intent = {
  name: "activity",
  matches: (question) => /\b(?:rep activity|activity|how many calls|most calls|leader ?board)\b/i.test(question),
  run: (conversation) => reportFigures(conversation, "get_rep_activity", "Calls by person"),
};

/** Everything that is about calls: of a period, an account or a person, for one topic or in whole. */
const calls: Intent = {
  name: "calls",
  matches: (question, conversation) => {
    const ask = readAsk(conversation);
    if (ask.lens !== "summary" || ask.account || ask.person) return true;
    const aboutCalls = /\b(?:calls?|meetings?|conversations?|customers?|demos?)\b/i.test(question);
    const wantsSummary = /\b(?:summar|recap|what(?:'s| has| was)? happen|catch me up|overview|last|latest)/i.test(
      question,
    );
    return (aboutCalls && wantsSummary) || (ask.period !== undefined && (aboutCalls || wantsSummary));
  },
  run: (conversation) => reportCalls(conversation, conversation.current.outcomes, readAsk(conversation)),
};

const unknown: Intent = {
  name: "unknown",
  matches: () => true,
  run: (conversation) => ({
    text: [
      "I cannot answer that: behind this sandbox is a scripted stand-in for the model, which knows a few kinds of questions and nothing else. It can answer:",
      "",
      ...abilitiesOf(conversation),
    ].join("\n"),
  }),
};

/**
 * Writes whose words hold days that are nobody's question come before the question about days. What is about one service of its
 * own comes before calls, which take whatever names an account, a person or a topic.
 */
export const INTENTS: readonly Intent[] = [
  bench,
  droppedFiles,
  forwarded,
  threadSummary,
  ...dealWrites,
  sendMessage,
  markDone,
  talkTasks,
  forwardedTask,
  createTask,
  slip,
  tellMore,
  clarify,
  help,
  ...stackIntents,
  ...overviews,
  quietDeals,
  ...revenueIntents,
  ...salesIntents,
  myTasks,
  aboutCall,
  voices,
  followUp,
  trackers,
  interaction,
  activity,
  calls,
  unknown,
];
