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
  /** Who has this address, as far as Slack tells. */
  personWith: (email: string) => Promise<Who>;
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
/** Then a record that cannot be read is left. */
const mostAttempts = 8;
/** The gateway ends each call by its own deadline. */
const never = new AbortController().signal;
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
    await this.#outlook.look(routes);
    for (const source of ["hubspot", "asana"] as const) await this.#takeIn(source, routes);
    await this.#tell(routes);
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
    const [away, done] = [[...byRecord].filter(([record]) => unread.has(record)), byRecord];
    for (const [record, told] of away) {
      const attempts = Math.max(...told.map((event) => event.attempts));
      if (attempts >= mostAttempts) {
        this.#options.logger.error(
          { record, attempts },
          "a changed record could not be read, however often it was tried",
        );
        continue;
      }
      done.delete(record);
      const pause = Math.min(10, 2 ** (attempts - 1) / 2) * minute;
      await events.retryLater(
        told.map(({ key }) => key),
        new Date(clock.now() + pause),
      );
    }
    await events.done([...done.values()].flat().map(({ key }) => key));
  }

  /** Each channel sees what it may see; returns the records that could not be read just now. */
  async #look(byRecord: ReadonlyMap<string, TakenEvent[]>, routes: readonly Route[]): Promise<ReadonlySet<string>> {
    const away = new Set<string>();
    // What Slack did not say of a channel just now is asked again before anything is posted.
    const possible = routes.map((route) => (route.problem === "away" ? { ...route, problem: undefined } : route));
    for (const own of Map.groupBy(possible, ({ channel }) => channel).values()) {
      const whatsHere = new Set<string>(own.map(({ what }) => what));
      const records = [...byRecord.keys()].filter((record) => whatsHere.has(whats[partsOf(record).kind]));
      const [first] = own;
      if (records.length === 0 || !first) continue;
      const reading = this.#reading(first);
      const readAt = new Date(this.#options.clock.now());
      const read = await readRecords(records, reading);
      this.#count(read, first);
      for (const [record, found] of read) if (found === "away") away.add(record);
      const current = [...read].flatMap(([record, found]) => (typeof found === "string" ? [] : [{ record, found }]));
      const chosen = new Map<string, Route[]>();
      for (const { record, found } of current) chosen.set(record, await this.#routesFor(found, own));
      const looks = current.map(({ record, found }) => ({ record, values: valuesOf(found), readAt }));
      await this.#options.notices.look(first.channel, looks, (before) =>
        current.flatMap(({ record, found }) => {
          const known = before.get(record);
          const told = byRecord.get(record) ?? [];
          if (known === undefined || changesOf(found, known, told, this.#today()).length === 0) return [];
          return changeRows(record, { found, known, told, routes: chosen.get(record) ?? [] });
        }),
      );
    }
    return away;
  }

  #count(read: ReadonlyMap<string, CurrentRecord | Unread>, { number }: Route): void {
    const left = [...read.values()].filter((found) => typeof found === "string");
    if (left.length === 0) return;
    const counts = Object.fromEntries([...Map.groupBy(left, String)].map(([why, all]) => [why, all.length]));
    this.#options.logger.info({ route: number, ...counts }, "changed records are left out of a channel");
  }

  async #routesFor(record: CurrentRecord, routes: readonly Route[]): Promise<Route[]> {
    const { personWith, clock } = this.#options;
    const email = (record.kind === "task" ? record.assignee : record.owner)?.email;
    const asksWho = routes.some(({ where }) => where.teams !== undefined || where.owners !== undefined);
    const owner = email && asksWho ? await personWith(email) : undefined;
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
      if (await notices.tell(routeId, { pace, at, turnOf })) await wake(id);
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
    return { reader: this.#options.reader, caller, signal: never };
  }
}

interface Found {
  found: CurrentRecord;
  known: RecordValues;
  told: readonly TakenEvent[];
  routes: readonly Route[];
}

function changeRows(record: string, { found, known: before, told, routes }: Found): NewChange[] {
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
