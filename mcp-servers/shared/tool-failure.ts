/** The one place where what a handler throws becomes what a model reads. */

import { ForbiddenError, PrivateError, safeMessage, ServiceError, UserError } from "../../src/core/errors.ts";
import { FAILURE_META, type McpToolResult, type ToolFailure } from "../../src/mcp/types.ts";

export interface Failure extends ToolFailure {
  text: string;
}

export function failedResult({ text, ...failure }: Failure): McpToolResult {
  return { content: [{ type: "text", text }], isError: true, _meta: { [FAILURE_META]: failure } };
}

/** What happened, whose fault it is, what to do, and after how long. A retryable ServiceError's message says when to retry. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ForbiddenError) {
    return { text: `Not allowed: ${error.message}`, kind: "forbidden", retryable: false };
  }
  if (error instanceof PrivateError) return { text: error.message, kind: "private", retryable: false };
  if (error instanceof UserError) {
    return { text: `The request is at fault: ${error.message}`, kind: "arguments", retryable: false };
  }
  if (error instanceof ServiceError) {
    const { service, message, retryable, retried, retryAfterSeconds, outcomeUnknown } = error;
    // What will not pass later is rather our setting or an argument, and the message says which.
    const text = retryable
      ? `${service} is at fault, not the request: ${message}`
      : `${message} Calling again unchanged will not help.`;
    return { text, kind: "service", retryable, retried, retryAfterSeconds, ...(outcomeUnknown && { outcomeUnknown }) };
  }
  const text = `${safeMessage(error)} The request is not at fault; calling again will not help.`;
  return { text, kind: "internal", retryable: false };
}
