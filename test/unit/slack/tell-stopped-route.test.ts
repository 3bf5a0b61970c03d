import { expect, it } from "vitest";
import type { SlackClient } from "../../../src/slack/client.ts";
import type { People, Person } from "../../../src/slack/people.ts";
import { createTellStopped } from "../../../src/slack/tell-stopped-route.ts";
import type { Route } from "../../../src/workflows/routes.ts";
import { quiet } from "../../support/slack-sophia.ts";

const route: Route = {
  id: "r",
  number: "3",
  what: "calls",
  channel: "C1",
  where: {},
  origin: "person",
  createdBy: "U1",
};

it.each([
  ["an admin is told", ["U9"], ["U9"]],
  ["nobody is where there is no admin", [], []],
])("%s that a route is not followed", async (_, admins, expected) => {
  const told: [string, string][] = [];
  const tell = createTellStopped({
    client: { try: async () => ({ kind: "ok", data: { members: [] } }) } as unknown as SlackClient,
    people: { find: async (userId: string) => ({ userId, standing: "member" }) as Person } as People,
    admins,
    directMessages: { send: async (userId, text) => void told.push([userId, text]) },
    logger: quiet,
  });
  await tell(route);
  const words =
    "I post no calls in <#C1> by route `3` any more: <@U1>, who made it, is not among those whom I answer. To have them go on, " +
    "add it anew with `/sophia route`; `/sophia route remove 3` takes the old one away.";
  expect(told).toEqual(expected.map((admin) => [admin, words]));
});
