import { createHash } from "node:crypto";
import { canonicalJson } from "../core/canonical-json.ts";
import type { Clock } from "../core/clock.ts";
import type { NewId } from "../core/ids.ts";
import type { Consent, Consents, WriteCall } from "../gateway/consents.ts";
import { type JsonObject, LINKS_META, type McpToolResult } from "../mcp/types.ts";
import type { Approval, Approvals, BoundCall, WriteResult } from "../storage/approvals.ts";

/** Milliseconds that a person has to decide. */
const decideWithinMs = 24 * 60 * 60_000;

export interface ConsentsOptions {
  approvals: Approvals;
  clock: Clock;
  newId: NewId;
}

/** Consent as rows: it outlives this process, and one grant lets one call through. */
export function createConsents({ approvals, clock, newId }: ConsentsOptions): Consents {
  const request = async (
    call: WriteCall,
    status: "planned" | "granted",
    shown: Pick<Approval, "preview" | "approvers"> = {},
  ): Promise<Consent> => {
    const expiresAt = new Date(clock.now() + decideWithinMs);
    const wanted = { ...bound(call), ...shown, id: newId("approval"), arguments: call.arguments, expiresAt };
    const approval = await approvals.request(wanted, status);
    return approval ? consentOf(approval, call, clock) : { state: "closed" };
  };
  return {
    find: async (call) => {
      const approval = await approvals.find(bound(call));
      return approval && approval.status !== "withdrawn" ? consentOf(approval, call, clock) : undefined;
    },
    ask: (call, { preview, approvers }) => request(call, "planned", { preview, approvers }),
    allow: (call) => request(call, "granted"),
    send: ({ id }) => approvals.send(id),
    giveBack: (sent) => approvals.giveBack(sent),
    leave: (sent) => approvals.leave(sent),
    settle: (sent, { content, structuredContent, isError, _meta }) => {
      const links = _meta?.[LINKS_META] as string[] | undefined;
      return approvals.settle(sent, isError ? "failed" : "done", { content, structuredContent, isError, links });
    },
  };
}

function bound({ turnId, tool, arguments: args }: WriteCall): BoundCall {
  return { turnId, tool, digest: createHash("sha256").update(canonicalJson(args)).digest("hex") };
}

/** A grant is the asker's and the thread's: whoever claims the turn as somebody else, or from elsewhere, has none. */
function consentOf(approval: Approval, call: WriteCall, clock: Clock): Consent {
  const { id, status, preview, reason, expiresAt, isUnderWay, result, decidedBy, approvers } = approval;
  const edited = approval.edited as JsonObject | undefined;
  const isTheirs = approval.userId === call.userId && isSamePlace(approval, call);
  if (!isTheirs) return { state: "foreign" };
  const isLate = expiresAt.getTime() <= clock.now();
  if (isLate && (status === "planned" || status === "granted")) return { state: "expired" };
  switch (status) {
    case "planned":
      return { state: "waiting", approvalId: id };
    case "granted":
      return { state: status, id, preview, edited, approvedBy: decidedBy, approvers };
    case "denied":
      return { state: status, reason };
    case "sent":
      return isUnderWay ? { state: "under_way" } : { state: "waiting", approvalId: id };
    case "done":
    case "failed":
      return result
        ? { state: "ended", result: resultOf(result), edited, approvedBy: decidedBy }
        : { state: "unknown" };
    case "withdrawn":
      return { state: "closed" };
    default:
      return { state: status };
  }
}

function resultOf({ links, ...result }: WriteResult): McpToolResult {
  return links ? { ...result, _meta: { [LINKS_META]: links } } : result;
}

function isSamePlace(approval: Approval, { channel, threadTs }: WriteCall): boolean {
  return approval.channel === channel && approval.threadTs === threadTs;
}
