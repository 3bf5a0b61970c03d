import { beforeEach, describe, expect, it } from "vitest";
import { type Channels, createChannels } from "../../../src/slack/channels.ts";
import type { SlackOutcome } from "../../../src/slack/client.ts";
import { problemOf } from "../../../src/workflows/routes.ts";
import { quiet } from "../../support/slack-sophia.ts";

const sales = { id: "C1", name: "sales", is_member: true, is_private: false, is_ext_shared: false };
const limited: SlackOutcome = { kind: "limited", retryAfterSeconds: 30 };
const refused = (code: string): SlackOutcome => ({ kind: "refused", code });
const told = (more: object = {}): SlackOutcome => ({ kind: "ok", data: { channel: { ...sales, ...more } } });

let now: number;
let calls: string[];
let info: SlackOutcome;
let members: SlackOutcome;
let channels: Channels;

beforeEach(() => {
  now = 0;
  calls = [];
  info = told();
  members = { kind: "ok", data: { members: ["U1", "UBOT"] } };
  const client = {
    try: async (method: string) => {
      calls.push(method);
      if (method === "conversations.list") return { kind: "ok" as const, data: { channels: [sales] } };
      return method === "conversations.info" ? info : members;
    },
    call: () => Promise.reject(new Error("not used")),
  };
  channels = createChannels({ client, clock: { now: () => now }, logger: quiet });
});

const problem = async (channel = "C1") => problemOf(await channels.find(channel));

describe("a channel that is posted to unasked", () => {
  it("is known for a minute, and for no longer while Slack does not tell", async () => {
    expect(await problem()).toBeUndefined();
    info = limited;
    now = 59_000;
    expect(await problem()).toBeUndefined();
    now = 60_000;
    expect(await problem()).toBe("away");
    now = 24 * 3_600_000;
    expect([await problem(), await problem("#sales")]).toEqual(["away", "away"]);
    info = told({ is_ext_shared: true });
    expect(await problem()).toBe("shared");
  });

  it("is asked for anew where it has to be as it is now, by one call however many want to know", async () => {
    await channels.find("C1");
    info = told({ is_ext_shared: true });
    const found = await Promise.all([channels.findNow("C1"), channels.findNow("C1")]);
    expect(found.map(problemOf)).toEqual(["shared", "shared"]);
    expect(calls).toHaveLength(2);
    expect(await problem()).toBe("shared");
    info = limited;
    expect(await channels.findNow("C1")).toBe("away");
  });

  it.for([
    ["channel_not_found", "not_found"],
    ["token_revoked", "away"],
    ["http_407", "away"],
    ["missing_scope", "away"],
  ] as const)("is gone only where Slack says so: %s is %s", async ([code, wanted]) => {
    info = refused(code);
    expect(await problem()).toBe(wanted);
    expect(problemOf(await channels.findNow("C1"))).toBe(wanted);
  });

  it("is archived, which is another thing than not to be in it", async () => {
    info = told({ is_archived: true });
    expect(await problem()).toBe("archived");
    info = told({ is_member: false });
    expect(problemOf(await channels.findNow("C1"))).toBe("not_in");
  });

  it("has the members that it has now, or those that Slack does not tell of", async () => {
    expect([await channels.hasMember("C1", "U1"), await channels.hasMember("C1", "U2")]).toEqual([true, false]);
    for (members of [limited, refused("token_revoked")]) expect(await channels.hasMember("C1", "U1")).toBeUndefined();
  });
});
