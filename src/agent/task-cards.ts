import type { Reply, ToolDefinition, ToolUseBlock } from "./ports.ts";

const OUTPUT_CHARS = 150;

interface Card {
  id: string;
  title: string;
  count: number;
  done: number;
  failures: string[];
}

/** What a person sees of tool calls: one card for the like calls of one step. */
export class TaskCards {
  readonly #reply: Reply;
  readonly #safe: (text: string) => string;
  readonly #cards = new Map<string, Card>();
  /** A call that was held and goes on has another card, further below. */
  #holds = 0;

  /** `safe` takes out of a failure's words what may not be pressed. */
  constructor(reply: Reply, safe: (text: string) => string) {
    this.#reply = reply;
    this.#safe = safe;
  }

  /** Opens the cards of one step, once; `find` gives a tool's definition where it is known. */
  open(calls: readonly ToolUseBlock[], find: (name: string) => ToolDefinition | undefined): void {
    if (calls.every((call) => this.#cards.has(call.id))) return;
    for (const like of Map.groupBy(calls, (call) => call.name).values()) {
      const first = like[0];
      if (!first) continue;
      const title = titleOf(find(first.name), first.name, like.length);
      const id = this.#holds === 0 ? first.id : `${first.id}-${this.#holds}`;
      const card: Card = { id, title, count: like.length, done: 0, failures: [] };
      for (const call of like) this.#cards.set(call.id, card);
      this.#reply.task({ id: card.id, title, status: "in_progress" });
    }
  }

  /** These calls wait for a person: their cards say so and are done. */
  hold(toolUseIds: readonly string[]): void {
    const held = new Set(toolUseIds.flatMap((id) => this.#cards.get(id) ?? []));
    for (const { id, title } of held) {
      this.#reply.task({ id, title, status: "complete", output: "Waits for a decision below" });
    }
    for (const id of toolUseIds) this.#cards.delete(id);
    this.#holds++;
  }

  /** No result comes any more of what is still open. */
  closeAll(output: string): void {
    for (const { id, title, count, done, failures } of new Set(this.#cards.values())) {
      if (done + failures.length < count) this.#reply.task({ id, title, status: "error", output });
    }
  }

  /** One call has its result; the card is closed with the last one. */
  settle(toolUseId: string, result: { text: string; isError: boolean }): void {
    const card = this.#cards.get(toolUseId);
    if (!card) return;
    if (result.isError) card.failures.push(result.text);
    else card.done++;
    if (card.done + card.failures.length < card.count) return;
    const status = card.done === 0 ? "error" : "complete";
    this.#reply.task({ id: card.id, title: card.title, status, output: this.#safe(outputOf(card)) });
  }
}

/** What the person reads while these run. */
export function whatRuns(tools: readonly ToolDefinition[]): string {
  const services = [...new Set(tools.map((tool) => tool.service))].join(" and ");
  if (services === "") return "is working";
  return tools.every((tool) => tool.readOnly) ? `is reading ${services}` : `is working in ${services}`;
}

function titleOf(tool: ToolDefinition | undefined, name: string, count: number): string {
  const label = count === 1 ? tool?.progress.one : tool?.progress.many;
  return (label ?? `Using ${name}`).replaceAll("{count}", String(count));
}

function outputOf({ count, done, failures }: Card): string {
  const why = firstLine(failures[0] ?? "");
  if (failures.length === 0) return count === 1 ? "Done" : `${done} done`;
  return done === 0 ? why : `${done} done, ${failures.length} not: ${why}`;
}

function firstLine(text: string): string {
  const line = text.trim().split("\n", 1)[0] ?? "";
  return line.length <= OUTPUT_CHARS ? line : `${line.slice(0, OUTPUT_CHARS - 1)}…`;
}
