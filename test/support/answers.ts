import type { MessageView } from "../../sandbox/slack/store.ts";
import type { Script } from "../../sandbox/claude/store.ts";

/** What a person reads of a message besides its cards, whether it was streamed or edited. */
export function markdownOf({ blocks, text }: MessageView): string {
  // Beside blocks the text is for notifications alone.
  if (blocks.length === 0) return text;
  return blocks.flatMap((block) => (block.type === "markdown" ? [String(block["text"])] : [])).join("\n");
}

/** The text of an answer however it was cut into messages: without white space, which a cut may swallow. */
export function wholeText(messages: readonly MessageView[]): string {
  return squeeze(messages.map(markdownOf).join("\n"));
}

export function squeeze(text: string): string {
  return text.replace(/\s+/g, "");
}

/** A message with the buttons under it is the last one of a finished answer. */
export function isLastOfAnswer(message: MessageView): boolean {
  return message.blocks.at(-1)?.type === "context_actions" && !message.streaming;
}

/** Paragraphs that are all different and name `about`, so that a lost, repeated or misplaced one shows. */
export function paragraphs(about: string, count: number): string {
  return Array.from(
    { length: count },
    (_, n) => `Paragraph ${n} about ${about}: price, terms and the date of delivery came up ${n * 7 + 1} times.`,
  ).join("\n\n");
}

type Request = Parameters<Script>[0];

/** The question that a request is about: the last words of a person in it. */
export function questionOf(request: Request): string {
  for (const message of request.messages.toReversed()) {
    if (message.role !== "user") continue;
    const text = textsOf(message.content, "text").join("\n");
    // A note of the loop stands in no tags.
    if (text !== "") return /^<message from="[^"]*">\n([^]*)\n<\/message>$/.exec(text)?.[1] ?? text;
  }
  return "";
}

/** What the tools have answered since that question. */
export function resultsOf(request: Request): string[] {
  const results: string[] = [];
  for (const message of request.messages.toReversed()) {
    if (message.role !== "user") continue;
    if (textsOf(message.content, "text").length > 0) break;
    results.unshift(...textsOf(message.content, "tool_result"));
  }
  return results;
}

function textsOf(content: Request["messages"][number]["content"], type: "text" | "tool_result"): string[] {
  if (typeof content === "string") return type === "text" ? [content] : [];
  return content.flatMap((block) => {
    if (block.type !== type) return [];
    const text = type === "text" ? block.text : block.content;
    return [typeof text === "string" ? text : JSON.stringify(text)];
  });
}
