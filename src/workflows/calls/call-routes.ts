import type { Caller } from "../../agent/ports.ts";
import type { Clock } from "../../core/clock.ts";
import { ServiceError } from "../../core/errors.ts";
import type { Who } from "../../core/people-lists.ts";
import type { Logger } from "../../observability/log.ts";
import { asksForDeal, matching, type Route, type RouteFacts } from "../routes.ts";
import type { ToolReader } from "../tool-reader.ts";
import { type CallFacts, companySchema, type DealFacts, dealOf, dealsSchema } from "./call-facts.ts";

export interface CallRoutingOptions {
  reader: ToolReader;
  /** Who has this address; `away` where Slack did not say. */
  personWith: (email: string) => Promise<Who | "away">;
  /** What is asked of the CRM is asked as somebody in that channel would. */
  callerIn: (route: Route, callId: string) => Caller;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
}

export interface ChosenRoutes {
  /** One a channel. */
  routes: Route[];
  /** Of some channels it cannot be told now, since Slack or the CRM is away. */
  isUnsure: boolean;
}

/** The channels that are told of a call. What people in a channel may not read of the deal decides nothing there. */
export async function routesOf(
  facts: CallFacts,
  all: readonly Route[],
  options: CallRoutingOptions,
): Promise<ChosenRoutes> {
  const { isOwnerUnsure, ...known } = await knownOf(facts, options);
  const fitting = all.filter((route) => matching([withoutDeal(route)], "calls", known, options.clock).length > 0);
  const perChannel = [...Map.groupBy(fitting, ({ channel }) => channel).values()];
  const chosen = await Promise.all(perChannel.map((routes) => chooseOf(routes, facts, known, options)));
  const found = chosen.flatMap((one) => (one === "away" ? [] : one));
  const reached = new Set(found.map(({ channel }) => channel));
  const mayFit = (route: Route) => {
    const asked = isOwnerUnsure ? withoutOwner(withoutDeal(route)) : withoutDeal(route);
    return matching([{ ...asked, problem: undefined }], "calls", known, options.clock).length > 0;
  };
  const isSlackAway = all.some(
    (route) =>
      !reached.has(route.channel) &&
      (route.problem === "away" || (isOwnerUnsure && route.problem === undefined)) &&
      mayFit(route),
  );
  return {
    routes: found,
    isUnsure: isSlackAway || chosen.includes("away"),
  };
}

/**
 * Whether some route may come to want a call that Gong has not processed: who led it and how long it was stay as they are, all else
 * may come with its transcript, and a mute may end until then.
 */
export async function mayComeToFit(
  facts: CallFacts,
  all: readonly Route[],
  options: Pick<CallRoutingOptions, "personWith" | "clock">,
): Promise<boolean> {
  const { isOwnerUnsure, ...known } = await knownOf(facts, options);
  return all.some((route) => {
    const { teams, owners, minMinutes } = route.where;
    const asked = { ...route, where: { teams, owners, minMinutes }, mutedUntil: undefined };
    const lasting = isOwnerUnsure || facts.owner === null ? withoutOwner(asked) : asked;
    const problem = route.problem === "away" ? undefined : route.problem;
    return matching([{ ...lasting, problem }], "calls", known, options.clock).length > 0;
  });
}

/** `isOwnerUnsure`: of whoever led it no more than the address is known now. */
async function knownOf(
  facts: CallFacts,
  { personWith }: Pick<CallRoutingOptions, "personWith">,
): Promise<RouteFacts & { isOwnerUnsure: boolean }> {
  const email = facts.owner?.email ?? undefined;
  const found = email === undefined ? undefined : await personWith(email);
  const isOwnerUnsure = found === "away";
  return {
    isOwnerUnsure,
    owner: isOwnerUnsure ? { email, groups: [] } : found,
    account: facts.account ?? undefined,
    minutes: facts.duration_minutes,
    trackers: facts.trackers.map(({ name }) => name),
  };
}

function withoutDeal(route: Route): Route {
  const { stages: _stages, minAmount: _minAmount, ...where } = route.where;
  return { ...route, where };
}

function withoutOwner(route: Route): Route {
  const { owners: _owners, teams: _teams, ...where } = route.where;
  return { ...route, where };
}

/** Of the routes to one channel, all of which fit but for the deal. */
async function chooseOf(
  routes: readonly Route[],
  facts: CallFacts,
  known: RouteFacts,
  options: CallRoutingOptions,
): Promise<Route[] | "away"> {
  const [first] = routes;
  const sure = routes.find(({ where }) => !asksForDeal(where));
  if (sure || !first) return sure ? [sure] : [];
  const deal = await dealFacts(facts, first, options);
  return deal === "away" ? "away" : matching(routes, "calls", { ...known, ...deal }, options.clock);
}

async function dealFacts(
  { account, owner, call_id }: CallFacts,
  route: Route,
  { reader, callerIn, logger, signal }: CallRoutingOptions,
): Promise<Pick<RouteFacts, "stage" | "amount"> | "away"> {
  if (account === null) return {};
  const caller = callerIn(route, call_id);
  try {
    const { output } = await reader("hubspot__get_company", { company: account }, companySchema, caller, signal);
    const deals = output.open_deals.length > 0 ? output.open_deals : await lastDeal(output.company.id);
    const deal = dealOf(deals, owner?.email);
    return { stage: deal?.stage, amount: deal?.amount?.amount };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ServiceError && error.retryable) return "away";
    logger.info({ err: error, call: call_id }, "a call's deal is not known; routes that ask for it do not fit");
    return {};
  }

  async function lastDeal(company: string): Promise<readonly DealFacts[]> {
    const args = { company, ...latestDeal };
    return (await reader("hubspot__search_deals", args, dealsSchema, caller, signal)).output.deals;
  }
}

/** Of an account without an open one. */
export const latestDeal = { sort_by: "created", order: "descending", limit: 1 } as const;
