import { type Logger, pino } from "pino";
import { noSecrets, type Secrets } from "../core/secrets.ts";

export type { Logger } from "pino";

/** Paths that may hold a secret or personal data, wherever an object is logged by mistake or by an SDK. */
const redacted = ["authorization", "token", "botToken", "appToken", "apiKey", "secret", "password", "email", "text"];

export interface LogOptions {
  level?: "debug" | "info" | "warn" | "error" | "silent";
  /** File descriptor: 1 unless stdout belongs to a protocol (a stdio MCP server) or to a command's own output. */
  destination?: 1 | 2;
  /** Those of the process, which are in no line. */
  secrets?: Secrets;
}

/**
 * JSON lines. Log ids, counts and durations; never what people wrote. Errors are logged as type, message and stack,
 * without the fields that SDKs hang on them (requests with headers, answers with bodies).
 */
export function createLogger(options: LogOptions = {}): Logger {
  const { secrets = noSecrets } = options;
  const describe = (error: unknown): unknown => describeError(error, secrets);
  const paths = redacted.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino(
    {
      level: options.level ?? "info",
      base: undefined,
      redact: { paths, censor: "[redacted]" },
      serializers: { err: describe, error: describe },
      hooks: { streamWrite: (line) => secrets.remove(line) },
    },
    pino.destination({ dest: options.destination ?? 1, sync: true }),
  );
}

function describeError(error: unknown, secrets: Secrets): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  // Before it is cut: a secret of which the half is left is not known for one.
  const told = (text: string): string => scrub(secrets.remove(text));
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause, secrets) };
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  return { type: error.name, message: told(error.message), ...code, stack: told(error.stack ?? ""), ...cause };
}

/** Characters of one text in the log. */
const MAX_TEXT = 2_000;

/**
 * Removes what looks like a credential or an e-mail address from text that others wrote, and cuts it to 2,000 characters.
 * The expressions take time in proportion to the text: each begins only where a run of its characters does.
 */
export function scrub(text: string): string {
  if (text.length > MAX_TEXT) return `${scrub(text.slice(0, MAX_TEXT))}… (cut)`;
  return (
    text
      .replace(/\b(xox[abprs]|xapp)-[A-Za-z0-9-]+/g, "[redacted]")
      .replace(/\b(sk-ant|pat|pcsk|pul)-[A-Za-z0-9_-]+/g, "[redacted]")
      .replace(/\b(Bearer|Basic|token)\s+[A-Za-z0-9._~+/=-]{8,}/gi, "$1 [redacted]")
      // At the end an address may be cut off before its dot.
      .replace(/(?<![\w.+-])[\w.+-]+@(?:[\w-]+\.[\w.-]+|[\w-]*$)/g, "[redacted]")
  );
}
