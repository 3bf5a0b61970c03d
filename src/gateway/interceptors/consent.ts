import { canonicalJson } from "../../core/canonical-json.ts";
import { mostSpecific } from "../../core/patterns.ts";
import type { McpToolResult } from "../../mcp/types.ts";
import { type Consent, type Consents, mostShown, type WriteCall, type WritePreview } from "../consents.ts";
import { wasNotSent } from "../failure.ts";
import type { Policy } from "../settings.ts";
import { type AuthorisedCall, authorised, ConsentPending, type Interceptor, type Next, Refusal } from "../tool-call.ts";

/**
 * Reads pass. A write passes where the policy is `allow`, and once by the approval of a person who was shown what it would
 * change, if it would still change just that; `deny` holds for reads as well. Only what Sophia was asked for in a turn can be
 * consented to.
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
    const consent = await consents.find(write);
    if (consent && consent.state !== "approved") throw refusal(consent, call.name);
    const previewed = await previewOf(authorised(call), next);
    // What could not be carried out is told to the model, which may mend it, before anybody is bothered.
    if ("refused" in previewed) return previewed.refused;
    const { preview } = previewed;
    const isAsApproved = consent !== undefined && canonicalJson(consent.preview) === canonicalJson(preview);
    if (!isAsApproved) throw refusal(await consents.ask(write, preview), call.name);
    if (!(await consents.spend(write))) throw await whyNotSpent(write, consents);
    return send(write, consents, () => next(call));
  };
}

/** What the call would change now, as the server says; or what the server, or the card's room, has against it. */
async function previewOf(
  call: AuthorisedCall,
  next: Next,
): Promise<{ preview: WritePreview } | { refused: McpToolResult }> {
  let preview = bare(call);
  if (call.tool.upstream.previews) {
    const result = await next({ ...call, isPreview: true });
    if (result.isError || result.structuredContent === undefined) return { refused: result };
    preview = result.structuredContent as unknown as WritePreview;
  }
  if (!canBeShown(preview)) {
    const message =
      `${call.name} would change more at once than a person can be shown. Make it smaller: shorter texts, fewer fields, or ` +
      "several calls.";
    throw new Refusal("consent", message);
  }
  return { preview };
}

function canBeShown({ summary, record, changes }: WritePreview): boolean {
  const words = [
    summary,
    record?.name ?? "",
    ...changes.flatMap((one) => [one.field, one.before ?? "", one.after ?? ""]),
  ];
  const all = words.reduce((sum, word) => sum + word.length, 0);
  return (
    changes.length <= mostShown.fields && all <= mostShown.all && words.every((word) => word.length <= mostShown.value)
  );
}

async function send(write: WriteCall, consents: Consents, call: () => Promise<McpToolResult>): Promise<McpToolResult> {
  try {
    return await call();
  } catch (error) {
    if (wasNotSent(error)) await consents.giveBack(write);
    throw error;
  }
}

/** Another call was sooner, or the turn is to stop: only the first may say that something was sent. */
async function whyNotSpent(write: WriteCall, consents: Consents): Promise<Refusal> {
  const consent = await consents.find(write);
  return refusal({ state: consent?.state === "spent" ? "spent" : "closed" }, write.tool);
}

function refusal(consent: Consent, tool: string): Refusal {
  if (consent.state === "pending") return new ConsentPending(tool, consent.approvalId);
  // Asked for at the very moment at which somebody else's press decided it.
  const state = consent.state === "approved" ? "closed" : consent.state;
  return new Refusal("consent", refusalOf[state](tool));
}

const refusalOf: Record<"denied" | "expired" | "spent" | "closed", (tool: string) => string> = {
  denied: (tool) => `The person did not want ${tool} to be done. Do not try it again; say that it is not done.`,
  expired: (tool) => `Nobody decided about ${tool} in time, so it was not done. Say so; it can be asked for again.`,
  closed: (tool) => `${tool} was not done: the question was stopped or has changed meanwhile.`,
  // The first line is what the person sees of it, whatever the model makes of the rest.
  spent: (tool) =>
    `${tool} was sent before with these arguments and is not sent twice. What came of that is not known here.\n` +
    "Look it up before you say anything about it; where you cannot, say that it is not known.",
};

/** A server that previews nothing is named, since its own words for a tool may say anything. */
function bare({ name, tool, arguments: args }: AuthorisedCall): WritePreview {
  // In one order, for the same arguments in another order are the same call.
  const entries = Object.entries(args).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const changes = entries.map(([field, value]) => ({
    field,
    before: null,
    after: typeof value === "string" ? value : JSON.stringify(value),
  }));
  return { summary: `${name}: ${tool.listed.title ?? tool.upstreamName}`, changes };
}

function nobodyToAsk(tool: string): Refusal {
  return new Refusal(
    "consent",
    `${tool} changes something, and nobody can be asked for their consent here. Tell the person what you would ` +
      `have done; whoever runs Sophia can allow it with policies["${tool}"] = "allow".`,
  );
}
