// oxlint-disable unicorn/require-post-message-target-origin -- Slack's chat.postMessage, not a window's
/** What our Slack server reads for whom, what leaves the house for it, and how it comes back. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FAILURE_META } from "../../src/mcp/types.ts";
import { maya, oliver, openSlackHouse, type SlackHouse } from "../support/slack-house.ts";
import { DEAL_DESK, MAYA, OLIVER, SALES } from "../support/slack-stand-in.ts";

let house: SlackHouse;
beforeEach(async () => {
  house = await openSlackHouse();
});
afterEach(() => house.close());

const say = (text: string, more: { channel?: string; user?: string; threadTs?: string } = {}) =>
  house.store.send({ user: "maya", channel: "sales", ...more, text });
const textsOf = (messages: { text: string }[]) => messages.map(({ text }) => text);

describe("read_channel", () => {
  it("gives who wrote what and when, with names in the place of ids", async () => {
    const first = say("@oliver see #general and https://acme.example <3");
    const second = say("Will do", { user: "oliver" });
    say("thread", { threadTs: first.ts });
    house.store.react({ user: "oliver", channel: "sales", ts: first.ts, name: "eyes" });
    house.store.edit({ user: "oliver", channel: "sales", ts: second.ts, text: "Done" });
    house.store.sendAsBot({ name: "CI", channel: "sales", text: "build *failed*" });
    const seen = await house.ask("read_channel", { channel: "#Sales" });
    const url = (ts: string) => `https://payready.slack.com/archives/${SALES}/p${ts.replace(".", "")}`;
    const person = { is_sophia: false, is_bot: false };
    const none = { replies: 0, reactions: [], files: [], edited: false };
    expect(seen).toEqual({
      channel: { id: SALES, name: "#sales", is_private: false },
      messages: [
        {
          ...none,
          ts: first.ts,
          at: "2026-09-14T11:00:00-04:00",
          author: { id: MAYA, name: "Maya Lindqvist", ...person },
          text: "@Oliver Hart see #general and https://acme.example <3",
          replies: 1,
          reactions: [{ name: "eyes", count: 1 }],
          url: url(first.ts),
        },
        {
          ...none,
          ts: second.ts,
          at: "2026-09-14T11:00:00-04:00",
          author: { id: OLIVER, name: "Oliver Hart", ...person },
          text: "Done",
          edited: true,
          url: url(second.ts),
        },
        {
          ...none,
          ts: expect.any(String),
          at: "2026-09-14T11:00:00-04:00",
          author: { id: null, name: "CI", is_sophia: false, is_bot: true },
          text: "build *failed*",
          url: expect.any(String),
        },
      ],
      truncated: false,
    });
    expect(house.forms("conversations.history")).toEqual([
      { channel: SALES, limit: "50", inclusive: "true", include_all_metadata: "true" },
    ]);
  });

  it("pages backwards, each page in the order of writing, and binds the cursor to its question", async () => {
    for (let n = 1; n <= 5; n++) say(`${n}`);
    const args = { channel: "sales", limit: 2 };
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await house.ask("read_channel", { ...args, cursor });
      pages.push(textsOf(page.messages));
      cursor = page.cursor;
      expect(page.truncated).toBe(cursor !== undefined);
    } while (cursor !== undefined);
    expect(pages).toEqual([["4", "5"], ["2", "3"], ["1"]]);
    const { cursor: own } = await house.ask("read_channel", args);
    const words = await house.refusal("read_channel", { channel: "general", cursor: own });
    expect(words).toContain("belongs to another question");
  });

  it("takes days in the asker's own zone, the last one included", async () => {
    const at = (instant: string, text: string) => {
      house.board.clock.set(Date.parse(instant));
      say(text);
    };
    at("2026-09-15T03:59:59Z", "14th in New York");
    at("2026-09-15T04:00:00Z", "15th begins");
    at("2026-09-16T03:59:59Z", "15th ends");
    at("2026-09-16T04:00:00Z", "16th");
    const days = { channel: "sales", from_date: "2026-09-15", to_date: "2026-09-15" };
    expect(textsOf((await house.ask("read_channel", days)).messages)).toEqual(["15th begins", "15th ends"]);
    const { oldest, latest } = house.forms("conversations.history")[0] ?? {};
    expect([oldest, latest]).toEqual(["1789444800.000000", "1789531199.999999"]);
    const london = await house.ask("read_channel", days, { asker: oliver });
    expect(textsOf(london.messages)).toEqual(["14th in New York", "15th begins"]);
    expect(london.messages[0].at).toBe("2026-09-15T04:59:59+01:00");
    const since = await house.ask("read_channel", { channel: "sales", from_date: "2026-09-16T00:00:00-04:00" });
    expect(textsOf(since.messages)).toEqual(["16th"]);
    expect(await house.refusal("read_channel", { channel: "sales", from_date: "Friday" })).toContain("from_date");
    expect(await house.refusal("read_channel", { channel: "sales", time_zone: "Chicago" })).toContain("time_zone");
  });

  it("reads a public channel for any full member, and for a client of whose people nothing is known", async () => {
    await house.close();
    const channels = [{ id: "C07PRODUCT0", name: "product", topic: "", isPrivate: false, memberIds: [OLIVER] }];
    house = await openSlackHouse({ channels });
    say("feature", { channel: "product", user: "oliver" });
    for (const asker of [maya, oliver, null]) {
      for (const audience of ["private", "channel"] as const) {
        const seen = await house.ask("read_channel", { channel: "product" }, { asker, audience });
        expect(textsOf(seen.messages)).toEqual(["feature"]);
      }
    }
    expect(house.sent()).not.toContain("conversations.members");
    await house.close();
    house = await openSlackHouse({ channels });
    house.store.setStanding("maya", "guest");
    expect(await house.refusal("read_channel", { channel: "product" })).toContain("there is no channel");
    say("hello", { user: "oliver" });
    expect(textsOf((await house.ask("read_channel", { channel: "sales" })).messages)).toEqual(["hello"]);
  });

  it("reads what is private for its members alone, and not where others read along", async () => {
    house.store.join({ user: "sophia", channel: "deal-desk" });
    say("10 %", { channel: "deal-desk" });
    const dm = say("to Sophia", { channel: "dm" }).channel;
    const group = house.store.openGroup(["maya"]);
    say("among us", { channel: group });
    const nowhere = await house.refusal("read_channel", { channel: "nowhere" }, { asker: oliver });
    const { ts } = say("x", { channel: "deal-desk" });
    for (const [channel, text] of [
      [DEAL_DESK, "10 %"] as const,
      [dm, "to Sophia"] as const,
      [group, "among us"] as const,
    ]) {
      expect(textsOf((await house.ask("read_channel", { channel })).messages)[0]).toBe(text);
      const aloud = await house.call("read_channel", { channel }, { audience: "channel" });
      expect(JSON.stringify(aloud.content)).toContain("not told where others read along");
      expect(aloud._meta?.[FAILURE_META]).toMatchObject({ kind: "private" });
      for (const asker of [oliver, null]) {
        const words = await house.refusal("read_channel", { channel }, { asker });
        expect(words).toBe(nowhere.replace("nowhere", channel));
        const inThread = await house.refusal("read_thread", { channel, thread_ts: ts }, { asker });
        expect(inThread).toBe(words);
      }
    }
    const history = house.forms("conversations.history").length;
    expect(history).toBe(3);
    expect(house.forms("conversations.replies")).toEqual([]);
  });

  it("says that Sophia has to be in a channel, and looks again for one that she has just been invited to", async () => {
    expect(await house.refusal("read_channel", { channel: "random" })).toContain("/invite @Sophia");
    expect(await house.refusal("read_channel", { channel: "deal-desk" })).toContain("there is no channel");
    expect(await house.refusal("read_channel", { channel: "sale" })).toContain('Did you mean "sales"?');
    house.store.join({ user: "sophia", channel: "deal-desk" });
    expect(await house.ask("read_channel", { channel: "deal-desk" })).toMatchObject({ messages: [] });
  });
});

describe("read_thread", () => {
  it("gives the thread of any message of it, paged, by ts or link", async () => {
    const root = say("Acme?");
    for (let n = 1; n <= 5; n++) say(`${n}`, { user: "oliver", threadTs: root.ts });
    const args = { channel: "sales", thread_ts: root.ts, limit: 2 };
    const seen = await house.ask("read_thread", args);
    expect(seen).toMatchObject({
      channel: { name: "#sales" },
      thread_ts: root.ts,
      first: { text: "Acme?" },
      truncated: true,
    });
    expect(textsOf(seen.replies)).toEqual(["1", "2"]);
    const next = await house.ask("read_thread", { ...args, cursor: seen.cursor });
    expect(textsOf(next.replies)).toEqual(["3", "4"]);
    const last = await house.ask("read_thread", { ...args, cursor: next.cursor });
    expect([textsOf(last.replies), last.truncated]).toEqual([["5"], false]);
    const whole = ["1", "2", "3", "4", "5"];
    const reply = seen.replies[1];
    expect(textsOf((await house.ask("read_thread", { channel: SALES, thread_ts: reply.ts })).replies)).toEqual(whole);
    expect(textsOf((await house.ask("read_thread", { thread_ts: reply.url })).replies)).toEqual(whole);
    expect(textsOf((await house.ask("read_thread", { thread_ts: reply.url.split("?")[0] })).replies)).toEqual(whole);
    expect(house.forms("conversations.replies")).toContainEqual({
      channel: SALES,
      ts: root.ts,
      limit: "2",
      inclusive: "true",
      include_all_metadata: "true",
    });
    expect(await house.refusal("read_thread", { thread_ts: root.ts })).toContain("Send channel as well");
  });

  it("gives the thread that the question was asked in where none is named", async () => {
    const root = say("Umbrella?");
    say("Yes", { user: "oliver", threadTs: root.ts });
    const own = { channel: SALES, threadTs: root.ts };
    const seen = await house.ask("read_thread", {}, { confined: { ...own, userId: MAYA, question: "" } });
    expect([seen.first.text, textsOf(seen.replies)]).toEqual(["Umbrella?", ["Yes"]]);
    expect(await house.refusal("read_thread", {})).toContain("Send thread_ts");
  });

  it("shows what Sophia wrote as hers, and a text that only its blocks have", async () => {
    const root = say("@sophia hello");
    const { chat } = house.slack.client();
    await chat.postMessage({ channel: SALES, thread_ts: root.ts, markdown_text: "**12** deals" });
    const blocks = [{ type: "section", text: { type: "mrkdwn", text: "In a <https://acme.example|block>" } }];
    await house.slack.client().apiCall("chat.postMessage", { channel: SALES, thread_ts: root.ts, blocks });
    const { replies } = await house.ask("read_thread", { channel: "sales", thread_ts: root.ts });
    expect(textsOf(replies)).toEqual(["**12** deals", "In a block (https://acme.example)"]);
    expect(replies[0].author).toMatchObject({ name: "Sophia", is_sophia: true });
  });
});

describe("read_thread of messages with forwards", () => {
  const forward = (of: { ts: string; channel: string }, text: string, threadTs?: string) =>
    house.store.send({ user: "maya", channel: "sales", text, threadTs, shared: of });

  it("gives the words of others apart from the author's own", async () => {
    const request = house.store.send({
      user: "oliver",
      channel: "general",
      text: "We need the DPA by friday, @maya",
      files: [{ name: "dpa.pdf", content: "%PDF" }],
    });
    const root = forward(request, "FYI, from Acme");
    const section = { type: "section", text: { type: "mrkdwn", text: "<https://acme.example|Acme> &amp; Globex" } };
    const bot = house.store.sendAsBot({ name: "CRM", channel: "general", text: "", blocks: [section] });
    forward(bot, "", root.ts);
    const { first, replies } = await house.ask("read_thread", { channel: "sales", thread_ts: root.ts });
    const url = ({ ts, channel }: typeof request) =>
      `https://payready.slack.com/archives/${channel}/p${ts.replace(".", "")}`;
    expect(first.text).toBe("FYI, from Acme");
    expect(first.forwarded).toEqual([
      {
        author: "Oliver Hart",
        text: "We need the DPA by friday, @Maya Lindqvist",
        files: ["dpa.pdf"],
        url: url(request),
      },
    ]);
    expect(replies).toMatchObject([
      {
        text: "",
        forwarded: [{ author: "CRM", text: "Acme (https://acme.example) & Globex", files: [], url: url(bot) }],
      },
    ]);
  });
});

describe("find_channel", () => {
  it("finds by words of the name or topic, those with the name first, and says who is in", async () => {
    house.store.changeChannel("random", { isExternallyShared: true });
    const { channels } = await house.ask("find_channel", { query: "sales" });
    expect(channels).toEqual([
      {
        id: SALES,
        name: "sales",
        topic: "Deals",
        purpose: null,
        members: 3,
        is_private: false,
        asker_is_in: true,
        sophia_is_in: true,
        read_by_another_company: false,
        url: `https://payready.slack.com/archives/${SALES}`,
      },
    ]);
    const all = await house.ask("find_channel", { limit: 2 });
    expect(all).toMatchObject({ channels: [{ name: "general" }, { name: "random" }], truncated: true, complete: true });
    expect(all.channels[1]).toMatchObject({ sophia_is_in: false, read_by_another_company: true });
    const rest = await house.ask("find_channel", { limit: 2, cursor: all.cursor });
    expect(rest).toMatchObject({ channels: [{ name: "sales" }], truncated: false });
    const [form] = house.forms("conversations.list");
    expect(form).toEqual({ types: "public_channel,private_channel", exclude_archived: "true", limit: "500" });
    expect(house.forms("users.conversations")[0]).toMatchObject({ user: MAYA });
    // Once for all that was asked.
    expect(house.forms("conversations.list")).toHaveLength(1);
  });

  it("shows a private channel to its members alone, and not where others read along", async () => {
    house.store.join({ user: "sophia", channel: "deal-desk" });
    const names = async (options: object, args: object = {}) =>
      (await house.ask("find_channel", args, options)).channels.map(({ name }: { name: string }) => name);
    expect(await names({})).toContain("deal-desk");
    expect(await names({ audience: "channel" })).not.toContain("deal-desk");
    expect(await names({ asker: oliver })).not.toContain("deal-desk");
    expect(await names({ asker: null })).toEqual(["general", "random", "sales"]);
    expect(await names({ asker: null }, { only_mine: true })).toEqual([]);
    expect(await house.refusal("read_channel", { channel: "deal-dsk" }, { asker: oliver })).not.toContain("deal-desk");
  });
});

describe("find_user", () => {
  it("finds people by name, title or address, and leaves out bots and who has left", async () => {
    const { users } = await house.ask("find_user", { query: "maya" });
    expect(users).toEqual([
      {
        id: MAYA,
        name: "Maya Lindqvist",
        email: maya,
        title: "Account Executive",
        time_zone: "America/New_York",
        is_guest: false,
        url: `https://payready.slack.com/team/${MAYA}`,
      },
    ]);
    expect(house.forms("users.list")).toEqual([{ limit: "500" }]);
    expect((await house.ask("find_user", { query: "account executive" })).users).toHaveLength(2);
    expect((await house.ask("find_user", { query: oliver })).users).toMatchObject([{ id: OLIVER }]);
    expect((await house.ask("find_user", { query: "sophia" })).users).toEqual([]);
    expect(await house.ask("find_user", { query: "olivr" })).toMatchObject({ users: [], did_you_mean: "Oliver Hart" });
    const page = await house.ask("find_user", { query: "account", limit: 1 });
    expect(page).toMatchObject({ users: [{ id: MAYA }], truncated: true });
    const next = await house.ask("find_user", { query: "account", limit: 1, cursor: page.cursor });
    expect(next).toMatchObject({ users: [{ id: OLIVER }], truncated: false });
  });

  it("is not for guests, and shows nobody who has left", async () => {
    house.store.setStanding("oliver", "deleted");
    expect((await house.ask("find_user", { query: "oliver" })).users).toEqual([]);
    await house.close();
    house = await openSlackHouse();
    house.store.setStanding("maya", "guest");
    expect(await house.refusal("find_user", { query: "oliver" })).toContain("Guests");
  });
});
