import type { Caller, FoundWrite, WriteProbe } from "../agent/ports.ts";
import type { Clock } from "../core/clock.ts";
import type { AuditSink } from "../observability/audit.ts";
import type { Logger } from "../observability/log.ts";
import type { Approval, Approvals, WriteResult } from "../storage/approvals.ts";
import { aboutWrite } from "./audit-event.ts";
import { closeAll } from "./decisions.ts";

export interface OutcomesOptions {
  approvals: Approvals;
  probe: Pick<WriteProbe, "lookUp">;
  /** As whom a turn's calls are made. */
  callerOf: (approval: Approval) => Promise<Caller>;
  resume: (turnId: string) => Promise<void>;
  audit: Pick<AuditSink, "append">;
  clock: Clock;
  logger: Logger;
}

export interface Outcomes {
  /** Looks up every write whose answer was lost, and closes what nobody can decide any more. */
  sweep(): Promise<void>;
  /** Looks up once more what nobody could say. Undefined where it is known now, else why it is not, for a person. */
  checkAgain(approval: Approval): Promise<string | undefined>;
}

/** Milliseconds between two looks at the same write, and for which nobody else looks while somebody does. */
const pauseMs = 2_000;
const leaseMs = 25_000;
/**
 * Milliseconds after which a write that cannot be seen was certainly not carried out: a request that is still on its way may
 * be. It leaves at most 30 s after it was recorded, when the agent gives a call up, and takes a moment.
 */
const settledMs = 35_000;
/** Milliseconds for which a service that does not answer is asked. */
const patienceMs = 120_000;
const lookUpMs = 20_000;
/** A write that was certainly not carried out so often has something against it that nobody sees. */
const mostSends = 3;

/** Finds out what came of writes whose answer was lost: by asking their service, never by sending them again blindly. */
export function createOutcomes(options: OutcomesOptions): Outcomes {
  const { approvals, resume, logger } = options;
  const find = async (approval: Approval): Promise<void> => {
    const found = await lookUp(approval, options);
    if (await conclude(approval, found, options)) {
      logger.info({ approval: approval.id, tool: approval.tool, found: found.state }, "a lost write was looked up");
      await resume(approval.turnId);
    } else await approvals.lookAgain(approval, pauseMs);
  };
  return {
    sweep: async () => {
      await closeAll(options);
      await Promise.all((await approvals.takeLost(leaseMs)).map(find));
    },
    checkAgain: async (approval) => {
      const found = await lookUp(approval, options);
      if (found.state === "done") await approvals.settle(approval, "done", resultOf(found));
      else if (found.state === "not_done") await approvals.settle(approval, "failed", notDone(approval));
      else return found.reason;
      return undefined;
    },
  };
}

async function lookUp(approval: Approval, { probe, callerOf, logger }: OutcomesOptions): Promise<FoundWrite> {
  const { id, tool, sentAt = new Date(0) } = approval;
  const args = approval.edited ?? approval.arguments;
  try {
    return await probe.lookUp(tool, args, { id, sentAt }, await callerOf(approval), AbortSignal.timeout(lookUpMs));
  } catch (error) {
    logger.warn({ err: error, approval: id, tool }, "a lost write could not be looked up");
    return { state: "unreachable", reason: "It could not be looked up just now. Try again in a minute." };
  }
}

/** Whether it is known now, or given up; else it is looked up again. */
async function conclude(approval: Approval, found: FoundWrite, options: OutcomesOptions): Promise<boolean> {
  const { sends, turnStatus, sentAt } = approval;
  const ageMs = options.clock.now() - (sentAt?.getTime() ?? 0);
  if (found.state === "done") await settle(approval, "done", options, resultOf(found));
  else if (found.state === "unknown") await settle(approval, "unknown", options);
  else if (found.state === "unreachable") {
    if (ageMs < patienceMs) return false;
    await settle(approval, "unknown", options);
  } else {
    if (!found.isRepeatable && ageMs < settledMs) return false;
    const goesOn = ["queued", "running", "suspended"].includes(turnStatus);
    if (goesOn && sends < mostSends) await options.approvals.giveBack(approval);
    else await settle(approval, "failed", options, notDone(approval));
  }
  return true;
}

/** What came of it, in the ledger and, with who asked and who approved, in the audit. */
async function settle(
  approval: Approval,
  status: "done" | "failed" | "unknown",
  { approvals, audit, clock }: OutcomesOptions,
  result?: WriteResult,
): Promise<void> {
  await approvals.settle(approval, status, result);
  const { decidedBy: approverId } = approval;
  const outcome = auditOutcome[status];
  audit.append({ ...aboutWrite(approval, clock), kind: "call", outcome, reason: "looked_up", approverId });
}

const auditOutcome = { done: "ok", failed: "failed", unknown: "unknown" } as const;

function resultOf({ output, links }: Extract<FoundWrite, { state: "done" }>): WriteResult {
  return { content: [{ type: "text", text: JSON.stringify(output) }], structuredContent: output, links };
}

function notDone({ tool }: Approval): WriteResult {
  const text = `${tool} was sent and got no answer. It was looked up since: it was not carried out.`;
  return { content: [{ type: "text", text }], isError: true };
}
