/** The Messages API's own shapes, as far as this stand-in reads them. Written from the vendor's documents. */

export interface CacheControl {
  type: "ephemeral";
  ttl?: "5m" | "1h" | undefined;
}

/** What a search for tools has found; without references where it failed. */
export interface SearchOutcome {
  type: string;
  tool_references?: { type: "tool_reference"; tool_name: string }[] | undefined;
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
  content?: string | Block[] | SearchOutcome | undefined;
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
  /** Not part of the prompt until a search has found it. */
  defer_loading?: boolean | null | undefined;
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
  /** `search`: what finds a deferred tool, in words of one who does not know its name; those of the block before unless told. */
  | { type: "tool_use"; name: string; input: unknown; id?: string | undefined; search?: string | undefined };

/** What is said: the script's words, and the searches that it takes to know its tools. */
export type Spoken =
  | ScriptBlock
  | { type: "server_tool_use"; id: string; query: string }
  | { type: "tool_search_tool_result"; of: string; references: readonly string[] };

/** A block of an answer as it goes over the wire. */
export type AnswerBlock =
  | { type: "thinking"; thinking: string; signature: string }
  | { type: "text"; text: string; citations: null }
  | { type: "tool_use"; id: string; caller: { type: "direct" }; name: string; input: unknown }
  | { type: "server_tool_use"; id: string; caller: { type: "direct" }; name: string; input: unknown }
  | { type: "tool_search_tool_result"; tool_use_id: string; content: SearchOutcome };

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
export function textOf(content: Block["content"]): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .filter((block) => block.type === "text")
    .map((block) => block.text ?? "")
    .join("\n");
}
