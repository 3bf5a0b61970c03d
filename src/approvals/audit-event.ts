import type { Clock } from "../core/clock.ts";
import type { Approval } from "../storage/approvals.ts";

/** What every row of the audit about one write has in common: who asked for what, with what would be sent. */
export function aboutWrite(approval: Approval, clock: Clock) {
  const { id, turnId, userId, agent, tool, edited, arguments: args } = approval;
  const at = new Date(clock.now());
  return { at, client: "sophia", agent, userId, turnId, tool, arguments: edited ?? args, facts: { approval: id } };
}
