import { wordsOf } from "./ask.ts";
import { asList, asObject, asText } from "./calls.ts";
import { tellFiles } from "./dropped-files.ts";
import { inquireOne } from "./inquiry.ts";
import type { Intent } from "./intents.ts";
import { plain } from "./markdown.ts";
import { PROJECT_AT_END, taskOfRequest } from "./talk-tasks.ts";

const WANTS_TASK = /\b(?:make|create|turn|add|file|open)\b.{0,40}\b(?:task|to-?do)\b/iu;

/** What was forwarded is read first: it is made a task where the person asks for one, and else told. */
export const forwarded: Intent = {
  name: "forwarded messages",
  matches: (_, { current }) => (current.context.forwarded ?? 0) > 0,
  run: (conversation) => {
    const read = inquireOne(conversation, "I read what was forwarded first.", { tool: "read_forwarded", input: {} });
    if ("move" in read) return read.move;
    const { json, problem } = read.value;
    if (json === undefined) return { text: plain(problem) };
    const messages = asList(json["forwarded"]).map(asObject);
    const texts = messages.map(({ text }) => asText(text) ?? "");
    const question = wordsOf(conversation.current.question);
    if (WANTS_TASK.test(question))
      return taskOfRequest(conversation, texts.join("\n"), PROJECT_AT_END.exec(question)?.[1]);
    const brought = conversation.current.context.files.filter(({ from }) => from === "forward");
    const files = tellFiles(conversation, brought);
    if ("move" in files) return files.move;
    const lines = messages.map(({ author, url }, index) => {
      const name = (asText(author) ?? "somebody").replace(/\s*\([^()]*\)$/u, "");
      const whose = asText(url) === undefined ? plain(name) : `[${plain(name)}](${asText(url)})`;
      return `${whose} wrote: “${plain(texts[index] ?? "")}”`;
    });
    if (files.value !== "") lines.push("", files.value);
    return { text: [...lines, "", "Shall I make a task of it, or look something up?"].join("\n") };
  },
};
