import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../src/slack/listeners/command.ts";
import { type Sophia, startSophia } from "../support/slack-sophia.ts";
import { MAYA, SALES, smallWorld, startTestSlack, type StartedSlack } from "../support/slack-stand-in.ts";

const visitor = { title: "Visitor", timeZone: "Europe/London" };
const strangers = [
  ["a guest", "U07GUEST001", /full members of this workspace only/],
  ["somebody who has left", "U07LEFT0001", /people of this workspace only/],
  ["somebody of another workspace", "U07OUTSIDE1", /people of my own workspace only/],
] as const;
const world = {
  ...smallWorld,
  visitors: [
    {
      ...visitor,
      id: "U07GUEST001",
      handle: "gu",
      name: "Gina Guest",
      email: "g@a.example",
      standing: "guest" as const,
    },
    {
      ...visitor,
      id: "U07LEFT0001",
      handle: "le",
      name: "Lea Left",
      email: "l@a.example",
      standing: "deleted" as const,
    },
    {
      ...visitor,
      id: "U07OUTSIDE1",
      handle: "ou",
      name: "Otto Out",
      email: "o@b.example",
      standing: "external" as const,
    },
  ],
};

/** What is given after each verb; one that is not here is given nothing. */
const usual: Record<string, string> = { ask: "which calls?", connect: "asana", disconnect: "asana", audit: "today" };
const lines = ["help", "", ...commands.map(({ verb }) => `${verb} ${usual[verb] ?? ""}`.trim())];

let slack: StartedSlack;
let sophia: Sophia;

beforeAll(async () => {
  slack = await startTestSlack({ world });
  for (const [, user] of strangers) slack.store.join({ user, channel: SALES });
  sophia = await startSophia(slack, "socket");
});
afterAll(async () => {
  await sophia.close();
  await slack.close();
});

const toldTo = (viewer: string): string[] =>
  slack.store.messages(SALES, { viewer }).flatMap(({ ephemeralFor, text }) => (ephemeralFor ? text : []));

describe.each(strangers)("%s", (_, user, words) => {
  it.each(lines)("gets nothing by `/sophia %s`", async (text) => {
    const before = toldTo(user).length;
    const audited = sophia.audit.events.length;
    // From another workspace not even the words come: the delivery is not meant for this one.
    const { ok } = await slack.store.command({ user, channel: SALES, command: "/sophia", text });
    const told = toldTo(user).slice(before);
    if (ok) expect(told).toEqual([expect.stringMatching(words)]);
    else expect(told.filter((one) => !/did not respond|dispatch_failed|not respond/.test(one))).toEqual([]);
    expect(sophia.turns.submissions).toBe(0);
    expect(toldTo(MAYA)).toEqual([]);
    if (ok) expect(sophia.audit.events.slice(audited)).toMatchObject([{ kind: "refusal", userId: user }]);
  });
});

it.each(lines)("a bot gets nothing by `/sophia %s`", async (text) => {
  const audited = sophia.audit.events.length;
  await slack.store.command({ user: sophia.workspace.botUserId, channel: SALES, command: "/sophia", text });
  expect(sophia.turns.submissions).toBe(0);
  expect(sophia.audit.events.slice(audited)).toMatchObject([{ kind: "refusal", reason: "nobody" }]);
});

it("a member who is no admin gets nothing by what is for admins", async () => {
  const forAdmins = commands.filter(({ adminsOnly }) => adminsOnly);
  expect(forAdmins.map(({ verb }) => verb)).toContain("audit");
  for (const { verb } of forAdmins) {
    await slack.store.command({ user: MAYA, channel: SALES, command: "/sophia", text: verb });
    expect(toldTo(MAYA).at(-1)).toContain("is for admins");
  }
});
