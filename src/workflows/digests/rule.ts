import { z } from "zod";

/** Days of the week as ISO counts them: Monday is 1, Sunday 7. */
export type Weekday = number;

export const everyDay: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];
export const workdays: readonly Weekday[] = [1, 2, 3, 4, 5];
export const weekend: readonly Weekday[] = [6, 7];

const weekdays = z.array(z.int().min(1).max(7)).min(1);
/** YYYY-MM-DD. */
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

const daysSchema = z.discriminatedUnion("every", [
  z.strictObject({ every: z.literal("week"), on: weekdays }),
  /** Every other week, counted from the week that `from` is in. */
  z.strictObject({ every: z.literal("second week"), on: weekdays, from: date }),
  /**
   * The nth of these days in each month, counted from 1, or the last one (-1): the 15th is the 15th of all days, the first Monday
   * and Friday are the first of the Mondays and the first of the Fridays. Only a group (`isGroup`) is counted together.
   */
  z.strictObject({ every: z.literal("month"), nth: z.array(z.int().min(-1).max(28)).min(1), on: weekdays }),
]);

const timeSchema = z.strictObject({ hour: z.int().min(0).max(23), minute: z.int().min(0).max(59) });

/** When something is done again and again, by the clock on the wall of some zone. Stored as it is. */
export const ruleSchema = z.strictObject({
  days: daysSchema,
  /** In order, each once. */
  times: z.array(timeSchema).min(1).max(24),
});

export type Days = z.output<typeof daysSchema>;
export type TimeOfDay = z.output<typeof timeSchema>;
export type Rule = z.output<typeof ruleSchema>;

export function sameDays(left: readonly Weekday[], right: readonly Weekday[]): boolean {
  return left.length === right.length && left.every((day, index) => day === right[index]);
}

/** "day", "weekday": days that are counted as if they were one. */
export function isGroup(on: readonly Weekday[]): boolean {
  return sameDays(on, everyDay) || sameDays(on, workdays);
}

export const minuteOfDay = ({ hour, minute }: TimeOfDay): number => hour * 60 + minute;
