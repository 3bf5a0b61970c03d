import { ReplyRefusedError } from "../../agent/ports.ts";
import type { ServiceError } from "../../core/errors.ts";
import { type SlackOutcome, slackError } from "../client.ts";
import type { SlackMethod } from "../surface.ts";

/**
 * A ReplyRefusedError for what Slack has refused in words of its own, which it would do again; a ServiceError for anything
 * else, such as a proxy's 403, that may pass with another attempt.
 */
export function replyError(method: SlackMethod, outcome: Exclude<SlackOutcome, { kind: "ok" }>): ServiceError {
  if (outcome.kind !== "refused" || outcome.code.startsWith("http_")) return slackError(method, outcome);
  return new ReplyRefusedError(method, outcome.code);
}
