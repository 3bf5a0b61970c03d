import type { App } from "@slack/bolt";
import { expect, it } from "vitest";
import { createLogger } from "../../../src/observability/log.ts";
import { listenToCallButtons } from "../../../src/slack/listeners/call-buttons.ts";
import type { ListenerContext } from "../../../src/slack/listeners/context.ts";

/** What comes of pressing "Ask about this call" where others do or do not read along; undefined: Slack did not say. */
async function pressed(isShared: boolean | undefined, people = ["U1"]) {
  const handlers = new Map<string, (given: unknown) => Promise<void>>();
  const [submitted, told, refused]: any[][] = [[], [], []];
  const context = {
    workspace: { teamId: "T1" },
    people: {
      knowsGroups: () => true,
      find: () => Promise.resolve({ userId: "U1", standing: "member", groups: [] }),
    },
    channels: { find: () => Promise.resolve(isShared === undefined ? "away" : { isShared }) },
    callActions: { summary: () => Promise.resolve({ id: "turn_0", channel: "C1" }) },
    turns: { submit: (turn: unknown) => Promise.resolve(submitted?.push(turn) === 1) },
    client: {
      try: (_: string, args: { text: string }) => Promise.resolve({ kind: "ok", data: told?.push(args.text) }),
    },
    audit: { append: (row: unknown) => refused?.push(row) },
    newId: (prefix: string) => `${prefix}_1`,
    clock: { now: () => 0 },
    guests: "refuse",
    roles: { sophia: { people } },
    logger: createLogger({ level: "silent" }),
  };
  const app = { action: (id: string, handler: (given: unknown) => Promise<void>) => handlers.set(id, handler) };
  listenToCallButtons(app as unknown as App, context as unknown as ListenerContext);
  const place = { channel: { id: "C1" }, message: { ts: "1.1" }, container: {} };
  const body = { user: { id: "U1", team_id: "T1" }, ...place };
  const given = { action: { value: "turn_0" }, body, ack: () => Promise.resolve() };
  await handlers.get("sophia_ask_about_call")?.(given);
  return { submitted, told, reasons: refused?.map(({ reason }) => reason) };
}

it("a call's button does its work in a channel of one's own", async () => {
  expect((await pressed(false)).submitted).toMatchObject([{ channel: "C1", userId: "U1" }]);
});

it.each([
  [true, "external_channel", /another company/],
  [undefined, "unknown_channel", /try again/],
])("a call's button does nothing where another company may read along: %s", async (isShared, reason, words) => {
  const { submitted, told, reasons } = await pressed(isShared);
  expect(submitted).toEqual([]);
  expect(reasons).toEqual([reason]);
  expect(told).toEqual([expect.stringMatching(words)]);
});

it("a call's button does nothing for whoever may not ask, and is left to those who may", async () => {
  const { submitted, told, reasons } = await pressed(false, ["U2"]);
  expect(submitted).toEqual([]);
  expect(reasons).toEqual(["role"]);
  expect(told).toEqual([expect.stringMatching(/certain colleagues/)]);
});
