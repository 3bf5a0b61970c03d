import { wordsOf } from "./ask.ts";
import { commitmentsIn, saidIn } from "./commitments.ts";
import type { Conversation } from "./conversation.ts";
import { type Inquiry, inquireOne } from "./inquiry.ts";
import type { Intent } from "./intents.ts";
import { count, excerpt, link, plain } from "./markdown.ts";
import { dayInWords, enumerated } from "./wording.ts";

const SUMMARIZE = /^summari[sz]e this (?:slack )?thread\b(?::?\s*<?(https:\/\/\S+?)>?$)?/i;
const SUMMARIZE_CHANNEL = /^summari[sz]e this (?:slack )?channel\b/i;
const MOST_LINES = 8;

/** What is to be read; the channel is the one that the asker has open. */
function wanted({ current }: Conversation): { place: string; inquiry: Inquiry } {
  const { viewing } = current.context;
  const words = wordsOf(current.question);
  if (viewing && SUMMARIZE_CHANNEL.test(words))
    return { place: "channel", inquiry: { tool: "read_channel", input: { channel: viewing.channel } } };
  const address = SUMMARIZE.exec(words)?.[1];
  const input = address === undefined ? {} : { thread_ts: address };
  return { place: "thread", inquiry: { tool: "read_thread", input } };
}

/** "Summarize this thread", or channel: who wrote, what, and what was taken on. */
export const threadSummary: Intent = {
  name: "thread summary",
  matches: (question, { current }) =>
    SUMMARIZE.test(question) || (current.context.viewing !== undefined && SUMMARIZE_CHANNEL.test(question)),
  run: (conversation) => {
    const { place, inquiry } = wanted(conversation);
    const found = inquireOne(conversation, `I read the ${place}.`, inquiry);
    if ("move" in found) return found.move;
    const { json, problem } = found.value;
    if (json === undefined) return { text: `I could not read the ${place}: ${plain(problem)}` };
    const said = saidIn(json);
    const names = [...new Set(said.map(({ author }) => author))];
    if (said.length === 0) return { text: `Nobody has written anything in this ${place} yet.` };
    const lines = said
      .slice(-MOST_LINES)
      .map(({ author, text, url }) => `- ${link(author, url)}: ${plain(excerpt(text))}`);
    const steps = commitmentsIn(said).map(({ deed, owner, due }) => {
      return `- ${plain(deed)}: ${owner ? plain(owner) : "nobody yet"}, ${due ? `due ${dayInWords(due)}` : "no day"}`;
    });
    return {
      text: [
        `**${count(said.length, "message")}** by ${enumerated(names.map(plain))}.`,
        ...lines,
        ...(steps.length > 0 ? ["", "**What was taken on**", ...steps] : []),
      ].join("\n"),
    };
  },
};
