import type { Clock } from "../core/clock.ts";
import type { InProcessLink } from "../mcp/types.ts";
import type { AuditSink } from "../observability/audit.ts";
import type { Logger } from "../observability/log.ts";
import type { Consents } from "./consents.ts";
import type { Metrics } from "../observability/metrics.ts";

export type UpstreamSource =
  /** A server in this process; called at each connect, so that its module is loaded only when it is wanted. */
  | { type: "builtin"; open: () => InProcessLink | Promise<InProcessLink> }
  | {
      type: "process";
      command: string;
      args?: readonly string[];
      /** All that the child gets to know of our settings. */
      env?: Readonly<Record<string, string>>;
      cwd?: string;
    }
  | { type: "http"; url: string; token?: string | undefined };

export interface UpstreamSettings {
  /** In lower case, such as `gong`. */
  name: string;
  source: UpstreamSource;
  /** What stands before `__` in the names of its tools and prompts; its name unless told, nothing if empty. */
  prefix?: string;
  /** A server of ours: told who asks, and its hints and failures are believed. Builtin servers are, others unless told not. */
  trusted?: boolean;
  /** Whether `readOnlyHint` and `idempotentHint` are believed; as `trusted` unless told. */
  believeHints?: boolean;
  /**
   * `shared`: one connection for all clients. `own`: one for each client's session, for servers that ask the client back
   * (sampling, elicitation, roots) or send it log messages; costs a process or a session each.
   */
  sessions?: "shared" | "own";
  /** Milliseconds without answer or progress after which a call is given up. */
  timeoutMs?: number;
  /** Calls that the service behind it allows. */
  budget?: { perSecond: number; burst: number } | undefined;
  /** Milliseconds for which a read's answer may be given again, by the tool's own name. */
  cacheMs?: Readonly<Record<string, number>>;
}

export interface ClientSettings {
  name: string;
  token: string;
  /** Patterns over `server__tool`. */
  tools: readonly string[];
}

export type Policy = "allow" | "ask" | "deny";

/** These tools are for these people alone, named by their Slack user id or e-mail address. */
export interface AccessRule {
  tools: string;
  people: readonly string[];
}

export interface GatewayLimits {
  /** Characters of text in one result; the rest is read with `gateway__read_more`. */
  resultCharacters: number;
  /** Milliseconds for a whole call: waiting for the server, retries and all. */
  callMs: number;
  /** Milliseconds that a call may wait for its turn in an upstream's budget. */
  budgetWaitMs: number;
  /** Milliseconds that a listing waits for upstreams that are still starting. */
  startMs: number;
}

export const DEFAULT_LIMITS: GatewayLimits = {
  resultCharacters: 100_000,
  callMs: 120_000,
  budgetWaitMs: 10_000,
  startMs: 5_000,
};

export interface GatewayOptions {
  upstreams: readonly UpstreamSettings[];
  /** MCP_AUTH_TOKEN: whoever sends it is Sophia. Without it nobody is, over HTTP. */
  token?: string | undefined;
  clients?: readonly ClientSettings[];
  /** Role -> patterns over `server__tool`. */
  agents: Readonly<Record<string, readonly string[]>>;
  access?: readonly AccessRule[];
  /** Pattern over `server__tool` -> policy; the longest pattern that fits decides. */
  policies?: Readonly<Record<string, Policy>>;
  /** Who is asked about writes whose policy is `ask`; without it they are refused. */
  consents?: Consents | undefined;
  audit: AuditSink;
  metrics?: Metrics | undefined;
  clock: Clock;
  /** Milliseconds for durations, which no change of the machine's time touches; `performance.now` unless told. */
  monotonicNow?: () => number;
  logger: Logger;
  limits?: Partial<GatewayLimits>;
}

/** Who speaks in a session. */
export interface Identity {
  /** `sophia`, or a client's name. */
  client: string;
  /** The role whose tools the session offers; all that the client may see if undefined. */
  agent?: string | undefined;
}

export const SOPHIA = "sophia";
