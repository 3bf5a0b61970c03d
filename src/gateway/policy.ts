import { isAmong, holdsChannel, type Who } from "../core/people-lists.ts";
import { matches } from "../core/patterns.ts";
import type { PolicyRule } from "./settings.ts";
import type { AuthorisedCall } from "./tool-call.ts";

/** What the rules look at of a call, or of one that might be made. */
type DecidedCall = Pick<AuthorisedCall, "name" | "agent" | "tool"> & {
  caller?: (Who & { channel?: string | undefined; channelName?: string | undefined }) | undefined;
};

/** What the configuration says of one call: the rule that decides, or what holds where none does. */
export type Decision = Pick<PolicyRule, "policy" | "approvers">;

/**
 * The first rule that fits; where none does, reads are allowed and writes asked about. `amount`: the money that the record
 * stands for, once a preview has said it; until then a rule with a limit fits nothing.
 */
export function decide(rules: readonly PolicyRule[], call: DecidedCall, amount?: number): Decision {
  return rules.find((rule) => fits(rule, call, amount)) ?? { policy: call.tool.isRead ? "allow" : "ask" };
}

/** Whether a preview's amount may change what is decided about this call. */
export function dependsOnAmount(rules: readonly PolicyRule[], call: DecidedCall): boolean {
  return rules.some((rule) => rule.above !== undefined && fits({ ...rule, above: undefined }, call));
}

function fits(rule: PolicyRule, call: DecidedCall, amount?: number): boolean {
  const { name, agent, caller, tool } = call;
  const { tools, agents, askers, channels, above } = rule;
  if (!matches(tools, name)) return false;
  if (agents && !(agent !== undefined && agents.includes(agent))) return false;
  if (askers && !(caller && isAmong(askers, caller))) return false;
  if (channels && !(caller && holdsChannel(channels, caller))) return false;
  if (above === undefined || tool.isRead) return above === undefined;
  // Of a server that cannot say what it would change, nobody knows the amount.
  return tool.upstream.previews ? amount !== undefined && amount > above : true;
}
