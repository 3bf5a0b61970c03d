import { safeMessage, ServiceError } from "../core/errors.ts";
import {
  APPROVAL_META,
  CALLER_META,
  ConnectionError,
  FAILURE_META,
  LINKS_META,
  LOOK_UP_META,
  type McpClient,
  type McpTool,
  type McpToolResult,
  NOTE_META,
  PREVIEW_META,
  PROGRESS_META,
  type ToolFailure,
  ProtocolError,
} from "../mcp/types.ts";
import type { Logger } from "../observability/log.ts";
import type {
  Caller,
  FoundWrite,
  PreviewedWrite,
  ProgressLabel,
  ToolDefinition,
  ToolResult,
  Tools,
  WriteProbe,
} from "./ports.ts";

export interface GatewayToolsOptions {
  /** Opens a connection to the gateway with one role's tools. */
  connect: (agent: string) => Promise<McpClient>;
  logger: Logger;
  /** Milliseconds without answer or progress after which a call is cancelled. */
  timeoutMs: number;
}

export interface GatewayTools extends Tools, WriteProbe {
  close(): Promise<void>;
}

interface Asking {
  caller: Caller;
  signal: AbortSignal;
  /** Further `_meta`. */
  about?: Record<string, unknown>;
}

/** What Claude takes for a tool's name: one that it does not take would fail every request. */
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** The gateway's tools over MCP: one connection for each role, opened when it is needed and again when it was closed. */
export function createGatewayTools(options: GatewayToolsOptions): GatewayTools {
  const sessions = new Map<string, Promise<Session>>();

  const sessionOf = (agent: string): Promise<Session> => {
    const open = sessions.get(agent);
    if (open) return open;
    const forget = () => {
      if (sessions.get(agent) === opening) sessions.delete(agent);
    };
    const opening = options.connect(agent).then((client) => new Session(client, options, forget));
    sessions.set(agent, opening);
    opening.catch(forget);
    return opening;
  };

  return {
    async list(agent) {
      try {
        return await (await sessionOf(agent)).tools();
      } catch (cause) {
        sessions.delete(agent);
        const message =
          "My tools cannot be reached at the moment, so I cannot look anything up. Ask again in a minute.";
        throw new ServiceError(message, { service: "the gateway", retryable: true, cause });
      }
    },
    async call(name, args, caller, signal) {
      const once = async () => (await sessionOf(caller.agent)).call(name, args, caller, signal);
      try {
        return await once().catch(async (error: unknown) => {
          if (!wasNotDelivered(error)) throw error;
          sessions.delete(caller.agent);
          return once();
        });
      } catch (error) {
        signal.throwIfAborted();
        options.logger.warn({ tool: name, err: error }, "tool call failed on the way to the gateway");
        return { text: explain(name, error), isError: true, ...(isPassing(error) && { isRetryable: true }) };
      }
    },
    async preview(name, args, caller, signal) {
      const result = await (await sessionOf(caller.agent)).ask(name, args, {
        caller,
        signal,
        about: { [PREVIEW_META]: true },
      });
      return previewedWrite(result);
    },
    async lookUp(name, args, { id, sentAt }, caller, signal) {
      const about = { [LOOK_UP_META]: { id, sentAt: sentAt.toISOString() } };
      const result = await (await sessionOf(caller.agent)).ask(name, args, { caller, signal, about });
      return foundWrite(result);
    },
    async close() {
      const open = await Promise.allSettled(sessions.values());
      sessions.clear();
      await Promise.all(open.map(async (one) => (one.status === "fulfilled" ? one.value.close() : undefined)));
    },
  };
}

function previewedWrite(result: McpToolResult): Awaited<ReturnType<WriteProbe["preview"]>> {
  const { structuredContent: previewed, isError } = result;
  if (previewed && !isError) return previewed as unknown as PreviewedWrite;
  return { refused: textOfResult(result), ...(failureOf(result)?.retryable === true && { isRetryable: true }) };
}

function foundWrite(result: McpToolResult): FoundWrite {
  const { structuredContent: found, _meta } = result;
  if (result.isError || !found) return { state: "unreachable", reason: textOfResult(result) };
  // A server of ours says so itself where only its service was away.
  if (found.retryable === true) return { state: "unreachable", reason: String(found.reason) };
  const links = _meta?.[LINKS_META];
  return { ...found, ...(links !== undefined && { links }) } as unknown as FoundWrite;
}

class Session {
  readonly #client: McpClient;
  readonly #options: GatewayToolsOptions;
  #tools: Promise<readonly ToolDefinition[]> | undefined;

  constructor(client: McpClient, options: GatewayToolsOptions, forget: () => void) {
    this.#client = client;
    this.#options = options;
    client.onToolsChanged(() => {
      this.#tools = undefined;
    });
    client.onClosed(forget);
  }

  /** Listed once, until the gateway says that the list has changed. */
  tools(): Promise<readonly ToolDefinition[]> {
    if (this.#tools) return this.#tools;
    const listing = this.#list();
    this.#tools = listing;
    listing.catch(() => {
      if (this.#tools === listing) this.#tools = undefined;
    });
    return listing;
  }

  /** One call of a tool, or a question about one. */
  async ask(name: string, args: unknown, { caller, signal, about = {} }: Asking): Promise<McpToolResult> {
    const meta = { ...about, [CALLER_META]: caller };
    const { timeoutMs } = this.#options;
    return this.#client.callTool(name, args as Record<string, unknown>, { meta, signal, timeoutMs });
  }

  async call(name: string, args: unknown, caller: Caller, signal: AbortSignal): Promise<ToolResult> {
    const result = await this.ask(name, args, { caller, signal });
    const isWaiting = result._meta?.[APPROVAL_META] !== undefined;
    const failure = failureOf(result);
    const links = (result._meta?.[LINKS_META] ?? []) as string[];
    return {
      text: textOfResult(result),
      isError: result.isError === true,
      ...(isWaiting && { isWaiting }),
      ...(failure?.kind === "private" && { isPrivate: true }),
      ...(failure?.retryable === true && { isRetryable: true }),
      ...(links.length > 0 && { links }),
    };
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #list(): Promise<readonly ToolDefinition[]> {
    const tools = await this.#client.listTools();
    const usable = tools.filter((tool) => {
      const isUsable = TOOL_NAME.test(tool.name);
      if (!isUsable) this.#options.logger.warn({ tool: tool.name }, "tool left out: its name cannot be told to Claude");
      return isUsable;
    });
    return usable.map(toDefinition).sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

function toDefinition(tool: McpTool): ToolDefinition {
  const { name, description = "", inputSchema, annotations } = tool;
  const label = (tool._meta?.[PROGRESS_META] ?? {}) as Partial<ProgressLabel & { service: string }>;
  const title = tool.title ?? annotations?.title ?? name;
  const { one = `Using ${title}`, many = `Using ${title} ({count} calls)`, service = serviceOf(name) } = label;
  return {
    name,
    description,
    inputSchema,
    service,
    readOnly: annotations?.readOnlyHint === true,
    progress: { one, many },
  };
}

/** `my-server__get_x` is a tool of "My Server". */
function serviceOf(name: string): string {
  const prefix = name.split("__", 1)[0] ?? name;
  return prefix.replaceAll(/[-_]+/g, " ").replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

/** What the model reads: the structured result where there is one, and the name of whatever cannot be put in words. */
function textOfResult(result: McpToolResult): string {
  const { content, structuredContent, isError } = result;
  const hasStructure = structuredContent !== undefined && isError !== true;
  const parts = content.flatMap((block) => (hasStructure && block["type"] === "text" ? [] : [inWords(block)]));
  const note = result._meta?.[NOTE_META];
  const lead = typeof note === "string" ? [note] : [];
  return [...lead, ...(hasStructure ? [JSON.stringify(structuredContent)] : []), ...parts].join("\n");
}

function inWords(block: Record<string, unknown>): string {
  const { type, text, mimeType, uri, name, resource } = block;
  if (type === "text") return String(text);
  if (type === "resource_link") return `[Link: ${String(name ?? uri)} ${String(uri)}]`;
  if (type === "resource") {
    const inner = (resource ?? {}) as Record<string, unknown>;
    return typeof inner["text"] === "string"
      ? inner["text"]
      : `[A file that cannot be read here: ${String(inner["uri"])}]`;
  }
  const what = type === "image" ? "An image" : `Content of the type ${String(type)}`;
  const format = typeof mimeType === "string" ? ` (${mimeType})` : "";
  return `[${what}${format} that cannot be read here]`;
}

function wasNotDelivered(error: unknown): boolean {
  return error instanceof ConnectionError && (error.kind === "unreachable" || error.kind === "session_lost");
}

function failureOf({ _meta }: McpToolResult): ToolFailure | undefined {
  return _meta?.[FAILURE_META] as ToolFailure | undefined;
}

/** The gateway itself was not reached, which says nothing of the call. */
function isPassing(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof ServiceError && error.retryable);
}

function explain(name: string, error: unknown): string {
  if (error instanceof ProtocolError) return `${name} was refused: ${error.message}`;
  if (error instanceof ConnectionError) return `The way to ${serviceOf(name)} ${error.message}.`;
  return safeMessage(error);
}
