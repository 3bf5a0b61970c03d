import { expect, it } from "vitest";
import { ThinkingStatus } from "../../../src/agent/thinking-status.ts";
import { RecordingReply } from "../../support/agent-doubles.ts";

function shown(...deltas: string[]): string[] {
  const reply = new RecordingReply();
  const thinking = new ThinkingStatus(reply);
  for (const delta of deltas) thinking.hear(delta);
  return reply.statuses;
}

it("shows the last whole sentence", () => {
  expect(shown("I look for Acme. Then the ", "calls.\n")).toEqual([
    "is thinking: I look for Acme",
    "is thinking: Then the calls",
  ]);
});

it.for([
  [
    "I need the calls (yesterday: from 2026-11-21T00:00:00-05:00 to 2026-11-22T00:00:00-05:00).\n",
    "is thinking: I need the calls",
  ],
  ["The range is 2026-11-21T00:00:00Z to now.\n", undefined],
  ['I call get_calls with {"from": "x"} and wait.\n', undefined],
  ["Call 7782342274025937895 mentions the price.\n", undefined],
  ["I look for Acme. It is 2026-11-21T00:00:00Z.\n", "is thinking: I look for Acme"],
  ["The deal of 2026 is worth 48,000 dollars.\n", "is thinking: The deal of 2026 is worth 48,000 dollars"],
] as const)("leaves out what is no word for a person: %s", ([thought, status]) => {
  expect(shown(thought)).toEqual(status === undefined ? [] : [status]);
});
