import { beforeEach, describe, expect, it } from "vitest";
import type { SlackOutcome } from "../../../../src/slack/client.ts";
import { createChannels } from "../../../../src/slack/channels.ts";
import { createDigests, type Digests } from "../../../../src/slack/digests/digests.ts";
import { createDirectMessages } from "../../../../src/slack/direct-messages.ts";
import type { Schedule } from "../../../../src/storage/schedules.ts";
import { createPeople } from "../../../../src/slack/people.ts";
import { noSchedules } from "../../../support/no-schedules.ts";
import { quiet } from "../../../support/slack-sophia.ts";

const place = { ownerId: "U1", channel: "C1", isPrivate: false };
const sales = { id: "C1", name: "sales", is_member: true, is_ext_shared: false };

let now: number;
let answers: Record<string, SlackOutcome>;
let onCall: (method: string, args: object) => void;
let digests: Digests;
let people: readonly string[] | undefined;

beforeEach(() => {
  now = 0;
  onCall = () => undefined;
  people = undefined;
  answers = {
    "users.info": { kind: "ok", data: { user: { id: "U1", team_id: "T1" } } },
    "usergroups.list": { kind: "ok", data: { usergroups: [] } },
    "conversations.info": { kind: "ok", data: { channel: sales } },
    "conversations.members": { kind: "ok", data: { members: ["UBOT", "U1"] } },
  };
  const client = {
    try: async (method: string, args: object) => {
      onCall(method, args);
      return answers[method] ?? { kind: "refused" as const, code: "unknown_method" };
    },
    call: () => Promise.reject(new Error("not used")),
  };
  const clock = { now: () => now };
  digests = createDigests({
    schedules: noSchedules,
    client,
    people: createPeople({ client, workspace: { teamId: "T1", enterpriseId: undefined }, clock, logger: quiet }),
    channels: createChannels({ client, clock, logger: quiet }),
    guests: "refuse",
    roles: {
      get sophia() {
        return { people };
      },
    },
    admins: [],
    directMessages: createDirectMessages(client, quiet),
    logger: quiet,
  });
});

describe("whether a digest may be posted", () => {
  it("is told by who reads its channel now", async () => {
    expect(await digests.mayPost(place)).toEqual({ kind: "fine" });
    answers["conversations.info"] = { kind: "ok", data: { channel: { ...sales, is_ext_shared: true } } };
    now = 1_000;
    expect(await digests.mayPost(place)).toMatchObject({ kind: "refused", code: "external_channel" });
  });

  it("is not known while Slack does not tell, however well it was known before", async () => {
    expect(await digests.mayPost(place)).toEqual({ kind: "fine" });
    answers["conversations.info"] = { kind: "limited", retryAfterSeconds: 30 };
    for (now of [9 * 60_000, 3 * 24 * 3_600_000]) expect(await digests.mayPost(place)).toEqual({ kind: "unknown" });
  });

  it.for(["conversations.info", "conversations.members"])(
    "is not known where Slack refuses Sophia herself: %s",
    async (method) => {
      for (const code of ["token_revoked", "http_407"]) {
        answers[method] = { kind: "refused", code };
        expect(await digests.mayPost(place)).toEqual({ kind: "unknown" });
      }
    },
  );

  it("is told of to its owner where it is missed for that", async () => {
    const told: object[] = [];
    answers["conversations.open"] = { kind: "ok", data: { channel: { id: "D1" } } };
    onCall = (method, args) => {
      if (method === "chat.postMessage") told.push(args);
    };
    const schedule = { ...place, title: "Calls & deals" } as Schedule;
    await digests.tellMissed(schedule);
    await digests.tellMissed({ ...schedule, isPrivate: true });
    const end = "I try again each time it is due. If it stays away, tell whoever runs me.";
    expect(told).toEqual([
      {
        channel: "D1",
        text: `The digest *Calls &amp; deals* of yours did not come to <#C1>: Slack does not tell me who reads that channel, or whether you may have it posted there. ${end}`,
      },
      {
        channel: "D1",
        text: `The digest *Calls &amp; deals* of yours did not come here: Slack does not tell me whether you may have it. ${end}`,
      },
    ]);
  });

  it.for([
    [{ is_member: false }, "not_in_channel", "I am not in its channel"],
    [{ is_archived: true }, "is_archived", "its channel is archived"],
  ] as const)("says what is wrong with the channel: %j", async ([more, code, reason]) => {
    answers["conversations.info"] = { kind: "ok", data: { channel: { ...sales, ...more } } };
    expect(await digests.mayPost(place)).toEqual({ kind: "refused", code, reason });
  });

  it.each([false, true])("is refused where its owner may not ask; in their direct message: %s", async (isPrivate) => {
    const own = { ...place, isPrivate };
    answers["usergroups.list"] = { kind: "ok", data: { usergroups: [{ id: "S1", handle: "sales", users: ["U1"] }] } };
    people = ["@sales"];
    expect(await digests.mayPost(own)).toEqual({ kind: "fine" });
    people = ["@finance"];
    const reason = "its owner is not among those whom I answer";
    expect(await digests.mayPost(own)).toEqual({ kind: "refused", code: "role", reason });
  });

  it("is not known while Slack does not tell in which groups its owner is", async () => {
    answers["usergroups.list"] = { kind: "limited", retryAfterSeconds: 30 };
    people = ["@sales"];
    expect(await digests.mayPost(place)).toEqual({ kind: "unknown" });
  });

  it("is refused where Slack knows its owner no more", async () => {
    answers["users.info"] = { kind: "refused", code: "user_not_found" };
    const reason = "its owner has left";
    expect(await digests.mayPost(place)).toEqual({ kind: "refused", code: "owner_left", reason });
  });

  it("is refused where the channel is gone, or its owner not in it", async () => {
    answers["conversations.members"] = { kind: "ok", data: { members: ["UBOT"] } };
    expect(await digests.mayPost(place)).toMatchObject({ kind: "refused", code: "owner_not_in_channel" });
    answers["conversations.info"] = { kind: "refused", code: "channel_not_found" };
    expect(await digests.mayPost(place)).toMatchObject({ kind: "refused", code: "not_in_channel" });
  });
});
