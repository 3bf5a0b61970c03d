import { mostSpecific } from "../../core/patterns.ts";
import type { McpToolResult } from "../../mcp/types.ts";
import type { Consent, Consents, WriteCall, WritePreview } from "../consents.ts";
import { wasNotSent } from "../failure.ts";
import type { Policy } from "../settings.ts";
import { type AuthorisedCall, authorised, ConsentPending, type Interceptor, type Next, Refusal } from "../tool-call.ts";

/**
 * Reads pass. A write passes where the policy is `allow`, and once by the grant of a person who was shown what it would
 * change; `deny` holds for reads as well. Only what Sophia was asked for in a turn can be consented to.
 */
export function createConsent(policies: Readonly<Record<string, Policy>>, consents: Consents | undefined): Interceptor {
  return async (call, next) => {
    const { tool, caller } = authorised(call);
    const policy = mostSpecific(policies, call.name) ?? (tool.isRead ? "allow" : "ask");
    if (policy === "allow") return next(call);
    if (policy === "deny")
      throw new Refusal("consent", `${call.name} is switched off here. Do without it, and say so.`);
    if (tool.isRead) return next(call);
    if (!consents || !caller?.turnId || !caller.userId) throw nobodyToAsk(call.name);
    const write = { turnId: caller.turnId, tool: call.name, arguments: call.arguments };
    const consent = await consents.redeem(write);
    const send = () => next(call);
    return consent ? heed(consent, write, consents, send) : ask(authorised(call), write, consents, next);
  };
}

async function ask(call: AuthorisedCall, write: WriteCall, consents: Consents, next: Next): Promise<McpToolResult> {
  let preview: WritePreview = bare(call);
  if (call.tool.upstream.previews) {
    const result = await next({ ...call, isPreview: true });
    // What could not be carried out is told to the model, which may mend it, before anybody is bothered.
    if (result.isError || result.structuredContent === undefined) return result;
    preview = result.structuredContent as unknown as WritePreview;
  }
  return heed(await consents.ask(write, preview), write, consents, () => next(call));
}

async function heed(
  consent: Consent,
  write: WriteCall,
  consents: Consents,
  send: () => Promise<McpToolResult>,
): Promise<McpToolResult> {
  if (consent.state === "pending") throw new ConsentPending(write.tool, consent.approvalId);
  if (consent.state !== "granted") throw new Refusal("consent", refusalOf[consent.state](write.tool));
  try {
    return await send();
  } catch (error) {
    if (wasNotSent(error)) await consents.giveBack(write);
    throw error;
  }
}

const refusalOf: Record<"denied" | "expired" | "spent", (tool: string) => string> = {
  denied: (tool) => `The person did not want ${tool} to be done. Do not try it again; say that it is not done.`,
  expired: (tool) => `Nobody decided about ${tool} in time, so it was not done. Say so; it can be asked for again.`,
  // The first line is what the person sees of it, whatever the model makes of the rest.
  spent: (tool) =>
    `${tool} was sent before with these arguments and is not sent twice. What came of that is not known here.\n` +
    "Look it up before you say anything about it; where you cannot, say that it is not known.",
};

function bare({ tool, arguments: args }: AuthorisedCall): WritePreview {
  const changes = Object.entries(args).map(([field, value]) => ({
    field,
    before: null,
    after: typeof value === "string" ? value : JSON.stringify(value),
  }));
  return { summary: tool.listed.title ?? tool.name, changes };
}

function nobodyToAsk(tool: string): Refusal {
  return new Refusal(
    "consent",
    `${tool} changes something, and nobody can be asked for their consent here. Tell the person what you would ` +
      `have done; whoever runs Sophia can allow it with policies["${tool}"] = "allow".`,
  );
}
