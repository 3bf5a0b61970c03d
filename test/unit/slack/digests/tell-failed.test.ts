import { expect, it } from "vitest";
import { createDigests, type DigestsOptions } from "../../../../src/slack/digests/digests.ts";
import type { Schedule } from "../../../../src/storage/schedules.ts";
import { noSchedules } from "../../../support/no-schedules.ts";
import { quiet } from "../../../support/slack-sophia.ts";

const schedule = { id: "digest_1", ownerId: "U1", channel: "C1", title: "Calls & deals" } as Schedule;

it.each([
  [
    "of a digest",
    { source: "digest", sourceKey: "digest:digest_1:2026-11-19T13:30:00.000Z" },
    [
      [
        "U1",
        "The digest *Calls &amp; deals* of yours did not come to <#C1> this time. Claude is busy. `/sophia digest list` runs it again.",
      ],
    ],
  ],
  ["of one that was deleted meanwhile", { source: "digest", sourceKey: "digest:digest_2:now" }, []],
  ["of a call's summary", { source: "call_summary", sourceKey: "call:digest_1:C1" }, []],
] as const)("only the owner %s is told, in their direct message, why it did not come", async (_, turn, expected) => {
  const told: [string, string][] = [];
  const digests = createDigests({
    schedules: { ...noSchedules, get: async (id: string) => (id === schedule.id ? schedule : undefined) },
    directMessages: {
      send: async (userId: string, text: string) => void told.push([userId, text]),
      channelOf: async () => "D1",
    },
    logger: quiet,
  } as unknown as DigestsOptions);
  await digests.tellFailed({ id: "turn_1", ...turn }, "Claude is busy.");
  expect(told).toEqual(expected);
});
