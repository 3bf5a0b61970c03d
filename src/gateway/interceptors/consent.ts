import { mostSpecific } from "../../core/patterns.ts";
import type { Policy } from "../settings.ts";
import { authorised, type Interceptor, Refusal } from "../tool-call.ts";

/** Reads pass. A write needs the policy `allow`, until there is a person's grant to go by; `deny` holds for reads as well. */
export function createConsent(policies: Readonly<Record<string, Policy>>): Interceptor {
  return async (call, next) => {
    const { tool } = authorised(call);
    const policy = mostSpecific(policies, call.name) ?? (tool.isRead ? "allow" : "ask");
    if (policy === "allow") return next(call);
    if (policy === "deny")
      throw new Refusal("consent", `${call.name} is switched off here. Do without it, and say so.`);
    if (tool.isRead) return next(call);
    throw new Refusal(
      "consent",
      `${call.name} changes something, and nobody can be asked for their consent here. Tell the person what you would ` +
        `have done; whoever runs Sophia can allow it with policies["${call.name}"] = "allow".`,
    );
  };
}
