/**
 * Why a running turn is cut short. `stop`: a person pressed Stop. `edited`: its question has a new text. `lost`: another
 * worker has it, or may have it by now. `shutdown`: this process ends and another one is to carry on.
 */
export type InterruptionKind = "stop" | "edited" | "lost" | "shutdown";

/** The last line of an answer that a person has stopped. */
export const stoppedNote = "\n\n_Stopped._";

/** The reason of a turn's AbortSignal. */
export class TurnInterrupted extends Error {
  override name = "TurnInterrupted";
  readonly kind: InterruptionKind;

  constructor(kind: InterruptionKind) {
    super(`The turn was interrupted: ${kind}.`);
    this.kind = kind;
  }
}

export function interruptionOf(signal: AbortSignal): InterruptionKind | undefined {
  return signal.reason instanceof TurnInterrupted ? signal.reason.kind : undefined;
}
