import { createHmac } from "node:crypto";
import { invalid } from "./errors.ts";
import { blocksOf, type Message } from "./wire.ts";

const SECRET = "sandbox";

/**
 * The signature of a thinking block binds it to its words, its model and the question that it answers: a block that was
 * changed, or carried to another model or conversation, is refused.
 */
export function signThinking(thinking: string, model: string, question: string): string {
  return createHmac("sha256", SECRET)
    .update(JSON.stringify([model, question, thinking]))
    .digest("base64");
}

/** What the person said last before this point: what a thinking block is bound to. */
export function questionBefore(messages: readonly Message[], index: number): string {
  for (let at = index - 1; at >= 0; at--) {
    const message = messages[at];
    if (message?.role !== "user") continue;
    const said = blocksOf(message.content).filter((block) => block.type !== "tool_result");
    if (said.length > 0) return said.map((block) => block.text ?? "").join("\n");
  }
  return "";
}

/** Throws where a thinking block is not the one that was given. */
export function checkSignatures(messages: readonly Message[], model: string): void {
  messages.forEach((message, at) => {
    if (message.role !== "assistant") return;
    blocksOf(message.content).forEach((block, position) => {
      if (block.type !== "thinking") return;
      const expected = signThinking(block.thinking ?? "", model, questionBefore(messages, at));
      if (block.signature !== expected) {
        throw invalid(`messages.${at}.content.${position}: Invalid \`signature\` in \`thinking\` block`);
      }
    });
  });
}
