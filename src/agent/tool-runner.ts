import type { Clock } from "../core/clock.ts";
import { safeMessage } from "../core/errors.ts";
import type { Logger } from "../observability/log.ts";
import { drawChart, drawChartTool } from "./draw-chart.ts";
import { readMore, readMoreTool } from "./excerpt.ts";
import { nearestName } from "../core/nearest-name.ts";
import { readFile, readFileTool } from "./read-file.ts";
import { readForwarded, readForwardedTool } from "./read-forwarded.ts";
import type { ArgumentsCheck } from "../mcp/arguments-check.ts";
import type {
  Caller,
  Files,
  ForwardedMessage,
  Step,
  ToolDefinition,
  ToolResult,
  Tools,
  ToolUseBlock,
} from "./ports.ts";

export interface ToolRunnerOptions {
  tools: Tools;
  files: Files | undefined;
  /** What came with the question. */
  forwarded: readonly ForwardedMessage[];
  definitions: ReadonlyMap<string, ToolDefinition>;
  check: ArgumentsCheck;
  caller: Caller;
  parallelCalls: number;
  deadlineMs: number;
  resultChars: number;
  clock: Clock;
  logger: Logger;
  /** All steps of the thread: what `read_more` reads on in. */
  thread: () => readonly Step[];
}

type ResultStep = Extract<Step, { kind: "tool_result" }>;

/** What became of the calls of one step that have no result. */
export interface Unfinished {
  /** Ids of those that wait for a person. */
  held: string[];
  /** One of them would show what others may not read; those after it were not made. */
  isPrivate: boolean;
}

/** Runs the tool calls of one step, a few at a time. Whatever goes wrong with a call becomes a result that says so. */
export class ToolRunner {
  readonly #options: ToolRunnerOptions;

  constructor(options: ToolRunnerOptions) {
    this.#options = options;
  }

  /**
   * `onResult` gets each result as it arrives; resolves with what has none. `outOfTime` ends
   * calls with a result that says so; `signal` ends everything at once and its reason is thrown, as is whatever `onResult`
   * throws.
   */
  async run(
    calls: readonly ToolUseBlock[],
    onResult: (result: ResultStep) => Promise<void>,
    signal: AbortSignal,
    outOfTime: AbortSignal,
  ): Promise<Unfinished> {
    const unfinished: Unfinished = { held: [], isPrivate: false };
    const failed = new AbortController();
    const stop = AbortSignal.any([signal, failed.signal]);
    const waiting = calls.values();
    const lane = async () => {
      for (const call of waiting) {
        stop.throwIfAborted();
        if (unfinished.isPrivate) return;
        const result = await this.#call(call, stop, outOfTime);
        if (result === "private") unfinished.isPrivate = true;
        else if (result === "held") unfinished.held.push(call.id);
        else await onResult(result);
      }
    };
    try {
      await Promise.all(Array.from({ length: Math.min(this.#options.parallelCalls, calls.length) }, lane));
      return unfinished;
    } finally {
      failed.abort(new Error("another call of the same step could not be recorded"));
    }
  }

  async #call(call: ToolUseBlock, stop: AbortSignal, outOfTime: AbortSignal): Promise<ResultStep | "held" | "private"> {
    const { clock } = this.#options;
    const start = clock.now();
    const { text, isError, isWaiting, isPrivate, links } = await this.#result(call, stop, outOfTime);
    if (isWaiting) return "held";
    if (isPrivate) return "private";
    const { id: toolUseId, name: tool, input } = call;
    const ms = clock.now() - start;
    return { kind: "tool_result", toolUseId, tool, arguments: input, text, isError, ms, ...(links && { links }) };
  }

  async #result(call: ToolUseBlock, stop: AbortSignal, outOfTime: AbortSignal): Promise<ToolResult> {
    const { definitions, check, thread, resultChars, forwarded } = this.#options;
    const tool = definitions.get(call.name);
    if (!tool) return failure(unknownTool(call.name, [...definitions.keys()]));
    const wrong = check(tool, call.input);
    if (wrong !== undefined) return failure(wrong);
    if (tool.name === readMoreTool.name) return readMore(call.input, thread(), resultChars);
    if (tool.name === readForwardedTool.name) return readForwarded(forwarded);
    if (tool.name === drawChartTool.name) return drawChart(call, thread());
    if (outOfTime.aborted) return failure("Not run: the time for this question has run out.");
    return this.#callWithDeadline(tool, call.input, stop, outOfTime);
  }

  #answer(tool: ToolDefinition, input: unknown, signal: AbortSignal): Promise<ToolResult> {
    const { tools, files, caller, thread } = this.#options;
    if (files && tool.name === readFileTool.name) return readFile(input, thread(), files, caller, signal);
    return tools.call(tool.name, input, caller, signal);
  }

  /** A tool that does not listen to its signal is left behind: nothing waits for it. */
  async #callWithDeadline(
    tool: ToolDefinition,
    input: unknown,
    stop: AbortSignal,
    outOfTime: AbortSignal,
  ): Promise<ToolResult> {
    const { deadlineMs, logger } = this.#options;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), deadlineMs);
    const signal = AbortSignal.any([stop, outOfTime, deadline.signal]);
    try {
      return await Promise.race([this.#answer(tool, input, signal), rejectOnAbort(signal)]);
    } catch (error) {
      stop.throwIfAborted();
      if (outOfTime.aborted) return failure(`Ended, as the time for this question has run out.${unknownOutcome(tool)}`);
      if (deadline.signal.aborted) {
        return failure(`${tool.service} did not answer within ${deadlineMs / 1000} seconds.${unknownOutcome(tool)}`);
      }
      logger.warn({ tool: tool.name, err: error }, "tool call failed");
      return failure(safeMessage(error));
    } finally {
      clearTimeout(timer);
    }
  }
}

function failure(text: string): ToolResult {
  return { text, isError: true };
}

function unknownTool(name: string, known: readonly string[]): string {
  const meant = nearestName(name, known);
  return `There is no tool "${name.slice(0, 80)}".${meant ? ` The nearest name is "${meant}".` : ""}`;
}

function unknownOutcome(tool: ToolDefinition): string {
  return tool.readOnly ? "" : " Whether it was done is not known: look before you do it again.";
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    else signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
