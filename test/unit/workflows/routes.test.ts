import { describe, expect, it } from "vitest";
import { createLogger, type Logger } from "../../../src/observability/log.ts";
import type { RouteConditions, Routes } from "../../../src/storage/routes.ts";
import {
  type ChannelFacts,
  createRouteBook,
  matching,
  type Route,
  type RouteFacts,
} from "../../../src/workflows/routes.ts";

const clock = { now: () => Date.parse("2026-11-18T15:30:00Z") };
const maya = { userId: "U07MAYA001", email: "maya@ours.example", groups: ["S07EMEA001", "@emea"] };
const facts: RouteFacts = {
  owner: maya,
  account: "Acme Living",
  stage: "Negotiation",
  amount: 80_000,
  minutes: 30,
  trackers: ["Pricing"],
};

function route(id: string, channel: string, where: RouteConditions = {}, rest: Partial<Route> = {}): Route {
  return { id, number: id, what: "calls", channel, where, origin: "config", ...rest };
}
const sales = { id: "C1", name: "sales", isShared: false, isPrivate: false, isMember: true };
const unheard = async (): Promise<never> => Promise.reject(new Error("nobody is told"));
const ids = (routes: readonly Route[], told: RouteFacts = facts) =>
  matching(routes, "calls", told, clock).map(({ id }) => id);

describe("routes", () => {
  it.each<[string, RouteConditions, boolean]>([
    ["nothing is asked", {}, true],
    ["its team is meant", { teams: ["@emea"] }, true],
    ["another team is", { teams: ["@amer"] }, false],
    ["its owner is, by address", { owners: ["MAYA@ours.example"] }, true],
    ["its owner is, by id", { owners: ["U07MAYA001"] }, true],
    ["somebody else is", { owners: ["U07OTHER01"] }, false],
    ["its account begins so", { accounts: ["acme"] }, true],
    ["its account has only letters of it", { accounts: ["Acm"] }, false],
    ["its stage is", { stages: ["won", "negotiation"] }, true],
    ["it is worth just as much", { minAmount: 80_000 }, true],
    ["it is worth less", { minAmount: 80_001 }, false],
    ["it is long enough", { minMinutes: 30 }, true],
    ["it is too short", { minMinutes: 31 }, false],
    ["the tracker was heard", { trackers: ["pricing"] }, true],
    ["all but one fit", { trackers: ["pricing"], stages: ["Discovery"] }, false],
    ["it asks what is not known", { projects: ["Renewals"] }, false],
  ])("tell where %s", (_, where, fits) => {
    expect(ids([route("a", "C1", where)])).toEqual(fits ? ["a"] : []);
    if (Object.keys(where).length > 0) expect(ids([route("a", "C1", where)], {})).toEqual([]);
  });

  it("tell a channel once, by the first that fits, and nothing where they are muted or cannot be posted", () => {
    const later = new Date(clock.now() + 1);
    const before = new Date(clock.now());
    const all = [
      route("no", "C1", { minMinutes: 99 }),
      route("first", "C1"),
      route("second", "C1"),
      route("deals", "C2", {}, { what: "deals" }),
      route("muted", "C3", {}, { mutedUntil: later }),
      route("silences", "C3"),
      route("heard", "C4", {}, { mutedUntil: before }),
      route("shared", "C5", {}, { problem: "shared" }),
    ];
    expect(ids(all)).toEqual(["first", "heard"]);
  });

  it.each([
    [true, undefined],
    [false, "maker"],
    [undefined, "away"],
  ] as const)("of somebody are followed where they may ask: %s", async (mayAsk, problem) => {
    const made = { what: "calls" as const, channel: "C1", where: {}, createdAt: new Date(), isStopTold: false };
    const routes = {
      list: async () => [
        { ...made, number: 1, id: "theirs", createdBy: "UTHEY", isStopTold: mayAsk === false },
        { ...made, number: 2, id: "mine", createdBy: "UME" },
      ],
      mutes: async () => new Map(),
    } as unknown as Routes;
    const book = createRouteBook({
      configured: [],
      routes,
      channels: { find: async (id) => ({ id, name: id, isShared: false, isPrivate: false, isMember: true }) },
      mayAsk: async (userId) => userId === "UME" || mayAsk,
      tellStopped: unheard,
      onAdded: () => undefined,
      logger: createLogger({ level: "silent" }),
    });
    const all = await book.all();
    expect(all.map((one) => one.problem)).toEqual([problem, undefined]);
    // That one is not followed keeps no other one of the channel from being so.
    expect(ids(all)).toEqual([mayAsk ? "theirs" : "mine"]);
  });

  it("of who may not ask any more are an admin's to hear of once, until they may again", async () => {
    let [isTold, mayAsk, found] = [false, false as boolean | undefined, sales as ChannelFacts | undefined];
    const told: string[] = [];
    const logged: unknown[] = [];
    const made = { number: 1, id: "r", what: "calls" as const, channel: "C1", where: {}, createdBy: "U1" };
    const options = {
      configured: [],
      routes: {
        list: async () => [{ ...made, createdAt: new Date(), isStopTold: isTold }],
        mutes: async () => new Map(),
        markStopTold: async (_: string, now: boolean) => isTold !== (isTold = now),
      } as unknown as Routes,
      channels: { find: async () => found },
      mayAsk: async () => mayAsk,
      tellStopped: async ({ number, channel }: Route) => void told.push(`${number} ${channel}`),
      onAdded: () => undefined,
      logger: { warn: ({ problem }: { problem: string }) => void logged.push(problem) } as unknown as Logger,
    };
    const [book, replica] = [createRouteBook(options), createRouteBook(options)];
    const look = async (): Promise<void> => void (await Promise.all([book.all(), replica.all(), book.all()]));
    await look();
    // Neither what Slack does not say nor what is wrong with the channel is news of the maker.
    mayAsk = undefined;
    await look();
    [mayAsk, found] = [true, undefined];
    await look();
    [mayAsk, found] = [false, sales];
    await look();
    expect(told).toEqual(["1 C1"]);
    mayAsk = true;
    await look();
    mayAsk = false;
    await look();
    expect(told).toEqual(["1 C1", "1 C1"]);
    const once = ["maker", "not_found", "maker", "maker"];
    expect(logged).toEqual(once.flatMap((problem) => [problem, problem]));
  });

  it("of somebody who was forgotten stay the channel's, and nobody is asked whether they may ask", async () => {
    const made = { what: "calls" as const, channel: "C1", where: {}, createdAt: new Date() };
    const asked: string[] = [];
    const book = createRouteBook({
      configured: [],
      routes: {
        list: async () => [{ ...made, number: 1, id: "theirs", createdBy: null, isStopTold: false }],
        mutes: async () => new Map(),
      } as unknown as Routes,
      channels: { find: async (id) => ({ id, name: id, isShared: false, isPrivate: false, isMember: true }) },
      mayAsk: async (userId) => void asked.push(userId),
      tellStopped: unheard,
      onAdded: () => undefined,
      logger: createLogger({ level: "silent" }),
    });
    expect(ids(await book.all())).toEqual(["theirs"]);
    expect(asked).toEqual([]);
  });

  it("of the configuration and of people stand in one list, each with what keeps it from its channel", async () => {
    const known: Record<string, ChannelFacts> = {
      "#sales": { id: "C1", name: "sales", isShared: false, isPrivate: false, isMember: true },
      "#acme": { id: "C2", name: "acme", isShared: true, isPrivate: false, isMember: true },
      C3: { id: "C3", name: "private", isShared: false, isPrivate: true, isMember: false },
    };
    const stored = {
      number: 7,
      id: "route_1",
      what: "tasks" as const,
      channel: "C3",
      where: {},
      createdBy: "U1",
      createdAt: new Date(),
      isStopTold: false,
    };
    const until = new Date(clock.now() + 60_000);
    const mutes = new Map<string, Date>();
    const routes: Routes = {
      list: () => Promise.resolve([stored]),
      mutes: () => Promise.resolve(mutes),
      mute: async (id, at) => void mutes.set(id, at),
      add: () => Promise.resolve(8),
      remove: () => Promise.resolve(true),
      markStopTold: () => Promise.resolve(false),
    };
    const configured = ["#sales", "#acme", "#none"].map((channel) => ({ what: "calls" as const, channel, where: {} }));
    const channels = { find: async (channel: string) => (channel === "#none" ? undefined : known[channel]) };
    const onAdded = (): void => undefined;
    const book = createRouteBook({
      configured,
      routes,
      channels,
      mayAsk: async () => true,
      tellStopped: unheard,
      onAdded,
      logger: createLogger({ level: "silent" }),
    });
    const [first] = await book.all();
    await book.mute(first?.id ?? "", until);
    expect(await book.all()).toMatchObject([
      { number: "c1", channel: "C1", channelName: "sales", isPublic: true, origin: "config", mutedUntil: until },
      { number: "c2", channel: "C2", problem: "shared" },
      { number: "c3", channel: "#none", isPublic: false, problem: "not_found" },
      { number: "7", channel: "C3", origin: "person", createdBy: "U1", problem: "not_in", isPublic: false },
    ]);
  });
});
