import { checkBlocks, checkTotal } from "./blocks.ts";
import { plainRichText } from "./mrkdwn.ts";
import { SlackRefusal, refusalWithReasons } from "./refusal.ts";
import type { Block, Stream, TaskCard } from "./types.ts";

/** Characters of `markdown_text` in one call, and UTF-8 bytes of text and serialized task cards in one message. */
const TEXT_LIMIT = 12_000;
const CARD_LIMIT = 50;
const STATUSES: ReadonlySet<unknown> = new Set(["pending", "in_progress", "complete", "error"]);

export function newStream(display: Stream["display"], recipientUserId: string | undefined): Stream {
  return {
    state: "streaming",
    mode: undefined,
    display,
    recipientUserId,
    parts: [],
    tasks: new Map(),
    planTitle: undefined,
    textBytes: 0,
    lifetime: undefined,
  };
}

type Chunk =
  | { type: "markdown_text"; text: string }
  | { type: "task_update"; task: TaskCard }
  | { type: "plan_update"; title: string }
  | { type: "blocks"; blocks: Block[] };

export interface StreamContent {
  mode: "markdown_text" | "chunks";
  chunks: Chunk[];
}

/** Reads `markdown_text` or `chunks`; undefined where neither was given. Throws SlackRefusal. */
export function readContent(markdownText: string | undefined, chunks: unknown): StreamContent | undefined {
  if (markdownText !== undefined && chunks !== undefined) {
    throw new SlackRefusal("cannot_provide_both_markdown_text_and_chunks");
  }
  if (markdownText !== undefined) {
    if (markdownText.length > TEXT_LIMIT) throw new SlackRefusal("msg_too_long");
    return { mode: "markdown_text", chunks: [{ type: "markdown_text", text: markdownText }] };
  }
  if (chunks === undefined) return undefined;
  if (!Array.isArray(chunks)) throw invalidChunks("must be an array");
  return { mode: "chunks", chunks: chunks.map(readChunk) };
}

function readChunk(value: unknown, index: number): Chunk {
  const at = `[json-pointer:/chunks/${index}`;
  if (typeof value !== "object" || value === null) throw invalidChunks(`must be an object ${at}]`);
  const chunk = value as Record<string, unknown>;
  switch (chunk["type"]) {
    case "markdown_text": {
      const { text } = chunk;
      if (typeof text !== "string") throw invalidChunks(`missing required field: text ${at}]`);
      if (text.length > TEXT_LIMIT) throw new SlackRefusal("msg_too_long");
      return { type: "markdown_text", text };
    }
    case "plan_update":
      if (typeof chunk["title"] !== "string") throw invalidChunks(`missing required field: title ${at}]`);
      return { type: "plan_update", title: chunk["title"] };
    case "task_update":
      return { type: "task_update", task: readTask(chunk, at) };
    case "blocks":
      return { type: "blocks", blocks: checkBlocks(chunk["blocks"]) };
    default:
      throw invalidChunks(`unsupported type: ${String(chunk["type"])} ${at}/type]`);
  }
}

function readTask(chunk: Record<string, unknown>, at: string): TaskCard {
  const { id, title, status = "pending", details, output, sources } = chunk;
  if (typeof id !== "string" || id === "") throw invalidChunks(`missing required field: id ${at}]`);
  if (typeof title !== "string" || title === "") throw invalidChunks(`missing required field: title ${at}]`);
  if (!STATUSES.has(status)) throw invalidChunks(`must be a valid enum value ${at}/status]`);
  for (const [name, value] of [["details", details] as const, ["output", output] as const]) {
    if (value !== undefined && typeof value !== "string") throw invalidChunks(`must be a string ${at}/${name}]`);
  }
  if (sources !== undefined && !(Array.isArray(sources) && sources.every(isSource))) {
    throw invalidChunks(`each source needs a type of url, a url and a text ${at}/sources]`);
  }
  return { id, title, status, details, output, sources } as TaskCard;
}

function isSource(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { type, url, text } = value as Record<string, unknown>;
  return type === "url" && typeof url === "string" && typeof text === "string" && text !== "";
}

function invalidChunks(reason: string): SlackRefusal {
  return refusalWithReasons("invalid_chunks", [reason]);
}

/** Adds content to a stream, whole or not at all. Throws SlackRefusal. */
export function append(stream: Stream, content: StreamContent): void {
  if (stream.mode && stream.mode !== content.mode) throw new SlackRefusal("streaming_mode_mismatch");
  const tasks = mergeTasks(stream.tasks, content.chunks);
  const added = content.chunks.reduce(
    (sum, c) => sum + (c.type === "markdown_text" ? Buffer.byteLength(c.text) : 0),
    0,
  );
  const textBytes = stream.textBytes + added;
  // Slack counts the structured part only once the message carries text.
  if (textBytes > 0 && textBytes + cardBytes(tasks) > TEXT_LIMIT) throw new SlackRefusal("msg_too_long");
  if (tasks.size + countBlocks(stream, content) > CARD_LIMIT) throw new SlackRefusal("msg_blocks_too_many");
  stream.mode = content.mode;
  stream.tasks = tasks;
  stream.textBytes = textBytes;
  for (const chunk of content.chunks) place(stream, chunk);
}

/**
 * A stream's end: adds what comes with it, and checks the message as it then stands, `blocks` below the text. Whole or not at all.
 * Throws SlackRefusal.
 */
export function finish(stream: Stream, content: StreamContent | undefined, blocks: readonly Block[]): void {
  const finished: Stream = { ...stream, parts: stream.parts.map((part) => ({ ...part })) };
  if (content) append(finished, content);
  checkTotal([...streamBlocks(finished, ""), ...blocks]);
  Object.assign(stream, finished);
}

/** A further update of a task replaces its title and status; `details` and `output` are appended, as Slack does. */
function mergeTasks(before: ReadonlyMap<string, TaskCard>, chunks: readonly Chunk[]): Map<string, TaskCard> {
  if (!chunks.some((chunk) => chunk.type === "task_update")) return before as Map<string, TaskCard>;
  const tasks = new Map(before);
  for (const chunk of chunks) {
    if (chunk.type !== "task_update") continue;
    const { task } = chunk;
    const known = tasks.get(task.id);
    const details = joined(known?.details, task.details);
    const output = joined(known?.output, task.output);
    tasks.set(task.id, { ...task, details, output, sources: task.sources ?? known?.sources });
  }
  return tasks;
}

function joined(before: string | undefined, more: string | undefined): string | undefined {
  return before === undefined ? more : before + (more ?? "");
}

function cardBytes(tasks: ReadonlyMap<string, TaskCard>): number {
  let bytes = 0;
  for (const task of tasks.values()) bytes += Buffer.byteLength(JSON.stringify(taskBlock(task)));
  return bytes;
}

function countBlocks(stream: Stream, content: StreamContent): number {
  let count = 0;
  for (const part of stream.parts) if (part.kind === "blocks") count += part.blocks.length;
  for (const chunk of content.chunks) if (chunk.type === "blocks") count += chunk.blocks.length;
  return count;
}

function place(stream: Stream, chunk: Chunk): void {
  const last = stream.parts.at(-1);
  switch (chunk.type) {
    case "markdown_text":
      if (last?.kind === "text") last.text += chunk.text;
      else if (chunk.text !== "") stream.parts.push({ kind: "text", text: chunk.text });
      break;
    case "task_update":
      if (!stream.parts.some((part) => part.kind === "task" && part.id === chunk.task.id)) {
        stream.parts.push({ kind: "task", id: chunk.task.id });
      }
      break;
    case "plan_update":
      stream.planTitle = chunk.title;
      break;
    case "blocks":
      stream.parts.push({ kind: "blocks", blocks: chunk.blocks });
  }
}

export function streamText(stream: Stream): string {
  return stream.parts.reduce((text, part) => (part.kind === "text" ? text + part.text : text), "");
}

/** The message's blocks so far: text and task cards in the order they came, or the cards together in one plan. */
export function streamBlocks(stream: Stream, ts: string): Block[] {
  const blocks: Block[] = [];
  if (stream.display === "plan" && (stream.tasks.size > 0 || stream.planTitle !== undefined)) {
    const tasks = [...stream.tasks.values()].map(taskBlock);
    const title = stream.planTitle ?? [...stream.tasks.values()].at(-1)?.title ?? "";
    blocks.push({ type: "plan", block_id: `plan-${ts}`, title, tasks });
  }
  for (const [index, part] of stream.parts.entries()) {
    if (part.kind === "text") blocks.push({ type: "markdown", block_id: `text-${index}`, text: part.text });
    if (part.kind === "blocks") blocks.push(...part.blocks);
    const task = part.kind === "task" && stream.display === "timeline" ? stream.tasks.get(part.id) : undefined;
    if (task) blocks.push(taskBlock(task));
  }
  return blocks;
}

function taskBlock(task: TaskCard): Block {
  const block: Block = {
    type: "task_card",
    block_id: task.id,
    task_id: task.id,
    title: task.title,
    status: task.status,
  };
  if (task.details) block["details"] = plainRichText(task.details);
  if (task.output) block["output"] = plainRichText(task.output);
  if (task.sources) block["sources"] = task.sources;
  return block;
}
