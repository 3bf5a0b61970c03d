import { randomInt } from "node:crypto";
import { type Clock, isoNow } from "../core/clock.ts";
import { safeMessage } from "../core/errors.ts";
import type { Secrets } from "../core/secrets.ts";
import { type ConnectOptions, connectMcp, type McpTarget } from "../mcp/client.ts";
import {
  ConnectionError,
  type JsonObject,
  type McpConnection,
  type McpTool,
  LOOK_UP_META,
  PREVIEW_META,
  ProtocolError,
} from "../mcp/types.ts";
import { type Logger, scrub } from "../observability/log.ts";
import type { GatewayMetrics } from "../observability/metrics.ts";
import type { UpstreamSettings } from "./settings.ts";

/** `idle`: not wanted yet. `waiting`: an attempt failed, the next one comes. */
export type UpstreamState = "idle" | "connecting" | "ready" | "waiting" | "closed";

export interface UpstreamDeps {
  clock: Clock;
  monotonicNow: () => number;
  logger: Logger;
  /** In no word of a server about why it cannot be used. */
  secrets: Secrets;
  metrics?: GatewayMetrics | undefined;
  /** Tools, and whatever else is listed, may have changed. */
  onChanged: (upstream: Upstream) => void;
  onNotification: (upstream: Upstream, method: string, params: JsonObject) => void;
}

const CONNECT_MS = 10_000;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;
/** A connection that lasted this long was good: after it is lost, the next attempt is made at once. */
const SOUND_AFTER_MS = 10_000;
const PING_EVERY_MS = 30_000;
const PING_MS = 5_000;
const MAX_LAST_WORDS = 1_000;

/**
 * One server behind the gateway: its connection, which is made again whenever it is lost, and the tools that it had when it
 * was last seen. They stay listed while it is away; a call waits for the connection that is being made.
 */
export class Upstream {
  readonly settings: UpstreamSettings;
  readonly isTrusted: boolean;
  readonly believesHints: boolean;
  readonly #deps: UpstreamDeps;
  #state: UpstreamState = "idle";
  #reason: string | undefined;
  #since: string;
  #connection: McpConnection | undefined;
  #tools: readonly McpTool[] = [];
  #previews = false;
  #looksUp = false;
  #running: Promise<void> | undefined;
  #reloading: Promise<void> | undefined;
  #isStale = false;
  #attempt = newAttempt();
  #wake: (() => void) | undefined;
  /** Somebody waits for a connection. */
  #isWanted = false;
  /** The end of what a process wrote to stderr: most often the reason why it does not start. */
  #lastWords = "";
  readonly #stop = new AbortController();
  /** Resources that sessions watch over the shared connection, and how many do. */
  readonly #watched = new Map<string, number>();
  #pinging: NodeJS.Timeout | undefined;
  /** Ends the wait for the loss of the current connection. */
  #lost: (() => void) | undefined;

  constructor(settings: UpstreamSettings, deps: UpstreamDeps) {
    this.settings = settings;
    this.isTrusted = settings.trusted ?? settings.source.type === "builtin";
    this.believesHints = settings.believeHints ?? this.isTrusted;
    this.#deps = deps;
    this.#since = isoNow(deps.clock);
  }

  get name(): string {
    return this.settings.name;
  }

  get tools(): readonly McpTool[] {
    return this.#tools;
  }

  /** Whether it can be asked what a call would change. Any other server would make the change. */
  get previews(): boolean {
    return this.isTrusted && this.#previews;
  }

  /** Whether it can say if a write was carried out. */
  get looksUp(): boolean {
    return this.isTrusted && this.#looksUp;
  }

  get capabilities(): JsonObject {
    return this.#connection?.capabilities ?? {};
  }

  get status(): { state: UpstreamState; reason: string | undefined; since: string; pid: number | undefined } {
    return { state: this.#state, reason: this.#reason, since: this.#since, pid: this.#connection?.pid };
  }

  /** Begins to connect; resolves after the first attempt, whatever came of it. */
  async start(): Promise<void> {
    this.#running ??= this.#run();
    if (this.#state === "ready" || this.#state === "waiting") return;
    await this.#attempt.promise.catch(() => {});
  }

  /** The connection, once there is one. Rejects with ConnectionError when the next attempt to make one fails. */
  async acquire(signal: AbortSignal): Promise<McpConnection> {
    if (this.#connection) return this.#connection;
    if (this.#state === "closed") throw new ConnectionError("is shut down", { kind: "unavailable" });
    this.#running ??= this.#run();
    // An attempt that is under way may have begun before whatever ailed the server was mended: one more is granted.
    if (this.#state === "connecting") await this.#outcome(signal).catch(() => {});
    signal.throwIfAborted();
    if (this.#connection) return this.#connection;
    this.#isWanted = true;
    this.#wake?.();
    await this.#outcome(signal);
    return this.acquire(signal);
  }

  async #outcome(signal: AbortSignal): Promise<void> {
    const { promise, reject } = Promise.withResolvers<never>();
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    try {
      await Promise.race([this.#attempt.promise, promise]);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** A connection besides the shared one, for one client's session. */
  async connectOwn(options: Omit<ConnectOptions, "name" | "version">): Promise<McpConnection> {
    return connectMcp(await this.#target(), { ...this.#clientInfo(), timeoutMs: CONNECT_MS, ...options });
  }

  /** Told by a call that came to grief on this connection: makes a new one unless that has happened already. */
  reportLost(connection: McpConnection): void {
    if (connection === this.#connection) this.#lost?.();
  }

  /** Subscribes to a resource for one more session; kept up over reconnections. */
  async watch(uri: string, signal: AbortSignal): Promise<void> {
    const connection = await this.acquire(signal);
    const watchers = this.#watched.get(uri) ?? 0;
    if (watchers === 0) await connection.request("resources/subscribe", { uri }, { timeoutMs: CONNECT_MS, signal });
    this.#watched.set(uri, watchers + 1);
  }

  async unwatch(uri: string): Promise<void> {
    const watchers = this.#watched.get(uri) ?? 0;
    if (watchers > 1) this.#watched.set(uri, watchers - 1);
    else if (this.#watched.delete(uri)) await this.#tell("resources/unsubscribe", uri);
  }

  /** For what the server must be told, but nobody waits for. */
  async #tell(method: string, uri: string): Promise<void> {
    try {
      await this.#connection?.request(method, { uri }, { timeoutMs: CONNECT_MS });
    } catch (error) {
      this.note(error);
    }
  }

  /** Trouble that costs the client only a part of an answer. */
  note(error: unknown): void {
    this.#deps.logger.warn({ upstream: this.name, err: error }, "a server did not answer");
  }

  async close(): Promise<void> {
    this.#enter("closed", "shut down");
    this.#stop.abort(new ConnectionError("is shut down", { kind: "unavailable" }));
    this.#attempt.reject(this.#stop.signal.reason);
    this.#wake?.();
    this.#lost?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (this.#state !== "closed") {
      // The first loss of a connection that could be made is mended at once: calls are waiting.
      if (failures > 1) await this.#pause(failures - 1);
      if (this.#isClosed()) return;
      const startedAt = this.#deps.monotonicNow();
      try {
        await this.#live();
        failures = this.#deps.monotonicNow() - startedAt > SOUND_AFTER_MS ? 0 : failures + 1;
      } catch (error) {
        failures = Math.max(2, failures + 1);
        this.#failed(error);
      }
    }
  }

  // A method, because TypeScript does not see that the state changes while we wait.
  #isClosed(): boolean {
    return this.#state === "closed";
  }

  /** One connection from its making to its loss. Rejects if it could not be made. */
  async #live(): Promise<void> {
    this.#enter("connecting", this.#reason);
    const lost = Promise.withResolvers<void>();
    const connection = await this.#connect(lost.resolve);
    try {
      const { tools, experimental } = connection.capabilities;
      this.#tools = tools ? await connection.listTools() : [];
      this.#previews = (experimental as JsonObject | undefined)?.[PREVIEW_META] !== undefined;
      this.#looksUp = (experimental as JsonObject | undefined)?.[LOOK_UP_META] !== undefined;
      if (this.#isClosed()) return;
      this.#connection = connection;
      this.#lost = lost.resolve;
      this.#enter("ready", undefined);
      this.#attempt.resolve();
      this.#deps.onChanged(this);
      for (const uri of this.#watched.keys()) void this.#tell("resources/subscribe", uri);
      this.#pinging = setInterval(() => void this.#ping(connection), PING_EVERY_MS).unref();
      await lost.promise;
    } finally {
      clearInterval(this.#pinging);
      const wasReady = this.#connection !== undefined;
      this.#connection = undefined;
      if (wasReady && !this.#isClosed()) this.#wentAway();
      await connection.close();
    }
  }

  #wentAway(): void {
    this.#attempt = newAttempt();
    this.#enter("waiting", "lost the connection; connecting again");
    this.#deps.metrics?.upstreamRestarted(this.name);
    this.#deps.logger.warn({ upstream: this.name }, "lost the connection to a server");
  }

  async #connect(onLost: () => void): Promise<McpConnection> {
    const connection = await connectMcp(await this.#target(), {
      ...this.#clientInfo(),
      timeoutMs: CONNECT_MS,
      signal: this.#stop.signal,
      onNotification: (method, params) => this.#notified(method, params),
      onStderr: (text) => {
        this.#lastWords = `${this.#lastWords}${text}`.slice(-MAX_LAST_WORDS);
      },
      onError: (error) => this.#deps.logger.debug({ upstream: this.name, err: error }, "trouble with a server"),
    });
    connection.onClosed(onLost);
    return connection;
  }

  #notified(method: string, params: JsonObject): void {
    if (method === "notifications/tools/list_changed") void this.#reload();
    else this.#deps.onNotification(this, method, params);
  }

  /** Reads the tools anew; a change during the reading causes one more. */
  async #reload(): Promise<void> {
    this.#isStale = true;
    this.#reloading ??= this.#readTools().finally(() => {
      this.#reloading = undefined;
    });
    await this.#reloading;
  }

  async #readTools(): Promise<void> {
    while (this.#isStale && this.#connection) {
      this.#isStale = false;
      try {
        this.#tools = await this.#connection.listTools();
        this.#deps.onChanged(this);
      } catch (error) {
        this.#deps.logger.warn({ upstream: this.name, err: error }, "could not list the tools of a server");
      }
    }
  }

  /** A server that hangs looks connected: it is asked from time to time. An error as answer is an answer. */
  async #ping(connection: McpConnection): Promise<void> {
    try {
      await connection.request("ping", {}, { timeoutMs: PING_MS });
    } catch (error) {
      if (!(error instanceof ProtocolError)) this.reportLost(connection);
    }
  }

  #failed(error: unknown): void {
    const { secrets, logger } = this.#deps;
    const said = error instanceof ConnectionError || error instanceof ProtocolError;
    const why = secrets.remove(said ? error.message : safeMessage(error));
    if (this.#isClosed()) return;
    this.#enter("waiting", why);
    // For the log alone: it is the server's own text.
    const stderr = scrub(secrets.remove(this.#lastWords));
    logger.warn({ upstream: this.name, err: error, stderr }, "could not connect to a server");
    const failed = this.#attempt;
    this.#attempt = newAttempt();
    failed.reject(new ConnectionError(why, { kind: "unavailable", cause: error }));
  }

  /** Waits before the next attempt, twice as long each time; only the shortest time if somebody waits for it. */
  async #pause(failures: number): Promise<void> {
    const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1));
    await this.#sleep(FIRST_DELAY_MS, () => this.#isClosed());
    if (longest > FIRST_DELAY_MS) await this.#sleep(longest, () => this.#isWanted || this.#isClosed());
    this.#isWanted = false;
  }

  /** With some chance in the delay, so that many gateways do not come back in step; woken early once `isOver` holds. */
  async #sleep(delayMs: number, isOver: () => boolean): Promise<void> {
    if (isOver()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, randomInt(delayMs / 2, delayMs + 1)).unref();
    this.#wake = () => {
      if (isOver()) resolve();
    };
    await promise;
    clearTimeout(timer);
    this.#wake = undefined;
  }

  #enter(state: UpstreamState, reason: string | undefined): void {
    if (this.#state !== state) this.#since = isoNow(this.#deps.clock);
    this.#state = state;
    this.#reason = reason;
    this.#deps.metrics?.upstreamReady(this.name, state === "ready");
  }

  #clientInfo(): { name: string; version: string } {
    return { name: "sophia-gateway", version: "1" };
  }

  async #target(): Promise<McpTarget> {
    const { source } = this.settings;
    return source.type === "builtin" ? { type: "in-process", link: await source.open() } : source;
  }
}

function newAttempt(): PromiseWithResolvers<void> {
  const attempt = Promise.withResolvers<void>();
  // Nobody may be waiting when it fails.
  attempt.promise.catch(() => {});
  return attempt;
}
