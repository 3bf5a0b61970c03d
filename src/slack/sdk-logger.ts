import { LogLevel, type Logger as SdkLogger } from "@slack/bolt";
import { type Logger, scrub } from "../observability/log.ts";

/**
 * Slack's packages log through ours. Their debug lines hold whole payloads, and what people wrote stays out of the log:
 * debug is dropped; the rest is scrubbed.
 */
export function sdkLogger(logger: Logger): SdkLogger {
  const describe = (parts: unknown[]): string =>
    scrub(parts.map((part) => (part instanceof Error ? `${part.name}: ${part.message}` : String(part))).join(" "));
  return {
    debug: () => undefined,
    info: (...parts) => logger.debug(describe(parts)),
    warn: (...parts) => logger.warn(describe(parts)),
    error: (...parts) => logger.error(describe(parts)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}
