import { beforeEach, describe, expect, it } from "vitest";
import { route } from "../../../src/slack/commands/route.ts";
import type { GivenCommand } from "../../../src/slack/commands/slack-command.ts";
import type { ListenerContext } from "../../../src/slack/listeners/context.ts";
import type { ChannelFacts, Route } from "../../../src/workflows/routes.ts";

const desk = { id: "G1", name: "deal-desk", isShared: false, isPrivate: true, isMember: true } satisfies ChannelFacts;
const stored = { what: "deals", where: { accounts: ["Secret"] }, origin: "person", createdBy: "U1" } as const;
const all: Route[] = [
  { ...stored, id: "r1", number: "1", channel: "C1", channelName: "sales", isPublic: true, where: {} },
  { ...stored, id: "r2", number: "2", channel: "G1", channelName: "deal-desk", isPublic: false },
  { ...stored, id: "c1", number: "c1", origin: "config", channel: "#board", isPublic: false, problem: "not_found" },
];
let refusals: unknown[];
let found: ChannelFacts | "away";
beforeEach(() => {
  refusals = [];
  found = desk;
});

const say = async (argument: string, userId: string): Promise<string> => {
  const person = { userId, name: userId, standing: "member", isAdmin: userId === "UADMIN", groups: [] };
  const context = {
    routes: { all: () => Promise.resolve(all), add: () => Promise.resolve(4) },
    channels: {
      find: () => Promise.resolve(found),
      hasMember: (channel: string, user: string) => Promise.resolve(channel === "C1" || user === "UMEMBER"),
    },
    admins: [],
    roles: { sophia: {} },
    clock: { now: () => 0 },
    newId: () => "r4",
    audit: { append: (entry: unknown) => refusals.push(entry) },
  } as unknown as ListenerContext;
  const answer = await route.run({ argument, person } as unknown as GivenCommand, context);
  return typeof answer === "function" ? await answer() : "";
};

describe("a route of tasks", () => {
  it("says how many projects Asana tells of, unless it names those that it wants", async () => {
    expect(await say("tasks <#G1|x>", "UMEMBER")).toContain("I hear of 50 projects of Asana at most");
    expect(await say("tasks <#G1|x> where project is Launch", "UMEMBER")).toMatch(/^Done: tasks go to [^.]+\.$/);
    expect(await say("deals <#G1|x>", "UMEMBER")).not.toContain("Asana");
  });
});

describe("a private channel's routes", () => {
  it.each([
    ["UADMIN", /`1` .*`2` .*Secret.*`c1`/s],
    ["UMEMBER", /`1` .*`2` .*Secret/s],
    ["UOTHER", /`1` /],
  ])("are shown to its members and to admins: %s", async (user, shown) => {
    const listed = await say("", user);
    expect(listed).toMatch(shown);
    if (user !== "UADMIN") expect(listed).not.toContain("#board");
    if (user === "UOTHER") expect(listed).not.toMatch(/`2`|Secret|G1/);
  });

  it("are not there for others, whatever they ask", async () => {
    expect(await say("remove 2", "UOTHER")).toContain("There is no route `2`");
    expect(await say("mute 2 2h", "UOTHER")).toContain("Which one?");
    for (const there of [desk, { ...desk, isShared: true }, { ...desk, isMember: false }]) {
      found = there;
      expect(await say("deals <#G1|x>", "UOTHER")).toContain("I do not see that channel");
    }
    found = desk;
    expect(await say("deals <#G1|x>", "UMEMBER")).toContain("Done: deals go to <#G1>");
  });
});
