import { redact } from "./redact.ts";

/** What is recorded, by kind, with the ways in which each can end. */
export const auditOutcomes = {
  /**
   * A tool call at the gateway. `previewed` and `looked_up` changed nothing; `repeated` was told what had come of the same call
   * before; `unknown` was sent, and gave no answer.
   */
  call: ["ok", "tool_error", "refused", "failed", "previewed", "looked_up", "repeated", "unknown"],
  /** A person decided about a write or edited it, nobody decided in time, or somebody pressed who may not. */
  decision: ["approved", "denied", "edited", "expired", "withdrawn", "refused"],
  /** A question or command that was not taken: its asker may not. */
  refusal: ["refused"],
  /** A turn's end. */
  turn: ["done", "failed", "stopped"],
  /** Who somebody is in a service, and whether Sophia may act there as them. */
  identity: ["set", "cleared", "connected", "disconnected", "refused"],
  /** A person's texts were removed. */
  forgetting: ["done"],
  /** What was older than the configuration wants it was removed. */
  retention: ["done"],
  /** The rules that hold from here on, by their policy revision; or an admin changed what is another person's. */
  setting: ["loaded", "changed"],
  /** Events could not be stored. */
  loss: ["lost"],
} as const;

export type AuditKind = keyof typeof auditOutcomes;

interface AuditFields {
  at: Date;
  /** Identity at the gateway: `sophia` or a client's name. */
  client?: string | undefined;
  /** Role that called or answered, for Sophia's own. */
  agent?: string | undefined;
  /** Who asked: a Slack id. */
  userId?: string | undefined;
  /** Who approved or decided: a Slack id. */
  approverId?: string | undefined;
  turnId?: string | undefined;
  /** What was called or tried: `server__tool`, `/sophia audit`, `question`. */
  tool?: string | undefined;
  /** As they came: the sink redacts them. Removed where a person is forgotten, as `result` is. */
  arguments?: unknown;
  /** Why it ended so: a short code such as `unauthorised`, `invalid_arguments`, `deadline`. */
  reason?: string | undefined;
  /** What came of it, in words. */
  result?: string | undefined;
  /** Ids of records and numbers that stay when a person is forgotten: nothing of or about a person. */
  facts?: Readonly<Record<string, unknown>> | undefined;
  costUsd?: number | undefined;
  tokens?: number | undefined;
  durationMs?: number | undefined;
}

/** One thing that was done or refused. */
export type AuditEvent = {
  [Kind in AuditKind]: AuditFields & { kind: Kind; outcome: (typeof auditOutcomes)[Kind][number] };
}[AuditKind];

/** Where every part of the house says what it did or refused. */
export interface AuditSink {
  /**
   * Appends one event, without secrets and long texts: what it is given is redacted first. Returns at once and never throws;
   * events are stored in batches, and the last of them on close.
   */
  append(event: AuditEvent): void;
  close(): Promise<void>;
}

/** An event as it is kept. `tool` is redacted as well: the name of a tool that nobody has is any text from outside. */
export function redacted(event: AuditEvent): AuditEvent {
  const { tool, arguments: args, result } = event;
  return {
    ...event,
    ...(tool === undefined ? {} : { tool: String(redact(tool.slice(0, 128))) }),
    ...(args === undefined ? {} : { arguments: redact(args) }),
    ...(result === undefined ? {} : { result: String(redact(result)) }),
  };
}
