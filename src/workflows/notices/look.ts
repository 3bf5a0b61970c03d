import type { Clock } from "../../core/clock.ts";
import type { Who } from "../../core/people-lists.ts";
import type { Logger } from "../../observability/log.ts";
import type { TakenEvent } from "../../storage/events.ts";
import type { NewChange, Notices, RecordValues } from "../../storage/notices.ts";
import { matchingAny, type Route, type RouteFacts } from "../routes.ts";
import { changesOf, isBehind } from "./changes.ts";
import { type Reading, readRecords, type Unread } from "./read-records.ts";
import { amountOf, type CurrentRecord, partsOf, valuesOf, withValues } from "./records.ts";

export interface LookOptions {
  notices: Pick<Notices, "known" | "look">;
  /** Who has this address, as far as Slack tells; `away` where it did not answer. */
  personWith: (email: string) => Promise<Who | "away">;
  readingOf: (route: Route) => Reading;
  /** By the company's clocks. */
  today: () => string;
  clock: Clock;
  logger: Logger;
}

/**
 * Why a record is to be looked at again: a service is `away`, there was no room and it comes `later`, its service is `behind` what it
 * told, or it is too `early` to know whether a contact's account has an open deal. The first of them counts.
 */
export const pendingReasons = ["away", "later", "behind", "early"] as const;
export type Pending = (typeof pendingReasons)[number];

export const whats = { deal: "deals", contact: "contacts", task: "tasks" } as const;

/** After this what a service shows is taken for what it is. */
const behindForMs = 2 * 60_000;

interface Current {
  record: string;
  found: CurrentRecord;
  told: readonly TakenEvent[];
  owner: Who | undefined;
  /** Whose it was. */
  formerOwner: Who | undefined;
}

/**
 * Looks at these records as one channel, that of the routes, may see them, and stores what its routes are to tell. Returns those that
 * are to be looked at again: what is known of them stays as it was, else there would be no change to tell of the next time.
 */
export async function lookAt(
  byRecord: ReadonlyMap<string, readonly TakenEvent[]>,
  own: readonly [Route, ...Route[]],
  options: LookOptions,
): Promise<Map<string, Pending>> {
  const { notices, clock, today } = options;
  const [first] = own;
  const whatsHere = new Set<string>(own.map(({ what }) => what));
  const records = [...byRecord.keys()].filter((record) => whatsHere.has(whats[partsOf(record).kind]));
  const pending = new Map<string, Pending>();
  if (records.length === 0) return pending;
  const readAt = new Date(clock.now());
  const read = await readRecords(records, options.readingOf(first));
  count(read, first, options);
  const known = await notices.known(first.channel, records);
  const current: Current[] = [];
  for (const [record, found] of read) {
    const told = byRecord.get(record) ?? [];
    const why = pendingOf(found, told, clock);
    if (why !== undefined) pending.set(record, why);
    if (why !== undefined || typeof found === "string") continue;
    const owner = await ownerOf(found, own, options);
    const was = withValues(found, known.get(record) ?? {});
    const formerOwner = emailOf(was) === emailOf(found) ? owner : await ownerOf(was, own, options);
    if (owner === "away" || formerOwner === "away") pending.set(record, "away");
    else current.push({ record, found, told, owner, formerOwner });
  }
  const looks = current.map(({ record, found }) => ({ record, values: valuesOf(found), readAt }));
  await notices.look(first.channel, looks, (before) =>
    current.flatMap((one) => {
      const was = before.get(one.record);
      if (was === undefined || changesOf(one.found, was, one.told, today()).length === 0) return [];
      return changeRows(one, was, matchingAny(own, whats[one.found.kind], waysOf(one, was), clock), readAt);
    }),
  );
  return pending;
}

function pendingOf(found: CurrentRecord | Unread, told: readonly TakenEvent[], clock: Clock): Pending | undefined {
  if (found === "away" || found === "later") return found;
  if (typeof found === "string") return undefined;
  const toldAt = Math.max(...told.map(({ receivedAt }) => receivedAt.getTime()));
  if (isBehind(found, told) && clock.now() - toldAt < behindForMs) return "behind";
  return found.kind === "contact" && found.openDeals.length === 0 ? "early" : undefined;
}

function count(read: ReadonlyMap<string, CurrentRecord | Unread>, { number }: Route, { logger }: LookOptions): void {
  const left = [...read.values()].filter((found) => typeof found === "string");
  if (left.length === 0) return;
  const counts = Object.fromEntries([...Map.groupBy(left, String)].map(([why, all]) => [why, all.length]));
  logger.info({ route: number, ...counts }, "changed records are left out of a channel");
}

/** `away`: Slack did not say whose it is. */
async function ownerOf(
  record: CurrentRecord,
  routes: readonly Route[],
  { personWith }: LookOptions,
): Promise<Who | "away" | undefined> {
  const email = emailOf(record);
  const asksWho = routes.some(({ where }) => where.teams !== undefined || where.owners !== undefined);
  return email && asksWho ? personWith(email) : undefined;
}

function emailOf(record: CurrentRecord): string | null | undefined {
  return (record.kind === "task" ? record.assignee : record.owner)?.email;
}

/** As it is and as it was: what leaves a route's condition is news there as well. */
function waysOf({ found, owner, formerOwner }: Current, was: RecordValues): RouteFacts[] {
  const now = factsOf(found).map((facts) => ({ ...facts, owner }));
  const before = factsOf(withValues(found, was)).map((facts) => ({ ...facts, owner: formerOwner }));
  return [...now, ...before];
}

/** Of a contact's account each open deal by itself. */
function factsOf(record: CurrentRecord): RouteFacts[] {
  if (record.kind === "task") return [{ projects: record.projects.flatMap(({ id, name }) => [id, name]) }];
  const account = record.company?.name;
  const deals = record.kind === "deal" ? [record] : record.openDeals;
  return deals.map(({ stage, amount }) => ({ account, stage, amount: amount?.amount }));
}

function changeRows(
  { record, found, told }: Current,
  before: RecordValues,
  routes: readonly Route[],
  foundAt: Date,
): NewChange[] {
  const [amount, after] = [amountOf(found), valuesOf(found)];
  return routes.flatMap(({ id: routeId }) =>
    told.map(({ key: eventKey }) => ({ routeId, eventKey, record, before, after, amount, foundAt })),
  );
}
