import type { Clock } from "../core/clock.ts";
import { costOf } from "./cost.ts";
import type { Answer, Spender, Spending, Step, Usage } from "./ports.ts";
import type { AgentSettings } from "./settings.ts";
import { addUsage, totalTokens } from "./turn-state.ts";

/** What has run out, for the model; and, where it is a cap of the day, the sentence that says so to the person. */
export interface Limit {
  what: string;
  sentence?: string | undefined;
}

type Paid = Pick<Answer, "model" | "usage">;

export interface TurnBudgetParts {
  settings: AgentSettings;
  spending: Spending;
  spender: Spender;
  clock: Clock;
}

/** What one turn uses up, and whether that leaves it a further model step. */
export class TurnBudget {
  readonly startedAt: number;
  readonly #parts: TurnBudgetParts;
  /** Of answers that were thrown away and are in no step. */
  #discarded: Usage = { inputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, outputTokens: 0 };
  #discardedUsd = 0;
  #counting: Promise<unknown> = Promise.resolve();

  constructor(parts: TurnBudgetParts) {
    this.#parts = parts;
    this.startedAt = parts.clock.now();
  }

  /** An answer has come from the model: it is paid for, whatever becomes of it, and no replay counts it again. */
  count(answer: Paid): void {
    const { spending, spender } = this.#parts;
    this.#counting = Promise.all([this.#counting, spending.count(spender, answer)]);
  }

  /** The answer goes into no step. */
  discard({ usage, model }: Paid): void {
    this.#discarded = addUsage(this.#discarded, usage);
    this.#discardedUsd += costOf(usage, model, this.#parts.settings.prices).usd;
  }

  /** Resolves once everything that was counted is stored. */
  async counted(): Promise<void> {
    await this.#counting;
  }

  usage(steps: readonly Step[]): Usage {
    return answersOf(steps).reduce((sum, { usage }) => addUsage(sum, usage), this.#discarded);
  }

  /** What has run out, if anything: of this turn, or of a day. */
  async limit(steps: readonly Step[], isOutOfTime: boolean): Promise<Limit | undefined> {
    const spent = this.#spentByTurn(steps, isOutOfTime);
    if (spent !== undefined) return { what: spent };
    await this.#counting;
    const sentence = await this.#parts.spending.stop(this.#parts.spender);
    return sentence === undefined ? undefined : { what: "what may be spent today", sentence };
  }

  /** What the person is told, below the answer, of caps that come near. */
  async warnings(): Promise<string[]> {
    await this.#counting;
    return this.#parts.spending.warnings(this.#parts.spender);
  }

  #spentByTurn(steps: readonly Step[], isOutOfTime: boolean): string | undefined {
    const { settings, clock } = this.#parts;
    if (answersOf(steps).length >= settings.steps) return `${settings.steps} steps`;
    if (totalTokens(this.usage(steps)) >= settings.tokens) return `${settings.tokens} tokens`;
    if (settings.usd !== undefined && this.usd(steps) >= settings.usd) return `${settings.usd} USD`;
    const isLate = isOutOfTime || clock.now() - this.startedAt >= settings.wallMs;
    return isLate ? `${Math.round(settings.wallMs / 1000)} seconds` : undefined;
  }

  /** US dollars, of all answers so far. */
  usd(steps: readonly Step[]): number {
    const { prices } = this.#parts.settings;
    return answersOf(steps).reduce(
      (sum, { usage, model }) => sum + costOf(usage, model, prices).usd,
      this.#discardedUsd,
    );
  }
}

function answersOf(steps: readonly Step[]): Answer[] {
  return steps.filter((step) => step.kind === "answer");
}
