import type { Caller, WriteProbe } from "../agent/ports.ts";
import type { Clock } from "../core/clock.ts";
import { isAmong, type Who } from "../core/people-lists.ts";
import type { AuditSink } from "../observability/audit.ts";
import type { Approval, Approvals } from "../storage/approvals.ts";
import { aboutWrite } from "./audit-event.ts";

/** Somebody pressed a button of a card. */
export interface Press {
  cardId: string;
  /** What the card showed that was pressed (`seenVersion`). */
  seen: number;
  who: Who & { userId: string };
  decision: "granted" | "denied";
  /** Why it is denied. */
  reason?: string | undefined;
}

/**
 * `decided`: by this press. `open`: nothing is decided, and this person may. `closed`: it was decided before, has expired, or its
 * turn has ended. `changed`: it was edited since it was shown to whoever pressed. `forbidden`: others are asked. `unknown`: there is no such card any more. The approvals are the card's, as they
 * stand now.
 */
export type Verdict =
  | { kind: "decided" | "open" | "closed" | "changed" | "forbidden"; approvals: Approval[] }
  | { kind: "unknown" };

export type EditVerdict =
  | Verdict
  /** What is wrong with the arguments, in words. */
  | { kind: "invalid"; problem: string };

export interface NewArguments {
  approvalId: string;
  who: Who & { userId: string };
  arguments: Record<string, unknown>;
}

export interface Decisions {
  /** Of two presses at the same time one decides. The turn goes on by itself. */
  decide(press: Press): Promise<Verdict>;
  find(approvalId: string): Promise<Approval | undefined>;
  /** What waits for this person to decide, and what they asked for and others are to decide; the newest first. */
  waiting(who: Who & { userId: string; teamId: string }): Promise<{ forThem: Approval[]; ofTheirs: Approval[] }>;
  /** What came of their writes, the newest first. */
  latestOf(who: { userId: string; teamId: string }, most: number): Promise<Approval[]>;
  /** Whether this person may decide about the card now. */
  look(press: Pick<Press, "cardId" | "who">): Promise<Verdict>;
  /** Puts other arguments in place of an undecided write's, once the gateway has said what they would change. */
  edit(edit: NewArguments, signal: AbortSignal): Promise<EditVerdict>;
}

export interface DecisionsOptions {
  approvals: Approvals;
  probe: Pick<WriteProbe, "preview">;
  /** As whom a turn's calls are made. */
  callerOf: (approval: Approval) => Promise<Caller>;
  /** Lets a suspended turn go on, if nothing of it is undecided any more. */
  resume: (turnId: string) => Promise<void>;
  audit: Pick<AuditSink, "append">;
  clock: Clock;
}

export function createDecisions(options: DecisionsOptions): Decisions {
  const { approvals, resume } = options;
  const record = createRecord(options);
  const look: Decisions["look"] = async ({ cardId, who }) => {
    const ofCard = await approvals.ofCard(cardId);
    if (ofCard.length === 0) return { kind: "unknown" };
    const isTheirs = ofCard.every((approval) => mayDecide(approval, who));
    if (!isTheirs) {
      record(ofCard, "refused", who);
      return { kind: "forbidden", approvals: ofCard };
    }
    return { kind: ofCard.some(({ status }) => status === "planned") ? "open" : "closed", approvals: ofCard };
  };
  return {
    find: (approvalId) => approvals.get(approvalId),
    waiting: async (who) => {
      const undecided = await approvals.undecided(who.teamId, mostUndecided);
      const [forThem, others] = [true, false].map((is) => undecided.filter((one) => mayDecide(one, who) === is));
      return { forThem: forThem ?? [], ofTheirs: (others ?? []).filter(({ userId }) => userId === who.userId) };
    },
    latestOf: (who, most) => approvals.latestOf(who, most),
    look,
    decide: async ({ cardId, seen, who, decision, reason }) => {
      const before = await look({ cardId, who });
      if (before.kind === "unknown" || before.kind === "forbidden") return before;
      if (before.kind === "open" && seenVersion(before.approvals) !== seen) return { ...before, kind: "changed" };
      const { userId } = who;
      const decided = await approvals.decide(cardId, { status: decision, userId, reason, seen: before.approvals });
      record(decided, decision === "granted" ? "approved" : "denied", who);
      // A card whose decision was stored by a press that then died is decided, and its turn may still wait.
      for (const turnId of new Set(before.approvals.map((approval) => approval.turnId))) await resume(turnId);
      // What came too late is to show that it is closed.
      if (decided.length === 0) await closeAll(options);
      const kind = decided.length > 0 ? "decided" : "closed";
      return { kind, approvals: await approvals.ofCard(cardId) };
    },
    edit: async (edit, signal) => {
      const approval = await approvals.get(edit.approvalId);
      if (!approval?.cardId) return { kind: "unknown" };
      const before = await look({ cardId: approval.cardId, who: edit.who });
      if (before.kind !== "open") return before;
      const verdict = await putInPlace(approval, edit, options, signal);
      if (verdict.kind === "open") record([{ ...approval, edited: edit.arguments }], "edited", edit.who);
      return verdict;
    },
  };
}

/** Undecided writes of all people that are looked at for one of them. */
const mostUndecided = 500;

/** What a card shows, as a number that each edit raises. */
export function seenVersion(approvals: readonly Pick<Approval, "version">[]): number {
  return approvals.reduce((sum, { version }) => sum + version, 0);
}

/** Closes what nobody can decide or send any more, and puts into the audit what ran out. */
export async function closeAll({ approvals, audit, clock }: Pick<DecisionsOptions, "approvals" | "audit" | "clock">) {
  for (const approval of await approvals.close()) {
    const outcome = approval.status === "expired" ? "expired" : "withdrawn";
    audit.append({ ...aboutWrite(approval, clock), kind: "decision", outcome });
  }
}

type Recorded = "approved" | "denied" | "edited" | "refused";

function createRecord({ audit, clock }: DecisionsOptions) {
  return (approvals: readonly Approval[], outcome: Recorded, { userId: approverId }: { userId: string }): void => {
    for (const approval of approvals) {
      const { reason: result } = approval;
      audit.append({ ...aboutWrite(approval, clock), kind: "decision", outcome, approverId, result });
    }
  };
}

/** Who may decide: whom the policy names, else whoever asked. */
function mayDecide({ approvers, userId }: Approval, who: Who): boolean {
  return approvers ? isAmong(approvers, who) : who.userId === userId;
}

async function putInPlace(
  approval: Approval,
  { who, arguments: args }: NewArguments,
  { approvals, probe, callerOf }: DecisionsOptions,
  signal: AbortSignal,
): Promise<EditVerdict> {
  const previewed = await probe.preview(approval.tool, args, await callerOf(approval), signal);
  if ("refused" in previewed) return { kind: "invalid", problem: previewed.refused };
  const { preview, approvers, policy } = previewed;
  if (policy === "deny") return { kind: "invalid", problem: "This is switched off here." };
  const edited = await approvals.edit(approval.id, { arguments: args, preview, approvers, userId: who.userId });
  // One of several has moved to a card of its own.
  const cards = new Set([approval.cardId ?? "", edited?.cardId ?? ""]);
  const ofCards = await Promise.all([...cards].map((cardId) => approvals.ofCard(cardId)));
  return { kind: edited ? "open" : "closed", approvals: ofCards.flat() };
}
