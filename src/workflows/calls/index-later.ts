import type { CalendarSettings } from "../../agent/calendar.ts";
import type { Tools } from "../../agent/ports.ts";
import type { NewId } from "../../core/ids.ts";
import type { Logger } from "../../observability/log.ts";
import type { CallIndexings, DueIndexing } from "../../storage/call-indexings.ts";
import type { NewTurn, TurnOutcome, Turns } from "../../storage/turns.ts";
import type { AgentRun, RunAgent } from "../../turns/run-turn.ts";
import { sophiaCaller } from "../tool-reader.ts";
import { recordOf } from "./call-record.ts";
import type { CallIndex } from "./index-call.ts";
import { askForCall } from "./listed-call.ts";

/**
 * A call that the search index did not take, since it was away, is put there by turns of their own, for a write needs a turn that runs.
 * They post nothing.
 */
export interface LateIndexingOptions {
  tools: Pick<Tools, "call">;
  index: CallIndex;
  indexings: CallIndexings;
  turns: Pick<Turns, "get" | "steps">;
  /** Stores a turn once and wakes a worker. */
  submit: (turn: NewTurn) => Promise<boolean>;
  /** The channel's name without `#`. */
  channelName: (channel: string) => Promise<string | undefined>;
  who: { teamId: string; botUserId: string };
  calendar: CalendarSettings;
  newId: NewId;
  logger: Logger;
}

export interface LateIndexing {
  /** Carries out turns whose task is a `call_index`. */
  runner: RunAgent;
  /** Has what is due tried again, and lets go of what has failed for too long. */
  sweep(): Promise<void>;
}

const atOnce = 5;

export function createLateIndexing(options: LateIndexingOptions): LateIndexing {
  const { indexings, logger } = options;
  return {
    runner: async (run) => {
      const outcome = await writeAgain(run, options);
      await run.reply.finish();
      return outcome;
    },
    sweep: async () => {
      for (const summaryTurnId of await indexings.giveUp())
        logger.error(
          { turnId: summaryTurnId },
          "a call was not put into the search index for a day, and never will be",
        );
      for (const due of await indexings.take(atOnce)) await submitNext(due, options);
    },
  };
}

async function submitNext({ summaryTurnId, tries }: DueIndexing, options: LateIndexingOptions): Promise<void> {
  const { turns, submit, newId } = options;
  const summary = await turns.get(summaryTurnId);
  if (!summary) return;
  const { teamId, channel, userId, agent, audience } = summary;
  const sourceKey = `index:${summaryTurnId}:${tries}`;
  const text = "What was said in a call, for the search index";
  const task = { kind: "call_index" as const, summaryTurnId };
  const whose = { teamId, channel, userId, agent, audience };
  const id = newId("turn");
  await submit({ id, sourceKey, threadTs: sourceKey, source: "call_summary", ...whose, text, task, isRoot: true });
}

async function writeAgain({ turn, signal }: AgentRun, options: LateIndexingOptions): Promise<TurnOutcome> {
  const { tools, index, indexings, turns, channelName, who, calendar, logger } = options;
  const { id: turnId, task, agent, channel, threadTs } = turn;
  if (task?.kind !== "call_index") throw new TypeError(`the turn ${turnId} writes nothing to the search index`);
  const { summaryTurnId } = task;
  const end = async (reason?: string): Promise<TurnOutcome> => {
    await indexings.done(summaryTurnId);
    return { status: "done", reason };
  };
  const record = recordOf(await turns.steps(summaryTurnId), calendar);
  if (!record) return end("summary_gone");
  const caller = sophiaCaller(who, { turnId, agent, channel, threadTs, channelName: await channelName(channel) });
  const { isListed, isError, isRetryable, text } = await askForCall(record.call, tools, caller, signal);
  if (!isListed && !isError) return end("not_to_be_seen");
  if (isError) {
    const [reason] = text.split("\n", 1);
    logger.warn({ call: record.call.call_id, reason }, "a call could not be looked at for the search index");
    return isRetryable ? { status: "failed", reason: "gong" } : end("not_to_be_seen");
  }
  const kept = await index.keep(record, caller, signal);
  return kept === "later" ? { status: "failed", reason: "pinecone" } : end();
}
