/** The Messages API's own shapes, as far as this stand-in reads them. Written from the vendor's documents. */

export interface CacheControl {
  type: "ephemeral";
  ttl?: "5m" | "1h" | undefined;
}

export interface Block {
  type: string;
  text?: string | undefined;
  thinking?: string | undefined;
  signature?: string | undefined;
  id?: string | undefined;
  name?: string | undefined;
  input?: unknown;
  tool_use_id?: string | undefined;
  content?: string | Block[] | undefined;
  is_error?: boolean | undefined;
  cache_control?: CacheControl | null | undefined;
}

export interface Message {
  role: "user" | "assistant" | "system";
  content: string | Block[];
}

export interface ToolParam {
  name: string;
  type?: string | undefined;
  description?: string | undefined;
  input_schema?: Record<string, unknown> | undefined;
  cache_control?: CacheControl | null | undefined;
}

export interface MessagesRequest {
  model: string;
  max_tokens: number;
  messages: Message[];
  system?: string | Block[] | undefined;
  tools?: ToolParam[] | undefined;
  tool_choice?: { type: string; disable_parallel_tool_use?: boolean | undefined } | undefined;
  thinking?: { type: string; display?: "summarized" | "omitted" | null | undefined } | undefined;
  output_config?: { effort?: string | null | undefined; format?: unknown } | undefined;
  cache_control?: CacheControl | null | undefined;
  stream?: boolean | undefined;
}

/** What a script answers; the stand-in adds ids and signatures. */
export type ScriptBlock =
  | { type: "thinking"; thinking: string }
  | { type: "text"; text: string }
  | { type: "tool_use"; name: string; input: unknown; id?: string | undefined };

/** A block of an answer as it goes over the wire. */
export type AnswerBlock =
  | { type: "thinking"; thinking: string; signature: string }
  | { type: "text"; text: string; citations: null }
  | { type: "tool_use"; id: string; caller: { type: "direct" }; name: string; input: unknown };

export type StopReason =
  | "end_turn"
  | "tool_use"
  | "max_tokens"
  | "pause_turn"
  | "refusal"
  | "model_context_window_exceeded";

export interface Usage {
  input_tokens: number;
  cache_creation_input_tokens: number;
  cache_read_input_tokens: number;
  cache_creation: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number };
  output_tokens: number;
}

/** A message's content as blocks, whichever way it was written. */
export function blocksOf(content: string | Block[]): Block[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

/** The text of a message or of a tool result, its blocks joined by newlines. */
export function textOf(content: string | Block[] | undefined): string {
  if (content === undefined) return "";
  if (typeof content === "string") return content;
  return content
    .filter((block) => block.type === "text")
    .map((block) => block.text ?? "")
    .join("\n");
}
