import type { Caller } from "../../agent/ports.ts";
import { dayTeller } from "../../core/calendar-day.ts";
import type { Clock } from "../../core/clock.ts";
import type { NewId } from "../../core/ids.ts";
import type { Who } from "../../core/people-lists.ts";
import type { Logger } from "../../observability/log.ts";
import type { Events, EventSource, TakenEvent } from "../../storage/events.ts";
import type { NewChange, Notices, Pace, PendingRecord, RecordValues } from "../../storage/notices.ts";
import type { NewTurn } from "../../storage/turns.ts";
import { matching, type Route, type RouteBook, type RouteFacts } from "../routes.ts";
import { sophiaCaller, type ToolReader } from "../tool-reader.ts";
import { changesOf } from "./changes.ts";
import { createOutlook } from "./outlook.ts";
import { type Reading, readRecords, type Unread } from "./read-records.ts";
import { amountOf, type CurrentRecord, noticeKinds, partsOf, recordOf, valuesOf } from "./records.ts";

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
const whats = { deal: "deals", contact: "contacts", task: "tasks" } as const;

export function createNoticeWatch(options: NoticeWatchOptions): NoticeWatch {
  const watch = new Watch(options);
  return { sweep: () => watch.sweep() };
}

class Watch {
  readonly #options: NoticeWatchOptions;
  readonly #today: () => string;
  readonly #outlook: ReturnType<typeof createOutlook>;

  constructor(options: NoticeWatchOptions) {
    this.#options = options;
    const dayAt = dayTeller(options.timeZone);
    this.#today = () => dayAt(options.clock.now());
    this.#outlook = createOutlook({ ...options, readingOf: (route) => this.#reading(route) });
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
    const unread = await this.#look(byRecord, routes);
    // What ends here is taken again when the lease ends.
    if (this.#options.signal.aborted) return;
    const done: string[] = [];
    for (const [record, told] of byRecord) {
      const keys = told.map(({ key }) => key);
      const pause = this.#pauseFor(record, told, unread.get(record));
      if (pause === undefined) done.push(...keys);
      else await events.retryLater(keys, new Date(clock.now() + pause));
    }
    await events.done(done);
  }

  /** Undefined where it is not looked at again. */
  #pauseFor(record: string, told: readonly TakenEvent[], why: "away" | "later" | undefined): number | undefined {
    if (why === undefined) return undefined;
    if (why === "later") return laterMs;
    const { clock, logger } = this.#options;
    const attempts = Math.max(...told.map((event) => event.attempts));
    const since = Math.min(...told.map(({ receivedAt }) => receivedAt.getTime()));
    if (attempts < mostAttempts || clock.now() - since < mostTryingMs)
      return Math.min(10, 2 ** (attempts - 1) / 2) * minute;
    logger.error({ record, attempts }, "a changed record could not be read, however often it was tried");
    return undefined;
  }

  /** Each channel sees what it may see; returns the records that are to be looked at again. */
  async #look(
    byRecord: ReadonlyMap<string, TakenEvent[]>,
    routes: readonly Route[],
  ): Promise<ReadonlyMap<string, "away" | "later">> {
    const unread = new Map<string, "away" | "later">();
    // What Slack did not say of a channel just now is asked again before anything is posted.
    const possible = routes.map((route) => (route.problem === "away" ? { ...route, problem: undefined } : route));
    for (const own of Map.groupBy(possible, ({ channel }) => channel).values()) {
      const whatsHere = new Set<string>(own.map(({ what }) => what));
      const records = [...byRecord.keys()].filter((record) => whatsHere.has(whats[partsOf(record).kind]));
      const [first] = own;
      if (records.length === 0 || !first) continue;
      const isDone = await this.#safely({ route: first.number }, async () => {
        for (const [record, why] of await this.#lookIn(own, first, records, byRecord)) {
          if (unread.get(record) !== "away") unread.set(record, why);
        }
      });
      if (!isDone) for (const record of records) unread.set(record, "away");
    }
    return unread;
  }

  /** The same of one channel. */
  async #lookIn(
    own: readonly Route[],
    first: Route,
    records: readonly string[],
    byRecord: ReadonlyMap<string, TakenEvent[]>,
  ): Promise<Map<string, "away" | "later">> {
    const unread = new Map<string, "away" | "later">();
    const readAt = new Date(this.#options.clock.now());
    const read = await readRecords(records, this.#reading(first));
    this.#count(read, first);
    const current: Current[] = [];
    for (const [record, found] of read) {
      if (found === "away" || found === "later") unread.set(record, found);
      if (typeof found === "string") continue;
      const chosen = await this.#routesFor(found, own);
      // What is known of it stays as it was: else there would be no change to tell of the next time.
      if (chosen === "away") unread.set(record, "away");
      else current.push({ record, found, told: byRecord.get(record) ?? [], routes: chosen });
    }
    const looks = current.map(({ record, found }) => ({ record, values: valuesOf(found), readAt }));
    await this.#options.notices.look(first.channel, looks, (before) =>
      current.flatMap((one) => {
        const known = before.get(one.record);
        if (known === undefined || changesOf(one.found, known, one.told, this.#today()).length === 0) return [];
        return changeRows(one, known);
      }),
    );
    return unread;
  }

  #count(read: ReadonlyMap<string, CurrentRecord | Unread>, { number }: Route): void {
    const left = [...read.values()].filter((found) => typeof found === "string");
    if (left.length === 0) return;
    const counts = Object.fromEntries([...Map.groupBy(left, String)].map(([why, all]) => [why, all.length]));
    this.#options.logger.info({ route: number, ...counts }, "changed records are left out of a channel");
  }

  /** `away`: Slack did not say whose it is. */
  async #routesFor(record: CurrentRecord, routes: readonly Route[]): Promise<Route[] | "away"> {
    const { personWith, clock } = this.#options;
    const email = (record.kind === "task" ? record.assignee : record.owner)?.email;
    const asksWho = routes.some(({ where }) => where.teams !== undefined || where.owners !== undefined);
    const owner = email && asksWho ? await personWith(email) : undefined;
    if (owner === "away") return "away";
    return matching(routes, whats[record.kind], { ...factsOf(record), owner }, clock);
  }

  async #tell(routes: readonly Route[]): Promise<void> {
    const { notices, clock, newId, wake, pace = usualPace } = this.#options;
    const at = new Date(clock.now());
    const muted = new Set((await notices.mutedRecords(at)).map(({ routeId, record }) => `${routeId} ${record}`));
    for (const routeId of await notices.pendingRoutes()) {
      const route = routes.find(({ id }) => id === routeId);
      if (route?.problem === "away") continue;
      const isOpen = route !== undefined && route.problem === undefined && !(route.mutedUntil && route.mutedUntil > at);
      const id = newId("turn");
      const turnOf = (pending: readonly PendingRecord[]) => {
        const heard = pending.filter(({ record }) => !muted.has(`${routeId} ${record}`));
        return isOpen && heard.length > 0 ? this.#turn(id, route, heard) : undefined;
      };
      await this.#safely({ route: route?.number ?? routeId }, async () => {
        if (await notices.tell(routeId, { pace, at, turnOf })) await wake(id);
      });
    }
  }

  #turn(id: string, { id: routeId, channel }: Route, pending: readonly PendingRecord[]): NewTurn {
    const { teamId, botUserId } = this.#options.who;
    const eventKeys = pending.flatMap((record) => record.eventKeys);
    const sourceKey = `notice:${routeId}:${eventKeys[0] ?? ""}`;
    const largest = pending.toSorted((left, right) => (right.amount ?? -1) - (left.amount ?? -1));
    const records = largest.map(({ record, before }) => ({ record, before }));
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

interface Current {
  record: string;
  found: CurrentRecord;
  told: readonly TakenEvent[];
  routes: readonly Route[];
}

function changeRows({ record, found, told, routes }: Current, before: RecordValues): NewChange[] {
  const amount = amountOf(found);
  return routes.flatMap(({ id: routeId }) =>
    told.map(({ key: eventKey }) => ({ routeId, eventKey, record, before, amount })),
  );
}

function factsOf(record: CurrentRecord): RouteFacts {
  if (record.kind === "task") return { projects: record.projects.map(({ name }) => name) };
  const account = record.company?.name;
  if (record.kind === "deal") return { account, stage: record.stage, amount: record.amount?.amount };
  const [deal] = record.openDeals;
  return { account, stage: deal?.stage, amount: deal?.amount?.amount };
}
