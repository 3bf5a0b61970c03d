import type { z } from "zod";
import type { Answer, Caller, PlannedCall, Step, ToolResult, Tools } from "../../agent/ports.ts";
import type { Clock } from "../../core/clock.ts";
import { ServiceError } from "../../core/errors.ts";

export type ResultStep = Extract<Step, { kind: "tool_result" }>;

export interface RecordedReadsOptions {
  tools: Pick<Tools, "call">;
  caller: Caller;
  /** Whose answers these calls pass for: the thread keeps its model. */
  model: string;
  /** Those that earlier attempts have recorded; what is read goes there. */
  steps: Step[];
  checkpoint(steps: readonly Step[]): Promise<void>;
  clock: Clock;
  signal: AbortSignal;
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

interface MadeRead {
  step: ResultStep;
  /** Its service did not answer, however often it was asked. */
  isAway: boolean;
}

const pausesMs = [1_000, 5_000, 20_000];

const nothingUsed = { inputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, outputTokens: 0 };

/** What others may not read is in no record. */
const notForAll = "Not for everybody in this channel.";

/** Reads by code, kept as the steps of a turn: whoever follows up in its thread knows what was read, and no attempt reads it twice. */
export class RecordedReads {
  readonly #options: RecordedReadsOptions;
  #made = 0;

  constructor(options: RecordedReadsOptions) {
    this.#options = options;
  }

  /**
   * The results in the order of the calls; a failure is one as well. Throws a retryable ServiceError, and records nothing,
   * where Gong is away: there is no summary without the call.
   */
  async all(...calls: readonly PlannedCall[]): Promise<ResultStep[]> {
    const named = calls.map((call) => ({ ...call, id: `toolu_${this.#options.caller.turnId}_${this.#made++}` }));
    const known = (id: string) =>
      this.#options.steps.find((step): step is ResultStep => step.kind === "tool_result" && step.toolUseId === id);
    if (named.some(({ id }) => !known(id))) {
      const made = await Promise.all(named.map((call) => this.#make(call)));
      const silent = made.find(({ step, isAway }) => isAway && step.tool.startsWith("gong__"));
      if (silent) throw new ServiceError(silent.step.text, { service: "Gong", retryable: true });
      await this.#record(
        named,
        made.map(({ step }) => step),
      );
    }
    return named.flatMap(({ id }) => known(id) ?? []);
  }

  async #make({ id: toolUseId, tool, arguments: args }: PlannedCall & { id: string }): Promise<MadeRead> {
    const { clock } = this.#options;
    const start = clock.now();
    const { text: said, isError: hasFailed, isPrivate, isRetryable, links } = await this.#ask(tool, args);
    const text = isPrivate ? notForAll : said;
    const isError = hasFailed || isPrivate === true;
    const ms = clock.now() - start;
    const step = { kind: "tool_result" as const, toolUseId, tool, arguments: args, text, isError, ms };
    return { step: { ...step, ...(links && { links }) }, isAway: isRetryable === true };
  }

  /** What a service that is away has not said is asked again for a while: nobody waits, and nobody would ask anew. */
  async #ask(tool: string, args: unknown): Promise<ToolResult> {
    const { tools, caller, signal, wait } = this.#options;
    for (const pause of pausesMs) {
      const result = await tools.call(tool, args, caller, signal);
      if (!result.isRetryable) return result;
      await wait(pause, signal);
      signal.throwIfAborted();
    }
    return tools.call(tool, args, caller, signal);
  }

  /** Calls and results in one lot, so that no call stands without its result. */
  async #record(calls: readonly (PlannedCall & { id: string })[], results: readonly ResultStep[]): Promise<void> {
    const { steps, model } = this.#options;
    const content = calls.map(({ id, tool: name, arguments: input }) => ({ type: "tool_use", id, name, input }));
    const answer: Answer = { kind: "answer", content, stopReason: "tool_use", model, usage: nothingUsed };
    const lot = [answer, ...results];
    await this.#options.checkpoint(lot);
    steps.push(...lot);
  }
}

/** Undefined where the call failed, or the answer has another form. */
export function outputOf<Schema extends z.ZodType>(
  result: ResultStep | undefined,
  schema: Schema,
): z.output<Schema> | undefined {
  if (!result || result.isError) return undefined;
  try {
    return schema.safeParse(JSON.parse(result.text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
