// oxlint-disable unicorn/require-post-message-target-origin -- Slack's chat.postMessage, not a window's
/** What our Slack server's writes send, and what becomes of it in the sandbox's Slack. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { maya, oliver, openSlackHouse, type SlackHouse } from "../support/slack-house.ts";
import { DEAL_DESK, MAYA, OLIVER, SALES } from "../support/slack-stand-in.ts";

let house: SlackHouse;
beforeEach(async () => {
  house = await openSlackHouse();
});
afterEach(() => house.close());

const writes = /^(chat\.(post|update|schedule)M?|chat\.update|reactions\.add)/;
const written = () => house.sent().filter((method) => writes.test(method));
const texts = (channel: string) => house.store.messages(channel).map(({ text }) => text);

describe("send_message", () => {
  it("shows what it would send without sending it, then sends it once, as Sophia, without a preview of links", async () => {
    const args = { channel: "#sales", text: "**Acme** signed, thanks <@U07OLIVER01>: https://acme.example" };
    const shown = await house.preview("send_message", args);
    expect(shown).toEqual({
      summary: "Send a message to #sales",
      changes: [
        { field: "Channel", before: null, after: "#sales" },
        { field: "Text", before: null, after: "**Acme** signed, thanks @Oliver Hart: https://acme.example" },
      ],
    });
    expect(written()).toEqual([]);
    const { message } = await house.ask("send_message", args);
    expect(house.forms("chat.postMessage")).toEqual([
      {
        channel: SALES,
        markdown_text: args.text,
        unfurl_links: "false",
        unfurl_media: "false",
        client_msg_id: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
        metadata: JSON.stringify({ event_type: "sophia_tool_message", event_payload: { id: "id-1", asked_by: MAYA } }),
      },
    ]);
    const [posted] = house.store.messages("sales");
    expect(posted).toMatchObject({ text: args.text, author: { name: "Sophia" }, blocks: [{ type: "markdown" }] });
    expect(message).toEqual({
      channel: { id: SALES, name: "#sales", is_private: false },
      ts: posted?.ts,
      thread_ts: null,
      text: args.text,
      url: `https://payready.slack.com/archives/${SALES}/p${posted?.ts.replace(".", "")}`,
    });
    expect(house.requests()[0]?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
  });

  it("replies in the thread of any message of it, by ts or by link", async () => {
    const root = house.store.send({ user: "maya", channel: "sales", text: "Acme?" });
    const reply = house.store.send({ user: "oliver", channel: "sales", text: "Friday", threadTs: root.ts });
    const first = await house.ask("send_message", { channel: "sales", text: "Noted", thread_ts: reply.ts });
    expect(first.message).toMatchObject({ thread_ts: root.ts, url: expect.stringContaining(`thread_ts=${root.ts}`) });
    const link = first.message.url;
    expect((await house.preview("send_message", { channel: SALES, text: "2", thread_ts: link })).summary).toBe(
      "Send a message in a thread of #sales",
    );
    await house.ask("send_message", { channel: SALES, text: "Done", thread_ts: link });
    expect(house.forms("chat.postMessage").map((form) => form["thread_ts"])).toEqual([root.ts, root.ts]);
    const thread = house.store.messages("sales", { threadTs: root.ts });
    expect(thread.map(({ text }) => text)).toEqual(["Acme?", "Friday", "Noted", "Done"]);
    const lost = { channel: "sales", text: "x", thread_ts: "1763485200.000100" };
    expect(await house.refusal("send_message", lost)).toContain("thread_ts: there is no message");
    expect(await house.refusal("send_message", { ...lost, thread_ts: "yesterday" })).toContain("its link in Slack");
    const elsewhere = { channel: "general", text: "x", thread_ts: link };
    expect(await house.refusal("send_message", elsewhere)).toContain("another channel than #general");
  });

  it("sends a direct message to a colleague by e-mail address, and opens it only then", async () => {
    const args = { channel: "Oliver@payready.example", text: "Lunch?" };
    expect(await house.preview("send_message", args)).toMatchObject({
      summary: "Send a message to the direct message with Oliver Hart",
      changes: [{ after: "the direct message with Oliver Hart" }, { after: "Lunch?" }],
    });
    expect(house.store.channels().filter(({ kind }) => kind === "im")).toEqual([]);
    const { message } = await house.ask("send_message", args);
    expect(message.channel).toMatchObject({ name: "the direct message with Oliver Hart", is_private: true });
    expect(house.store.messages("dm", { viewer: OLIVER }).map(({ text }) => text)).toEqual(["Lunch?"]);
    expect(house.forms("chat.postMessage")[0]?.["channel"]).toBe(message.channel.id);
  });

  it.each([
    ["<!channel> look", "must not call a whole channel"],
    ["`<!HERE>`", "must not call a whole channel"],
    ["<!every\u0007one>", "must not call a whole channel"],
    ["a <!subteam^S0SALES00|@sales>", "must not call a whole channel"],
    [Array.from({ length: 11 }, (_, n) => `<@U07PERSON${n}>`).join(" "), "more than 10 people"],
    ["\u202E \u0007", "must not be empty"],
  ])("refuses %j", async (text, words) => {
    for (const tool of ["send_message", "schedule_message", "update_message"]) {
      const more = { send_message: {}, schedule_message: { post_at: "2026-09-15T09:00:00Z" }, update_message: {} }[
        tool
      ];
      const place = tool === "update_message" ? { message: "1763485200.000100" } : {};
      expect(await house.refusal(tool, { channel: "sales", text, ...place, ...more })).toContain(words);
    }
    expect(house.sent()).toEqual([]);
  });

  it("breaks what would be read as a call or a date", async () => {
    const text = "Ask @channel or @Here, not bob@here.com; <!date^1^{date}|now>";
    const { message } = await house.ask("send_message", { channel: "sales", text });
    expect(message.text).toBe("Ask @\u200Bchannel or @\u200BHere, not bob@here.com; <\u200B!date^1^{date}|now>");
    expect(texts("sales")).toEqual([message.text]);
  });

  it("goes nowhere that the asker is not in, and does not say that a private channel exists", async () => {
    const { store } = house;
    store.join({ user: "sophia", channel: "deal-desk" });
    const nowhere = await house.refusal("send_message", { channel: "nowhere", text: "x" }, { asker: oliver });
    for (const channel of ["deal-desk", DEAL_DESK]) {
      const words = await house.refusal("send_message", { channel, text: "x" }, { asker: oliver });
      expect(words).toBe(nowhere.replace("nowhere", channel));
    }
    expect(
      (await house.ask("send_message", { channel: "deal-desk", text: "10 %" }, { asker: maya })).message,
    ).toMatchObject({
      channel: { is_private: true },
    });
    const group = store.openGroup(["maya"]);
    expect(await house.refusal("send_message", { channel: group, text: "x" }, { asker: oliver })).toContain(
      "no channel",
    );
    expect(texts(group)).toEqual([]);
  });

  it("goes to no public channel that the asker has not joined", async () => {
    const channels = [{ id: "C07PRODUCT0", name: "product", topic: "", isPrivate: false, memberIds: [OLIVER] }];
    await house.close();
    house = await openSlackHouse({ channels });
    const args = { channel: "product", text: "x" };
    expect(await house.refusal("send_message", args)).toContain("Whoever asks is not in #product");
    expect(written()).toEqual([]);
    await house.ask("send_message", args, { asker: oliver });
    expect(texts("product")).toEqual(["x"]);
  });

  it("says that Sophia has to be invited, and what an archived channel takes", async () => {
    expect(await house.refusal("send_message", { channel: "random", text: "x" })).toContain("/invite @Sophia");
    house.store.changeChannel("sales", { isArchived: true });
    expect(await house.refusal("send_message", { channel: SALES, text: "x" })).toContain("#sales is archived");
    house.store.changeChannel("general", { isExternallyShared: true });
    const { changes } = await house.preview("send_message", { channel: "general", text: "x" });
    expect(changes).toContainEqual({ field: "Read by", before: null, after: "people of another company as well" });
  });

  it("writes for nobody who is not known, has left, or is of elsewhere", async () => {
    const args = { channel: "sales", text: "x" };
    expect(await house.refusal("send_message", args, { asker: null })).toContain("It is not known here who asks");
    expect(await house.refusal("send_message", args, { asker: "eve@elsewhere.example" })).toContain("Nobody in this");
    house.store.setStanding("oliver", "deleted");
    expect(await house.refusal("send_message", args, { asker: oliver })).toContain("Nobody in this");
    const toOliver = { channel: oliver, text: "x" };
    expect(await house.refusal("send_message", toOliver)).toContain("nobody in this Slack workspace");
    expect(await house.refusal("send_message", { channel: "eve@elsewhere.example", text: "x" })).toContain("nobody in");
    expect(written()).toEqual([]);
  });

  it("lets a guest write where the guest is, and to no colleague", async () => {
    house.store.setStanding("oliver", "guest");
    await house.ask("send_message", { channel: "sales", text: "from a guest" }, { asker: oliver });
    expect(texts("sales")).toEqual(["from a guest"]);
    expect(await house.refusal("send_message", { channel: maya, text: "x" }, { asker: oliver })).toContain("Guests");
    await house.ask("send_message", { channel: oliver, text: "to myself" }, { asker: oliver });
  });
});

describe("schedule_message", () => {
  const args = { channel: "sales", text: "Stand-up in **five**", post_at: "2026-09-15T09:00:00-04:00" };
  const at = Date.parse(args.post_at);

  it("shows when in the asker's zone, has Slack send it, and it is there when its time comes", async () => {
    expect(await house.preview("schedule_message", args)).toEqual({
      summary: "Schedule a message to #sales",
      changes: [
        { field: "Sent at", before: null, after: "2026-09-15T09:00:00-04:00 (America/New_York)" },
        { field: "Channel", before: null, after: "#sales" },
        { field: "Text", before: null, after: "Stand-up in **five**" },
      ],
    });
    expect(house.store.scheduled()).toEqual([]);
    const { scheduled } = await house.ask("schedule_message", args, { asker: oliver });
    expect(house.forms("chat.scheduleMessage")).toEqual([
      {
        channel: SALES,
        post_at: String(at / 1000),
        markdown_text: args.text,
        unfurl_links: "false",
        unfurl_media: "false",
        metadata: expect.stringContaining(`"asked_by":"${OLIVER}"`),
      },
    ]);
    expect(scheduled).toMatchObject({ post_at: "2026-09-15T14:00:00+01:00", channel: { name: "#sales" } });
    expect(house.store.scheduled().map(({ id }) => id)).toEqual([scheduled.id]);
    house.board.clock.set(at);
    expect(texts("sales")).toEqual([args.text]);
  });

  it.each([
    ["2026-09-14T15:00:05Z", "must lie ahead"],
    ["2027-02-01T09:00:00Z", "more than 120 days ahead"],
    ["2026-09-15T09:00:00", "must be an instant"],
  ])("refuses %s", async (post_at, words) => {
    expect(await house.refusal("schedule_message", { ...args, post_at })).toContain(words);
    expect(written()).toEqual([]);
  });

  it("keeps to the same rule as sending", async () => {
    expect(await house.refusal("schedule_message", args, { asker: null })).toContain("not known here who asks");
    expect(await house.refusal("schedule_message", { ...args, channel: "random" })).toContain("/invite @Sophia");
    await house.ask("schedule_message", { ...args, channel: oliver });
    house.board.clock.set(at);
    expect(house.store.messages("dm", { viewer: OLIVER })).toHaveLength(1);
  });
});

describe("update_message", () => {
  const send = async (channel = "sales", text = "Acme: 50k") =>
    (await house.ask("send_message", { channel, text })).message as {
      ts: string;
      url: string;
      channel: { id: string };
    };

  it("shows the text as it is and as it would be, then replaces it, by link or by channel and ts", async () => {
    const { ts, url } = await send();
    const shown = await house.preview("update_message", { message: url, text: "Acme: 60k" });
    expect(shown).toEqual({
      summary: "Change Sophia's message in #sales",
      record: { name: "Sophia's message in #sales", url },
      changes: [{ field: "Text", before: "Acme: 50k", after: "Acme: 60k" }],
    });
    expect(texts("sales")).toEqual(["Acme: 50k"]);
    const { message } = await house.ask("update_message", { channel: "sales", message: ts, text: "Acme: 60k" });
    expect(house.forms("chat.update")).toEqual([
      { channel: SALES, ts, markdown_text: "Acme: 60k", metadata: expect.stringContaining("sophia_tool_message") },
    ]);
    expect(message).toMatchObject({ ts, url, text: "Acme: 60k" });
    expect(house.store.message("sales", ts)).toMatchObject({ text: "Acme: 60k", edited: true });
  });

  it("changes nothing of other people's, no answer of Sophia's, and nothing where the asker is not", async () => {
    const { ts } = house.store.send({ user: "maya", channel: "sales", text: "mine" });
    const change = (message: string, more: object = {}, asker?: string) =>
      house.refusal("update_message", { channel: "sales", message, text: "other", ...more }, { asker });
    expect(await change(ts)).toContain("not one of Sophia's");
    const { chat } = house.slack.client();
    const metadata = { event_type: "sophia_reply", event_payload: { turn_id: "1", part: 0 } };
    const answer = await chat.postMessage({ channel: SALES, text: "12 deals", metadata });
    expect(await change(String(answer.ts))).toContain("an answer of Sophia's");
    house.store.join({ user: "sophia", channel: "deal-desk" });
    const desk = await send("deal-desk");
    expect(await change(desk.ts, { channel: "deal-desk" }, oliver)).toContain("there is no channel");
    expect(house.forms("chat.update")).toEqual([]);
  });

  it("does not show a private channel's text where others read along", async () => {
    house.store.join({ user: "sophia", channel: "deal-desk" });
    const { url } = await send("deal-desk", "10 % for Acme");
    const shown = await house.preview("update_message", { message: url, text: "none" }, { audience: "channel" });
    expect(JSON.stringify(shown)).not.toContain("10 %");
  });

  it("changes a direct message only for who had it sent, or for its reader", async () => {
    const { ts, channel } = await send(oliver);
    await house.ask("update_message", { channel: channel.id, message: ts, text: "by Maya" });
    await house.ask("update_message", { channel: channel.id, message: ts, text: "by Oliver" }, { asker: oliver });
    const theirs = (await house.ask("send_message", { channel: oliver, text: "note" }, { asker: oliver })).message;
    const words = await house.refusal("update_message", { channel: oliver, message: theirs.ts, text: "by Maya" });
    expect(words).toContain("Only who had a direct message sent");
  });
});

describe("add_reaction", () => {
  it("shows on what, puts it there once, and says where it was there already", async () => {
    const { ts } = house.store.send({ user: "oliver", channel: "sales", text: "Acme <@U07MAYA0001> signed" });
    const args = { channel: "sales", message: ts, name: ":tada:" };
    expect(await house.preview("add_reaction", args)).toMatchObject({
      summary: "React with :tada: to a message in #sales",
      record: { name: '"Acme @Maya Lindqvist signed" in #sales', url: expect.stringContaining("/archives/") },
      changes: [{ field: "Reaction", before: null, after: ":tada:" }],
    });
    expect(house.store.message("sales", ts)?.reactions).toEqual([]);
    expect(await house.ask("add_reaction", args)).toMatchObject({ name: "tada", added: true });
    expect(house.forms("reactions.add")).toEqual([{ channel: SALES, timestamp: ts, name: "tada" }]);
    expect(house.store.message("sales", ts)?.reactions).toEqual([
      { name: "tada", users: [house.store.identity.userId] },
    ]);
    expect(await house.ask("add_reaction", args)).toMatchObject({ added: false });
    expect(await house.refusal("add_reaction", { ...args, name: "two words" })).toContain("an emoji's name");
    expect(await house.refusal("add_reaction", args, { asker: null })).toContain("not known here who asks");
  });

  it("finds a reply by its ts alone", async () => {
    const root = house.store.send({ user: "maya", channel: "sales", text: "root" });
    const { ts } = house.store.send({ user: "oliver", channel: "sales", text: "reply", threadTs: root.ts });
    await house.ask("add_reaction", { channel: "sales", message: ts, name: "eyes" });
    expect(house.store.message("sales", ts)?.reactions).toHaveLength(1);
  });
});
