import { z } from "zod";
import { UserError } from "../../src/core/errors.ts";
import { dayAt, isoFormatter } from "../shared/date-range.ts";
import { defineTool } from "../shared/define-tool.ts";
import { nameOf } from "./access.ts";
import type { Task, User } from "./answers.ts";
import type { AsanaClient } from "./client.ts";
import { sameName } from "./names.ts";

export const asanaTool = defineTool<AsanaClient>();

export const readsAsana = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true };
/** Each call makes something new. */
export const addsToAsana = { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true };
/** Takes the place of what stood there; a second call leaves what the first one left. */
export const setsInAsana = { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true };

export const taskIdArgument = z
  .string()
  .max(300)
  .describe("The task's id (digits), as the other tools return it, or its link in Asana");

export const projectArgument = z.string().min(1).max(200).describe("The project's name or gid");
export const sectionArgument = z.string().min(1).max(200).describe("The section's name in that project: 'In progress'");
export const personArgument = z
  .string()
  .min(1)
  .max(254)
  .describe("E-mail address or name; 'me' for whoever asks. The agent's own account is never meant");
export const dayArgument = (what: string) => z.iso.date().describe(`${what}: YYYY-MM-DD`);
export const timeZoneArgument = z
  .string()
  .max(64)
  .optional()
  .describe("IANA zone of the asker, such as America/New_York: in it days are counted and times returned");
export const limitArgument = (usual: number) =>
  z.int().min(1).max(100).default(usual).describe("Most of them on a page");
export const cursorArgument = z
  .string()
  .max(8000)
  .optional()
  .describe("`cursor` of the previous page, for the next one");

export const personOutput = z.strictObject({ name: z.string(), email: z.string().nullable() });
export const urlOutput = z.string().nullable().describe("Its page in Asana");

export const taskOutput = z.strictObject({
  id: z.string(),
  name: z.string(),
  url: urlOutput,
  completed: z.boolean(),
  completed_at: z.string().nullable(),
  assignee: personOutput.nullable(),
  due_on: z.string().nullable().describe("Local date, YYYY-MM-DD"),
  due_at: z.string().nullable().describe("Only where a time of day is set: ISO 8601 with offset"),
  start_on: z.string().nullable(),
  priority: z.string().nullable().describe("The field called Priority, where there is one"),
  projects: z.array(z.strictObject({ id: z.string(), name: z.string(), section: z.string().nullable() })),
  parent: z.string().nullable().describe("Of a subtask: the name of the task that it belongs to"),
});

export type TaskOutput = z.output<typeof taskOutput>;

export function presentTask(task: Task, timeZone: string): TaskOutput {
  const iso = isoFormatter(timeZone);
  const instant = (text: string | null | undefined) => (text ? iso(Date.parse(text)) : null);
  return {
    id: task.gid,
    name: nameOf(task.name),
    url: task.permalink_url ?? null,
    completed: task.completed ?? false,
    completed_at: instant(task.completed_at),
    assignee: task.assignee ? presentPerson(task.assignee) : null,
    due_on: dueDay(task, timeZone),
    due_at: instant(task.due_at),
    start_on: task.start_on ?? null,
    priority: task.custom_fields?.find(({ name }) => sameName(name ?? "", "Priority"))?.display_value ?? null,
    projects: membershipsOf(task).map(({ project, section }) => ({ ...project, section: section?.name ?? null })),
    parent: task.parent ? nameOf(task.parent.name) : null,
  };
}

export function presentPerson({ name, email }: Omit<User, "gid">): z.output<typeof personOutput> {
  return { name: name || email || "Private user", email: email ?? null };
}

interface Membership {
  project: { id: string; name: string };
  section: { id: string; name: string } | undefined;
}

export function membershipsOf(task: Task): Membership[] {
  const place = ({ gid, name }: { gid: string; name?: string | null | undefined }) => ({ id: gid, name: nameOf(name) });
  return (task.memberships ?? []).flatMap(({ project, section }) => {
    return project ? { project: place(project), section: section ? place(section) : undefined } : [];
  });
}

/** The day on which it is due for somebody in this zone: that of the due time where there is one. */
function dueDay(task: Pick<Task, "due_at" | "due_on">, timeZone: string): string | null {
  return task.due_at ? dayAt(Date.parse(task.due_at), timeZone) : (task.due_on ?? null);
}

/** Whether it is due within these days, both included; what has no due date only where no day is named. */
export function isDueWithin(
  task: Pick<Task, "due_at" | "due_on">,
  range: { from: string | undefined; to: string | undefined },
  timeZone: string,
): boolean {
  if (range.from === undefined && range.to === undefined) return true;
  const day = dueDay(task, timeZone);
  return day !== null && day >= (range.from ?? day) && day <= (range.to ?? day);
}

/** Throws UserError for days in the wrong order. */
export function checkDueRange(from: string | undefined, to: string | undefined): void {
  if (from !== undefined && to !== undefined && from > to) {
    throw new UserError(`due_from (${from}) must not be after due_to (${to}).`);
  }
}

/** The gid in an id or in a task's link (`/0/PROJECT/TASK`, `/1/WORKSPACE/project/PROJECT/task/TASK`). Throws UserError. */
export function taskGid(text: string): string {
  const wanted = text.trim();
  if (/^\d{1,30}$/.test(wanted)) return wanted;
  const [, path = ""] = /^https:\/\/app\.asana\.com(\/[^?#]*)/.exec(wanted) ?? [];
  const gid = /\/task\/(\d{1,30})(?:\/|$)/.exec(path)?.[1] ?? /^\/0\/\d+\/(\d{1,30})(?:\/|$)/.exec(path)?.[1];
  if (gid !== undefined) return gid;
  throw new UserError(
    "task_id must be the task's id (digits) or its link in Asana. Find it with search_tasks or get_project_tasks.",
  );
}
