import { z } from "zod";
import { PrivateError } from "../../core/errors.ts";

/** What the tools tell of a call, as far as a summary takes it. */

const participant = z.object({
  name: z.string(),
  email: z.string().nullable(),
  side: z.enum(["internal", "external"]),
});

const point = z.object({ text: z.string(), at: z.string().nullable() });

/** Of `gong__get_call_summary`. */
export const callSchema = z.object({
  call_id: z.string(),
  title: z.string(),
  url: z.string().nullable(),
  started_at: z.string(),
  duration_minutes: z.number(),
  owner: z.object({ name: z.string(), email: z.string().nullable() }).nullable(),
  participants: z.array(participant),
  account: z.string().nullable(),
  brief: z.string().nullable(),
  key_points: z.array(point),
  next_steps: z.array(point),
  trackers: z.array(z.object({ name: z.string() })),
});

export type CallFacts = z.output<typeof callSchema>;

const segment = z.object({
  at: z.string(),
  at_seconds: z.number(),
  speaker: z.string(),
  side: z.enum(["internal", "external", "unknown"]),
  text: z.string(),
});

export type Segment = z.output<typeof segment>;

/** A page of `gong__get_call_transcript`. */
export const transcriptSchema = z.object({ segments: z.array(segment), cursor: z.string().optional() });

/** Of `gong__get_calls`. */
export const callListSchema = z.object({
  calls: z.array(z.object({ id: z.string(), started_at: z.string(), duration_minutes: z.number() })),
  cursor: z.string().optional(),
});

const deal = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string(),
  status: z.enum(["open", "won", "lost"]),
  stage: z.string(),
  amount: z.object({ amount: z.number(), currency: z.string() }).nullable(),
  close_date: z.string().nullable(),
  owner: z.object({ name: z.string(), email: z.string().nullable() }).nullable().catch(null),
  last_activity_at: z.string().nullable(),
  created_at: z.string().nullable(),
});

export type DealFacts = z.output<typeof deal>;

/** Of `hubspot__get_company`. */
export const companySchema = z.object({
  company: z.object({ id: z.string(), name: z.string(), url: z.string() }),
  open_deals: z.array(deal),
});

export type CompanyFacts = z.output<typeof companySchema>;

/** Of `hubspot__search_deals`, for an account without an open one. */
export const dealsSchema = z.object({ deals: z.array(deal) });

/**
 * The deal that a call with this account was about: Gong's server does not say which. An open one of whoever led the call goes
 * first, then the one that was worked on last.
 */
export function dealOf(deals: readonly DealFacts[], ownerEmail: string | null | undefined): DealFacts | undefined {
  const isTheirs = (one: DealFacts): boolean =>
    Boolean(ownerEmail) && one.owner?.email?.toLowerCase() === ownerEmail?.toLowerCase();
  const latest = (one: DealFacts): string => one.last_activity_at ?? one.created_at ?? "";
  return deals.toSorted(
    (a, b) =>
      Number(isTheirs(b)) - Number(isTheirs(a)) || latest(b).localeCompare(latest(a)) || a.id.localeCompare(b.id),
  )[0];
}

/** Epoch milliseconds, to the minute as Gong's server tells it. */
export function endOf({ started_at, duration_minutes }: Pick<CallFacts, "started_at" | "duration_minutes">): number {
  return Date.parse(started_at) + duration_minutes * 60_000;
}

/** "07:05" and "75:03" in seconds; NaN for what is none. */
export function secondsOf(at: string): number {
  const [, minutes, seconds] = /^(\d{1,3}):([0-5]\d)$/.exec(at.trim()) ?? [];
  return minutes === undefined ? Number.NaN : Number(minutes) * 60 + Number(seconds);
}

/** Whether a call is not there for Sophia: it is private, or gone. */
export function isNotToBeSeen(error: unknown): boolean {
  return (
    error instanceof PrivateError || (error instanceof Error && /Gong has no call with the id/.test(error.message))
  );
}
