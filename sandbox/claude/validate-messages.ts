import { invalid } from "./errors.ts";
import { checkSignatures } from "./signatures.ts";
import { type Block, blocksOf, type Message, type MessagesRequest } from "./wire.ts";

/** The rules of a conversation. Throws ApiError with the service's own words as far as they are known. */
export function checkMessages(request: MessagesRequest, isPaused: (content: unknown) => boolean): void {
  const { messages } = request;
  if (!Array.isArray(messages)) throw invalid("messages: Field required");
  if (messages.length === 0) throw invalid("messages: at least one message is required");
  if (messages[0]?.role !== "user") throw invalid('messages: first message must use the "user" role');
  checkSystem(request.system);
  messages.forEach((message, index) => {
    checkShape(message, index);
    if (message.role === "system") checkPlace(messages, index);
    else if (message.role === "assistant") checkToolUses(message, messages[index + 1], index);
    else checkToolResults(message, messages[index - 1], index);
  });
  const last = messages.at(-1);
  if (last?.role === "assistant" && !isPaused(last.content)) {
    throw invalid(
      "This model does not support assistant message prefill. The conversation must end with a user message.",
    );
  }
  checkSignatures(messages, request.model);
}

function checkSystem(system: string | Block[] | undefined): void {
  if (!Array.isArray(system)) return;
  system.forEach((block, index) => {
    if (block.type !== "text") throw invalid(`system.${index}.type: Input should be 'text'`);
    if (!block.text) throw invalid("system: text content blocks must be non-empty");
  });
}

function checkShape(message: Message, index: number): void {
  if (!["user", "assistant", "system"].includes(message.role)) {
    throw invalid(`messages.${index}.role: Input should be 'user', 'assistant' or 'system'`);
  }
  const { content } = message;
  if (typeof content !== "string" && !Array.isArray(content))
    throw invalid(`messages.${index}.content: Field required`);
  if (content.length === 0) throw invalid(`messages.${index}: all messages must have non-empty content`);
  for (const block of blocksOf(content)) {
    if (block.type !== "text") continue;
    if (!block.text) throw invalid("messages: text content blocks must be non-empty");
    if (!block.text.trim()) throw invalid("messages: text content blocks must contain non-whitespace text");
  }
}

/** A system message in the conversation follows what the user said, and ends it or is followed by an answer. */
function checkPlace(messages: Message[], index: number): void {
  if (messages[index - 1]?.role !== "user") {
    throw invalid(`messages.${index}: a \`system\` message must immediately follow a \`user\` message`);
  }
  const next = messages[index + 1];
  if (next && next.role !== "assistant") {
    throw invalid(
      `messages.${index}: a \`system\` message must be the last or be followed by an \`assistant\` message`,
    );
  }
}

function checkToolUses(message: Message, next: Message | undefined, index: number): void {
  const asked = blocksOf(message.content).flatMap((block) => (block.type === "tool_use" ? [block.id ?? ""] : []));
  if (asked.length === 0) return;
  if (new Set(asked).size < asked.length) throw invalid(`messages.${index}: \`tool_use\` ids must be unique`);
  const answered = next?.role === "user" ? resultIds(next) : [];
  const orphans = asked.filter((id) => !answered.includes(id));
  if (orphans.length === 0) return;
  throw invalid(
    `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ` +
      `${orphans.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  );
}

function checkToolResults(message: Message, before: Message | undefined, index: number): void {
  const blocks = blocksOf(message.content);
  const asked = before?.role === "assistant" ? blocksOf(before.content) : [];
  const seen = new Set<string>();
  blocks.forEach((block, position) => {
    if (block.type !== "tool_result") return;
    const id = block.tool_use_id ?? "";
    const at = `messages.${index}.content.${position}`;
    if (!asked.some((use) => use.type === "tool_use" && use.id === id)) {
      throw invalid(
        `${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. ` +
          "Each `tool_result` block must have a corresponding `tool_use` block in the previous message.",
      );
    }
    if (seen.has(id)) throw invalid(`${at}: each tool_use must have a single result. Found multiple for: ${id}`);
    if (position !== seen.size) throw invalid(`${at}: \`tool_result\` blocks must come first in their message`);
    seen.add(id);
  });
}

function resultIds(message: Message): string[] {
  return blocksOf(message.content).flatMap((block) => (block.type === "tool_result" ? [block.tool_use_id ?? ""] : []));
}
