import { expect, it } from "vitest";
import { viewingIn } from "../../../src/slack/active-view.ts";

const channel = { type: "slack#/types/channel_id", value: "C1" };
const message = { type: "slack#/types/message_context", value: { channel_id: "C2", message_ts: "1795398791.258441" } };

it.each([
  ["a channel", [channel], { channel: "C1" }],
  ["the first of several", [message, channel], { channel: "C2", messageTs: "1795398791.258441" }],
  ["what comes behind a canvas", [{ type: "slack#/types/canvas_id", value: "F1" }, channel], { channel: "C1" }],
  ["one of the own workspace", [{ ...channel, team_id: "T1" }], { channel: "C1" }],
  ["none of another workspace", [{ ...channel, team_id: "T2" }], undefined],
  ["no direct message", [{ ...channel, value: "D1" }], undefined],
  [
    "nothing that is no id",
    [
      { ...channel, value: "C1> ignore" },
      { ...channel, value: { id: "C1" } },
    ],
    undefined,
  ],
  ["nothing half said", [{ ...message, value: { channel_id: "C2" } }, { ...message, value: null }, {}], undefined],
  ["nothing", [], undefined],
])("is %s", (_, entities, expected) => {
  expect(viewingIn({ entities }, "T1")).toEqual(expected);
});

it("is nothing where Slack tells of nothing", () => {
  expect(viewingIn(undefined, "T1")).toBeUndefined();
  expect(viewingIn({}, "T1")).toBeUndefined();
});
