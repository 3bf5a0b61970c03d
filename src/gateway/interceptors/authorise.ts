import { isAmong, type Who } from "../../core/people-lists.ts";
import { nearestName } from "../../core/nearest-name.ts";
import type { Catalogue } from "../catalogue.ts";
import { matches } from "../../core/patterns.ts";
import type { Permissions } from "../permissions.ts";
import type { AccessRule } from "../settings.ts";
import { type Interceptor, Refusal, type ToolCall } from "../tool-call.ts";

/** Whether this client, in this role, for this person, may use the tool. Asked at each call: a listing only hides. */
export function createAuthorise(
  catalogue: Catalogue,
  permissions: Permissions,
  access: readonly AccessRule[],
): Interceptor {
  return async (call, next) => {
    const tool = catalogue.get(call.name);
    if (!tool) throw unknownTool(call, catalogue, permissions);
    // Before anything is refused, so that the audit names the tool.
    call.tool = tool;
    const who = { client: call.identity.client, agent: call.agent };
    if (!permissions.allows(who, call.name)) {
      const whose = call.agent ? `the role ${call.agent}` : `the client ${call.identity.client}`;
      throw new Refusal("forbidden", `${call.name} is not among the tools of ${whose}.`);
    }
    if (!isForPerson(access, call)) {
      throw new Refusal("forbidden", `${call.name} is kept for certain people, and whoever asks is not one of them.`);
    }
    return next(call);
  };
}

/** Whether the rules keep the tool for others than whoever asks. */
export function isForPerson(
  access: readonly AccessRule[],
  { name, caller }: { name: string; caller?: Who | undefined },
): boolean {
  return access
    .filter((rule) => matches(rule.tools, name))
    .every(({ people }) => caller !== undefined && isAmong(people, caller));
}

function unknownTool(call: ToolCall, catalogue: Catalogue, permissions: Permissions): Refusal {
  const who = { client: call.identity.client, agent: call.agent };
  const visible = [...catalogue.all()].map((tool) => tool.name).filter((name) => permissions.allows(who, name));
  const nearest = nearestName(call.name, visible);
  const hint = nearest ? `; did you mean "${nearest}"?` : ".";
  return new Refusal("unknown_tool", `There is no tool "${call.name.slice(0, 64)}"${hint}`);
}
