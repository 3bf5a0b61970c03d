import { compact, shapeTurn } from "./memory.ts";
import type { Answer, Step } from "./ports.ts";
import type { AgentSettings } from "./settings.ts";
import { type GiveUp, isOverfull } from "./turn-state.ts";

/** Above this an answer that was cut off is not asked for again with more room. */
const MOST_ANSWER_TOKENS = 64_000;

/** What of a conversation a request holds, and how long its answer may be. Both change where an answer did not fit. */
export class RequestRoom {
  readonly #settings: AgentSettings;
  #maxTokens: number;
  #isCompact = false;

  constructor(settings: AgentSettings) {
    this.#settings = settings;
    this.#maxTokens = settings.maxTokens;
  }

  get maxTokens(): number {
    return this.#maxTokens;
  }

  /** The thread's earlier steps and the turn's own, as the next request holds them. */
  conversation(history: readonly Step[], steps: readonly Step[]): Step[] {
    if (this.#isCompact || isOverfull(steps)) return compact(history, steps, this.#settings);
    return [...history, ...shapeTurn(steps, this.#settings)];
  }

  /** Makes room for the same answer once more; says why where there is none to be had. */
  widen(cutBy: Answer["stopReason"], steps: readonly Step[]): GiveUp | undefined {
    if (cutBy === "max_tokens") {
      if (this.#maxTokens >= MOST_ANSWER_TOKENS) return "too_long";
      this.#maxTokens = Math.min(this.#maxTokens * 2, MOST_ANSWER_TOKENS);
      return undefined;
    }
    if (isOverfull(steps)) return "context_cut";
    if (this.#isCompact) return "context";
    this.#isCompact = true;
    return undefined;
  }
}
