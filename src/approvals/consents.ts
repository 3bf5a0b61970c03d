import { createHash } from "node:crypto";
import { canonicalJson } from "../core/canonical-json.ts";
import type { Clock } from "../core/clock.ts";
import type { NewId } from "../core/ids.ts";
import type { Consent, Consents, WriteCall } from "../gateway/consents.ts";
import type { Approval, Approvals, BoundCall } from "../storage/approvals.ts";

/** Milliseconds that a person has to decide. */
const decideWithinMs = 24 * 60 * 60_000;

export interface ConsentsOptions {
  approvals: Approvals;
  clock: Clock;
  newId: NewId;
}

/** Consent as rows: it outlives this process, and one grant lets one call through. */
export function createConsents({ approvals, clock, newId }: ConsentsOptions): Consents {
  const stateOf = ({ id, status, preview, expiresAt }: Approval): Consent => {
    if (status === "approved") return { state: status, preview };
    if (status !== "pending") return { state: status };
    return expiresAt.getTime() <= clock.now() ? { state: "expired" } : { state: "pending", approvalId: id };
  };
  return {
    find: async (call) => {
      const approval = await approvals.find(bound(call));
      return approval && stateOf(approval);
    },
    spend: async (call) => {
      const approval = await approvals.find(bound(call));
      return approval !== undefined && (await approvals.spend(approval.id));
    },
    giveBack: async (call) => {
      const approval = await approvals.find(bound(call));
      if (approval) await approvals.giveBack(approval.id);
    },
    ask: async (call, preview) => {
      const expiresAt = new Date(clock.now() + decideWithinMs);
      const wanted = { ...bound(call), id: newId("approval"), arguments: call.arguments, preview, expiresAt };
      const approval = await approvals.request(wanted);
      return approval ? stateOf(approval) : { state: "closed" };
    },
  };
}

function bound({ turnId, tool, arguments: args }: WriteCall): BoundCall {
  return { turnId, tool, digest: createHash("sha256").update(canonicalJson(args)).digest("hex") };
}
