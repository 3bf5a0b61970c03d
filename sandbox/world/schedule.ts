import { createRandom, type Random } from "./random.ts";
import type { Person } from "./types.ts";
import { addDays, dayBounds, instantAt, isWeekend, weekdayOf } from "./zones.ts";

/** When a call takes place and who holds it; what it is about is decided elsewhere. */
export interface CallSlot {
  /** Epoch ms. */
  start: number;
  minutes: number;
  ownerHandle: string;
  /** The day as the first person's zone has it. */
  day: string;
  kind: "ordinary" | "yesterday" | "today";
}

const MINUTE_MS = 60_000;
const CALL_COUNT = 200;
const REACH_DAYS = 60;
/** What a recording takes until it can be read. */
const PROCESSING_MINUTES = 5;

/** Minutes after midnight in the first person's zone at which each region has its day. */
const HOURS: { handles: readonly string[]; from: number; to: number; weight: number }[] = [
  { handles: ["daniel", "hannah", "daniel", "maya"], from: 9 * 60, to: 17 * 60, weight: 9 },
  { handles: ["tomas"], from: 10 * 60, to: 18 * 60, weight: 5 },
  { handles: ["grace"], from: 12 * 60, to: 20 * 60, weight: 5 },
  { handles: ["zoe", "oliver", "zoe"], from: 4 * 60 + 30, to: 11 * 60, weight: 4 },
  { handles: ["priya"], from: 30, to: 7 * 60, weight: 3 },
  { handles: ["jack"], from: 15, to: 2 * 60, weight: 1 },
  { handles: ["jack"], from: 18 * 60, to: 23 * 60, weight: 1 },
];

/** The one working day of the last two weeks on which nobody, in any zone, had a call. */
export function quietDayBefore(seed: number, today: string): string {
  const midweek = [5, 6, 7, 8, 9].map((ago) => addDays(today, -ago)).filter((d) => [2, 3, 4].includes(weekdayOf(d)));
  return createRandom(seed, "quiet").pick(midweek);
}

/**
 * Around the quiet day the hole must cover the day of every zone from Sydney to Los Angeles, while both neighbours keep
 * calls of their own: the day before ends early, the day after begins late.
 */
function window(day: string, quiet: string): { from: number; to: number } {
  if (day === addDays(quiet, -1)) return { from: 0, to: 8 * 60 };
  if (day === addDays(quiet, 1)) return { from: 4 * 60, to: 24 * 60 };
  return { from: 0, to: 24 * 60 };
}

export function createSchedule(seed: number, now: number, today: string, people: readonly Person[]): CallSlot[] {
  const timeZone = people[0]?.timeZone ?? "UTC";
  const quiet = quietDayBefore(seed, today);
  const slots = [...yesterdaySlots(seed, addDays(today, -1), timeZone), ...todaySlots(seed, now, today, timeZone)];
  const days: string[] = [];
  for (let ago = 2; ago < REACH_DAYS; ago++) {
    const day = addDays(today, -ago);
    if (!isWeekend(day) && day !== quiet) days.push(day);
  }
  const counts = spread(CALL_COUNT - slots.length, days.length, createRandom(seed, "spread"));
  days.forEach((day, index) => {
    slots.push(...ordinarySlots(seed, day, counts[index] ?? 0, window(day, quiet), timeZone));
  });
  return slots.sort((a, b) => a.start - b.start);
}

/** `total` calls over `days` days: none without one, none with a crowd. */
function spread(total: number, days: number, random: Random): number[] {
  const counts = Array<number>(days).fill(Math.floor(total / days));
  for (let left = total - counts.length * Math.floor(total / days); left > 0; left--) {
    const index = random.int(0, days - 1);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  for (let i = 0; i < days; i++) {
    const from = random.int(0, days - 1);
    const to = random.int(0, days - 1);
    if ((counts[from] ?? 0) < 4 || (counts[to] ?? 0) > 6) continue;
    counts[from] = (counts[from] ?? 0) - 1;
    counts[to] = (counts[to] ?? 0) + 1;
  }
  return counts;
}

/**
 * Five to eight. The first and the last are so close to midnight that in no other zone "yesterday" is the same set: what
 * belongs to yesterday in New York has one end in another day for everybody west, and the other end for everybody east.
 */
function yesterdaySlots(seed: number, day: string, timeZone: string): CallSlot[] {
  const random = createRandom(seed, "yesterday", day);
  const at = (minutes: number, length: number, ownerHandle: string): CallSlot => ({
    start: instantAt(day, minutes, timeZone),
    minutes: length,
    ownerHandle,
    day,
    kind: "yesterday",
  });
  const fixed = [
    at(20 + random.int(0, 3) * 5, 20, "jack"),
    at(6 * 60 + 30, 28, "zoe"),
    at(10 * 60 + random.int(0, 2) * 15, 45, "daniel"),
    at(14 * 60 + random.int(0, 3) * 15, 24, "grace"),
    at(23 * 60 + random.int(0, 2) * 5, 18, "jack"),
  ];
  const more = [at(12 * 60, 26, "tomas"), at(16 * 60, 15, "hannah"), at(13 * 60, 31, "daniel")];
  return [...fixed, ...more.slice(0, random.int(0, 3))];
}

function todaySlots(seed: number, now: number, today: string, timeZone: string): CallSlot[] {
  if (isWeekend(today)) return [];
  const random = createRandom(seed, "today", today);
  const slot = (minutes: number, length: number, ownerHandle: string): CallSlot => ({
    start: instantAt(today, minutes + random.int(0, 2) * 5, timeZone),
    minutes: length,
    ownerHandle,
    day: today,
    kind: "today",
  });
  return [
    slot(2 * 60, 17, "priya"),
    slot(5 * 60 + 30, 22, "zoe"),
    slot(9 * 60 + 15, 27, "daniel"),
    slot(13 * 60, 19, "tomas"),
  ].filter((s) => s.start + (s.minutes + PROCESSING_MINUTES) * MINUTE_MS <= now);
}

function ordinarySlots(
  seed: number,
  day: string,
  count: number,
  allowed: { from: number; to: number },
  timeZone: string,
): CallSlot[] {
  const random = createRandom(seed, "day", day);
  const regions = HOURS.filter((r) => Math.max(r.from, allowed.from) + 60 <= Math.min(r.to, allowed.to)).flatMap((r) =>
    Array<(typeof HOURS)[number]>(r.weight).fill(r),
  );
  const slots: CallSlot[] = [];
  for (let tries = 0; slots.length < count && tries < count * 50; tries++) {
    const region = random.pick(regions);
    const minutes = lengthOf(random);
    const from = Math.max(region.from, allowed.from);
    const to = Math.min(region.to, allowed.to) - minutes;
    const start = instantAt(day, from + random.int(0, Math.floor((to - from) / 5)) * 5, timeZone);
    const slot: CallSlot = { start, minutes, ownerHandle: random.pick(region.handles), day, kind: "ordinary" };
    if (!slots.some((other) => collide(slot, other)) && inDay(slot, timeZone)) slots.push(slot);
  }
  return slots;
}

function lengthOf(random: Random): number {
  if (random.chance(0.06)) return 45;
  return random.chance(0.35) ? random.int(8, 14) : random.int(14, 29);
}

/** Nobody holds two calls at once; starts differ, so that "oldest first" is one order. */
function collide(a: CallSlot, b: CallSlot): boolean {
  if (a.start === b.start) return true;
  if (a.ownerHandle !== b.ownerHandle) return false;
  return a.start < b.start + (b.minutes + 5) * MINUTE_MS && b.start < a.start + (a.minutes + 5) * MINUTE_MS;
}

function inDay(slot: CallSlot, timeZone: string): boolean {
  const { start, end } = dayBounds(slot.day, timeZone);
  return slot.start >= start && slot.start + slot.minutes * MINUTE_MS < end;
}
