import { dayTeller, daysBefore } from "../../core/calendar-day.ts";
import type { Clock } from "../../core/clock.ts";
import { ServiceError } from "../../core/errors.ts";
import type { Logger } from "../../observability/log.ts";
import type { Events, InboundEvent } from "../../storage/events.ts";
import type { Notices } from "../../storage/notices.ts";
import { isSameName, type Route } from "../routes.ts";
import { keyOf, listOpenDeals, listProjects, listTasks, type Project, type Reading } from "./read-records.ts";
import { type CurrentRecord, type Task, valuesOf } from "./records.ts";

export interface OutlookOptions {
  events: Pick<Events, "add">;
  notices: Pick<Notices, "learn" | "lastLook" | "takeLook">;
  timeZone: string;
  clock: Clock;
  logger: Logger;
  readingOf: (route: Route) => Reading;
}

export interface Outlook {
  /**
   * Learns once how the records stand, so that a first change can be told with what was before; and once an hour which tasks
   * have become overdue, which Asana tells nobody. What cannot be read is tried again.
   */
  look(routes: readonly Route[]): Promise<void>;
}

const hour = 3_600_000;
/** By the company's clocks: what became overdue in the night is told together. */
const firstHour = 8;
const againAfterMs = 60_000;
/** Whoever asks something meanwhile needs Asana as well. */
const projectsAtOnce = 4;

export function createOutlook(options: OutlookOptions): Outlook {
  const { clock, logger } = options;
  /** Looks that failed here are left alone until then. */
  const failed = new Map<string, number>();
  const guarded = async (name: string, work: () => Promise<void>): Promise<void> => {
    if ((failed.get(name) ?? 0) > clock.now()) return;
    try {
      await work();
    } catch (error) {
      failed.set(name, clock.now() + againAfterMs);
      logger.warn({ err: error, name }, "how records stand could not be read; it is tried again");
    }
  };
  return {
    look: async (routes) => {
      const open = routes.filter(({ problem }) => problem === undefined);
      const places = [...Map.groupBy(open, ({ channel, what }) => `${what}:${channel}`)];
      for (const [place, [route, ...others]] of places) {
        if (route?.what === "deals") await guarded(place, () => learnDeals(place, route, options));
        if (route?.what === "tasks") await guarded(place, () => lookAtTasks(place, [route, ...others], options));
      }
    },
  };
}

async function learnDeals(name: string, route: Route, { notices, clock, readingOf }: OutlookOptions): Promise<void> {
  if ((await notices.lastLook(name)) !== undefined) return;
  const readAt = new Date(clock.now());
  const deals = await listOpenDeals(readingOf(route));
  await learn(notices, route.channel, deals, readAt);
  await notices.takeLook(name, undefined, readAt);
}

async function lookAtTasks(name: string, routes: readonly Route[], options: OutlookOptions): Promise<void> {
  const { notices, clock, events, timeZone } = options;
  const last = await notices.lastLook(name);
  const now = clock.now();
  const isMorning = hourIn(timeZone, now) >= firstHour;
  if (last !== undefined && (now - last.getTime() < hour || !isMorning)) return;
  const readAt = new Date(now);
  const tasks = await openTasks(routes, options);
  await learn(notices, routes[0]?.channel ?? "", tasks, readAt);
  const dayAt = dayTeller(timeZone);
  const today = dayAt(now);
  // What was overdue long before anybody looked is no news.
  const since = last === undefined ? daysBefore(today, 1) : dayAt(last.getTime() - 24 * hour);
  const overdue = tasks.filter(({ due_on: due }) => due !== null && due < today && due >= since);
  if (isMorning) await events.add(overdue.map((task) => overdueEvent(task, readAt)));
  await notices.takeLook(name, last, isMorning ? readAt : new Date(now - hour));
}

async function openTasks(routes: readonly Route[], { readingOf, logger }: OutlookOptions): Promise<Task[]> {
  const [first] = routes;
  if (!first) return [];
  const reading = readingOf(first);
  const projects = wantedOf(routes, await listProjects(reading), logger);
  const tasks = new Map<string, Task>();
  for (let start = 0; start < projects.length; start += projectsAtOnce) {
    const some = projects.slice(start, start + projectsAtOnce);
    const lists = await Promise.all(some.map(({ id }) => tasksOf(id, reading, logger)));
    for (const task of lists.flat()) tasks.set(task.id, task);
  }
  return [...tasks.values()];
}

/** All that a route's name fits, for several projects may have it; all there are where a route names none. */
function wantedOf(routes: readonly Route[], all: readonly Project[], logger: Logger): readonly Project[] {
  if (routes.some(({ where }) => where.projects === undefined)) return all;
  const found = routes.flatMap(({ where, number }) =>
    (where.projects ?? []).flatMap((wanted) => {
      const fitting = all.filter(({ id, name }) => id === wanted || isSameName(name, wanted));
      if (fitting.length === 0) logger.warn({ route: number }, "a route names a project that Asana does not have");
      return fitting;
    }),
  );
  return [...new Map(found.map((project) => [project.id, project])).values()];
}

/** One project that cannot be read keeps no other from being looked at; where Asana is away all of it is tried again. */
async function tasksOf(project: string, reading: Reading, logger: Logger): Promise<Task[]> {
  try {
    return await listTasks(project, reading);
  } catch (error) {
    if (!(error instanceof ServiceError) || error.retryable) throw error;
    logger.warn({ err: error, project }, "a project's tasks could not be read");
    return [];
  }
}

/** Told once, however many replicas look. */
function overdueEvent({ id, due_on }: Task, occurredAt: Date): InboundEvent {
  const key = `sophia:overdue:${id}:${due_on}`;
  return { key, source: "asana", kind: "task.overdue", objectId: id, occurredAt, data: { due_on } };
}

async function learn(
  notices: Pick<Notices, "learn">,
  channel: string,
  records: readonly CurrentRecord[],
  readAt: Date,
): Promise<void> {
  const looks = records.map((record) => ({ record: keyOf(record), values: valuesOf(record), readAt }));
  if (looks.length > 0) await notices.learn(channel, looks);
}

function hourIn(timeZone: string, at: number): number {
  return Number(new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", hourCycle: "h23" }).format(at));
}
