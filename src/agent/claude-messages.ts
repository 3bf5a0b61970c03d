import { personIn } from "./context.ts";
import type { ContentBlock, ModelRequest, ModelTool, Step, ToolUseBlock } from "./ports.ts";
import { searchTool, withSearches } from "./tool-search.ts";

/** The service looks back this many blocks from a breakpoint for an earlier one; past that the cached prefix is lost. */
const LOOK_BACK_BLOCKS = 20;

interface CacheControl {
  type: "ephemeral";
  ttl?: "5m" | "1h";
}

interface TextParam {
  type: "text";
  text: string;
  cache_control?: CacheControl;
}

interface ToolResultParam {
  type: "tool_result";
  tool_use_id: string;
  content: string;
  is_error?: true;
  cache_control?: CacheControl;
}

export type MessageParam =
  | { role: "user"; content: (TextParam | ToolResultParam)[] }
  | { role: "assistant"; content: ContentBlock[] }
  | { role: "system"; content: TextParam[] };

/**
 * The request's body. Order of the cache: tools, system, messages. What is alike for every turn of a role comes first and
 * lives for an hour; what changes with each question stands after the question, in a `system` message of its own, and
 * stays there as it was, so that each request is the beginning of the next one.
 */
export function requestBody(request: ModelRequest) {
  const { tools, steps } = withSearches(request);
  return {
    model: request.model,
    max_tokens: request.maxTokens,
    tools: toTools(tools),
    ...(request.toolChoice === "none" ? { tool_choice: { type: "none" as const } } : {}),
    system: [
      {
        type: "text" as const,
        text: request.system,
        cache_control: { type: "ephemeral" as const, ttl: "1h" as const },
      },
    ],
    messages: toMessages(steps),
    cache_control: { type: "ephemeral" as const },
    thinking: { type: "adaptive" as const, display: "summarized" as const },
    output_config: {
      effort: request.effort,
      ...(request.format ? { format: { type: "json_schema" as const, schema: request.format } } : {}),
    },
  };
}

/** In their order. The service takes deferred tools out before it looks for the prefix in its cache. */
function toTools(tools: readonly ModelTool[]) {
  const params = tools.map(({ name, description, inputSchema, deferred }) => ({
    name,
    description,
    input_schema: { ...inputSchema, type: "object" as const },
    ...(deferred ? { defer_loading: true } : {}),
  }));
  return tools.some((tool) => tool.deferred) ? [searchTool, ...params] : params;
}

export function toMessages(steps: readonly Step[]): MessageParam[] {
  const messages: MessageParam[] = [];
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index];
    if (step?.kind === "question") messages.push(...questionMessages(step));
    else if (step?.kind === "note") messages.push(noteMessage(step.text, messages.at(-1)));
    else if (step?.kind === "answer") addAnswer(messages, step, resultsAfter(steps, index));
  }
  keepPrefixInSight(messages);
  return messages;
}

/** A thread has several people's messages: each says whose it is, the asker's as well, so that it reads the same ever after. */
function questionMessages({ text, context, userId }: Extract<Step, { kind: "question" }>): MessageParam[] {
  const said = text.trim() === "" ? "(The message has no text.)" : text;
  const words = userId === undefined ? said : messageFrom(personIn(context), userId, said);
  return [
    { role: "user", content: [{ type: "text", text: words }] },
    { role: "system", content: [{ type: "text", text: context }] },
  ];
}

/** Neither a name nor a text can end the tag that it stands in. */
function messageFrom(name: string | undefined, userId: string, text: string): string {
  const from = `${(name ?? "").replaceAll(/[<>"\s]+/g, " ").trim()} (${userId})`.trim();
  return `<message from="${from}">\n${text.replaceAll(/<(?=\/?message\b)/gi, "&lt;")}\n</message>`;
}

/** A `system` message may only follow a user's; after an answer the note is a user message. */
function noteMessage(text: string, before: MessageParam | undefined): MessageParam {
  return { role: before?.role === "user" ? "system" : "user", content: [{ type: "text", text }] };
}

function resultsAfter(steps: readonly Step[], index: number): Map<string, Extract<Step, { kind: "tool_result" }>> {
  const results = new Map<string, Extract<Step, { kind: "tool_result" }>>();
  for (let at = index + 1; at < steps.length; at++) {
    const step = steps[at];
    if (step?.kind !== "tool_result") break;
    results.set(step.toolUseId, step);
  }
  return results;
}

/** The raw blocks as they came, and the results in the order in which they were asked for, in one message. */
function addAnswer(
  messages: MessageParam[],
  answer: Extract<Step, { kind: "answer" }>,
  results: ReadonlyMap<string, Extract<Step, { kind: "tool_result" }>>,
): void {
  const content = answer.content.filter((block) => !isBlankText(block));
  if (content.length === 0) return;
  messages.push({ role: "assistant", content });
  const answers = content.flatMap((block): ToolResultParam[] => {
    const result = block.type === "tool_use" ? results.get((block as ToolUseBlock).id) : undefined;
    if (!result) return [];
    const text = result.text === "" ? "(empty result)" : result.text;
    const failed = result.isError ? { is_error: true as const } : {};
    return [{ type: "tool_result", tool_use_id: result.toolUseId, content: text, ...failed }];
  });
  if (answers.length > 0) messages.push({ role: "user", content: answers });
}

function isBlankText(block: ContentBlock): boolean {
  return block.type === "text" && String((block as { text: unknown }).text).trim() === "";
}

/** A step with many parallel calls pushes the last request's breakpoint out of sight: mark that place again. */
function keepPrefixInSight(messages: readonly MessageParam[]): void {
  const lastAnswer = messages.findLastIndex((message) => message.role === "assistant");
  if (lastAnswer < 1) return;
  const added = messages.slice(lastAnswer).reduce((count, message) => count + message.content.length, 0);
  const before = messages[lastAnswer - 1];
  const block = before?.role === "assistant" ? undefined : before?.content.at(-1);
  if (added >= LOOK_BACK_BLOCKS && block) block.cache_control = { type: "ephemeral" };
}
