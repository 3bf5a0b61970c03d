import { describe, expect, it } from "vitest";
import {
  closeDateSpan,
  dayOf,
  dueInstant,
  instantText,
  isoOf,
  noonOf,
  plainDay,
} from "../../../../mcp-servers/hubspot/dates.ts";

describe("close dates", () => {
  it.each([
    ["2026-12-31T00:00:00Z", "America/Chicago", "2026-12-31"],
    ["1798675200000", "America/Chicago", "2026-12-31"],
    ["2026-12-31T05:59:59Z", "America/Chicago", "2026-12-30"],
    ["2027-01-01T02:00:00.123Z", "America/Chicago", "2026-12-31"],
    ["2026-12-31T22:00:00Z", "Pacific/Auckland", "2027-01-01"],
    ["", "UTC", null],
    [null, "UTC", null],
    ["soon", "UTC", null],
  ])("%s in %s is %s", (value, timeZone, day) => {
    expect(dayOf(value, timeZone)).toBe(day);
  });

  it.each(["UTC", "America/Chicago", "America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland"])(
    "are written so that they are the same day again in %s",
    (timeZone) => {
      for (const day of ["2026-03-08", "2026-11-01", "2026-12-31", "2028-02-29"]) {
        expect(dayOf(noonOf("close_date", day, timeZone), timeZone)).toBe(day);
      }
    },
  );

  it("are looked for between the outermost instants that may mean the days", () => {
    const span = closeDateSpan("2026-12-01", "2026-12-31", "America/Chicago");
    expect(new Date(span.from ?? 0).toISOString()).toBe("2026-12-01T00:00:00.000Z");
    expect(new Date(span.to ?? 0).toISOString()).toBe("2027-01-01T05:59:59.999Z");
    const east = closeDateSpan("2026-12-01", undefined, "Asia/Kolkata");
    expect(new Date(east.from ?? 0).toISOString()).toBe("2026-11-30T18:30:00.000Z");
    expect(east.to).toBeUndefined();
    expect(() => closeDateSpan("2026-12-02", "2026-12-01", "UTC")).toThrow("must not lie after");
  });
});

describe("other dates", () => {
  it("take 8:00 of the account for a day, and an instant as it is", () => {
    expect(dueInstant("due", "2026-11-20", "America/Chicago")).toBe("2026-11-20T14:00:00.000Z");
    expect(dueInstant("due", "2026-11-20T16:00:00+01:00", "America/Chicago")).toBe("2026-11-20T15:00:00.000Z");
    expect(isoOf("2026-11-20T15:00:00.123Z")).toBe("2026-11-20T15:00:00Z");
  });

  it.each([
    [() => plainDay("close_date", "2026-02-30"), "close_date"],
    [() => plainDay("close_date", "31.12.2026"), "YYYY-MM-DD|such as 2026-03-31"],
    [() => instantText("due", "2026-11-20T16:00:00"), "offset"],
    [() => dueInstant("due", "Friday", "UTC"), "due"],
  ])("refuse what is no date %#", (read, words) => {
    expect(read).toThrow(new RegExp(words));
  });
});
