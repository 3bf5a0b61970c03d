import { buildContext } from "../../agent/context.ts";
import { LinkSources } from "../../agent/link-sources.ts";
import { textOf } from "../../agent/memory.ts";
import type { Answer, Caller, ContentBlock, Step } from "../../agent/ports.ts";
import { SafeLinks } from "../../agent/safe-links.ts";
import type { AgentSettings } from "../../agent/settings.ts";
import { dayTeller } from "../../core/calendar-day.ts";
import type { Clock } from "../../core/clock.ts";
import { ServiceError } from "../../core/errors.ts";
import type { Logger } from "../../observability/log.ts";
import type { Events, InboundEvent } from "../../storage/events.ts";
import type { NoticeRecord, Turn, TurnOutcome, TurnTask } from "../../storage/turns.ts";
import type { AgentRun, RunAgent } from "../../turns/run-turn.ts";
import { channelProblem, isPosted, orPutOff, type PostingOptions } from "../posting.ts";
import { sophiaCaller, type ToolReader } from "../tool-reader.ts";
import { putOff } from "../../storage/replies.ts";
import { type Change, changesOf, isUndone } from "./changes.ts";
import { noticeButtons } from "./buttons.ts";
import { lineFor } from "./lines.ts";
import { doersOf, namesOfDoers } from "./doers.ts";
import { keyOf, readRecord } from "./read-records.ts";
import { type CurrentRecord, partsOf, recordOf, withValues } from "./records.ts";
import { summaryOf } from "./summary.ts";

export interface NoticeWriterOptions extends PostingOptions {
  reader: ToolReader;
  events: Pick<Events, "get">;
  who: { teamId: string; botUserId: string };
  channelName: (channel: string) => Promise<string | undefined>;
  /** Pauses before a service that was away is asked again. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Whose answers the thread's steps pass for: whoever follows up there gets this model. */
  model: string;
  linkHosts: readonly string[];
  timeZone: string;
  calendar: AgentSettings["calendar"];
  clock: Clock;
  logger: Logger;
}

export interface Told {
  record: CurrentRecord;
  changes: Change[];
  /** Who did it, where that is known. */
  doers?: string | undefined;
}

type ResultStep = Extract<Step, { kind: "tool_result" }>;
type NoticeTask = Extract<TurnTask, { kind: "notice" }>;
type Event = Pick<InboundEvent, "source" | "kind" | "objectId" | "data">;

/** More records than these are told in a summary. */
const mostLines = 10;
const mostInSummary = 5;
/** So many are read to find those five. */
const mostTried = 30;
const pausesMs = [1_000, 5_000, 20_000, 60_000];
const nothingUsed = { inputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, outputTokens: 0 };

/**
 * Writes what has changed between two looks: what has changed since is another change, that another notice tells. No model is asked.
 * What it reads and writes is recorded in one lot, so that another attempt says the same. Where a service stays away nothing is
 * posted, and the watch has all of it told later.
 */
export function createNoticeWriter(options: NoticeWriterOptions): RunAgent {
  return (run) =>
    orPutOff(
      run,
      options,
      () => write(run, options),
      (error) => {
        options.logger.warn({ err: error, turnId: run.turn.id }, "a notice cannot be posted now, and is told later");
        return { status: "failed", reason: putOff };
      },
    );
}

async function write(run: AgentRun, options: NoticeWriterOptions): Promise<TurnOutcome> {
  const { turn, reply } = run;
  const { task } = turn;
  if (task?.kind !== "notice") throw new TypeError(`the turn ${turn.id} is no notice`);
  const problem = (await isPosted(run, options)) ? undefined : await channelProblem(run, options);
  if (problem !== undefined) {
    options.logger.warn({ turnId: turn.id, problem }, "a notice cannot be posted");
    await reply.finish();
    return { status: "failed", reason: `channel_${problem}` };
  }
  if (run.steps.length > 0) return show(run, task, run.steps);
  const steps = await compose(run, task, options);
  if (steps.length > 0) await run.checkpoint(steps);
  return show(run, task, steps);
}

async function show({ turn, reply }: AgentRun, task: NoticeTask, steps: readonly Step[]): Promise<TurnOutcome> {
  const last = steps.findLast((step): step is Answer => step.kind === "answer");
  // All of it was undone meanwhile, or is not for the channel: nothing is posted.
  if (!last) {
    await reply.finish();
    return { status: "done", reason: "nothing_to_tell" };
  }
  reply.write(textOf(last));
  reply.buttons(
    noticeButtons({ turnId: turn.id, routeId: task.routeId, about: task.records.map(({ record }) => record), steps }),
  );
  await reply.finish();
  return { status: "done", usage: nothingUsed, costUsd: 0 };
}

async function compose(run: AgentRun, task: NoticeTask, options: NoticeWriterOptions): Promise<Step[]> {
  const { turn, signal } = run;
  const byRecord: ReadonlyMap<string, Event[]> = Map.groupBy(await options.events.get(task.eventKeys), recordOf);
  const changed = task.records.filter((one) => !isUndone(one, byRecord.get(one.record) ?? []));
  const isSummary = changed.length > mostLines;
  const { told, tried, reads } = await read(changed, byRecord, { isSummary, turn, signal, options });
  const skipped = tried - told.length;
  if (skipped > 0) options.logger.info({ turnId: turn.id, skipped }, "records are left out of a notice");
  const rest = changed.slice(tried);
  if (told.length + rest.length === 0) return [];
  const text = isSummary ? summaryOf(told, rest, byRecord) : lines(told);
  const results = reads.map((one, index): ResultStep => ({ ...one, toolUseId: `toolu_${turn.id}_${index}` }));
  const calls: ContentBlock[] = results.map(({ toolUseId: id, tool: name, arguments: input }) => {
    return { type: "tool_use", id, name, input };
  });
  const sources = new LinkSources(options.linkHosts);
  for (const step of results) sources.learn(step, turn.userId);
  const safe = SafeLinks.whole(text, sources);
  const answer = (content: ContentBlock[], stopReason: Answer["stopReason"]): Answer => {
    return { kind: "answer", content, stopReason, model: options.model, usage: nothingUsed };
  };
  return [
    { kind: "question", text: turn.text, context: contextOf(turn, options), userId: turn.userId },
    ...(calls.length > 0 ? [answer(calls, "tool_use"), ...results] : []),
    answer([{ type: "text", text: safe }], "end_turn"),
  ];
}

/** As of any question: who, where and when. */
function contextOf({ channel, audience, userId, createdAt }: Turn, options: NoticeWriterOptions): string {
  const { timeZone, calendar } = options;
  const asker = { userId, name: "Sophia", groups: [], identities: {}, timeZone, timeZoneKnown: true };
  return buildContext({ question: "", asker, channel, audience, now: createdAt.getTime(), calendar });
}

function lines(told: readonly Told[]): string {
  const all = told.map(({ record, changes, doers }) => lineFor(record, changes, doers));
  return all.length === 1 ? String(all[0]) : all.map((line) => `- ${line}`).join("\n");
}

interface Found {
  told: Told[];
  /** How many of the records were looked at for it, from the first on. */
  tried: number;
  reads: Omit<ResultStep, "toolUseId">[];
}

/** Of a summary only the largest: how the others have changed was seen when they were looked at. */
async function read(
  records: readonly NoticeRecord[],
  byRecord: ReadonlyMap<string, Event[]>,
  how: { isSummary: boolean; turn: Turn; signal: AbortSignal; options: NoticeWriterOptions },
): Promise<Found> {
  const { isSummary, turn, signal, options } = how;
  const channelName = await options.channelName(turn.channel);
  const { id: turnId, agent, channel, threadTs } = turn;
  const caller: Caller = sophiaCaller(options.who, { turnId, agent, channel, threadTs, channelName });
  const today = dayTeller(options.timeZone)(options.clock.now());
  const pauses = [...pausesMs];
  const found: Found = { told: [], tried: 0, reads: [] };
  for (const changed of records) {
    if (isSummary && (found.told.length === mostInSummary || found.tried === mostTried)) break;
    const { now, reads } = await readPatiently(changed.record, { caller, signal, options, pauses });
    if (now === "away") throw away(changed.record);
    found.tried++;
    // It is in no step either: that it is there may not be for everybody.
    if (typeof now === "string") continue;
    const record = withValues(now, changed.after);
    const changes = changesOf(record, changed.before, byRecord.get(changed.record) ?? [], today);
    if (changes.length === 0) continue;
    found.told.push({ record, changes });
    found.reads.push(...reads);
  }
  const eventsOf = ({ record }: Told) => byRecord.get(keyOf(record)) ?? [];
  const names = await namesOfDoers(found.told.flatMap(eventsOf), { reader: options.reader, caller, signal });
  return { ...found, told: found.told.map((one) => ({ ...one, doers: doersOf(eventsOf(one), names) })) };
}

function away(record: string): ServiceError {
  const service = partsOf(record).kind === "task" ? "Asana" : "HubSpot";
  return new ServiceError(`${service} does not tell how a record is.`, { service, retryable: true });
}

/** Again while its service is away, as often as there are pauses left; the others need as many fewer. */
async function readPatiently(
  record: string,
  how: { caller: Caller; signal: AbortSignal; options: NoticeWriterOptions; pauses: number[] },
) {
  const { caller, signal, options, pauses } = how;
  for (;;) {
    signal.throwIfAborted();
    const reads: Found["reads"] = [];
    const now = await readRecord(record, { reader: recording(reads, options), caller, signal });
    const pause = now === "away" ? pauses.shift() : undefined;
    if (pause === undefined) return { now, reads };
    await options.wait(pause, signal);
  }
}

function recording(made: Omit<ResultStep, "toolUseId">[], { reader, clock }: NoticeWriterOptions): ToolReader {
  return async (tool, args, schema, caller, signal) => {
    const start = clock.now();
    const result = await reader(tool, args, schema, caller, signal);
    const { text, isError, links } = result;
    const ms = clock.now() - start;
    made.push({ kind: "tool_result", tool, arguments: args, text, isError, ms, ...(links && { links }) });
    return result;
  };
}
