// oxlint-disable unicorn/require-post-message-target-origin -- Slack's chat.postMessage, not a window's
/** Who is in the sandbox's workspace besides its members: groups, a guest, somebody who has left, another company's people. */
import { WebClient } from "@slack/web-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/start.ts";

const NORA = "U07NORAFELD";
const VICTOR = "U07VICTORSA";
const PARTNER = "U07ACMEPEOP";

let sandbox: Sandbox;
let bot: WebClient;

beforeAll(async () => {
  sandbox = await startSandbox({ now: Date.parse("2026-11-20T15:30:00Z") });
  const options = { slackApiUrl: sandbox.env.SLACK_API_URL };
  bot = new WebClient(sandbox.env.SLACK_BOT_TOKEN, options);
});
afterAll(() => sandbox.close());

const idOf = (handle: string) => sandbox.world.people.find((person) => person.handle === handle)?.id ?? "";
const user = async (id: string): Promise<any> => (await bot.users.info({ user: id })).user;
const channels = () => sandbox.slack.store.channels();

describe("user groups", () => {
  it("are the teams, and who approves", async () => {
    const groups = Object.fromEntries(
      sandbox.slack.store.userGroups().map(({ handle, id, memberIds }) => [handle, { id, memberIds }]),
    );
    expect(Object.keys(groups).toSorted()).toEqual([
      "deal-desk",
      "engineering",
      "management",
      "operations",
      "sales",
      "sales-managers",
    ]);
    expect(groups["deal-desk"]).toEqual({ id: "S07DEALDESK", memberIds: ["maya", "ben", "ruth"].map(idOf) });
    expect(groups["sales-managers"]).toEqual({ id: "S07SALESMGR", memberIds: ["maya", "oliver", "ben"].map(idOf) });
    for (const { id } of Object.values(groups)) expect(id).toMatch(/^S[A-Z0-9]{6,}$/);
  });

  it("are called by their handle", () => {
    const { ts } = sandbox.slack.store.send({ user: "maya", channel: "sales", text: "is @deal-desk there?" });
    const sent = sandbox.slack.store.message("sales", ts);
    expect(sent).toMatchObject({ text: "is <!subteam^S07DEALDESK> there?", readable: "is @deal-desk there?" });
    expect(sent?.blocks[0]?.["elements"]).toMatchObject([
      { elements: [{ type: "text" }, { type: "usergroup", usergroup_id: "S07DEALDESK" }, { type: "text" }] },
    ]);
  });
});

describe("people", () => {
  it("are members, one of them an admin, and none of the others", async () => {
    expect(await user(idOf("ruth"))).toMatchObject({ is_admin: true, is_restricted: false, deleted: false });
    expect(await user(idOf("maya"))).toMatchObject({ is_admin: false, is_restricted: false, deleted: false });
    expect(await user(NORA)).toMatchObject({ is_restricted: true, is_ultra_restricted: true, deleted: false });
    expect(await user(VICTOR)).toMatchObject({ deleted: true });
    const partner = await user(PARTNER);
    expect(partner.team_id).not.toBe(sandbox.slack.store.identity.teamId);
    expect(partner.profile).not.toHaveProperty("email");
    expect(sandbox.world.accounts[0]?.contacts.map(({ name }) => name)).toContain(partner.real_name);
    const visitors = [NORA, VICTOR, PARTNER];
    expect(sandbox.world.people.filter(({ id }) => visitors.includes(id))).toEqual([]);
  });

  it("have their places: a guest one channel, another company's people the shared one", async () => {
    const of = (id: string) => channels().filter(({ kind, memberIds }) => kind !== "im" && memberIds.includes(id));
    expect(of(NORA).map(({ name }) => name)).toEqual(["product-feedback"]);
    expect(of(PARTNER).map(({ name }) => name)).toEqual(["ext-acme"]);
    const { channel } = await bot.conversations.info({ channel: "C07EXTACME0" });
    expect(channel).toMatchObject({ is_ext_shared: true });
    expect(sandbox.slack.store.channels(PARTNER).map(({ name }) => name)).toEqual(["ext-acme"]);
  });

  it("of another company write with their own workspace's name, in a channel that is told to be shared", () => {
    const { events } = sandbox.slack.store.send({ user: PARTNER, channel: "ext-acme", text: "@sophia hi", hold: true });
    const { teamId } = sandbox.slack.store.identity;
    expect(events).toHaveLength(2);
    for (const { event, team_id, is_ext_shared_channel } of events) {
      expect([team_id, is_ext_shared_channel]).toEqual([teamId, true]);
      expect([event["user"], event["team"] === teamId, event["user_team"] === event["team"]]).toEqual([
        PARTNER,
        false,
        true,
      ]);
    }
  });
});
