import type { z } from "zod";
import type { Caller } from "../../agent/ports.ts";
import type { Clock } from "../../core/clock.ts";
import { ServiceError } from "../../core/errors.ts";
import type { NewId } from "../../core/ids.ts";
import type { Who } from "../../core/people-lists.ts";
import type { Logger } from "../../observability/log.ts";
import { type Calls, keptForMs, type SeenCall, type SkipReason } from "../../storage/calls.ts";
import type { Events } from "../../storage/events.ts";
import type { NewTurn } from "../../storage/turns.ts";
import type { Route, RouteBook } from "../routes.ts";
import { sophiaCaller, type ToolReader } from "../tool-reader.ts";
import { callListSchema, callSchema, endOf, isNotToBeSeen, transcriptSchema } from "./call-facts.ts";
import { mayComeToFit, routesOf } from "./call-routes.ts";
import { summaryKeys } from "./put-off.ts";

export interface CallWatchOptions {
  events: Pick<Events, "take" | "done">;
  calls: Calls;
  reader: ToolReader;
  routes: Pick<RouteBook, "all">;
  /** Who has this address; `away` where Slack did not say. */
  personWith: (email: string) => Promise<Who | "away">;
  /** Stores a turn once and wakes a worker. */
  submit: (turn: NewTurn) => Promise<boolean>;
  who: { teamId: string; botUserId: string };
  clock: Clock;
  newId: NewId;
  logger: Logger;
  /** Ends what is being looked up. */
  signal: AbortSignal;
  pollEveryMs?: number;
}

export interface CallWatch {
  /** Takes what Gong has told, looks whether it forgot something, and has each call that somebody waits for summarised. */
  sweep(): Promise<void>;
}

const minute = 60_000;
const hour = 60 * minute;
const leaseMs = 2 * minute;
const atOnce = 10;
/** Gong takes this long to tell of a call; the list of calls, which a poll reads, knows ends to the minute. */
const graceMs = { webhook: hour, poll: 2 * minute } as const;
/** Between the looks at a call of which something is missing yet, its transcript first of all; then nothing is said of it. */
const pauses = [0.5, 1, 2, 5, 10, 15, 30, 30, 60, 60, 60, 60].map((minutes) => minutes * minute);
/** So many looks a call has that Gong does not know, since a webhook may be ahead of what Gong shows. After that only a poll finds it. */
const looksAtUnknown = 5;
/** The role with whose tools it is done. */
const callAgent = "call-summaries";

/** A poll that a fault has ended is made again so much later. */
const pollAgainMs = 30_000;

export function createCallWatch(options: CallWatchOptions): CallWatch {
  const watch = new Watch(options);
  return { sweep: () => watch.sweep() };
}

class Watch {
  readonly #options: CallWatchOptions;
  #hasBegun = false;
  /** Of this process's own last poll, where it failed. */
  #pollAgainAt = 0;

  constructor(options: CallWatchOptions) {
    this.#options = options;
  }

  async sweep(): Promise<void> {
    // Before anything is known of a call: what ended before is none of ours.
    if (!this.#hasBegun) await this.#options.calls.floor();
    this.#hasBegun = true;
    await this.#takeEvents();
    await this.#poll();
    const { calls } = this.#options;
    const due = await calls.take(atOnce, leaseMs);
    await Promise.all(due.map((call) => this.#considerSafely(call)));
  }

  async #takeEvents(): Promise<void> {
    const { events, calls } = this.#options;
    const told = await events.take({ source: "gong", limit: 100, leaseMs });
    if (told.length === 0) return;
    await calls.see(
      told.map(({ objectId }) => objectId),
      "webhook",
    );
    await events.done(told.map(({ key }) => key));
  }

  /** One process at a time. Where nobody wants to hear of calls Gong is not asked, and none of these is told of later. */
  async #poll(): Promise<void> {
    const { calls, clock, logger, pollEveryMs = 5 * minute } = this.#options;
    const now = clock.now();
    const isAgain = this.#pollAgainAt > 0 && now >= this.#pollAgainAt;
    const poll = await calls.takePoll(isAgain ? 0 : pollEveryMs);
    if (!poll) return;
    this.#pollAgainAt = 0;
    const wanted = (await this.#options.routes.all()).some(({ what }) => what === "calls");
    if (!wanted) return calls.polled(new Date(now), true);
    try {
      await this.#list(poll.from, new Date(now + 1_000));
      await calls.polled(new Date(now), false);
    } catch (error) {
      this.#pollAgainAt = now + pollAgainMs;
      logger.warn({ err: error }, "Gong could not be asked for the calls of the last day; it is asked again soon");
    }
  }

  async #list(from: Date, to: Date): Promise<void> {
    const { calls, reader } = this.#options;
    const floor = (await calls.floor()).getTime();
    const range = { from_date: from.toISOString(), to_date: to.toISOString() };
    let cursor: string | undefined;
    do {
      const args = { ...range, ...(cursor !== undefined && { cursor }) };
      const { output } = await reader(
        "gong__get_calls",
        args,
        callListSchema,
        this.#caller("calls:poll"),
        this.#options.signal,
      );
      const own = output.calls.filter((call) => endOf(call) >= floor - graceMs.poll);
      await calls.see(
        own.map(({ id }) => id),
        "poll",
      );
      cursor = output.cursor;
    } while (cursor !== undefined);
  }

  async #considerSafely(call: SeenCall): Promise<void> {
    const { logger, signal } = this.#options;
    try {
      await this.#consider(call);
    } catch (error) {
      if (signal.aborted) return;
      if (isNotToBeSeen(error)) return void (await this.#lookAgain(call, "not_to_be_seen", looksAtUnknown));
      const about = { err: error, call: call.id };
      if (await this.#lookAgain(call, "unreachable")) {
        logger.warn(about, "a call could not be looked at; it is looked at again");
      } else {
        logger.error(about, "a call could not be looked at, however often it was tried");
      }
    }
  }

  /** After a pause; false where it has been looked at so often that it is let go for this reason. */
  async #lookAgain(call: SeenCall, reason: SkipReason, most = pauses.length + 1): Promise<boolean> {
    const { calls, clock } = this.#options;
    const pause = call.attempts < most ? pauses[call.attempts - 1] : undefined;
    if (pause === undefined) await calls.skip(call, reason);
    else await calls.later(call, new Date(clock.now() + pause));
    return pause !== undefined;
  }

  /**
   * No route is chosen before Gong has processed the call: its trackers and its account may come with the transcript. Until then only
   * the first look asks what call it is, so as to let go at once what no route can come to want.
   */
  async #consider(call: SeenCall): Promise<void> {
    const { calls, routes } = this.#options;
    const { segments } = await this.#read("gong__get_call_transcript", call, transcriptSchema);
    const isProcessed = segments.length > 0;
    if (!isProcessed && call.attempts > 1) return void (await this.#lookAgain(call, "not_transcribed"));
    const facts = await this.#read("gong__get_call_summary", call, callSchema);
    const floor = (await calls.floor()).getTime();
    if (endOf(facts) < floor - graceMs[call.foundBy]) return calls.skip(call, "before_start");
    const all = await routes.all();
    if (!isProcessed && !(await mayComeToFit(facts, all, this.#options))) return calls.skip(call, "no_route");
    if (!isProcessed) return void (await this.#lookAgain(call, "not_transcribed"));
    const chosen = await routesOf(facts, all, {
      ...this.#options,
      callerIn: (route, callId) => this.#caller(`call:${callId}`, route),
    });
    if (chosen.routes.length === 0 && !chosen.isUnsure) return this.#endUnwanted(call);
    for (const { channel } of chosen.routes) await this.#submit(call.id, channel);
    if (chosen.isUnsure)
      throw new ServiceError("Not all channels are known that this call goes to.", { service: "HubSpot" });
    await calls.summarised(call);
  }

  /** What others had read of Gong may be older than the webhook, so that the last look comes when nothing is kept of that. */
  async #endUnwanted(call: SeenCall): Promise<void> {
    const { calls, clock } = this.#options;
    const freshAt = call.seenAt.getTime() + keptForMs;
    if (clock.now() < freshAt) await calls.later(call, new Date(freshAt));
    else await calls.skip(call, "no_route");
  }

  async #read<Schema extends z.ZodType>(tool: string, { id }: SeenCall, schema: Schema): Promise<z.output<Schema>> {
    const { reader, signal } = this.#options;
    return (await reader(tool, { call_id: id }, schema, this.#caller(`call:${id}`), signal)).output;
  }

  async #submit(callId: string, channel: string): Promise<void> {
    const { calls, newId, submit, who } = this.#options;
    const keys = summaryKeys(callId, channel);
    const tried = await calls.tried(keys);
    // One at a time: the next only where those before have posted nothing, and never will.
    const sourceKey = keys.find((key) => tried.get(key)?.isPutOff !== true);
    if (sourceKey === undefined || tried.has(sourceKey)) return;
    await submit({
      id: newId("turn"),
      sourceKey,
      source: "call_summary",
      teamId: who.teamId,
      channel,
      threadTs: sourceKey,
      userId: who.botUserId,
      text: `Summary of the call ${callId}`,
      agent: callAgent,
      audience: "channel",
      task: { kind: "call_summary", callId },
      isRoot: true,
    });
  }

  #caller(turnId: string, { channel = "", channelName }: Partial<Pick<Route, "channel" | "channelName">> = {}): Caller {
    return sophiaCaller(this.#options.who, { turnId, agent: callAgent, channel, threadTs: "", channelName });
  }
}
