import type { Answer } from "./answer.ts";
import type { AnswerBlock, Usage } from "./wire.ts";

export interface SseEvent {
  name: string;
  data: Record<string, unknown>;
  /** Whether a reader sees it appear: such events are paced. */
  visible: boolean;
}

const REFUSAL = {
  type: "refusal",
  category: null,
  explanation: "The sandbox was told to refuse this request.",
} as const;

/** The Message object of an answer; in a stream it opens empty, with `content` and `stop_reason` to come. */
export function messageOf(id: string, model: string, answer: Answer, usage: Usage): Record<string, unknown> {
  return {
    id,
    type: "message",
    role: "assistant",
    model,
    content: answer.content,
    container: null,
    diagnostics: null,
    stop_reason: answer.stopReason,
    stop_sequence: null,
    stop_details: answer.stopReason === "refusal" ? REFUSAL : null,
    usage: fullUsage(usage, answer.thinkingTokens),
  };
}

/** An answer as the vendor streams it, event by event. */
export function eventsOf(
  message: Record<string, unknown>,
  answer: Answer,
  usage: Usage,
  pieceLength: number,
): SseEvent[] {
  const opening = { ...message, content: [], stop_reason: null, stop_details: null };
  const opened = { ...opening, usage: fullUsage({ ...usage, output_tokens: 1 }, 0) };
  const events: SseEvent[] = [event("message_start", { message: opened })];
  answer.content.forEach((block, index) => {
    events.push(event("content_block_start", { index, content_block: startOf(block) }));
    if (index === 0) events.push(event("ping", {}));
    for (const delta of deltasOf(block, answer, pieceLength)) {
      events.push({ ...event("content_block_delta", { index, delta }), visible: true });
    }
    events.push(event("content_block_stop", { index }));
  });
  const { cache_creation: _, ...totals } = usage;
  events.push(
    event("message_delta", {
      delta: {
        container: null,
        stop_reason: answer.stopReason,
        stop_sequence: null,
        stop_details: answer.stopReason === "refusal" ? REFUSAL : null,
      },
      usage: { ...totals, output_tokens_details: { thinking_tokens: answer.thinkingTokens }, server_tool_use: null },
    }),
    event("message_stop", {}),
  );
  return events;
}

export function event(name: string, fields: Record<string, unknown>): SseEvent {
  return { name, data: { type: name, ...fields }, visible: false };
}

export function sse({ name, data }: SseEvent): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function startOf(block: AnswerBlock): Record<string, unknown> {
  if (block.type === "text") return { type: "text", text: "", citations: null };
  if (block.type === "thinking") return { type: "thinking", thinking: "", signature: "" };
  // A search's result comes whole, as the service has it at once.
  return block.type === "tool_search_tool_result" ? { ...block } : { ...block, input: {} };
}

function deltasOf(block: AnswerBlock, answer: Answer, length: number): Record<string, unknown>[] {
  if (block.type === "text") return pieces(block.text, length).map((text) => ({ type: "text_delta", text }));
  if (block.type === "thinking") {
    const words = pieces(block.thinking, length).map((thinking) => ({ type: "thinking_delta", thinking }));
    return [...words, { type: "signature_delta", signature: block.signature }];
  }
  if (block.type === "tool_search_tool_result") return [];
  const json = ["", ...pieces(answer.argumentTexts.get(block.id) ?? "", length)];
  return json.map((partial_json) => ({ type: "input_json_delta", partial_json }));
}

function pieces(text: string, length: number): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = at + length;
    // A pair of surrogates is one character: half of it would not survive UTF-8.
    const last = text.charCodeAt(end - 1);
    if (last >= 0xd800 && last <= 0xdbff) end += 1;
    found.push(text.slice(at, end));
    at = end;
  }
  return found;
}

function fullUsage(usage: Usage, thinkingTokens: number): Record<string, unknown> {
  return {
    ...usage,
    output_tokens_details: { thinking_tokens: thinkingTokens },
    server_tool_use: null,
    service_tier: "standard",
    inference_geo: "not_available",
    speed: "standard",
  };
}
