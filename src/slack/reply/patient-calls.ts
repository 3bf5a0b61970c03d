import { type SlackOutcome, slackError } from "../client.ts";
import type { SlackMethod } from "../surface.ts";
import type { ReplyDependencies } from "./types.ts";

export type PatientCallsOptions = Pick<ReplyDependencies, "client" | "clock" | "logger" | "wait">;

/** Milliseconds that an answer may take to reach Slack once it is complete. */
const finishWithinMs = 120_000;
/** Longest pause of Slack's that is waited for; it may ask for more than is sensible. */
const longestPauseMs = 60_000;

/**
 * Calls that wait out rate limits. Nothing else is repeated: what an unknown outcome means differs from call to call.
 */
export class PatientCalls {
  readonly #deps: PatientCallsOptions;
  readonly #signal: AbortSignal;
  #deadline = Number.POSITIVE_INFINITY;
  /** How often Slack asked for a pause: the pace of appends follows it. */
  pauses = 0;

  constructor(deps: PatientCallsOptions, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
  }

  /** The answer is complete: from now on there is an end to patience. */
  startDeadline(): void {
    this.#deadline = this.#deps.clock.now() + finishWithinMs;
  }

  get isOver(): boolean {
    return this.#signal.aborted || this.#deps.clock.now() > this.#deadline;
  }

  async try(method: SlackMethod, args: Record<string, unknown>): Promise<SlackOutcome> {
    for (;;) {
      const outcome = await this.#deps.client.try(method, args);
      if (outcome.kind !== "limited" || this.isOver) return outcome;
      this.pauses++;
      this.#deps.logger.debug({ method, seconds: outcome.retryAfterSeconds }, "Slack asks for a pause");
      await this.#deps.wait(Math.min(longestPauseMs, outcome.retryAfterSeconds * 1_000), this.#signal);
    }
  }

  /** For calls that may be done twice without harm: repeated while the outcome is unknown. Throws ServiceError at the end. */
  async repeat(
    method: SlackMethod,
    args: Record<string, unknown>,
  ): Promise<Exclude<SlackOutcome, { kind: "unknown" | "limited" }>> {
    for (let failures = 0; ; failures++) {
      const outcome = await this.try(method, args);
      if (outcome.kind === "ok" || outcome.kind === "refused") return outcome;
      if (this.isOver) throw slackError(method, outcome);
      await this.#deps.wait(pauseAfter(failures), this.#signal);
    }
  }

  /** A pause before another try of something whose outcome is unknown. Throws ServiceError when time is up. */
  async pauseAfter(failures: number, method: SlackMethod, outcome: SlackOutcome): Promise<void> {
    if (outcome.kind !== "ok" && this.isOver) throw slackError(method, outcome);
    await this.#deps.wait(pauseAfter(failures), this.#signal);
  }
}

function pauseAfter(failures: number): number {
  return Math.min(10_000, 250 * 2 ** failures);
}
