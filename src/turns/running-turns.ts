import type { ReplyRefusedError } from "../agent/ports.ts";
import type { Claim } from "../storage/turns.ts";
import { type InterruptionKind, TurnInterrupted } from "./interruption.ts";

export interface RunningTurn {
  claim: Claim;
  signal: AbortSignal;
  interrupt(kind: InterruptionKind): void;
  /** Ends the attempt, as nobody can be shown what comes of it. */
  abandon(error: ReplyRefusedError): void;
  /** Monotonic milliseconds (`performance.now`) at which the lease was last asked for. */
  leasedAt: number;
}

/** The turns that this process runs, one attempt each. */
export class RunningTurns {
  readonly #turns = new Map<string, RunningTurn>();

  start(claim: Claim, leasedAt: number): RunningTurn {
    const controller = new AbortController();
    const running: RunningTurn = {
      claim,
      signal: controller.signal,
      interrupt: (kind) => controller.abort(new TurnInterrupted(kind)),
      abandon: (error) => controller.abort(error),
      leasedAt,
    };
    this.#turns.set(claim.turn.id, running);
    return running;
  }

  end(running: RunningTurn): void {
    if (this.has(running)) this.#turns.delete(running.claim.turn.id);
  }

  get(turnId: string): RunningTurn | undefined {
    return this.#turns.get(turnId);
  }

  /** Whether this very attempt is still the one that runs. */
  has(running: RunningTurn): boolean {
    return this.#turns.get(running.claim.turn.id) === running;
  }

  all(): RunningTurn[] {
    return [...this.#turns.values()];
  }
}
