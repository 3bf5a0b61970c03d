import { createHash } from "node:crypto";
import type { Config } from "../config/config-file.ts";
import { canonicalJson } from "../core/canonical-json.ts";

/** Names the rules by which it was decided what may be done: twelve hex digits, equal for equal rules. */
export function policyRevision({ policies, access, confidential, agents, admins, guests }: Config): string {
  const roles = Object.entries(agents).map(([name, { tools, people }]) => ({ name, tools, people }));
  const rules = { policies, access, confidential, roles, admins, guests };
  return createHash("sha256").update(canonicalJson(rules)).digest("hex").slice(0, 12);
}
