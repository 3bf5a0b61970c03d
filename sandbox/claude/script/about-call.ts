import { askedPeriod, readAsk } from "./ask.ts";
import { callOfThread, summarised } from "./call-summary.ts";
import { type Lens, quotesFor } from "./evidence.ts";
import type { Intent } from "./intents.ts";
import { excerpt, link, plain } from "./markdown.ts";

const MOST_QUOTES = 3;
/** What is to be done is none of this, whatever stands in the thread. */
const DEED = /^(?:please\s+)?(?:create|make|add|move|set|send|mark|update|log|remind)\b/i;

/** A question in the thread of a call's summary: answered from what was said in that call. */
export const aboutCall: Intent = {
  name: "about this call",
  matches: (question, conversation) => {
    const isOpen = askedPeriod(conversation.current.context) === undefined && !DEED.test(question);
    return isOpen && question !== "" && summarised(conversation) !== undefined;
  },
  run: (conversation) => {
    const found = callOfThread(conversation);
    if ("move" in found) return found.move;
    const call = found.value;
    const { lens } = readAsk(conversation);
    const quotes = quotesFor(lens, call.segments, MOST_QUOTES);
    const what = wordsOf(lens);
    const title = link(call.title, call.url);
    if (quotes.length === 0) return { text: `In ${title} nothing was said ${what || "that answers this"}.` };
    const lines = quotes.map(
      ({ speaker, text, at }) => `- ${plain(speaker)}: “${plain(excerpt(text, 240))}” (${link(`at ${at}`, call.url)})`,
    );
    return { text: [`What was said ${what ? `${what} ` : ""}in ${title}:`, ...lines].join("\n") };
  },
};

function wordsOf(lens: Lens): string {
  if (typeof lens === "object") return `about ${plain(lens.topic)}`;
  const words = {
    objections: "against it",
    competitors: "of competitors",
    next_steps: "of next steps",
    numbers: "in figures",
  };
  return lens === "summary" ? "" : words[lens];
}
