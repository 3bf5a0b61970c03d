import { SophiaError } from "../core/errors.ts";
import type { JsonObject, McpConnection, McpToolResult, Progress } from "../mcp/types.ts";
import type { CatalogueTool } from "./catalogue.ts";
import type { Identity } from "./settings.ts";
import type { Upstream } from "./upstream.ts";

/** Who asks, as Sophia says it; the parts of the agent's Caller that the gateway reads, and the whole to pass on. */
export interface CallerClaim {
  teamId?: string | undefined;
  userId?: string | undefined;
  email?: string | undefined;
  turnId?: string | undefined;
  agent?: string | undefined;
  audience: "private" | "channel";
  channel?: string | undefined;
  channelName?: string | undefined;
  threadTs?: string | undefined;
  /** Slack user groups of the asker: ids, and handles with `@`. */
  groups: readonly string[];
  /** It may change nothing, whatever the policies allow. */
  isReadOnly: boolean;
  /** Whether what others wrote has been read in the conversation; only a clear no is one. */
  hasReadOthers: boolean;
  whole: JsonObject;
}

export type Purpose =
  /** Only what the call would change is wanted. */
  | { kind: "preview" }
  /** Only whether this write was carried out is wanted. */
  | { kind: "look_up"; id: string; sentAt: string }
  | { kind: "write"; id: string };

/** What is known of a write besides its answer. */
export interface Account {
  /** Who approved it, a Slack id. */
  approvedBy?: string | undefined;
  /** What was sent in place of `arguments`. */
  sent?: JsonObject | undefined;
  /** The same call was answered before, or it was sent and gave no answer. */
  ending?: "repeated" | "unknown" | undefined;
}

/** A call on its way. Links fill in what they find out, and hand the call on. */
export interface ToolCall {
  readonly identity: Identity;
  readonly name: string;
  readonly arguments: JsonObject;
  readonly meta: JsonObject;
  readonly signal: AbortSignal;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  /** The connection of the client's own session to an upstream that wants one. */
  readonly ownConnection: (upstream: Upstream) => Promise<McpConnection>;
  /** What is wanted of a write in place of the call, or what it is in the ledger; by `authenticate` and `consent`. */
  purpose?: Purpose | undefined;
  /** By `authenticate`. */
  caller?: CallerClaim | undefined;
  /** The role that the call is made in, by `authenticate`. */
  agent?: string | undefined;
  /** By `authorise`. */
  tool?: CatalogueTool;
  /** By `personal-credential`: what the server is to act with for whoever asks. */
  credential?: { accessToken: string } | undefined;
  /** By `consent`, for `audit`; one object, whatever copies of the call other links make. */
  account?: Account;
}

/** A call that got past `authorise`. */
export type AuthorisedCall = ToolCall & { tool: CatalogueTool };

export type Next = (call: ToolCall) => Promise<McpToolResult>;
export type Interceptor = (call: ToolCall, next: Next) => Promise<McpToolResult>;

/** The chain as one function. */
export function compose(chain: readonly Interceptor[]): Next {
  return chain.reduceRight<Next>(
    (next, interceptor) => (call) => interceptor(call, next),
    () => Promise.reject(new TypeError("the last link of the chain must answer")),
  );
}

export type RefusalReason =
  | "unauthorised"
  | "unknown_tool"
  | "forbidden"
  | "invalid_arguments"
  | "credential"
  | "consent"
  | "consent_pending"
  | "private"
  | "rate_limit"
  | "circuit_open"
  | "unknown_cursor";

/** The gateway did not let a call through. The message is for the model and says what to do. */
export class Refusal extends SophiaError {
  override name = "Refusal";
  readonly reason: RefusalReason;
  readonly retryAfterSeconds: number | undefined;

  constructor(reason: RefusalReason, message: string, retryAfterSeconds?: number) {
    super(message);
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The call waits for a person, or for what came of it to be found out; made again after that, it is answered. */
export class ConsentPending extends Refusal {
  override name = "ConsentPending";
  readonly approvalId: string;

  constructor(tool: string, approvalId: string) {
    super("consent_pending", `${tool} waits for a person's consent, or for word of what came of it.`);
    this.approvalId = approvalId;
  }
}

/** Who asked and who reads along: what one call was given is shown to another only if this is the same. */
export function readersOf({ identity, agent, caller }: ToolCall): readonly (string | undefined)[] {
  const { userId, email, audience, channel, threadTs } = caller ?? {};
  return [identity.client, agent, userId, email, audience, channel, threadTs];
}

/** Whether it may be sent again when its outcome is not known. */
export function isRepeatable({ tool, purpose }: AuthorisedCall): boolean {
  return tool.isIdempotent || purpose?.kind === "preview" || purpose?.kind === "look_up";
}

/** For links after `authorise`: the call with its tool. */
export function authorised(call: ToolCall): AuthorisedCall {
  if (!call.tool) throw new TypeError("a link stands before authorise that needs the tool");
  return call as AuthorisedCall;
}
