import type { Attempt } from "./delivery.ts";

/** What the person sees come of it: an app that does not answer within 3 s is an error to them. */
export interface Outcome {
  ok: boolean;
  error?: string | undefined;
  /** What the app answered with. */
  body?: unknown;
}

export function outcomeOf(attempt: Attempt): Outcome {
  return attempt.ok ? { ok: true, body: attempt.body } : { ok: false, error: "operation_timeout" };
}
