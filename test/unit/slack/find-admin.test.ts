import { expect, it } from "vitest";
import type { SlackClient, SlackOutcome } from "../../../src/slack/client.ts";
import { findAdmin } from "../../../src/slack/find-admin.ts";
import type { People, Person } from "../../../src/slack/people.ts";

const standings: Record<string, Person["standing"]> = { U1: "member", U2: "nobody", U3: "member" };
const people = {
  find: async (userId: string) => ({ userId, standing: standings[userId] ?? "unknown" }),
  memberWith: async (email: string) => ({ userId: email === "three@x.example" ? "U3" : undefined }),
} as People;

function slack(...pages: (SlackOutcome | { members: object[]; next?: string })[]) {
  const asked: unknown[] = [];
  const client = {
    try: async (_method: string, args: Record<string, unknown>) => {
      asked.push(args["cursor"]);
      const page = pages[asked.length - 1]!;
      if ("kind" in page) return page;
      return { kind: "ok", data: { members: page.members, response_metadata: { next_cursor: page.next ?? "" } } };
    },
  } as SlackClient;
  return { client, asked };
}

const bots = [{ id: "UB", is_bot: true, is_admin: true }, { id: "UD", deleted: true, is_owner: true }, { id: "U9" }];

it.for([
  ["the first who is configured and still there", ["S0GROUP01", "@desk", "U2", "U1", "U3"], "U1"],
  ["one who is configured by address", ["gone@x.example", "three@x.example"], "U3"],
] as const)("finds %s", async ([, admins, expected]) => {
  const { client, asked } = slack();
  expect(await findAdmin({ client, people, admins })).toBe(expected);
  expect(asked).toEqual([]);
});

it("looks among Slack's own admins where none is configured", async () => {
  const { client, asked } = slack({ members: bots, next: "more" }, { members: [{ id: "U7", is_owner: true }] });
  expect(await findAdmin({ client, people, admins: ["U2"] })).toBe("U7");
  expect(asked).toEqual([undefined, "more"]);
});

it("finds nobody where there is none, or Slack does not say", async () => {
  expect(await findAdmin({ ...slack({ members: bots }), people, admins: [] })).toBeUndefined();
  const away = slack({ kind: "limited", retryAfterSeconds: 1 });
  expect(await findAdmin({ ...away, people, admins: [] })).toBeUndefined();
});
