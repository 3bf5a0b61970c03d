import type { JsonObject, McpToolResult } from "../mcp/types.ts";

/** What a write would change: what a server of ours says of it, else its bare arguments. */
export interface WritePreview {
  summary: string;
  record?: { name: string; url?: string | undefined } | undefined;
  changes: { field: string; before: string | null; after: string | null }[];
  /** The most money that the record stands for, before or after. */
  amount?: number | undefined;
}

/** A write that somebody asked Sophia for, and who they are, where. */
export interface WriteCall {
  turnId: string;
  tool: string;
  /** As the model has them: what a grant is bound to. */
  arguments: JsonObject;
  userId: string;
  channel: string | undefined;
  threadTs: string | undefined;
}

/** What a person can be shown whole: more fields, longer values or more characters in all are refused, not cut. */
export const mostShown = { fields: 40, value: 3_000, all: 10_000 };

export type Consent =
  /** `approvalId`: of what somebody is asked, or of what was sent and is being looked up. */
  | { state: "waiting"; approvalId: string }
  | Grant
  | { state: "denied"; reason?: string | undefined }
  /** It was sent, and this is what came of it. */
  | {
      state: "ended";
      result: McpToolResult;
      edited?: JsonObject | undefined;
      approvedBy?: string | undefined;
    }
  /**
   * `foreign`: another person's, or another thread's. `under_way`: the same call is being sent at this moment. `unknown`: it was
   * sent, and nobody can say what came of it. `closed`: its turn was stopped, or its question has changed.
   */
  | { state: "foreign" | "expired" | "under_way" | "unknown" | "closed" };

export interface Grant {
  state: "granted";
  /** Of the write, in the ledger. */
  id: string;
  /** What the person was shown; undefined where nobody was asked. */
  preview?: WritePreview | undefined;
  /** What a person put in place of the arguments. */
  edited?: JsonObject | undefined;
  /** Slack user id of who granted it. */
  approvedBy?: string | undefined;
  /** Who was to decide, where not the asker. */
  approvers?: readonly string[] | undefined;
}

/** One time that a write is sent. */
export interface Sent {
  id: string;
  /** Which time it is. */
  sends: number;
}

export interface Question {
  preview: WritePreview;
  /** Who decides in place of the asker. */
  approvers?: readonly string[] | undefined;
}

/** The ledger of writes, and where people are asked about them. */
export interface Consents {
  /** What was said to this very call in this turn, or came of it. Undefined where nobody was asked. */
  find(call: WriteCall): Promise<Consent | undefined>;
  /** Asks, again where a grant was given to another preview; the same call, made again, finds what comes of it. */
  ask(call: WriteCall, question: Question): Promise<Consent>;
  /** Grants it by policy alone. */
  allow(call: WriteCall): Promise<Consent>;
  /** Uses a grant up, on record before the call is sent. Undefined where another has, or the turn was stopped. */
  send(grant: Grant): Promise<Sent | undefined>;
  /** The grant holds again: the call was certainly not carried out. */
  giveBack(sent: Sent): Promise<void>;
  /** The call is over without an answer: it is looked up, and the same call finds what came of it. */
  leave(sent: Sent): Promise<void>;
  /** What the server answered. */
  settle(sent: Sent, result: McpToolResult): Promise<void>;
}
