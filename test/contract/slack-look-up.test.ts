/** How our Slack server finds out what became of a write whose answer was lost. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FAILURE_META, WRITE_META } from "../../src/mcp/types.ts";
import type { Fault } from "../../sandbox/stand-in.ts";
import { InstantTimer } from "../support/instant-timer.ts";
import { maya, openSlackHouse, oliver, type SlackHouse } from "../support/slack-house.ts";
import { MAYA, SALES } from "../support/slack-stand-in.ts";

let house: SlackHouse;
beforeEach(async () => {
  house = await openSlackHouse({ timer: new InstantTimer() });
});
afterEach(() => house.close());

const id = "write_0d4c";
const minute = 60_000;
const later = "2026-09-15T09:00:00Z";
const fault = (fields: Omit<Fault, "service">) => house.board.addFault({ service: "slack", ...fields });
const forward = (ms: number) => house.board.clock.set(house.board.clock.now() + ms);
const recorded = (writeId = id) => ({ meta: { [WRITE_META]: { id: writeId } } });

/** Sent as the ledger's write, the answer cut off, and Slack not to be looked at right then. */
async function lose(name: string, args: object, path: string, drop: true | "after", options = recorded()) {
  await house.preview(name, args);
  const sentAt = house.board.clock.now();
  fault({ path, drop });
  fault({ path: "conversations.history", status: 403, times: 1 });
  fault({ path: "conversations.replies", status: 403, times: 1 });
  fault({ path: "chat.scheduledMessages.list", status: 403, times: 1 });
  const result = await house.call(name, args, options);
  expect(result._meta?.[FAILURE_META]).toMatchObject({ outcomeUnknown: true });
  house.board.reset();
  return { sentAt };
}

describe("send_message", () => {
  const args = { channel: "sales", text: "**Acme** signed, thanks <@U07OLIVER01> & all" };
  const posted = () => house.store.messages("sales").filter(({ text }) => text === args.text);

  it("leaves the ledger's id at Slack, and is found by it", async () => {
    const write = await lose("send_message", args, "chat.postMessage", "after");
    const [message] = posted();
    expect(message?.metadata).toEqual({
      event_type: "sophia_tool_message",
      event_payload: { id, asked_by: MAYA, recorded: true },
    });
    expect(await house.lookUp("send_message", args, { id, ...write })).toEqual({
      state: "done",
      output: {
        message: {
          channel: { id: SALES, name: "#sales", is_private: false },
          ts: message!.ts,
          thread_ts: null,
          text: args.text,
          url: expect.stringContaining(message!.ts.replace(".", "")),
        },
      },
    });
    expect(posted()).toHaveLength(1);
  });

  it("is found in a thread, and in a direct message", async () => {
    const root = house.store.send({ user: "maya", channel: "sales", text: "?" });
    const reply = { ...args, thread_ts: root.ts };
    let write = await house.call("send_message", reply, recorded("write_1"));
    expect(await house.lookUp("send_message", reply, { id: "write_1" })).toMatchObject({
      state: "done",
      output: write.structuredContent,
    });
    const direct = { ...args, channel: oliver };
    expect(await house.lookUp("send_message", direct, { id: "write_2" })).toEqual({ state: "not_done" });
    write = await house.call("send_message", direct, recorded("write_2"));
    expect(await house.lookUp("send_message", direct, { id: "write_2" })).toMatchObject({
      state: "done",
      output: write.structuredContent,
    });
  });

  it("that was never carried out is not done", async () => {
    const write = await lose("send_message", args, "chat.postMessage", true);
    expect(await house.lookUp("send_message", args, { id, ...write })).toEqual({ state: "not_done" });
    expect(posted()).toEqual([]);
  });

  it("is not taken for another write of the same words, be it minutes or a moment ago", async () => {
    await house.ask("send_message", args);
    forward(5 * minute);
    await house.ask("send_message", args, recorded("write_other"));
    house.store.send({ user: "maya", channel: "sales", text: args.text });
    expect(await house.lookUp("send_message", args, { id })).toEqual({ state: "not_done" });
  });

  it("is found by its words where the ledger's id was not left, and not where two are alike", async () => {
    const { message } = await house.ask("send_message", args);
    const found = await house.lookUp("send_message", args, { id });
    expect(found).toMatchObject({ state: "done", output: { message: { ts: message.ts } } });
    expect(await house.lookUp("send_message", args, { id }, { asker: oliver })).toEqual({ state: "not_done" });
    await house.ask("send_message", args);
    const twice = await house.lookUp("send_message", args, { id });
    expect(twice).toMatchObject({ state: "unknown", reason: expect.stringContaining("2 times in #sales") });
  });

  it("is found among hundreds that came since, and not known among more than are read", async () => {
    await house.ask("send_message", args, recorded());
    for (let n = 0; n < 300; n++) house.store.send({ user: "maya", channel: "sales", text: `${n}` });
    expect(await house.lookUp("send_message", args, { id })).toMatchObject({ state: "done" });
    for (let n = 0; n < 750; n++) house.store.send({ user: "maya", channel: "sales", text: `${n}` });
    const found = await house.lookUp("send_message", args, { id });
    expect(found).toMatchObject({ state: "unknown", reason: expect.stringContaining("Look in #sales") });
  });

  it("is not known where Slack is down", async () => {
    const write = await lose("send_message", args, "chat.postMessage", "after");
    fault({ path: "conversations.history", status: 500, times: 3 });
    const { state, reason } = await house.lookUp("send_message", args, { id, ...write });
    expect(state).toBe("unknown");
    expect(reason).toMatch(/^It could not be looked up whether this was carried out: Slack is failing/);
  });

  it("that Slack failed at says that its outcome is not known", async () => {
    await house.preview("send_message", args);
    fault({ path: "chat.postMessage", status: 502 });
    const result = await house.call("send_message", args, recorded());
    expect(result._meta?.[FAILURE_META]).toMatchObject({ outcomeUnknown: true });
  });
});

describe("schedule_message", () => {
  const args = { channel: "sales", text: "**Acme** signed & sealed", post_at: later };

  it("is found by its place, second and words", async () => {
    const write = await lose("schedule_message", args, "chat.scheduleMessage", "after");
    const [scheduled] = house.store.scheduled();
    expect(await house.lookUp("schedule_message", args, { id, ...write })).toMatchObject({
      state: "done",
      output: { scheduled: { id: scheduled!.id, text: args.text, channel: { id: SALES } } },
    });
    expect(house.store.scheduled()).toHaveLength(1);
  });

  it("is found in the channel once it was sent", async () => {
    const write = await lose("schedule_message", args, "chat.scheduleMessage", "after");
    house.board.clock.set(Date.parse(later) + 3 * minute);
    const [sent] = house.store.messages("sales").filter(({ text }) => text === args.text);
    expect(await house.lookUp("schedule_message", args, { id, ...write })).toMatchObject({
      state: "done",
      output: { scheduled: { id: sent!.ts } },
    });
  });

  it("is not done where it was never carried out, before and after its time, or only long before", async () => {
    await house.ask("schedule_message", { ...args, post_at: "2026-09-15T09:00:01Z" });
    await house.ask("schedule_message", args);
    forward(5 * minute);
    const write = await lose("schedule_message", args, "chat.scheduleMessage", true);
    expect(await house.lookUp("schedule_message", args, { id, ...write })).toEqual({ state: "not_done" });
    const other = { ...args, channel: "general" };
    house.board.clock.set(Date.parse(later) + minute);
    expect(await house.lookUp("schedule_message", other, { id, ...write })).toEqual({ state: "not_done" });
  });

  it("is not known where two are alike, where one differs, and where Slack is down", async () => {
    await house.ask("schedule_message", { ...args, text: "Something else" });
    const other = await house.lookUp("schedule_message", args, { id });
    expect(other).toMatchObject({ state: "unknown", reason: expect.stringContaining("a message that differs") });
    await house.ask("schedule_message", args);
    expect(await house.lookUp("schedule_message", args, { id })).toMatchObject({ state: "done" });
    await house.ask("schedule_message", args);
    expect(await house.lookUp("schedule_message", args, { id })).toMatchObject({ state: "unknown" });
    fault({ path: "chat.scheduledMessages.list", drop: true, times: 3 });
    expect(await house.lookUp("schedule_message", args, { id })).toMatchObject({ state: "unknown" });
  });
});

describe("update_message and add_reaction", () => {
  it("are done where nothing is left to change, and not known where Slack is down", async () => {
    const { message } = await house.ask("send_message", { channel: "sales", text: "Acme signed" });
    const change = { channel: "sales", message: message.ts, text: "Acme signed & paid" };
    const react = { channel: "sales", message: message.ts, name: ":eyes:" };
    expect(await house.lookUp("update_message", change)).toEqual({ state: "not_done" });
    expect(await house.lookUp("add_reaction", react)).toEqual({ state: "not_done" });
    for (const path of ["chat.update", "reactions.add"]) fault({ path, drop: "after", times: 3 });
    for (const [name, args] of [
      ["update_message", change],
      ["add_reaction", react],
    ] as const) {
      const result = await house.call(name, args);
      expect(result._meta?.[FAILURE_META]).toMatchObject({ outcomeUnknown: true, retried: true });
    }
    expect(await house.lookUp("update_message", change)).toEqual({
      state: "done",
      output: { message: { channel: expect.anything(), ts: message.ts, text: change.text, url: message.url } },
    });
    expect(await house.lookUp("add_reaction", react)).toEqual({
      state: "done",
      output: { channel: expect.anything(), ts: message.ts, name: "eyes", added: true },
    });
    expect((await house.preview("add_reaction", react)).changes).toEqual([
      { field: "Reaction", before: ":eyes:", after: ":eyes:" },
    ]);
    fault({ path: "conversations.replies", status: 503, times: 3 });
    expect(await house.lookUp("add_reaction", react)).toMatchObject({ state: "unknown" });
  });

  it("do not take somebody else's reaction for Sophia's", async () => {
    const { ts } = house.store.send({ user: "maya", channel: "sales", text: "x" });
    house.store.react({ user: "oliver", channel: "sales", ts, name: "eyes" });
    const react = { channel: "sales", message: ts, name: "eyes" };
    expect(await house.lookUp("add_reaction", react, {}, { asker: maya })).toEqual({ state: "not_done" });
  });
});
