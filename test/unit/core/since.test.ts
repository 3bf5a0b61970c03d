import { expect, it } from "vitest";
import { sinceWhen } from "../../../src/core/since.ts";

const now = Date.parse("2026-03-02T03:00:00Z");

it.each([
  ["today", "UTC", "2026-03-02T00:00:00.000Z"],
  ["Today", "America/New_York", "2026-03-01T05:00:00.000Z"],
  ["7d", "UTC", "2026-02-23T03:00:00.000Z"],
  ["12h", "UTC", "2026-03-01T15:00:00.000Z"],
  ["2026-03-01", "America/New_York", "2026-03-01T05:00:00.000Z"],
  ["2026-03-01T10:00", "UTC", "2026-03-01T10:00:00.000Z"],
  ["2026-03-01T10:00:00Z", "America/New_York", "2026-03-01T10:00:00.000Z"],
  ["2026-03-01T10:00:00+02:00", "UTC", "2026-03-01T08:00:00.000Z"],
])("%s in %s", (text, timeZone, expected) => {
  expect(sinceWhen(text, now, timeZone)?.toISOString()).toBe(expected);
});

it.each(["", "soon", "d", "7 d", "123456d", "2026", "2026-13-01", "2026-03-01T25:00"])("%j is none", (text) => {
  expect(sinceWhen(text, now, "UTC")).toBeUndefined();
});
