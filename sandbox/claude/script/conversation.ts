import { type Block, blocksOf, type Message, type MessagesRequest, textOf, type ToolParam } from "../wire.ts";

/** A span of days that the asker's words were resolved to, by Sophia's code. Instants are ISO 8601, `to` is exclusive. */
export interface Period {
  phrase: string;
  from: string;
  to: string;
  days?: unknown;
}

export interface DroppedFile {
  id: string;
  /** Only of the asker's own: how others called theirs, the tool says that reads it. */
  name?: string;
  /** With another message than the question: one of the thread, or one that was forwarded. */
  from?: "thread" | "forward";
}

export interface QuestionContext {
  person: { name?: string; user_id?: string; email?: string; time_zone?: string };
  place: { channel?: string; audience?: string };
  files: DroppedFile[];
  /** How many messages were forwarded with it. */
  forwarded?: number;
  /** What the asker has open beside the conversation. */
  viewing?: { channel: string; thread_ts?: string };
  /** When the question was asked. */
  now?: string;
  calendar: Period[];
  asked: Period[];
  ambiguous: { phrase: string; readings: Period[] }[];
}

export interface Outcome {
  id: string;
  tool: string;
  input: Record<string, unknown>;
  text: string;
  /** The text read as JSON; undefined where it is none. */
  json: unknown;
  isError: boolean;
}

/** One question, and what the tools have answered since. */
interface Turn {
  question: string;
  context: QuestionContext;
  outcomes: Outcome[];
  /** What was answered since the last tool result: an answer that was cut off goes on after it. */
  said: string;
}

export interface Conversation {
  tools: ReadonlyMap<string, ToolParam>;
  /** False where the request wants an answer from what is there: `tool_choice: none`. */
  mayCall: boolean;
  /** The question to be answered now. */
  current: Turn;
  earlier: Turn[];
}

const EMPTY_CONTEXT: QuestionContext = { person: {}, place: {}, files: [], calendar: [], asked: [], ambiguous: [] };

/** The request as questions, each with its context and its tool results: all that the script ever knows. */
export function readConversation(request: MessagesRequest): Conversation {
  const turns: Turn[] = [];
  const uses = new Map<string, Block>();
  request.messages.forEach((message, index) => {
    if (message.role === "assistant") readAnswer(message, turns.at(-1), uses);
    else if (message.role === "user") readUser(message, request.messages[index + 1], turns, uses);
  });
  const current = turns.pop() ?? { question: "", context: EMPTY_CONTEXT, outcomes: [], said: "" };
  const tools = new Map((request.tools ?? []).map((tool) => [tool.name, tool]));
  return { tools, mayCall: request.tool_choice?.type !== "none", current, earlier: turns };
}

function readAnswer(message: Message, turn: Turn | undefined, uses: Map<string, Block>): void {
  for (const block of blocksOf(message.content)) {
    if (block.type === "tool_use" && block.id) uses.set(block.id, block);
    if (block.type === "text" && turn) turn.said += block.text ?? "";
  }
}

/** Tool results, a question with its context after it, or a note such as "go on", which belongs to the question before. */
function readUser(message: Message, next: Message | undefined, turns: Turn[], uses: Map<string, Block>): void {
  const blocks = blocksOf(message.content);
  const turn = turns.at(-1);
  const outcomes = blocks.flatMap((block) => (block.type === "tool_result" ? [readOutcome(block, uses)] : []));
  if (turn && outcomes.length > 0) {
    turn.outcomes.push(...outcomes);
    turn.said = "";
    return;
  }
  const context = next?.role === "system" ? readContext(textOf(next.content)) : undefined;
  if (turn && !context && turn.context !== EMPTY_CONTEXT) return;
  turns.push({
    question: withoutTags(textOf(blocks)).trim(),
    context: context ?? EMPTY_CONTEXT,
    outcomes: [],
    said: "",
  });
}

/** A message may say whose it is: `<message from="…">…</message>`. */
function withoutTags(text: string): string {
  return /^\s*<message\b[^>]*>([^]*)<\/message>\s*$/.exec(text)?.[1] ?? text;
}

function readOutcome(block: Block, uses: Map<string, Block>): Outcome {
  const id = block.tool_use_id ?? "";
  const use = uses.get(id);
  const text = textOf(block.content);
  const input = (use?.input ?? {}) as Record<string, unknown>;
  return { id, tool: use?.name ?? "", input, text, json: readJson(text), isError: block.is_error === true };
}

function readContext(text: string): QuestionContext | undefined {
  const json = /<context>\s*([\s\S]*?)\s*<\/context>/.exec(text)?.[1];
  const value = json === undefined ? undefined : readJson(json);
  return value && typeof value === "object" ? { ...EMPTY_CONTEXT, ...value } : undefined;
}

export function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
