import type { z } from "zod";
import type { Caller, ToolResult, Tools } from "../agent/ports.ts";
import { PrivateError, ServiceError } from "../core/errors.ts";

/** What a tool answered: as data, and as the step of a turn keeps it. */
export interface ReadResult<Output> extends ToolResult {
  output: Output;
}

/** Calls a tool as anybody does, through the gateway, for code that knows what it wants of the answer. */
export type ToolReader = <Schema extends z.ZodType>(
  tool: string,
  args: Record<string, unknown>,
  schema: Schema,
  caller: Caller,
  signal: AbortSignal,
) => Promise<ReadResult<z.output<Schema>>>;

/**
 * Throws with the tool's own words: a PrivateError where not everybody in the caller's channel may see it, else a ServiceError, which
 * is `retryable` where the service is away; also where it answers in another form.
 */
export function createToolReader(tools: Pick<Tools, "call">): ToolReader {
  return async (tool, args, schema, caller, signal) => {
    const result = await tools.call(tool, args, caller, signal);
    const [service = tool] = tool.split("__", 1);
    const [words = ""] = result.text.split("\n", 1);
    if (result.isPrivate) throw new PrivateError(words);
    if (result.isError) throw new ServiceError(words, { service, retryable: result.isRetryable });
    const parsed = schema.safeParse(readJson(result.text));
    if (parsed.success) return { ...result, output: parsed.data };
    throw new ServiceError(`${tool} answered in a form that is not known here.`, { service, cause: parsed.error });
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** For whom Sophia does what nobody asked for: herself, who sees what everybody in the channel may see. */
export function sophiaCaller(
  who: { teamId: string; botUserId: string },
  work: Pick<Caller, "turnId" | "agent" | "channel" | "threadTs" | "channelName">,
): Caller {
  const { teamId, botUserId: userId } = who;
  return {
    ...work,
    teamId,
    userId,
    audience: "channel",
    groups: [],
    identities: {},
    question: "",
    // Code makes these calls, with arguments that no text of others can choose.
    hasReadOthers: false,
  };
}
