import { z } from "zod";
import { UserError } from "../../src/core/errors.ts";
import { addDays, dayAt, instantRange } from "../shared/date-range.ts";
import type { StatsFilter } from "./api.ts";
import { cursorArgument } from "./call-output.ts";
import { type GongUser, userName } from "./client.ts";

const instant = "a date-time with its offset stands for the company's day in which it lies";

/** What both statistics tools take: Gong counts whole days of the company's own zone that are over. */
export const statsArguments = {
  from_date: z.string().max(64).describe(`First day (YYYY-MM-DD), in the company's time zone; ${instant}`),
  to_date: z
    .string()
    .max(64)
    .describe(
      `Last day, included; ${instant}, itself excluded. Gong counts finished days only: today and later days are left out`,
    ),
  emails: z
    .array(z.string().max(254))
    .min(1)
    .max(50)
    .optional()
    .describe("Only these people of ours; everybody by default. find_user knows the addresses"),
  limit: z.int().min(1).max(100).default(50).describe("Most people on a page"),
  cursor: cursorArgument,
};

export const statsFrame = {
  from_date: z.string(),
  to_date: z.string().describe("Last day that is counted"),
  time_zone: z.string().describe("The company's zone, in which the days are counted"),
  total: z.int(),
  truncated: z.boolean(),
  cursor: z.string().optional(),
};

export interface StatsDays {
  fromDate: string;
  /** Included. */
  toDate: string;
  filter: Pick<StatsFilter, "fromDate" | "toDate">;
  /** The same days as instants. */
  range: { from: number; to: number };
}

/**
 * Gong's `toDate` is exclusive and "should not exceed the current day" (OpenAPI, MultipleUsersWithDates). Throws UserError
 * where no finished day is left.
 */
export function statsDays(fromDate: string, toDate: string, now: number, timeZone: string): StatsDays {
  const asked = instantRange(fromDate, toDate, timeZone);
  const first = dayAt(asked.from, timeZone);
  const wanted = dayAt(asked.to - 1, timeZone);
  const yesterday = addDays(dayAt(now, timeZone), -1);
  const last = wanted < yesterday ? wanted : yesterday;
  if (first > last) {
    throw new UserError(`Gong has figures for finished days only, the last one is ${yesterday} (${timeZone}).`);
  }
  const filter = { fromDate: first, toDate: addDays(last, 1) };
  return { fromDate: first, toDate: last, filter, range: instantRange(first, last, timeZone) };
}

export function personOf(
  figures: { userId: string; userEmailAddress?: string | null | undefined },
  users: ReadonlyMap<string, GongUser>,
): { name: string; email: string | null } {
  const user = users.get(figures.userId);
  const email = figures.userEmailAddress ?? user?.emailAddress ?? null;
  return { name: user ? userName(user) : (email ?? "Unknown person"), email };
}

export const personFields = { name: z.string(), email: z.string().nullable() };
