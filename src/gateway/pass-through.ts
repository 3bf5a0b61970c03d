import type { Peer, RequestContext } from "../mcp/server.ts";
import {
  CALLER_META,
  INVALID_PARAMS,
  type JsonObject,
  type McpConnection,
  ProtocolError,
  RESOURCE_NOT_FOUND,
} from "../mcp/types.ts";
import { publicName, withoutOurs } from "./catalogue.ts";
import type { OwnConnections } from "./own-connections.ts";
import { matchesTemplate } from "./uri-template.ts";
import type { Upstream } from "./upstream.ts";

export interface PassThroughParts {
  peer: Peer;
  own: OwnConnections;
  /** Sophia herself is at the other end: what another client says of who asks is not passed on. */
  saysWhoAsks: boolean;
  /** Those whose resources and prompts this session may use. */
  upstreams: readonly Upstream[];
}

const LIST_MS = 10_000;
const READ_MS = 30_000;
const LEVELS = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];
const LIST_CHANGED = new Set(["notifications/resources/list_changed", "notifications/prompts/list_changed"]);

type Answer = () => Promise<JsonObject>;

/** All of MCP besides tools, for one session: finds the server that a request is for, and hands it on. */
export class PassThrough {
  readonly #parts: PassThroughParts;
  /** URIs that this session watches, and at which upstream. */
  readonly #watched = new Map<string, Upstream>();
  readonly #stop = new AbortController();

  constructor(parts: PassThroughParts) {
    this.#parts = parts;
  }

  /** Undefined for a method that is not MCP's. */
  handle(method: string, params: JsonObject, context: RequestContext): Answer | undefined {
    const { signal } = context;
    switch (method) {
      case "resources/list":
        return async () => ({ resources: await this.#list("resources/list", "resources", signal) });
      case "resources/templates/list":
        return async () => ({
          resourceTemplates: await this.#list("resources/templates/list", "resourceTemplates", signal),
        });
      case "resources/read":
        return async () => this.#send(await this.#holderOf(params.uri, signal), method, params, context);
      case "resources/subscribe":
        return () => this.#subscribe(params, context);
      case "resources/unsubscribe":
        return () => this.#unsubscribe(params, context);
      case "prompts/list":
        return async () => ({ prompts: await this.#listPrompts(signal) });
      case "prompts/get":
        return () => this.#getPrompt(params, context);
      case "completion/complete":
        return () => this.#complete(params, context);
      case "logging/setLevel":
        return () => this.#setLevel(params);
      default:
        return undefined;
    }
  }

  upstreamNotified(upstream: Upstream, method: string, params: JsonObject): void {
    const { peer, upstreams } = this.#parts;
    if (!upstreams.includes(upstream)) return;
    const isWatched =
      method === "notifications/resources/updated" && this.#watched.get(String(params.uri)) === upstream;
    if (isWatched || LIST_CHANGED.has(method)) peer.notify(method, params);
  }

  close(): void {
    this.#stop.abort(new Error("the session is over"));
    for (const [uri, upstream] of this.#watched) void this.#forget(upstream, uri);
  }

  /** The session's own connection or the shared one. */
  async #connection(upstream: Upstream, signal: AbortSignal): Promise<McpConnection> {
    return upstream.settings.sessions === "own" ? this.#parts.own.get(upstream) : upstream.acquire(signal);
  }

  async #send(upstream: Upstream, method: string, params: JsonObject, context: RequestContext): Promise<JsonObject> {
    const { signal, meta } = context;
    const connection = await this.#connection(upstream, signal);
    const options = { signal, timeoutMs: READ_MS, meta: metaFor(upstream.isTrusted && this.#parts.saysWhoAsks, meta) };
    const send = () => connection.request(method, withoutMeta(params), options);
    const isOwn = upstream.settings.sessions === "own";
    const answer = await (isOwn ? this.#parts.own.during(upstream, context, send) : send());
    return upstream.isTrusted || !isObject(answer._meta) ? answer : { ...answer, _meta: withoutOurs(answer._meta) };
  }

  #with(capability: string): Upstream[] {
    return this.#parts.upstreams.filter((upstream) => upstream.capabilities[capability]);
  }

  /** The items of every upstream that answers; one that does not is left out, as its tools are. */
  async #list(method: string, key: string, signal: AbortSignal): Promise<JsonObject[]> {
    const lists = await Promise.all(
      this.#with(key === "prompts" ? "prompts" : "resources").map((upstream) =>
        this.#listOf(upstream, method, key, signal),
      ),
    );
    return lists.flat();
  }

  async #listOf(upstream: Upstream, method: string, key: string, signal: AbortSignal): Promise<JsonObject[]> {
    try {
      const connection = await this.#connection(upstream, signal);
      return await connection.listAll(method, key, LIST_MS);
    } catch (error) {
      signal.throwIfAborted();
      upstream.note(error);
      return [];
    }
  }

  async #listPrompts(signal: AbortSignal): Promise<JsonObject[]> {
    const lists = await Promise.all(
      this.#with("prompts").map(async (upstream) => {
        const prompts = await this.#listOf(upstream, "prompts/list", "prompts", signal);
        return prompts.map((prompt) => ({ ...prompt, name: publicName(prefixOf(upstream), String(prompt.name)) }));
      }),
    );
    return lists.flat();
  }

  /** The upstream that has a resource: by its list, or by its templates. */
  async #holderOf(uri: unknown, signal: AbortSignal): Promise<Upstream> {
    if (typeof uri !== "string") throw new ProtocolError(INVALID_PARAMS, "A resource is named by its uri.");
    const candidates = this.#with("resources");
    const [only] = candidates;
    if (only && candidates.length === 1) return only;
    for (const upstream of candidates) {
      const resources = await this.#listOf(upstream, "resources/list", "resources", signal);
      if (resources.some((resource) => resource.uri === uri)) return upstream;
    }
    for (const upstream of candidates) {
      const templates = await this.#listOf(upstream, "resources/templates/list", "resourceTemplates", signal);
      if (templates.some((template) => matchesTemplate(String(template.uriTemplate), uri))) return upstream;
    }
    throw new ProtocolError(RESOURCE_NOT_FOUND, "Resource not found", { uri });
  }

  async #subscribe(params: JsonObject, context: RequestContext): Promise<JsonObject> {
    const upstream = await this.#holderOf(params.uri, context.signal);
    const uri = String(params.uri);
    // On a shared connection one subscription serves all sessions.
    if (upstream.settings.sessions === "own") await this.#send(upstream, "resources/subscribe", { uri }, context);
    else await upstream.watch(uri, context.signal);
    this.#watched.set(uri, upstream);
    return {};
  }

  async #unsubscribe(params: JsonObject, context: RequestContext): Promise<JsonObject> {
    const uri = String(params.uri);
    const upstream = this.#watched.get(uri);
    if (!upstream) return {};
    this.#watched.delete(uri);
    if (upstream.settings.sessions === "own") await this.#send(upstream, "resources/unsubscribe", { uri }, context);
    else await this.#forget(upstream, uri);
    return {};
  }

  async #forget(upstream: Upstream, uri: string): Promise<void> {
    if (upstream.settings.sessions !== "own") await upstream.unwatch(uri);
  }

  async #getPrompt(params: JsonObject, context: RequestContext): Promise<JsonObject> {
    const { upstream, name } = this.#promptBehind(params.name);
    return this.#send(upstream, "prompts/get", { ...params, name }, context);
  }

  #promptBehind(publicName: unknown): { upstream: Upstream; name: string } {
    const wanted = String(publicName);
    const candidates = this.#with("prompts");
    for (const upstream of candidates) {
      const start = `${prefixOf(upstream)}__`;
      if (prefixOf(upstream) && wanted.startsWith(start)) return { upstream, name: wanted.slice(start.length) };
    }
    const unprefixed = candidates.find((upstream) => prefixOf(upstream) === "");
    if (unprefixed) return { upstream: unprefixed, name: wanted };
    throw new ProtocolError(INVALID_PARAMS, `There is no prompt "${wanted.slice(0, 64)}".`);
  }

  async #complete(params: JsonObject, context: RequestContext): Promise<JsonObject> {
    const ref = (params.ref ?? {}) as JsonObject;
    if (ref.type === "ref/prompt") {
      const { upstream, name } = this.#promptBehind(ref.name);
      return this.#completeAt(upstream, { ...params, ref: { ...ref, name } }, context);
    }
    return this.#completeAt(await this.#templateHolder(ref.uri, context.signal), params, context);
  }

  async #templateHolder(template: unknown, signal: AbortSignal): Promise<Upstream> {
    for (const upstream of this.#with("resources")) {
      const templates = await this.#listOf(upstream, "resources/templates/list", "resourceTemplates", signal);
      if (templates.some((item) => item.uriTemplate === template)) return upstream;
    }
    return this.#holderOf(template, signal);
  }

  async #completeAt(upstream: Upstream, params: JsonObject, context: RequestContext): Promise<JsonObject> {
    // Completion is a help: where a server has none, there is nothing to offer.
    if (!upstream.capabilities.completions) return { completion: { values: [], hasMore: false } };
    return this.#send(upstream, "completion/complete", params, context);
  }

  async #setLevel({ level }: JsonObject): Promise<JsonObject> {
    if (!LEVELS.includes(String(level)))
      throw new ProtocolError(INVALID_PARAMS, `level is one of ${LEVELS.join(", ")}.`);
    await this.#parts.own.setLevel(String(level));
    return {};
  }
}

/** As with a tool's call: our own keys only to servers of ours, and of them only who asks. */
function metaFor(withCaller: boolean, meta: JsonObject): JsonObject {
  const { progressToken: _ours, ...rest } = withoutOurs(meta);
  const caller = withCaller ? meta[CALLER_META] : undefined;
  return caller === undefined ? rest : { ...rest, [CALLER_META]: caller };
}

/** What a request means, without `_meta`, which goes along by itself. */
function withoutMeta({ _meta: _along, ...params }: JsonObject): JsonObject {
  return params;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const prefixOf = ({ name, settings }: Upstream) => settings.prefix ?? name;
