import { expect, it } from "vitest";
import { createPeople } from "../../../src/slack/people.ts";
import { createPersonWith } from "../../../src/slack/person-with.ts";
import type { SlackClient, SlackOutcome } from "../../../src/slack/client.ts";
import { createLogger } from "../../../src/observability/log.ts";

const answers: Record<string, Record<string, unknown>> = {
  "users.lookupByEmail": { user: { id: "U1" } },
  "users.info": { user: { id: "U1", real_name: "Dana", profile: { email: "dana@x.example" } } },
  "usergroups.list": { usergroups: [{ id: "S1", handle: "emea", users: ["U1"] }] },
};

const personWith = (unanswered?: string, outcome: SlackOutcome = { kind: "unknown" } as SlackOutcome) => {
  const client = {
    try: (method: string) =>
      Promise.resolve(method === unanswered ? outcome : ({ kind: "ok", data: answers[method] } as SlackOutcome)),
  } as unknown as SlackClient;
  const options = {
    client,
    workspace: { teamId: "T1" },
    clock: { now: () => 0 },
    logger: createLogger({ level: "silent" }),
  };
  return createPersonWith(createPeople(options))("dana@x.example");
};

it("knows who has an address, with their groups", async () => {
  expect(await personWith()).toMatchObject({ userId: "U1", email: "dana@x.example", groups: ["S1", "@emea"] });
});

it("knows where nobody has it", async () => {
  const refused = { kind: "refused", code: "users_not_found" } as SlackOutcome;
  expect(await personWith("users.lookupByEmail", refused)).toEqual({ email: "dana@x.example", groups: [] });
});

it.each(Object.keys(answers))("takes a Slack that does not answer %s for nobody's absence", async (method) => {
  expect(await personWith(method)).toBe("away");
});
