/** What our Slack server does, and says, when Slack refuses, fails or is silent. */

import { afterEach, describe, expect, it, vi } from "vitest";
import type { Fault } from "../../sandbox/stand-in.ts";
import { InstantTimer } from "../support/instant-timer.ts";
import { openSlackHouse, type SlackHouse, textOf } from "../support/slack-house.ts";
import { SALES } from "../support/slack-stand-in.ts";

let house: SlackHouse;
afterEach(() => house.close());

type FaultFields = Omit<Fault, "service">;
const fault = (fields: FaultFields) => house.board.addFault({ service: "slack", ...fields });
const open = async (options: Parameters<typeof openSlackHouse>[0] = {}) => {
  const timer = new InstantTimer();
  house = await openSlackHouse({ timer, ...options });
  return timer;
};
const posted = () => house.store.messages("sales").map(({ text }) => text);

describe("a read", () => {
  it.each<[string, FaultFields]>([
    ["a 500", { status: 500 }],
    ["a 503", { status: 503 }],
    ["a cut connection", { drop: true }],
  ])("is sent again after %s", async (_, fields) => {
    const timer = await open();
    fault({ path: "users.list", times: 2, ...fields });
    expect((await house.ask("find_user", { query: "maya" })).users).toHaveLength(1);
    expect(house.sent().filter((method) => method === "users.list")).toHaveLength(fields.drop ? 1 : 3);
    expect(timer.slept).toEqual([200, 400]);
  });

  it("waits for as long as Slack says, and no longer than the call may take; other methods go on", async () => {
    const stdout = vi.spyOn(process.stdout, "write");
    const timer = await open();
    fault({ path: "users.list", status: 429, retryAfter: 3 });
    await house.ask("find_user", { query: "maya" });
    expect(timer.slept).toEqual([3000]);
    fault({ path: "conversations.history", status: 429, retryAfter: 60 });
    expect(await house.refusal("read_channel", { channel: "sales" })).toContain("Try again in 60 s");
    const { length } = house.sent();
    expect(await house.refusal("read_channel", { channel: SALES })).toContain("request limit is used up");
    expect(house.sent().slice(length)).toEqual(["conversations.info"]);
    await house.ask("find_channel", { query: "sales" });
    expect(stdout.mock.calls.filter(([text]) => String(text).includes("rate"))).toEqual([]);
  });

  it("tells a token that Slack does not take, after one attempt and without it", async () => {
    await open({ botToken: "xoxb-another" });
    const text = await house.refusal("find_user", { query: "maya" });
    expect(text).toContain("Slack does not take the bot token (invalid_auth). Check SLACK_BOT_TOKEN");
    expect(text).not.toContain("xoxb-another");
    expect(house.sent()).toEqual(["auth.test"]);
  });

  it("names the scope that is missing", async () => {
    await open({ slack: { scopes: ["users:read"] } });
    expect(await house.refusal("find_user", { query: "maya" })).toContain("lacks the scope users:read.email");
    expect(await house.refusal("find_channel", {}, { asker: null })).toContain("lacks the scope channels:read");
  });

  it("tells a page in the place of an answer from a refusal", async () => {
    await open();
    fault({ path: "auth.test", status: 404, times: 1 });
    expect(await house.refusal("find_user", { query: "x" }, { asker: null })).not.toContain("<");
    fault({ path: "auth.test", status: 500, times: 3 });
    expect(await house.refusal("find_user", { query: "x" }, { asker: null })).toContain("Slack is at fault");
    expect(house.errors).toEqual([]);
  });

  it("ends when the call is cancelled", async () => {
    house = await openSlackHouse();
    fault({ latencyMs: 5_000 });
    const abort = new AbortController();
    const call = house.call("find_user", { query: "maya" }, { signal: abort.signal });
    setImmediate(() => abort.abort(new Error("enough")));
    await expect(call).rejects.toThrow();
    expect(house.errors).toEqual([]);
  });

  it("ends at its deadline", async () => {
    house = await openSlackHouse({ deadlineMs: 60 });
    fault({ latencyMs: 1_000, times: 5 });
    expect(await house.refusal("find_user", { query: "maya" })).toContain("Slack did not answer within");
  });

  it("keeps Slack's limit of each method", async () => {
    const timer = await open({ deadlineMs: 600_000 });
    for (let n = 0; n < 51; n++) await house.ask("read_channel", { channel: SALES });
    expect(timer.now()).toBeGreaterThanOrEqual(60_000);
  });
});

describe("a message", () => {
  const args = { channel: SALES, text: "Acme signed" };
  const postings = () => house.sent().filter((method) => method === "chat.postMessage");

  it.each<[string, FaultFields]>([
    ["was done and then cut", { drop: "after" }],
    ["was done and then cut, in a thread", { drop: "after" }],
  ])("that %s is found by its metadata, and not sent again", async (what, fields) => {
    await open();
    const thread_ts = what.includes("thread")
      ? house.store.send({ user: "maya", channel: "sales", text: "?" }).ts
      : undefined;
    fault({ path: "chat.postMessage", ...fields });
    const { message } = await house.ask("send_message", { ...args, thread_ts });
    expect(postings()).toHaveLength(1);
    const shown = house.store.messages("sales", thread_ts === undefined ? {} : { threadTs: thread_ts });
    expect(shown.filter(({ text }) => text === args.text).map(({ ts }) => ts)).toEqual([message.ts]);
  });

  it.each<[string, FaultFields, string]>([
    ["a 500", { status: 500 }, "failed on its side (500)"],
    ["a connection that is cut before", { drop: true }, "gave no answer"],
  ])("is sent once after %s, looked for, and said to be in doubt", async (_, fields, words) => {
    const timer = await open();
    fault({ path: "chat.postMessage", ...fields });
    const text = await house.refusal("send_message", args);
    expect(text).toContain(words);
    expect(text).toContain("it is not known whether this was carried out. The message is not in #sales so far");
    expect(text).toContain("Look there before sending it again");
    expect(house.sent().filter((method) => method === "conversations.history")).toHaveLength(3);
    expect(timer.slept).toEqual([0, 1_000, 3_000]);
    expect(posted()).toEqual([]);
  });

  it("does not take an earlier message with the same words for the lost one", async () => {
    await open();
    await house.ask("send_message", args);
    fault({ path: "chat.postMessage", status: 503 });
    expect(await house.refusal("send_message", args)).toContain("it is not known");
    expect(posted()).toEqual([args.text]);
  });

  it("is in doubt where Slack does not let us look either", async () => {
    await open();
    fault({ path: "chat.postMessage", drop: "after" });
    fault({ path: "conversations.history", status: 500, times: 3 });
    expect(await house.refusal("send_message", args)).toContain("it is not known whether this was carried out");
    expect(posted()).toEqual([args.text]);
  });

  it("is sent again after a 429, which Slack did not carry out", async () => {
    const timer = await open();
    fault({ path: "chat.postMessage", status: 429, retryAfter: 2 });
    await house.ask("send_message", args);
    expect(timer.slept).toEqual([2_000]);
    expect(posted()).toEqual([args.text]);
  });

  it("that is scheduled is found in Slack's list, or in doubt", async () => {
    await open();
    const later = { ...args, post_at: "2026-09-15T09:00:00Z" };
    fault({ path: "chat.scheduleMessage", drop: "after" });
    const { scheduled } = await house.ask("schedule_message", later);
    expect(house.store.scheduled().map(({ id }) => id)).toEqual([scheduled.id]);
    fault({ path: "chat.scheduleMessage", status: 500 });
    const text = await house.refusal("schedule_message", { ...later, text: "other" });
    expect(text).toContain("No such message is scheduled for #sales so far");
    expect(house.store.scheduled()).toHaveLength(1);
  });

  it("that is changed is changed again after a failure: it leaves the same", async () => {
    await open();
    const { message } = await house.ask("send_message", args);
    fault({ path: "chat.update", status: 503 });
    await house.ask("update_message", { channel: SALES, message: message.ts, text: "Acme signed today" });
    expect(house.sent().filter((method) => method === "chat.update")).toHaveLength(2);
    expect(posted()).toEqual(["Acme signed today"]);
  });

  it("tells what is wrong with an argument in words of its own", async () => {
    await open();
    const { ts } = house.store.send({ user: "maya", channel: "sales", text: "x" });
    const text = await house.refusal("send_message", { channel: "sales", txt: "x" });
    expect(text).toMatch(/txt.*text/s);
    const long = await house.refusal("send_message", { channel: "sales", text: "x".repeat(12_001) });
    expect(long).toContain("12000");
    fault({ path: "reactions.add", status: 500, times: 3 });
    expect(textOf(await house.call("add_reaction", { channel: "sales", message: ts, name: "eyes" }))).toContain("500");
  });
});

describe("a server that is read-only", () => {
  it("offers nothing that writes, and says so where it is called all the same", async () => {
    await open({ readOnly: true });
    const names = (await house.client.listTools()).map(({ name }) => name);
    expect(names).toEqual(["find_channel", "find_user", "read_channel", "read_thread"]);
    expect(await house.refusal("send_message", { channel: "sales", text: "x" })).toContain("read only");
    expect(house.sent()).toEqual([]);
  });
});
