import { expect, it } from "vitest";
import { createPeople } from "../../../src/slack/people.ts";
import type { SlackClient, SlackOutcome } from "../../../src/slack/client.ts";
import { quiet } from "../../support/slack-sophia.ts";

/** A client that answers `users.info` with what a test puts there, and counts; nobody is in a group unless told. */
function clientOf(answer: () => SlackOutcome, groups = noGroups): SlackClient & { calls: number; listings: number } {
  const client = {
    calls: 0,
    listings: 0,
    try: async (method: string) => {
      if (method === "usergroups.list") {
        client.listings++;
        return groups();
      }
      client.calls++;
      return answer();
    },
    call: () => Promise.reject(new Error("not used")),
  };
  return client;
}

const noGroups = (): SlackOutcome => ({ kind: "ok", data: { usergroups: [] } });

const workspace = { teamId: "T1", enterpriseId: "E1" };
const user = {
  id: "U1",
  tz: "America/New_York",
  profile: { real_name: "Maya Lindqvist", email: "maya@payready.example" },
};
const maya = { userId: "U1", name: "Maya Lindqvist", email: "maya@payready.example", timeZone: "America/New_York" };

it("asks once for a person, however many want to know, and again after ten minutes", async () => {
  let now = 0;
  const client = clientOf(() => ({ kind: "ok", data: { user } }));
  const people = createPeople({ workspace, client, clock: { now: () => now }, logger: quiet });
  const found = await Promise.all([people.find("U1"), people.find("U1"), people.find("U1")]);
  const rest = { timeZoneKnown: true, standing: "member", isAdmin: false, groups: [] };
  expect(found).toEqual(Array.from({ length: 3 }, () => ({ ...maya, ...rest })));
  await people.find("U1");
  expect(client.calls).toBe(1);
  now = 10 * 60_000 + 1;
  await people.find("U1");
  expect(client.calls).toBe(2);
});

it("asks again once it hears that somebody has changed", async () => {
  let standing = {};
  const client = clientOf(() => ({ kind: "ok", data: { user: { ...user, ...standing } } }));
  const people = createPeople({ workspace, client, clock: { now: () => 0 }, logger: quiet });
  expect((await people.find("U1")).standing).toBe("member");
  standing = { is_restricted: true };
  people.hasChanged("U1");
  people.hasChanged("U2");
  expect((await people.find("U1")).standing).toBe("guest");
  expect(client.calls).toBe(2);
});

it("says that the zone is not known, asks again, and remembers whom it knew when Slack is away", async () => {
  let outcome: SlackOutcome = { kind: "unknown", cause: undefined };
  let now = 0;
  const people = createPeople({ workspace, client: clientOf(() => outcome), clock: { now: () => now }, logger: quiet });
  expect(await people.find("U1")).toMatchObject({ userId: "U1", name: "U1", timeZone: "UTC", timeZoneKnown: false });
  expect((await people.find("U1")).standing).toBe("unknown");
  outcome = { kind: "ok", data: { user } };
  expect(await people.find("U1")).toMatchObject({ timeZoneKnown: true });
  outcome = { kind: "limited", retryAfterSeconds: 3 };
  now = 60 * 60_000;
  expect(await people.find("U1")).toMatchObject({ ...maya, standing: "member" });
});

it("does not believe a zone that does not exist, and keeps a bounded number of people", async () => {
  const client = clientOf(() => ({ kind: "ok", data: { user: { ...user, tz: "Mars/Olympus" } } }));
  const people = createPeople({ workspace, client, clock: { now: () => 0 }, logger: quiet, limit: 2 });
  expect(await people.find("U1")).toMatchObject({ timeZone: "UTC", timeZoneKnown: false });
  await people.find("U2");
  await people.find("U3");
  await people.find("U1");
  expect(client.calls).toBe(4);
});

it("waits a little for a Slack that is away before it says who asks, and not for one that refuses", async () => {
  const waited: number[] = [];
  const wait = async (ms: number) => void waited.push(ms);
  const signal = new AbortController().signal;
  const outcomes: SlackOutcome[] = [
    { kind: "unknown", cause: undefined },
    { kind: "limited", retryAfterSeconds: 1 },
    { kind: "ok", data: { user } },
  ];
  const clock = { now: () => 0 };
  const away = clientOf(() => outcomes.shift() ?? { kind: "refused", code: "token_revoked" });
  const people = createPeople({ workspace, client: away, clock, logger: quiet, wait });
  expect(await people.findAsker("U1", signal)).toMatchObject(maya);
  expect(waited).toEqual([250, 1_000]);
  const refused = { timeZone: "UTC", timeZoneKnown: false, standing: "unknown" };
  expect(await people.findAsker("U2", signal)).toMatchObject(refused);
  expect(waited).toHaveLength(2);
  outcomes.push(...Array.from({ length: 5 }, (): SlackOutcome => ({ kind: "unknown", cause: undefined })));
  expect(await people.findAsker("U3", signal)).toMatchObject({ timeZoneKnown: false, standing: "unknown" });
  expect(waited).toEqual([250, 1_000, 250, 1_000, 3_000]);
});

it.each(["user_not_found", "user_not_visible"])(
  "knows somebody as gone of whom Slack says %s, also one it knew",
  async (code) => {
    let outcome: SlackOutcome = { kind: "ok", data: { user } };
    let now = 0;
    const people = createPeople({
      workspace,
      client: clientOf(() => outcome),
      clock: { now: () => now },
      logger: quiet,
    });
    expect(await people.find("U1")).toMatchObject({ ...maya, standing: "member" });
    outcome = { kind: "refused", code };
    now = 11 * 60_000;
    expect(await people.find("U1")).toMatchObject({ name: "U1", standing: "nobody" });
    outcome = { kind: "refused", code: "token_revoked" };
    now += 11 * 60_000;
    expect(await people.find("U1")).toMatchObject({ standing: "nobody" });
  },
);

it("ends with the turn of whoever asks", async () => {
  const stopped = new AbortController();
  const client = clientOf(() => ({ kind: "unknown", cause: undefined }));
  const wait = async () => stopped.abort(new Error("stopped"));
  const people = createPeople({ workspace, client, clock: { now: () => 0 }, logger: quiet, wait });
  await expect(people.findAsker("U1", stopped.signal)).rejects.toThrow("stopped");
  expect(client.calls).toBe(1);
});

it.for([
  [{}, "member"],
  [{ is_restricted: true }, "guest"],
  [{ is_restricted: true, is_ultra_restricted: true }, "guest"],
  [{ deleted: true }, "nobody"],
  [{ is_bot: true }, "nobody"],
] as const)("reads from %j that somebody is a %s", async ([flags, standing]) => {
  const client = clientOf(() => ({ kind: "ok", data: { user: { ...user, ...flags } } }));
  const people = createPeople({ workspace, client, clock: { now: () => 0 }, logger: quiet });
  expect(await people.find("U1")).toMatchObject({ standing });
});

it("knows a channel's name for as long as Slack tells no other", async () => {
  const outcomes: SlackOutcome[] = [
    { kind: "unknown", cause: undefined },
    { kind: "ok", data: { channel: { name: "with-acme" } } },
  ];
  let now = 0;
  const client = clientOf(() => outcomes.shift() ?? { kind: "limited", retryAfterSeconds: 30 });
  const people = createPeople({ workspace, client, clock: { now: () => now }, logger: quiet });
  expect(await people.channelName("C1")).toBeUndefined();
  for (now of [0, 60 * 60_000]) expect(await people.channelName("C1")).toBe("with-acme");
});

const deskGroup = { id: "S1", handle: "deal-desk", users: ["U1", "U2"] };

it("knows the groups of the whole workspace by one call, and asks again after ten minutes", async () => {
  let now = 0;
  let usergroups: object[] = [deskGroup, { id: "S2", handle: "sales", users: ["U1"] }, { id: "S3", handle: "empty" }];
  const client = clientOf(
    () => ({ kind: "ok", data: { user } }),
    () => ({ kind: "ok", data: { usergroups } }),
  );
  const people = createPeople({ workspace, client, clock: { now: () => now }, logger: quiet });
  const [first, second, third] = await Promise.all(["U1", "U2", "U3"].map((id) => people.find(id)));
  expect([first?.groups, second?.groups, third?.groups]).toEqual([
    ["S1", "@deal-desk", "S2", "@sales"],
    ["S1", "@deal-desk"],
    [],
  ]);
  expect(client.listings).toBe(1);
  usergroups = [];
  now = 10 * 60_000;
  expect((await people.find("U1")).groups).toEqual([]);
  expect(client.listings).toBe(2);
});

it("has no groups where Slack refuses to tell, and says once what to do", async () => {
  let now = 0;
  const warnings: unknown[][] = [];
  const logger = { ...quiet, warn: (...given: unknown[]) => void warnings.push(given) } as unknown as typeof quiet;
  const groups = (): SlackOutcome => ({ kind: "refused", code: "missing_scope" });
  const client = clientOf(() => ({ kind: "ok", data: { user } }), groups);
  const people = createPeople({ workspace, client, clock: { now: () => now }, logger });
  for (now = 0; now < 3 * 10 * 60_000; now += 60_000) expect((await people.find("U1")).groups).toEqual([]);
  expect(client.listings).toBe(3);
  expect(warnings).toEqual([[{ code: "missing_scope" }, expect.stringContaining("usergroups:read")]]);
});

it.each([
  ["missing_scope", true],
  ["token_revoked", false],
  ["http_407", false],
])("takes %s for word of groups: %s", async (code, expected) => {
  const groups = (): SlackOutcome => ({ kind: "refused", code });
  const client = clientOf(() => ({ kind: "ok", data: { user } }), groups);
  const people = createPeople({ workspace, client, clock: { now: () => 0 }, logger: quiet });
  expect((await people.find("U1")).groups).toEqual([]);
  expect(people.knowsGroups()).toBe(expected);
});

it("keeps the groups that it knew while Slack is away, and does not ask with each question", async () => {
  let now = 0;
  let outcome: SlackOutcome = { kind: "ok", data: { usergroups: [deskGroup] } };
  const client = clientOf(
    () => ({ kind: "ok", data: { user } }),
    () => outcome,
  );
  const people = createPeople({ workspace, client, clock: { now: () => now }, logger: quiet });
  await people.find("U1");
  outcome = { kind: "limited", retryAfterSeconds: 30 };
  now = 10 * 60_000;
  for (let times = 0; times < 5; times++) expect((await people.find("U1")).groups).toEqual(["S1", "@deal-desk"]);
  expect(client.listings).toBe(2);
  outcome = { kind: "ok", data: { usergroups: [] } };
  now += 30_000;
  expect((await people.find("U1")).groups).toEqual([]);
});

it.each([
  [{ team_id: "T1" }, "member"],
  [{ team_id: "T2" }, "external"],
  [{ team_id: "T2", enterprise_user: { enterprise_id: "E1" } }, "member"],
  [{ team_id: "T2", enterprise_user: { enterprise_id: "E2" } }, "external"],
  [{ team_id: "E1" }, "member"],
  [{ team_id: "T2", is_admin: true }, "external"],
  [{ team_id: "T2", is_bot: true }, "nobody"],
] as const)("tells people of other companies from its own: %j", async (fields, standing) => {
  const client = clientOf(() => ({ kind: "ok", data: { user: { ...user, ...fields } } }));
  const people = createPeople({ workspace, client, clock: { now: () => 0 }, logger: quiet });
  expect((await people.find("U1")).standing).toBe(standing);
});
