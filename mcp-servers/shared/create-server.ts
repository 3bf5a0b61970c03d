import { type Clock, systemClock } from "../../src/core/clock.ts";
import { UserError } from "../../src/core/errors.ts";
import { nearestName } from "../../src/core/nearest-name.ts";
import type { RequestContext, ServerApp } from "../../src/mcp/server.ts";
import {
  CALLER_META,
  INVALID_PARAMS,
  type JsonObject,
  METHOD_NOT_FOUND,
  type McpTool,
  type McpToolResult,
  PREVIEW_META,
  ProtocolError,
} from "../../src/mcp/types.ts";
import type { AnyTool, ServerDefinition, ToolCaller, ToolContext } from "./define-tool.ts";
import { type Failure, failedResult, failureOf } from "./tool-failure.ts";
import { describeTool } from "./tool-schemas.ts";
import { checkArguments } from "./validate-arguments.ts";

export interface CreateServerOptions {
  /**
   * Believe who asks as `_meta["dev.sophia/caller"]` says it. Only where nobody but Sophia's gateway can connect: a link in
   * its own process, its own child, or HTTP with a token that it alone holds. Otherwise every caller is unknown.
   */
  trustCaller?: boolean;
  clock?: Clock;
  /** Errors that are ours, for the log; on stderr unless told. */
  onError?: (error: unknown) => void;
}

/** The definition as an MCP server, ready to be served. Throws TypeError for a tool whose schemas break our rules. */
export function createServer<Client>(
  definition: ServerDefinition<Client>,
  options: CreateServerOptions = {},
): ServerApp {
  const { trustCaller = false, clock = systemClock, onError = logToStderr } = options;
  const offered = definition.tools.filter((tool) => !definition.readOnly || tool.annotations.readOnlyHint);
  const withheld = new Set(definition.tools.filter((tool) => !offered.includes(tool)).map((tool) => tool.name));
  const tools = new Map(offered.map((tool) => [tool.name, checked(tool)]));
  const listed: McpTool[] = offered
    .map((tool) => describeTool(tool as AnyTool<never>, definition.title))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

  const call = async (params: JsonObject, context: RequestContext): Promise<McpToolResult> => {
    const name = String(params.name);
    const tool = tools.get(name);
    if (withheld.has(name)) return failedResult(readOnlyFailure(name, definition.title));
    if (!tool) throw new ProtocolError(INVALID_PARAMS, unknownTool(name, [...tools.keys()]));
    const caller = trustCaller ? readCaller(context.meta[CALLER_META]) : undefined;
    const { signal } = context;
    const handler = context.meta[PREVIEW_META] === true ? preview(tool) : run(tool);
    return callTool(
      tool,
      handler,
      params.arguments ?? {},
      { client: definition.client, clock, caller, signal },
      onError,
    );
  };

  return {
    info: {
      name: definition.name,
      title: definition.title,
      version: definition.version,
      instructions: definition.instructions,
      capabilities: { tools: {}, experimental: { [PREVIEW_META]: {} } },
    },
    onError,
    open: () => ({
      handle: async (method, params, context) => {
        if (method === "tools/list") return { tools: listed };
        if (method === "tools/call") return { ...(await call(params, context)) };
        throw new ProtocolError(METHOD_NOT_FOUND, "Method not found");
      },
    }),
  };
}

function checked<Client>(tool: AnyTool<Client>): AnyTool<Client> {
  if (!tool.annotations.readOnlyHint && !tool.preview) {
    throw new TypeError(`${tool.name}: a tool that writes must say in \`preview\` what it would change`);
  }
  return { ...tool, input: tool.input.strict() };
}

function readOnlyFailure(name: string, title: string): Failure {
  const text = `${name} changes something, and ${title} is set to read only here. Say so; whoever runs Sophia can change it.`;
  return { text, kind: "forbidden", retryable: false };
}

type Handler<Client> = (input: never, context: ToolContext<Client>) => Promise<Record<string, unknown>>;

function run<Client>(tool: AnyTool<Client>): Handler<Client> {
  return async (input, context) => tool.output.parse(await tool.run(input, context));
}

function preview<Client>(tool: AnyTool<Client>): Handler<Client> {
  return async (input, context) => {
    if (!tool.preview) throw new UserError(`${tool.name} changes nothing, so there is nothing to preview.`);
    return { ...(await tool.preview(input, context)) };
  };
}

async function callTool<Client>(
  tool: AnyTool<Client>,
  handler: Handler<Client>,
  args: unknown,
  context: ToolContext<Client>,
  onError: (error: unknown) => void,
): Promise<McpToolResult> {
  const { problem, input } = { problem: undefined, input: undefined, ...checkArguments(tool, args) };
  if (problem !== undefined) return failedResult({ text: problem, kind: "arguments", retryable: false });
  try {
    const output = await handler(input as never, context);
    return { content: [{ type: "text", text: JSON.stringify(output) }], structuredContent: output };
  } catch (error) {
    context.signal.throwIfAborted();
    const failure = failureOf(error);
    if (failure.kind === "internal") onError(error);
    return failedResult(failure);
  }
}

function unknownTool(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return `There is no tool "${name.slice(0, 64)}"${nearest ? `; did you mean "${nearest}"?` : "."}`;
}

function readCaller(value: unknown): ToolCaller | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { email, audience, channel, threadTs } = value as JsonObject;
  const hasThread = isText(channel) && isText(threadTs);
  // Anything but a clear "private" is the audience that is shown less.
  return {
    ...(typeof email === "string" ? { email } : {}),
    audience: audience === "private" ? "private" : "channel",
    ...(hasThread ? { threadId: `${channel}:${threadTs}` } : {}),
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** Type, message and stack alone: what hangs on an SDK's error may hold headers and bodies. */
function logToStderr(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : typeof error;
  // Cut first: the expression takes the square of a text's length.
  const safe = text.slice(0, 2_000).replace(/\S+@\S+|[A-Za-z0-9+=_-]{24,}/g, "[redacted]");
  process.stderr.write(`${JSON.stringify({ level: "error", msg: "a tool call failed", err: safe })}\n`);
}
