import type { Caller } from "../../agent/ports.ts";
import { dayTeller } from "../../core/calendar-day.ts";
import type { Clock } from "../../core/clock.ts";
import type { NewId } from "../../core/ids.ts";
import type { Who } from "../../core/people-lists.ts";
import type { Logger } from "../../observability/log.ts";
import type { Events, EventSource, TakenEvent } from "../../storage/events.ts";
import type { Notices, Pace, PendingRecord } from "../../storage/notices.ts";
import type { NewTurn } from "../../storage/turns.ts";
import type { Route, RouteBook } from "../routes.ts";
import { sophiaCaller, type ToolReader } from "../tool-reader.ts";
import { lookAt, type LookOptions, type Pending, pendingReasons, whats } from "./look.ts";
import { createOutlook } from "./outlook.ts";
import type { Reading } from "./read-records.ts";
import { noticeKinds, partsOf, recordOf } from "./records.ts";

export interface NoticeWatchOptions {
  events: Pick<Events, "add" | "take" | "done" | "retryLater">;
  notices: Notices;
  routes: Pick<RouteBook, "all">;
  reader: ToolReader;
  /** Who has this address, as far as Slack tells; `away` where it did not answer. */
  personWith: (email: string) => Promise<Who | "away">;
  /** Has a turn that was stored begun; where nobody does, the workers' sweep finds it. */
  wake: (turnId: string) => Promise<void>;
  who: { teamId: string; botUserId: string };
  /** The company's, for its mornings. */
  timeZone: string;
  clock: Clock;
  newId: NewId;
  logger: Logger;
  /** Milliseconds after the first event of a record: what follows until then is told together. */
  settleMs?: number;
  pace?: Pace;
  /** Ends what is being read; nothing more is done after it. */
  signal: AbortSignal;
}

export interface NoticeWatch {
  /** Takes what HubSpot and Asana have told and submits the notices that are due. One call after the other; in each replica. */
  sweep(): Promise<void>;
}

/** The role with whose tools it is done. */
const noticeAgent = "notices";

const minute = 60_000;
const usualPace: Pace = {
  limits: [
    { messages: 1, ms: minute },
    { messages: 6, ms: 10 * minute },
  ],
};
const leaseMs = 5 * minute;
const mostEvents = 2_000;
/** A record that cannot be read for so long, and not for want of trying, is left. */
const [mostAttempts, mostTryingMs] = [8, 24 * 60 * minute];
/** After this there is room for the reads that there were too many of. */
const laterMs = minute / 2;
/** Between looks at what a service does not show yet as it told it. */
const behindMs = minute / 4;
/** How long after it was told of that a contact without an open deal is looked at again; after the last one it is no news. */
const earlyMs = [2 * minute, 10 * minute, 60 * minute, 6 * 60 * minute, 24 * 60 * minute];
/** What was put off is told again after this, and for so long. */
const [putOffMs, mostPutOffMs] = [5 * minute, 24 * 60 * minute];

export function createNoticeWatch(options: NoticeWatchOptions): NoticeWatch {
  const watch = new Watch(options);
  return { sweep: () => watch.sweep() };
}

class Watch {
  readonly #options: NoticeWatchOptions;
  readonly #looking: LookOptions;
  readonly #outlook: ReturnType<typeof createOutlook>;

  constructor(options: NoticeWatchOptions) {
    this.#options = options;
    const dayAt = dayTeller(options.timeZone);
    const readingOf = (route: Route) => this.#reading(route);
    this.#looking = { ...options, readingOf, today: () => dayAt(options.clock.now()) };
    this.#outlook = createOutlook({ ...options, readingOf });
  }

  async sweep(): Promise<void> {
    const routes = (await this.#options.routes.all()).filter(({ what }) => what !== "calls");
    await this.#safely({ part: "the look ahead" }, () => this.#outlook.look(routes));
    for (const source of ["hubspot", "asana"] as const) {
      await this.#safely({ part: source }, () => this.#takeIn(source, routes));
    }
    await this.#safely({ part: "notices" }, () => this.#tell(routes));
  }

  /** What fails in one part of it holds up no other. False where it failed, or everything ends. */
  async #safely(of: Record<string, string>, work: () => Promise<unknown>): Promise<boolean> {
    const { signal, logger } = this.#options;
    if (signal.aborted) return false;
    try {
      await work();
      return true;
    } catch (error) {
      if (!signal.aborted)
        logger.error({ err: error, ...of }, "a part of the look for changes failed; it is tried again");
      return false;
    }
  }

  async #takeIn(source: EventSource & keyof typeof noticeKinds, routes: readonly Route[]): Promise<void> {
    const { events, clock, settleMs = 20_000 } = this.#options;
    const kinds = noticeKinds[source];
    const before = new Date(clock.now() - settleMs);
    const settled = await events.take({ source, kinds, before, limit: mostEvents, leaseMs });
    if (settled.length === 0) return;
    const objectIds = [...new Set(settled.map(({ objectId }) => objectId))];
    const since = await events.take({ source, kinds, objectIds, limit: mostEvents, leaseMs });
    const byRecord = Map.groupBy([...settled, ...since], recordOf);
    const pending = await this.#look(byRecord, routes);
    // What ends here is taken again when the lease ends.
    if (this.#options.signal.aborted) return;
    const done: string[] = [];
    for (const [record, told] of byRecord) {
      const keys = told.map(({ key }) => key);
      const pause = this.#pauseFor(record, told, pending.get(record));
      if (pause === undefined) done.push(...keys);
      else await events.retryLater(keys, new Date(clock.now() + pause));
    }
    await events.done(done);
  }

  /** Undefined where it is not looked at again. */
  #pauseFor(record: string, told: readonly TakenEvent[], why: Pending | undefined): number | undefined {
    if (why === undefined) return undefined;
    if (why === "later") return laterMs;
    if (why === "behind") return behindMs;
    const { clock, logger } = this.#options;
    const age = clock.now() - Math.min(...told.map(({ receivedAt }) => receivedAt.getTime()));
    if (why === "early") {
      const next = earlyMs.find((ms) => ms > age);
      return next === undefined ? undefined : next - age;
    }
    const attempts = Math.max(...told.map((event) => event.attempts));
    if (attempts < mostAttempts || age < mostTryingMs) return Math.min(10, 2 ** (attempts - 1) / 2) * minute;
    logger.error({ record, attempts }, "a changed record could not be read, however often it was tried");
    return undefined;
  }

  /** Each channel sees what it may see; returns the records that are to be looked at again. */
  async #look(
    byRecord: ReadonlyMap<string, TakenEvent[]>,
    routes: readonly Route[],
  ): Promise<ReadonlyMap<string, Pending>> {
    const pending = new Map<string, Pending>();
    const add = (record: string, why: Pending) => {
      const known = pending.get(record) ?? why;
      pending.set(record, pendingReasons.find((one) => one === why || one === known) ?? why);
    };
    const [unplaced, placed] = [true, false].map((is) => routes.filter((one) => isUnplaced(one) === is));
    // What is known is kept by the channel's id: until Slack tells it, there is nobody to look for.
    const waiting = new Set<string>(unplaced?.flatMap(({ what, problem }) => (problem === "away" ? [what] : [])));
    for (const record of byRecord.keys()) if (waiting.has(whats[partsOf(record).kind])) add(record, "away");
    // What Slack did not say of a channel just now is asked again before anything is posted.
    const possible = (placed ?? []).map((one) => (one.problem === "away" ? { ...one, problem: undefined } : one));
    for (const [first, ...others] of Map.groupBy(possible, ({ channel }) => channel).values()) {
      if (!first) continue;
      const isDone = await this.#safely({ route: first.number }, async () => {
        for (const [record, why] of await lookAt(byRecord, [first, ...others], this.#looking)) add(record, why);
      });
      const whatsHere = new Set<string>([first, ...others].map(({ what }) => what));
      if (isDone) continue;
      for (const record of byRecord.keys()) if (whatsHere.has(whats[partsOf(record).kind])) add(record, "away");
    }
    return pending;
  }

  async #tell(routes: readonly Route[]): Promise<void> {
    const { notices, clock, newId, wake, pace = usualPace } = this.#options;
    const now = clock.now();
    const [at, oldest] = [new Date(now), new Date(now - mostPutOffMs)];
    const muted = new Set((await notices.mutedRecords(at)).map(({ channel, record }) => `${channel} ${record}`));
    await notices.takeBack(new Date(now - putOffMs), oldest);
    for (const routeId of await notices.pendingRoutes()) {
      const route = routes.find(({ id }) => id === routeId);
      if (route?.problem === "away") continue;
      const isOpen = route !== undefined && route.problem === undefined && !(route.mutedUntil && route.mutedUntil > at);
      const turnId = newId("turn");
      const turnOf = (pending: readonly PendingRecord[]) => {
        const heard = pending.filter(({ record }) => !muted.has(`${route?.channel} ${record}`));
        return isOpen && heard.length > 0 ? this.#turn(turnId, route, heard) : undefined;
      };
      await this.#safely({ route: route?.number ?? routeId }, async () => {
        if (await notices.tell(routeId, { turnId, pace, at, oldest, turnOf })) await wake(turnId);
      });
    }
  }

  #turn(id: string, { id: routeId, channel }: Route, pending: readonly PendingRecord[]): NewTurn {
    const { teamId, botUserId } = this.#options.who;
    const eventKeys = pending.flatMap((record) => record.eventKeys);
    const sourceKey = `notice:${routeId}:${id}`;
    const largest = pending.toSorted((left, right) => (right.amount ?? -1) - (left.amount ?? -1));
    const records = largest.map(({ record, before, after }) => ({ record, before, after }));
    return {
      id,
      sourceKey,
      source: "notice",
      teamId,
      channel,
      // It has no thread before it is posted.
      threadTs: sourceKey,
      userId: botUserId,
      text: "What has changed in the CRM and in the tasks",
      agent: noticeAgent,
      audience: "channel",
      task: { kind: "notice", routeId, eventKeys, records },
      isRoot: true,
    };
  }

  #reading({ channel, channelName }: Pick<Route, "channel" | "channelName">): Reading {
    const work = { turnId: `notices:${channel}`, agent: noticeAgent, channel, threadTs: "", channelName };
    const caller: Caller = sophiaCaller(this.#options.who, work);
    return { reader: this.#options.reader, caller, signal: this.#options.signal };
  }
}

/** A name of the configuration, of which Slack has not told the channel. */
function isUnplaced({ channel }: Route): boolean {
  return channel.startsWith("#");
}
