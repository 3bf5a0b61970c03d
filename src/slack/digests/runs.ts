import type { Schedule } from "../../storage/schedules.ts";
import { ruleSchema } from "../../workflows/digests/rule.ts";
import { nextTicks } from "../../workflows/digests/ticks.ts";
import { whenInWords } from "../../workflows/digests/when-words.ts";
import { escapeText } from "../message-text.ts";

const runsShown = 3;

/** "Tue 24 Nov 2026, 8:30", by the clocks of the zone. */
export function instantInWords(at: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "numeric",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const time = `${Number(parts["hour"])}:${parts["minute"]}`;
  return `${parts["weekday"]} ${parts["day"]} ${parts["month"]} ${parts["year"]}, ${time}`;
}

type Timed = Pick<Schedule, "rule" | "zone">;

/** "weekdays at 8:30 (Europe/Berlin)"; as it was said, where the rule cannot be read any more. */
export function whenOf({ rule, zone, said }: Timed & Pick<Schedule, "said">): string {
  const known = ruleSchema.safeParse(rule).data;
  return `${known ? whenInWords(known) : escapeText(said)} (${zone})`;
}

/** Whether it stays paused when it is changed: what Sophia paused for its place goes on in its new one, what a person paused is theirs. */
export function staysPaused(before: Pick<Schedule, "paused" | "pausedReason"> | undefined): boolean {
  return before?.paused === true && before.pausedReason === undefined;
}

/** The next runs, each in words. */
export function nextRuns({ rule, zone }: Timed, now: number): string[] {
  return nextTicks(ruleSchema.parse(rule), zone, now, runsShown).map((tick) => instantInWords(tick, zone));
}
