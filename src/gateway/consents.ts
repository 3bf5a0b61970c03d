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

/**
 * `granted`: this call, and no other, may be sent now. `spent`: it was sent before, and what came of it is not known here.
 */
export type Consent = { state: "granted" | "denied" | "expired" | "spent" } | { state: "pending"; approvalId: string };

/** Where people are asked whether a write may be made, and where what they said is kept. */
export interface Consents {
  /** What was said to this very call in this turn; a grant is used up by it. Undefined where nobody was asked. */
  redeem(call: WriteCall): Promise<Consent | undefined>;
  /** The grant that was used up by this call holds again: the call was certainly not carried out. */
  giveBack(call: WriteCall): Promise<void>;
  /** Asks; what comes of it is redeemed by the same call, made again. */
  ask(call: WriteCall, preview: WritePreview): Promise<Consent>;
}
