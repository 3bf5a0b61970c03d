import type { Clock } from "../core/clock.ts";
import type { Secrets } from "../core/secrets.ts";
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

/** The first rule that fits a call decides about it; a condition that is absent fits all. */
export interface PolicyRule {
  /** Pattern over `server__tool`. */
  tools: string;
  /** Roles that call. */
  agents?: readonly string[] | undefined;
  /** Who asks: Slack user ids, e-mail addresses, user groups. */
  askers?: readonly string[] | undefined;
  /** Where it is asked: ids or #names. */
  channels?: readonly string[] | undefined;
  /** Only where the record stands for more money than this, before or after the change. */
  above?: number | undefined;
  policy: Policy;
  /** Who decides, for `ask`; whoever asks unless told. */
  approvers?: readonly string[] | undefined;
}

/** What is not to be read in a channel, other than those named. */
export interface ConfidentialRule {
  tools: string;
  /** Results in which a field of this name is above the limit; all of them unless told. */
  field?: string | undefined;
  above?: number | undefined;
  channels: readonly string[];
}

/** These tools are for these people alone: Slack user ids, e-mail addresses, user groups. */
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
  /** In their order; where none fits, reads are allowed and writes asked about. */
  policies?: readonly PolicyRule[];
  confidential?: readonly ConfidentialRule[];
  /** Who is asked about writes whose policy is `ask`; without it they are refused. */
  consents?: Consents | undefined;
  /** Without it every call is made with the servers' own. */
  credentials?: Credentials | undefined;
  audit: AuditSink;
  /** Those of the process: they pass to no client, and to no server in what a client sends. */
  secrets?: Secrets;
  metrics?: Metrics | undefined;
  clock: Clock;
  /** Milliseconds for durations, which no change of the machine's time touches; `performance.now` unless told. */
  monotonicNow?: () => number;
  logger: Logger;
  limits?: Partial<GatewayLimits>;
}

/** What people let Sophia do as them at a service. */
export interface Credentials {
  /**
   * For calls of this server; undefined where this person has given none. Throws a SophiaError that says what to do where they
   * have, and it cannot be used.
   */
  credentialFor(
    person: { teamId: string; userId: string },
    server: string,
  ): Promise<{ accessToken: string } | undefined>;
}

/** Who speaks in a session. */
export interface Identity {
  /** `sophia`, or a client's name. */
  client: string;
  /** The role whose tools the session offers; all that the client may see if undefined. */
  agent?: string | undefined;
}

export const SOPHIA = "sophia";
