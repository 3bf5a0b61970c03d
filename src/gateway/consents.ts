import type { JsonObject } from "../mcp/types.ts";

/** What a write would change: what a server of ours says of it, else its bare arguments. */
export interface WritePreview {
  summary: string;
  record?: { name: string; url?: string | undefined } | undefined;
  changes: { field: string; before: string | null; after: string | null }[];
}

/** A write that somebody asked Sophia for. */
export interface WriteCall {
  turnId: string;
  tool: string;
  arguments: JsonObject;
}

/** What a person can be shown whole: more fields, longer values or more characters in all are refused, not cut. */
export const mostShown = { fields: 40, value: 3_000, all: 10_000 };

/**
 * `approved`: with what the person was shown. `spent`: it was sent before, and what came of it is not known here. `closed`: its
 * turn was stopped, or its question has changed.
 */
export type Consent =
  | { state: "approved"; preview: WritePreview }
  | { state: "denied" | "expired" | "spent" | "closed" }
  | { state: "pending"; approvalId: string };

/** Where people are asked whether a write may be made, and where what they said is kept. */
export interface Consents {
  /** What was said to this very call in this turn. Undefined where nobody was asked. */
  find(call: WriteCall): Promise<Consent | undefined>;
  /** Uses an approval up: this call, and no other, may be sent now. False where another has, or the turn was stopped. */
  spend(call: WriteCall): Promise<boolean>;
  /** The grant that was used up by this call holds again: the call was certainly not carried out. */
  giveBack(call: WriteCall): Promise<void>;
  /** Asks, again where an approval was given to another preview; the same call, made again, finds what comes of it. */
  ask(call: WriteCall, preview: WritePreview): Promise<Consent>;
}
