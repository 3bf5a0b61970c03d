import { canonicalJson } from "../../core/canonical-json.ts";
import { type JsonObject, type McpToolResult, NOTE_META } from "../../mcp/types.ts";
import {
  type Consent,
  type Consents,
  type Grant,
  mostShown,
  type Question,
  type WriteCall,
  type WritePreview,
} from "../consents.ts";
import { failureMeta, wasNotSent } from "../failure.ts";
import { decide, dependsOnAmount } from "../policy.ts";
import type { PolicyRule } from "../settings.ts";
import {
  type Account,
  type AuthorisedCall,
  authorised,
  ConsentPending,
  type Interceptor,
  type Next,
  Refusal,
} from "../tool-call.ts";

/**
 * Reads pass. A write passes where the policy is `allow`, and once by the grant of a person who was shown what it would change,
 * if it would still change just that; `deny` holds for reads as well. Where others' texts have been read, `allow` asks too: such
 * a text may be what wants the write. Only what Sophia was asked for in a turn can be consented to, and all of that is on record
 * before it is sent. Looking at what a write would change, or has changed, is a read.
 */
export function createConsent(rules: readonly PolicyRule[], consents: Consents | undefined): Interceptor {
  return async (call, next) => {
    const { tool, caller, purpose } = authorised(call);
    if (purpose) return looked(authorised(call), rules, next);
    const { policy } = decide(rules, authorised(call));
    if (policy === "deny") throw switchedOff(call.name);
    if (tool.isRead) return next(call);
    if (caller?.isReadOnly) throw readOnly(call.name);
    const isAsked = policy === "ask" || caller?.hasReadOthers === true || dependsOnAmount(rules, authorised(call));
    if (!consents || !caller?.turnId || !caller.userId) {
      if (!isAsked) return next(call);
      throw nobodyToAsk(call.name);
    }
    const { turnId, userId, channel, threadTs } = caller;
    const write = { turnId, userId, channel, threadTs, tool: call.name, arguments: call.arguments };
    return through(new Passage(authorised(call), write, rules, consents, next), isAsked);
  };
}

/** What Sophia wants to know of a write: a server that cannot say it must not take the question for the call itself. */
async function looked(call: AuthorisedCall, rules: readonly PolicyRule[], next: Next): Promise<McpToolResult> {
  const { tool, purpose } = call;
  if (purpose?.kind === "preview") {
    const previewed = await previewOf(call, next);
    if ("refused" in previewed) return previewed.refused;
    return structured({ ...previewed, ...decide(rules, call, previewed.preview.amount) });
  }
  if (!tool.upstream.looksUp) {
    return structured({ state: "unknown", reason: `${tool.upstream.name} cannot say whether it was carried out.` });
  }
  const result = await next(call);
  const { structuredContent } = result;
  return structuredContent?.state === "not_done"
    ? structured({ ...structuredContent, isRepeatable: tool.isIdempotent })
    : result;
}

function structured(structuredContent: JsonObject): McpToolResult {
  return { content: [], structuredContent };
}

/** Goes on from wherever the ledger has this write. */
async function through(passage: Passage, isAsked: boolean): Promise<McpToolResult> {
  const consent = await passage.consents.find(passage.write);
  if (consent?.state === "ended") return passage.again(consent);
  if (consent && consent.state !== "granted") throw refusal(consent, passage.write.tool);
  if (!isAsked) return passage.allowed(consent);
  const asked = await passage.question(consent);
  // What could not be carried out is told to the model, which may mend it, before anybody is bothered.
  if ("refused" in asked) return asked.refused;
  if (asked.policy === "deny") throw switchedOff(passage.write.tool);
  if (asked.policy === "allow" && !passage.mustAsk) return passage.allowed(consent);
  const isAsApproved =
    consent?.preview && isSame(consent.preview, asked.preview) && isSame(consent.approvers, asked.approvers);
  if (!isAsApproved) throw refusal(await passage.consents.ask(passage.write, asked), passage.write.tool);
  return passage.send(consent);
}

function isSame(one: unknown, other: unknown): boolean {
  return canonicalJson(one ?? null) === canonicalJson(other ?? null);
}

/** One write on its way through. */
class Passage {
  readonly write: WriteCall;
  readonly consents: Consents;
  readonly #call: AuthorisedCall;
  readonly #rules: readonly PolicyRule[];
  readonly #next: Next;

  constructor(call: AuthorisedCall, write: WriteCall, rules: readonly PolicyRule[], consents: Consents, next: Next) {
    this.#call = call;
    this.write = write;
    this.#rules = rules;
    this.consents = consents;
    this.#next = next;
  }

  /** No rule lets a write pass unasked whose conversation has read what others wrote. */
  get mustAsk(): boolean {
    return this.#call.caller?.hasReadOthers === true;
  }

  async allowed(granted: Grant | undefined): Promise<McpToolResult> {
    const consent = granted ?? (await this.consents.allow(this.write));
    if (consent.state !== "granted") throw refusal(consent, this.write.tool);
    return this.send(consent);
  }

  /** What the call would change now and what the rules say of it; or what the server, or the card's room, has against it. */
  async question(
    granted: Grant | undefined,
  ): Promise<(Question & { policy: PolicyRule["policy"] }) | { refused: McpToolResult }> {
    const call = withEdited(this.#call, granted);
    const previewed = await previewOf(call, this.#next);
    if ("refused" in previewed) return previewed;
    const { preview } = previewed;
    return { preview, ...decide(this.#rules, call, preview.amount) };
  }

  /** What came of it is on record before anybody hears of it; where that is not known, it is looked up. */
  async send(grant: Grant): Promise<McpToolResult> {
    const { consents, write } = this;
    this.#account({ approvedBy: grant.approvedBy, sent: grant.edited });
    const sent = await consents.send(grant);
    if (!sent) return this.#overtaken();
    let result: McpToolResult;
    try {
      result = await this.#next({ ...withEdited(this.#call, grant), purpose: { kind: "write", id: grant.id } });
    } catch (error) {
      await (wasNotSent(error) ? consents.giveBack(sent) : consents.leave(sent));
      if (wasNotSent(error)) throw error;
      this.#account({ ending: "unknown" });
      if (this.#call.signal.aborted) throw error;
      throw new ConsentPending(write.tool, grant.id);
    }
    const failure = failureMeta(result);
    if (failure?.outcomeUnknown) {
      this.#account({ ending: "unknown" });
      await consents.leave(sent);
      throw new ConsentPending(write.tool, grant.id);
    }
    // The service would not take it just now, and may later.
    await (failure?.retryable ? consents.giveBack(sent) : consents.settle(sent, result));
    return told(result, grant.edited);
  }

  /** The same call of the same question is made once: what came of it is told again. */
  again({ result, edited, approvedBy }: Extract<Consent, { state: "ended" }>): McpToolResult {
    this.#account({ ending: "repeated", approvedBy, sent: edited });
    return told(result, edited);
  }

  #account(known: Account): void {
    Object.assign(this.#call.account ?? {}, known);
  }

  /** Another call was sooner, or the turn is to stop. */
  async #overtaken(): Promise<McpToolResult> {
    const consent = await this.consents.find(this.write);
    if (consent?.state === "ended") return this.again(consent);
    throw refusal(consent && consent.state !== "granted" ? consent : { state: "closed" }, this.write.tool);
  }
}

function withEdited(call: AuthorisedCall, grant: Grant | undefined): AuthorisedCall {
  return grant?.edited ? { ...call, arguments: grant.edited } : call;
}

function told(result: McpToolResult, edited: JsonObject | undefined): McpToolResult {
  if (!edited) return result;
  const note = `The person changed the arguments before they approved. What was sent: ${JSON.stringify(edited)}`;
  return { ...result, _meta: { ...result._meta, [NOTE_META]: note } };
}

/** What the call would change now, as the server says. */
async function previewOf(
  call: AuthorisedCall,
  next: Next,
): Promise<{ preview: WritePreview } | { refused: McpToolResult }> {
  let preview = bare(call);
  if (call.tool.upstream.previews) {
    const result = await next({ ...call, purpose: { kind: "preview" } });
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

function refusal(consent: Consent, tool: string): Refusal {
  if (consent.state === "waiting") return new ConsentPending(tool, consent.approvalId);
  if (consent.state === "denied") return new Refusal("consent", refusalOf.denied(tool) + saying(consent.reason));
  // Asked for at the very moment at which somebody else's press decided it.
  const state = consent.state === "granted" || consent.state === "ended" ? "closed" : consent.state;
  return new Refusal("consent", refusalOf[state](tool));
}

type RefusedState = Exclude<Consent["state"], "waiting" | "granted" | "ended">;

/** The first line is what the person sees of it, whatever the model makes of the rest. */
const refusalOf: Record<RefusedState, (tool: string) => string> = {
  denied: (tool) => `Not done: it was denied.\nDo not try ${tool} with this again; say that it is not done.`,
  expired: (tool) => `Not done: nobody decided in time.\nSay so of ${tool}; it can be asked for again.`,
  closed: (tool) => `Not done: the question was stopped or has changed meanwhile.\nThat was ${tool}.`,
  foreign: (tool) =>
    `Not done: what was consented to is another person's, or another conversation's.\nThat was ${tool}.`,
  under_way: (tool) =>
    `This is being sent at this moment, and is not sent twice.\nThat was ${tool} with these arguments.`,
  unknown: (tool) =>
    `It was sent, and it is not known what came of it. It is not sent twice.\n` +
    `That was ${tool}. The card in this thread has a button that looks again. Say that it is not known.`,
};

function saying(reason: string | undefined): string {
  return reason === undefined ? "" : ` What they said to it: ${JSON.stringify(reason)}`;
}

function switchedOff(tool: string): Refusal {
  return new Refusal("consent", `${tool} is switched off here. Do without it, and say so.`);
}

function readOnly(tool: string): Refusal {
  return new Refusal(
    "consent",
    `Not done: this may only read.\n${tool} changes something. Say what could be done instead.`,
  );
}

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
      `have done; whoever runs Sophia can allow it in policies with {"tools": "${tool}", "policy": "allow"}.`,
  );
}
