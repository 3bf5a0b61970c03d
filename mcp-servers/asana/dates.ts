import { UserError } from "../../src/core/errors.ts";
import type { Task } from "./answers.ts";

/** As a tool takes them; null clears. */
export interface DateInput {
  due_on?: string | null | undefined;
  due_at?: string | null | undefined;
  start_on?: string | null | undefined;
}

/**
 * The dates as Asana takes them, together with the task's present ones. Asana refuses a due date beside a due time, a start
 * without either, and a start that is set or taken away in a request that does not name the due date as well. Throws UserError.
 */
export function datesToSend(input: DateInput, present: Pick<Task, "due_on" | "due_at" | "start_on">): DateInput {
  if (input.due_on !== undefined && input.due_at !== undefined) {
    throw new UserError("Send due_on (a day) or due_at (a time of day), not both.");
  }
  const due = dueToSend(input);
  const presentDue = present.due_at ? { due_at: present.due_at } : { due_on: present.due_on ?? null };
  const next = due ?? presentDue;
  const hasDue = Boolean(next.due_on ?? next.due_at);
  const start = input.start_on === undefined ? (present.start_on ?? null) : input.start_on;
  if (start !== null && !hasDue) throw new UserError(startWithoutDue(input, start));
  if (start !== null && next.due_on && start > next.due_on) {
    throw new UserError(`start_on (${start}) must not be after the due date (${next.due_on}).`);
  }
  if (input.start_on === undefined) return due ?? {};
  return { ...next, start_on: input.start_on };
}

function dueToSend({ due_on, due_at }: DateInput): DateInput | undefined {
  if (due_on !== undefined) return { due_on };
  if (due_at === undefined) return undefined;
  // Asana takes instants in UTC.
  return { due_at: due_at === null ? null : new Date(due_at).toISOString() };
}

function startWithoutDue({ start_on }: DateInput, start: string): string {
  return start_on === undefined
    ? `The task starts on ${start}, and a start needs a due date: send start_on: null as well.`
    : "start_on needs a due date: send due_on or due_at as well.";
}
