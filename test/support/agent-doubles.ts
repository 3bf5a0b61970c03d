import type {
  Answer,
  Asker,
  Caller,
  ContentBlock,
  Model,
  ModelListener,
  ModelRequest,
  Reply,
  ReplyButton,
  ReplyImage,
  StopReason,
  TaskUpdate,
  ToolDefinition,
  ToolResult,
  Tools,
} from "../../src/agent/ports.ts";

export const usage = { inputTokens: 100, cacheWriteTokens: 10, cacheReadTokens: 1000, outputTokens: 20 };

export function answer(content: ContentBlock[], stopReason?: StopReason): Answer {
  const hasCalls = content.some((block) => block.type === "tool_use");
  const reason = stopReason ?? (hasCalls ? "tool_use" : "end_turn");
  return { kind: "answer", content, stopReason: reason, model: "claude-test", usage };
}

export const text = (words: string): ContentBlock => ({ type: "text", text: words });
export const thinking = (words: string): ContentBlock => ({
  type: "thinking",
  thinking: words,
  signature: `sig:${words}`,
});
export const call = (id: string, name: string, input: unknown = {}): ContentBlock => ({
  type: "tool_use",
  id,
  name,
  input,
});

type Script =
  | Answer
  | Error
  | ((request: ModelRequest, listener: ModelListener, signal: AbortSignal) => Promise<Answer>);

/** Answers by a script, a step at a time, and keeps what it was asked. */
export class ScriptedModel implements Model {
  readonly requests: ModelRequest[] = [];
  readonly #script: Script[];

  constructor(...script: Script[]) {
    this.#script = script;
  }

  async respond(request: ModelRequest, listener: ModelListener, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    this.requests.push(structuredClone(request));
    const next = this.#script.shift();
    if (!next) throw new Error("the script is at its end");
    if (typeof next === "function") return next(request, listener, signal);
    if (next instanceof Error) throw next;
    for (const block of next.content) {
      if (block.type === "text") for (const word of String((block as any).text).split(/(?<= )/)) listener.onText(word);
      if (block.type === "thinking") listener.onThinking(String((block as any).thinking));
    }
    return next;
  }

  get last(): ModelRequest {
    return this.requests.at(-1)!;
  }
}

type Handler = (args: any, signal: AbortSignal, caller: Caller) => Promise<ToolResult | string> | ToolResult | string;

export function toolDefinition(name: string, more: Partial<ToolDefinition> = {}): ToolDefinition {
  return {
    name,
    description: `Does ${name}`,
    inputSchema: { type: "object", properties: {} },
    service: "Gong",
    readOnly: true,
    progress: { one: `Reading ${name}`, many: `Reading {count} calls in Gong` },
    ...more,
  };
}

/** Tools in memory; keeps each call that reached one. */
export class MemoryTools implements Tools {
  readonly calls: { name: string; args: unknown; caller: Caller }[] = [];
  running = 0;
  mostRunning = 0;
  readonly #tools = new Map<string, { definition: ToolDefinition; handler: Handler }>();

  add(definition: ToolDefinition, handler: Handler): this {
    this.#tools.set(definition.name, { definition, handler });
    return this;
  }

  async list(): Promise<readonly ToolDefinition[]> {
    return [...this.#tools.values()].map((tool) => tool.definition).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async call(name: string, args: unknown, caller: Caller, signal: AbortSignal): Promise<ToolResult> {
    this.calls.push({ name, args, caller });
    this.mostRunning = Math.max(this.mostRunning, ++this.running);
    try {
      const result = await this.#tools.get(name)!.handler(args, signal, caller);
      return typeof result === "string" ? { text: result, isError: false } : result;
    } finally {
      this.running--;
    }
  }
}

/** What a person sees. */
export class RecordingReply implements Reply {
  readonly log: string[] = [];
  readonly statuses: string[] = [];
  readonly tasks = new Map<string, TaskUpdate>();
  readonly images: ReplyImage[] = [];
  buttonsBelow: readonly ReplyButton[] = [];
  markdown = "";
  finished = 0;

  status(line: string): void {
    this.statuses.push(line);
  }

  write(markdown: string): void {
    this.markdown += markdown;
    this.log.push(`write ${markdown}`);
  }

  task(update: TaskUpdate): void {
    this.tasks.set(update.id, update);
    this.log.push(`task ${update.status} ${update.title}${update.output ? ` | ${update.output}` : ""}`);
  }

  breakOff(note: string): void {
    this.markdown += note;
    this.log.push(`break off ${note}`);
  }

  giveUp(sentence: string): void {
    this.markdown += sentence;
    this.log.push(`give up ${sentence}`);
  }

  async finish(): Promise<void> {
    this.finished++;
  }

  breakPage(): void {
    this.log.push("break");
  }

  buttons(buttons: readonly ReplyButton[]): void {
    this.buttonsBelow = buttons;
    this.log.push(`buttons ${buttons.map(({ label }) => label).join(", ")}`);
  }

  image(image: ReplyImage): void {
    this.images.push(image);
    this.log.push(`image ${image.alt}`);
  }

  async suspend(): Promise<void> {
    this.log.push("suspend");
  }

  get cards(): string[] {
    return this.log.filter((line) => line.startsWith("task"));
  }
}

export const maya: Asker = {
  userId: "U0MAYA00001",
  name: "Maya Lindqvist",
  email: "maya@northwind.example",
  timeZone: "America/New_York",
  timeZoneKnown: true,
  groups: [],
  identities: {},
};
