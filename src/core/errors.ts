/**
 * Every error that a person or a model may be shown. `message` is safe to show and says what to do;
 * `cause` holds what is for the log alone (a vendor's raw answer, a stack).
 */
export class SophiaError extends Error {
  override name = "SophiaError";
}

/** The caller can mend it: a bad argument, an unknown id, a missing setting. */
export class UserError extends SophiaError {
  override name = "UserError";
}

/** Settings that are missing or wrong. Lists all of them at once; each line names the variable and the option. */
export class ConfigError extends UserError {
  override name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/** Nobody may do this, or not this person. */
export class ForbiddenError extends UserError {
  override name = "ForbiddenError";
}

/** Whoever asks may see it, and others would read the answer: it is to be given to the asker alone. */
export class PrivateError extends UserError {
  override name = "PrivateError";
}

/** An answer is longer than anybody could have asked for; the rest of it was not read. */
export class AnswerTooLongError extends SophiaError {
  override name = "AnswerTooLongError";
}

export interface ServiceErrorOptions {
  /** The service as a person calls it: "Gong", "Slack". */
  service: string;
  /** HTTP status of the answer, if there was one. */
  status?: number;
  /** Seconds after which another attempt may pass, as the service said. */
  retryAfterSeconds?: number;
  /** Whether the same idempotent call may pass later. */
  retryable?: boolean;
  /** Whether it has been tried again already, as often as is sensible: who is told does not try once more by itself. */
  retried?: boolean;
  /** A write was sent, and nobody said whether it was carried out. */
  outcomeUnknown?: boolean;
  cause?: unknown;
}

/** An outside service refused, failed or did not answer. */
export class ServiceError extends SophiaError {
  override name = "ServiceError";
  readonly service: string;
  readonly status: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly retryable: boolean;
  readonly retried: boolean;
  readonly outcomeUnknown: boolean;

  constructor(message: string, options: ServiceErrorOptions) {
    super(message, { cause: options.cause });
    this.service = options.service;
    this.status = options.status;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.retryable = options.retryable ?? false;
    this.retried = options.retried ?? false;
    this.outcomeUnknown = options.outcomeUnknown ?? false;
  }
}

/** What a person may read of any thrown value: our own messages as they are, anything else without its details. */
export function safeMessage(error: unknown): string {
  return error instanceof SophiaError ? error.message : "Something went wrong inside Sophia; the log has the details.";
}
