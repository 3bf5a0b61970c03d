import { createConsents } from "../../src/approvals/consents.ts";
import { createGatewayTools } from "../../src/agent/gateway-tools.ts";
import { createDecisions, seenVersion } from "../../src/approvals/decisions.ts";
import { createOutcomes } from "../../src/approvals/outcomes.ts";
import { randomId } from "../../src/core/ids.ts";
import type { AuditEvent } from "../../src/observability/audit.ts";
import type { GatewayOptions } from "../../src/gateway/settings.ts";
import { CALLER_META, type McpConnection } from "../../src/mcp/types.ts";
import { connectTo, greeterUpstream, startGateway } from "./gateway.ts";
import { silentLogger } from "./run-agent.ts";
import { MemoryApprovals } from "./memory-approvals.ts";

export const day = 24 * 3_600_000;
export const caller = {
  turnId: "turn_1",
  userId: "U1",
  audience: "private" as const,
  channel: "D1",
  threadTs: "1.0",
  hasReadOthers: false,
};
const wholeCaller = { agent: "sophia", teamId: "T1", groups: [], identities: {}, question: "" };
/** Who is in which user groups. */
const groups: Record<string, string[]> = { U2: ["@deal-desk"] };

/** A gateway that asks people, with the greeter behind it. */
export async function setUp(
  options: Partial<GatewayOptions> = {},
  settings: Parameters<typeof greeterUpstream>[0] = {},
  upstream?: GatewayOptions["upstreams"][number],
) {
  const time = { now: Date.parse("2026-03-02T10:00:00Z"), elapsed: 0 };
  const clock = { now: () => time.now };
  const approvals = new MemoryApprovals(clock, { teamId: "T1", channel: "D1", threadTs: "1.0", userId: "U1" });
  const consents = createConsents({ approvals, clock, newId: randomId });
  const greeter = greeterUpstream(settings);
  const monotonicNow = () => time.elapsed;
  const upstreams = [upstream ?? greeter.upstream];
  const { gateway, audit } = startGateway({
    upstreams,
    clock,
    monotonicNow,
    consents,
    agents: { sophia: ["*"] },
    ...options,
  });
  const resumed: string[] = [];
  const tools = createGatewayTools({ connect: () => connectTo(gateway), logger: silentLogger, timeoutMs: 5_000 });
  const resume = async (turnId: string) => void resumed.push(turnId);
  const decided = { append: (event: AuditEvent) => void audit.push(event) };
  const callerOf = async () => ({ ...caller, ...wholeCaller });
  const decisions = createDecisions({ approvals, probe: tools, callerOf, resume, audit: decided, clock });
  const outcomes = createOutcomes({
    approvals,
    probe: tools,
    callerOf,
    resume,
    audit: decided,
    clock,
    logger: silentLogger,
  });
  const decide = async (decision: "granted" | "denied", userId = "U1", reason?: string) => {
    await approvals.onCards("turn_1", "card", 5);
    const seen = seenVersion(await approvals.ofCard("card-0"));
    return decisions.decide({
      cardId: "card-0",
      seen,
      who: { userId, groups: groups[userId] ?? [] },
      decision,
      reason,
    });
  };
  const client = await connectTo(gateway);
  return { client, decisions, outcomes, gateway, audit, approvals, decide, resumed, time, log: greeter.log };
}

export const call = (client: McpConnection, tool: string, args: object, from: object | undefined = caller) =>
  client.callTool(tool, { ...args }, { timeoutMs: 5_000, ...(from ? { meta: { [CALLER_META]: from } } : {}) });
export const erase = (client: McpConnection, name = "Ada", from: object | undefined = caller) =>
  call(client, "greeter__erase", { name }, from);
