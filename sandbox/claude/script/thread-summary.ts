import { wordsOf } from "./ask.ts";
import { commitmentsIn, saidIn } from "./commitments.ts";
import { inquireOne } from "./inquiry.ts";
import type { Intent } from "./intents.ts";
import { count, excerpt, link, plain } from "./markdown.ts";
import { dayInWords, enumerated } from "./wording.ts";

const SUMMARIZE = /^summari[sz]e this (?:slack )?thread\b(?::?\s*<?(https:\/\/\S+?)>?$)?/i;
const MOST_LINES = 8;

/** "Summarize this thread": who wrote, what, and what was taken on. */
export const threadSummary: Intent = {
  name: "thread summary",
  matches: (question) => SUMMARIZE.test(question),
  run: (conversation) => {
    const address = SUMMARIZE.exec(wordsOf(conversation.current.question))?.[1];
    const input = address === undefined ? {} : { thread_ts: address };
    const found = inquireOne(conversation, "I read the thread.", { tool: "read_thread", input });
    if ("move" in found) return found.move;
    const { json, problem } = found.value;
    if (json === undefined) return { text: `I could not read the thread: ${plain(problem)}` };
    const said = saidIn(json);
    const names = [...new Set(said.map(({ author }) => author))];
    if (said.length === 0) return { text: "Nobody has written anything in this thread yet." };
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
