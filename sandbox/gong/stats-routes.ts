import type { Context, Hono } from "hono";
import type { Call, Person } from "../world/types.ts";
import { dayBounds, dayOf, offsetIso } from "../world/zones.ts";
import { GongRefusal, requestId } from "./errors.ts";
import { interactionOf, round } from "./interaction.ts";
import { pageOf, type Records } from "./paging.ts";
import { type Fields, readDay, readIds, readListRequest } from "./requests.ts";
import type { GongEnv, GongStore } from "./store.ts";
import { usersOf } from "./user-routes.ts";

interface Period {
  fromDateTime: string;
  toDateTime: string;
  timeZone: string;
  calls: Call[];
  users: Person[];
}

export function statsRoutes(app: Hono<GongEnv>, store: GongStore, now: () => number): void {
  app.post("/v2/stats/activity/aggregate", async (c) => {
    const { filter, cursor } = await readListRequest(c);
    const period = periodOf(filter, store, now());
    const active = period.users.filter((user) => period.calls.some((call) => attends(user, call)));
    const { items, records } = pageOf(active, "activity", filter, cursor);
    const usersAggregateActivityStats = items.map((user) => ({
      ...identityOf(user),
      userAggregateActivityStats: activityOf(user, period.calls),
    }));
    return answer(c, records, { usersAggregateActivityStats }, period);
  });

  app.post("/v2/stats/interaction", async (c) => {
    const { filter, cursor } = await readListRequest(c);
    const period = periodOf(filter, store, now());
    const hosts = period.users.filter((user) => period.calls.some((call) => call.ownerId === user.id));
    if (hosts.length === 0) throw new GongRefusal(404, "No stats found for the specified period");
    const { items, records } = pageOf(hosts, "interaction", filter, cursor);
    const peopleInteractionStats = items.map((user) => ({
      ...identityOf(user),
      personInteractionStats: interactionStats(period.calls.filter((call) => call.ownerId === user.id)),
    }));
    return answer(c, records, { peopleInteractionStats }, period);
  });
}

function answer(c: Context, records: Records, stats: Record<string, unknown>, period: Period): Response {
  const { fromDateTime, toDateTime, timeZone } = period;
  return c.json({ requestId: requestId(), records, ...stats, fromDateTime, toDateTime, timeZone });
}

/** Days of the company's zone, `toDate` exclusive and not after the current day. */
function periodOf(filter: Fields, store: GongStore, now: number): Period {
  const { timeZone, world } = store;
  const from = readDay(filter, "fromDate");
  const to = readDay(filter, "toDate");
  if (to > dayOf(now, timeZone)) throw new GongRefusal(400, "filter.toDate: must not exceed the current day");
  if (from >= to) throw new GongRefusal(400, "filter.fromDate: must be before toDate");
  const start = dayBounds(from, timeZone).start;
  const end = dayBounds(to, timeZone).start;
  return {
    fromDateTime: offsetIso(start, timeZone),
    toDateTime: offsetIso(end, timeZone),
    timeZone,
    users: usersOf(store, readIds(filter, "userIds")),
    calls: world.calls.filter((call) => Date.parse(call.startedAt) >= start && Date.parse(call.startedAt) < end),
  };
}

function identityOf(user: Person): { userId: string; userEmailAddress: string } {
  return { userId: user.gongUserId, userEmailAddress: user.email };
}

function attends(user: Person, call: Call): boolean {
  return call.parties.some((party) => party.gongUserId === user.gongUserId);
}

function activityOf(user: Person, calls: readonly Call[]): Record<string, number> {
  const hosted = calls.filter((call) => call.ownerId === user.id).length;
  const attended = calls.filter((call) => call.ownerId !== user.id && attends(user, call)).length;
  const isManager = user.team === "management";
  return {
    callsAsHost: hosted,
    callsGaveFeedback: isManager ? Math.floor(attended / 2) : 0,
    callsRequestedFeedback: Math.floor(hosted / 6),
    callsReceivedFeedback: isManager ? 0 : Math.floor(hosted / 8),
    ownCallsListenedTo: Math.floor(hosted / 3),
    othersCallsListenedTo: isManager ? attended : 0,
    callsSharedInternally: Math.floor(hosted / 5),
    callsSharedExternally: Math.floor(hosted / 9),
    callsScorecardsFilled: isManager ? Math.floor(attended / 3) : 0,
    callsScorecardsReceived: isManager ? 0 : Math.floor(hosted / 10),
    callsAttended: attended,
    callsCommentsGiven: Math.floor(attended / 4),
    callsCommentsReceived: Math.floor(hosted / 7),
    callsMarkedAsFeedbackGiven: isManager ? Math.floor(attended / 4) : 0,
    callsMarkedAsFeedbackReceived: isManager ? 0 : Math.floor(hosted / 12),
  };
}

function interactionStats(calls: readonly Call[]): { name: string; value: number }[] {
  const measures = calls.map(interactionOf);
  const mean = (read: (m: (typeof measures)[number]) => number): number =>
    round(measures.reduce((sum, m) => sum + read(m), 0) / Math.max(1, measures.length));
  const hours = calls.reduce((sum, call) => sum + call.durationSeconds, 0) / 3600;
  const questions = measures.reduce((sum, m) => sum + m.companyQuestions, 0);
  return [
    { name: "Talk Ratio", value: mean((m) => m.talkRatio) },
    { name: "Longest Monologue", value: mean((m) => m.longestMonologue) },
    { name: "Longest Customer Story", value: mean((m) => m.longestCustomerStory) },
    { name: "Interactivity", value: mean((m) => m.interactivity) },
    { name: "Patience", value: mean((m) => m.patience) },
    { name: "Question Rate", value: round(questions / Math.max(hours, 1 / 60)) },
  ];
}
