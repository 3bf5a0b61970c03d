/** One thing that was done or refused at the gateway. */
export interface AuditRow {
  at: Date;
  /** Identity at the gateway: `sophia` or a client's name. */
  client: string;
  /** Role that called, for Sophia's own calls. */
  agent?: string | undefined;
  userId?: string | undefined;
  turnId?: string | undefined;
  /** `server__tool`. */
  tool: string;
  /** The arguments with secrets and personal data redacted. */
  arguments: unknown;
  outcome: "ok" | "tool_error" | "refused" | "failed";
  /** Why it was refused or failed: a short code such as `unauthorised`, `invalid_arguments`, `deadline`. */
  reason?: string | undefined;
  durationMs: number;
}

export interface AuditSink {
  /** Appends one row. Must not slow the call: rows may be written in batches, and are flushed on close. */
  append(row: AuditRow): void;
  close(): Promise<void>;
}
