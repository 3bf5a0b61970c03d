import { type Clock, systemClock } from "../../src/core/clock.ts";
import { ServiceError, SophiaError, UserError } from "../../src/core/errors.ts";
import { nearestName } from "../../src/core/nearest-name.ts";
import type { RequestContext, ServerApp } from "../../src/mcp/server.ts";
import {
  CALLER_META,
  CREDENTIAL_META,
  INVALID_PARAMS,
  type JsonObject,
  LINKS_META,
  LOOK_UP_META,
  METHOD_NOT_FOUND,
  type McpTool,
  type McpToolResult,
  PREVIEW_META,
  ProtocolError,
  WRITE_META,
} from "../../src/mcp/types.ts";
import type {
  AnyTool,
  Credential,
  LookUp,
  SentWrite,
  ServerDefinition,
  ToolCaller,
  ToolContext,
} from "./define-tool.ts";
import { ownLinks } from "./own-links.ts";
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
    const caller = trustCaller ? readCaller(context.meta[CALLER_META], definition.name) : undefined;
    const { signal } = context;
    const writeId = trustCaller ? idOf(context.meta[WRITE_META]) : undefined;
    const credential = trustCaller ? readCredential(context.meta[CREDENTIAL_META]) : undefined;
    const client = credential ? clientOf(definition, credential) : definition.client;
    const toolContext = { client, clock, caller, signal, writeId };
    const result = await callTool(tool, handlerFor(tool, context.meta), params.arguments ?? {}, toolContext, onError);
    return definition.ownLinks ? withLinks(result, tool) : result;
  };

  return {
    info: {
      name: definition.name,
      title: definition.title,
      version: definition.version,
      instructions: definition.instructions,
      capabilities: { tools: {}, experimental: { [PREVIEW_META]: {}, [LOOK_UP_META]: {} } },
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
  if (!tool.annotations.readOnlyHint && !tool.lookUp) {
    throw new TypeError(`${tool.name}: a tool that writes must say in \`lookUp\` whether a lost write was carried out`);
  }
  return { ...tool, input: tool.input.strict() };
}

function readOnlyFailure(name: string, title: string): Failure {
  const text = `${name} changes something, and ${title} is set to read only here. Say so; whoever runs Sophia can change it.`;
  return { text, kind: "forbidden", retryable: false };
}

function handlerFor<Client>(tool: AnyTool<Client>, meta: JsonObject): Handler<Client> {
  if (meta[PREVIEW_META] === true) return preview(tool);
  return meta[LOOK_UP_META] === undefined ? run(tool) : lookUp(tool, readSentWrite(meta[LOOK_UP_META]));
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

function lookUp<Client>(tool: AnyTool<Client>, write: SentWrite): Handler<Client> {
  return async (input, context) => {
    if (!tool.lookUp) throw new UserError(`${tool.name} changes nothing, so there is nothing to look up.`);
    const found = await tool.lookUp(input, write, context).catch(undecided);
    return found.state === "done" ? { state: found.state, output: tool.output.parse(found.output) } : { ...found };
  };
}

/** Who cannot look does not know: the vendor is down, a name means nothing any more, something is not shown to Sophia. */
function undecided(error: unknown): LookUp<never> {
  if (!(error instanceof SophiaError)) throw error;
  const reason = `It could not be looked up whether this was carried out: ${error.message}`;
  return { state: "unknown", reason, ...(error instanceof ServiceError && error.retryable && { retryable: true }) };
}

function readSentWrite(value: unknown): SentWrite {
  const { id, sentAt } = (value ?? {}) as JsonObject;
  const at = new Date(typeof sentAt === "string" ? sentAt : Number.NaN);
  if (typeof id !== "string" || Number.isNaN(at.getTime())) {
    throw new ProtocolError(INVALID_PARAMS, `_meta["${LOOK_UP_META}"] must be {id, sentAt}.`);
  }
  return { id, sentAt: at };
}

function idOf(value: unknown): string | undefined {
  const id = (value as { id?: unknown } | undefined)?.id;
  return isText(id) ? id : undefined;
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
    // Our own code broke: whether that was before the vendor carried the write out, or after, nobody can say.
    const isDoubtful = failure.kind === "internal" && !tool.annotations.readOnlyHint;
    return failedResult(isDoubtful ? { ...failure, outcomeUnknown: true } : failure);
  }
}

/** A look-up has the output that it found within its own. */
function withLinks<Client>(result: McpToolResult, { output }: AnyTool<Client>): McpToolResult {
  const { structuredContent: found } = result;
  const links = [...new Set([...ownLinks(output, found), ...ownLinks(output, found?.output)])];
  return links.length === 0 ? result : { ...result, _meta: { ...result._meta, [LINKS_META]: links } };
}

function unknownTool(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return `There is no tool "${name.slice(0, 64)}"${nearest ? `; did you mean "${nearest}"?` : "."}`;
}

/** The asker's address is the one by which this service knows them, where that is another. */
function readCaller(value: unknown, server: string): ToolCaller | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { email, identities, audience, channel, threadTs, userId, question, hasReadOthers } = value as JsonObject;
  const known = (identities as JsonObject | undefined)?.[server] ?? email;
  const hasThread = isText(channel) && isText(threadTs);
  const confinedTo =
    hasReadOthers === false ? undefined : { channel: text(channel), userId: text(userId), question: text(question) };
  // Anything but a clear "private" is the audience that is shown less, and anything but a clear no means that others were read.
  return {
    ...(typeof known === "string" ? { email: known } : {}),
    audience: audience === "private" ? "private" : "channel",
    ...(hasThread ? { threadId: `${channel}:${threadTs}` } : {}),
    ...(confinedTo && { confinedTo }),
  };
}

function readCredential(value: unknown): Credential | undefined {
  const { accessToken } = (value ?? {}) as JsonObject;
  return isText(accessToken) ? { accessToken } : undefined;
}

/** Never the server's own in its place: that may see more than the person does. */
function clientOf<Client>({ name, clientFor }: ServerDefinition<Client>, credential: Credential): Client {
  if (clientFor) return clientFor(credential);
  throw new ProtocolError(INVALID_PARAMS, `${name} cannot act as a person.`);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
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
