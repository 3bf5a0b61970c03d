import { createHash } from "node:crypto";
import { canonicalJson } from "../core/canonical-json.ts";
import type { Clock } from "../core/clock.ts";
import { isAmong, type Who } from "../core/people-lists.ts";
import type { Logger } from "../observability/log.ts";
import type { RouteConditions, Routes, RouteWhat, StoredRoute } from "../storage/routes.ts";

/** Where what Sophia does unasked goes. */
export interface Route {
  id: string;
  /** By which people name it: `3`, or `c1` for the first of the configuration. */
  number: string;
  what: RouteWhat;
  /** The channel's id; of one of the configuration whose channel is not found, what stands there. */
  channel: string;
  /** Without its `#`. */
  channelName?: string | undefined;
  /** Everybody may know of the channel: it is not private, and Slack said so. */
  isPublic?: boolean | undefined;
  where: RouteConditions;
  origin: "config" | "person";
  /** Undefined where nobody did, or whoever did is forgotten: then it is the channel's. */
  createdBy?: string | undefined;
  mutedUntil?: Date | undefined;
  /** Why nothing is posted there. */
  problem?: RouteProblem | undefined;
}

/** `maker`: who made it may not ask Sophia. */
export type RouteProblem = ChannelProblem | "maker";

/** What is known of what is to be told. A condition about something that is not known does not fit. */
export interface RouteFacts {
  /** Whose it is. */
  owner?: Who | undefined;
  account?: string | undefined;
  stage?: string | undefined;
  amount?: number | undefined;
  minutes?: number | undefined;
  trackers?: readonly string[] | undefined;
  projects?: readonly string[] | undefined;
}

/** `away`: Slack did not say. */
export type ChannelProblem = "not_found" | "shared" | "archived" | "not_in" | "away";

/** A channel as Sophia sees it. */
export interface ChannelFacts {
  id: string;
  name: string;
  isShared: boolean;
  isPrivate: boolean;
  isMember: boolean;
  isArchived?: boolean | undefined;
}

export interface ChannelBook {
  /** By id or `#name`; undefined where there is none that Sophia may see, `away` where Slack did not say. */
  find(channel: string): Promise<ChannelFacts | "away" | undefined>;
}

/** A route of the configuration. */
export interface ConfiguredRoute {
  what: RouteWhat;
  /** By id or `#name`. */
  channel: string;
  where: RouteConditions;
}

export interface RouteBook {
  /** All, those of the configuration first. */
  all(): Promise<Route[]>;
  /** Says nothing by this route until then. */
  mute(id: string, until: Date): Promise<void>;
  add: Routes["add"];
  remove: Routes["remove"];
}

export interface RouteBookOptions {
  configured: readonly ConfiguredRoute[];
  routes: Routes;
  channels: ChannelBook;
  /** Whether somebody may ask Sophia what a route tells; undefined where Slack does not say. */
  mayAsk: (userId: string) => Promise<boolean | undefined>;
  /** Tells an admin that a route is not followed for its maker. It may be lost. */
  tellStopped: (route: Route) => Promise<void>;
  /** Somebody wants to hear of more than before. */
  onAdded: () => void;
  logger: Logger;
}

export function createRouteBook(options: RouteBookOptions): RouteBook {
  const { configured, routes, channels, mayAsk, tellStopped, onAdded, logger } = options;
  /** The problem of each route that was logged. */
  const warned = new Map<string, RouteProblem>();
  const ofConfig = configured.map((route, index) => ({ ...route, id: configId(route), number: `c${index + 1}` }));
  const placed = async (
    { id, number, what, channel, where }: ConfiguredRoute & { id: string; number: string },
    rest: Pick<Route, "origin" | "createdBy" | "mutedUntil">,
  ): Promise<Route> => {
    const { createdBy } = rest;
    const [found, makerMay] = await Promise.all([channels.find(channel), createdBy === undefined || mayAsk(createdBy)]);
    const problem = problemOf(found) ?? problemOfMaker(makerMay);
    if (problem === undefined) warned.delete(id);
    else if (problem !== "away" && warned.get(id) !== problem) {
      warned.set(id, problem);
      logger.warn({ route: number, channel, problem }, "nothing can be posted where a route leads");
    }
    const place =
      typeof found === "object"
        ? { channel: found.id, channelName: found.name, isPublic: !found.isPrivate }
        : { channel, isPublic: false };
    return { id, number, what, ...place, where, ...rest, ...(problem && { problem }) };
  };
  const followed = async ({ isStopTold, ...stored }: StoredRoute, mutedUntil: Date | undefined): Promise<Route> => {
    const createdBy = stored.createdBy ?? undefined;
    const route = await placed(
      { ...stored, number: String(stored.number) },
      { origin: "person", createdBy, mutedUntil },
    );
    const isStopped = route.problem === "maker";
    // What is wrong with its channel, or what Slack does not say, tells nothing of its maker.
    const isKnown = isStopped || route.problem === undefined;
    if (isKnown && isStopped !== isStopTold && (await routes.markStopTold(route.id, isStopped)) && isStopped)
      await tellStopped(route);
    return route;
  };
  return {
    all: async () => {
      const [stored, mutes] = await Promise.all([routes.list(), routes.mutes()]);
      return Promise.all([
        ...ofConfig.map((route) => placed(route, { origin: "config", mutedUntil: mutes.get(route.id) })),
        ...stored.map((route) => followed(route, mutes.get(route.id))),
      ]);
    },
    mute: (id, until) => routes.mute(id, until),
    add: async (route) => {
      const number = await routes.add(route);
      onAdded();
      return number;
    },
    remove: (id) => routes.remove(id),
  };
}

/** Why Sophia may not post there, if that is so. */
export function problemOf(found: ChannelFacts | "away" | undefined): ChannelProblem | undefined {
  if (found === "away") return "away";
  if (!found) return "not_found";
  if (found.isShared) return "shared";
  if (found.isArchived) return "archived";
  return found.isMember ? undefined : "not_in";
}

/** Asked each time, as who may ask does not stay the same. */
function problemOfMaker(mayAsk: boolean | undefined): RouteProblem | undefined {
  if (mayAsk === undefined) return "away";
  return mayAsk ? undefined : "maker";
}

/** The routes by which this is told, one a channel: the first that fits. Where that is muted, no other takes its place. */
export function matching(routes: readonly Route[], what: RouteWhat, facts: RouteFacts, clock: Clock): Route[] {
  return matchingAny(routes, what, [facts], clock);
}

/** The same of what can be seen in several ways, such as how it was and how it is: a route fits that fits one of them. */
export function matchingAny(
  routes: readonly Route[],
  what: RouteWhat,
  ways: readonly RouteFacts[],
  clock: Clock,
): Route[] {
  const fitting = routes.filter(
    (route) => route.what === what && route.problem === undefined && ways.some((facts) => fits(route.where, facts)),
  );
  const chosen = new Map(fitting.toReversed().map((route) => [route.channel, route]));
  return [...chosen.values()].toReversed().filter(({ mutedUntil }) => !isAfter(mutedUntil, clock));
}

function isAfter(at: Date | undefined, clock: Clock): boolean {
  return at !== undefined && at.getTime() > clock.now();
}

/** Whether it asks for what only the CRM knows. */
export function asksForDeal({ stages, minAmount }: RouteConditions): boolean {
  return stages !== undefined || minAmount !== undefined;
}

function fits(where: RouteConditions, facts: RouteFacts): boolean {
  const { teams, owners, accounts, stages, minAmount, minMinutes, trackers, projects } = where;
  const { owner, account, stage, amount, minutes } = facts;
  return (
    (teams === undefined || (owner !== undefined && teams.some((team) => owner.groups.includes(team)))) &&
    (owners === undefined || (owner !== undefined && isAmong(owners, owner))) &&
    (accounts === undefined || (account !== undefined && accounts.some((name) => beginsWith(account, name)))) &&
    (stages === undefined || (stage !== undefined && stages.some((name) => isSameName(name, stage)))) &&
    (minAmount === undefined || (amount !== undefined && amount >= minAmount)) &&
    (minMinutes === undefined || (minutes !== undefined && minutes >= minMinutes)) &&
    (trackers === undefined || overlap(trackers, facts.trackers)) &&
    (projects === undefined || overlap(projects, facts.projects))
  );
}

function overlap(wanted: readonly string[], there: readonly string[] = []): boolean {
  return wanted.some((one) => there.some((other) => isSameName(one, other)));
}

/** Whether people mean the same by both: case and spaces do not count. */
export function isSameName(left: string, right: string): boolean {
  return fold(left) === fold(right);
}

/** "Acme" is Acme and Acme Living, and not Acmeology. */
function beginsWith(name: string, wanted: string): boolean {
  return `${fold(name)} `.startsWith(`${fold(wanted)} `);
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll(/\s+/g, " ").trim();
}

/** The same for the same route, wherever in the file it stands. */
function configId(route: ConfiguredRoute): string {
  return `config:${createHash("sha256").update(canonicalJson(route)).digest("hex").slice(0, 16)}`;
}
