import { ServiceError } from "../../src/core/errors.ts";
import type { SentWrite } from "../shared/define-tool.ts";
import { canBeOf, earliestOf, type Found, sameText } from "../shared/look-up.ts";
import type { AsanaAccess, Person, Place } from "./access.ts";
import type { Named, Task } from "./answers.ts";
import type { Page } from "./api.ts";
import { collect, firstPosition } from "./collect.ts";
import type { DateInput } from "./dates.ts";
import type { FieldChange } from "./fields.ts";

/*
 * Asana takes no idempotency key, and keeps an id of ours (`external`) only for OAuth apps. So what Sophia's account has made is
 * found by what it is; in the lists, which are exact, where search is up to a minute behind.
 */

interface Made {
  created_at?: string | null | undefined;
  created_by?: Named | null | undefined;
}

/** Of a list that is read by pages, from `since` (ISO 8601) where Asana can: what Sophia's account has made since the write was sent. */
export async function madeSince<Item extends Made>(
  write: SentWrite,
  access: AsanaAccess,
  read: (since: string, offset: string | undefined) => Promise<Page<Item>>,
): Promise<Item[]> {
  const { gid } = await access.self();
  const since = new Date(earliestOf(write)).toISOString();
  const { items, next } = await collect((offset) => read(since, offset), {
    fits: ({ created_at: at, created_by: by }) => by?.gid === gid && canBeOf(write, at),
    limit: 1000,
    from: firstPosition,
  });
  if (next === undefined) return items;
  throw new ServiceError("Asana has more there than can be looked through. Look in Asana itself.", {
    service: "Asana",
  });
}

export interface WantedTask {
  name: string;
  notes: string | undefined;
  project: Place | undefined;
  assignee: Person | undefined;
  dates: DateInput;
  fields: readonly FieldChange[];
}

/** In the project as well as in the assignee's list: somebody may have taken it out of one of them. */
export async function findMadeTask(wanted: WantedTask, write: SentWrite, access: AsanaAccess): Promise<Found<Task>> {
  const { project, assignee } = wanted;
  const lists = [
    ...(project ? [{ project: project.gid }] : []),
    ...(assignee ? [{ assignee: assignee.gid, workspace: await access.workspace() }] : []),
  ];
  const made = await Promise.all(
    lists.map((list) => {
      return madeSince(write, access, (since, offset) => access.api.tasksChanged(list, since, offset, access.scope));
    }),
  );
  const byGid = new Map(made.flat().map((task) => [task.gid, task]));
  const called = [...byGid.values()].filter(({ name }) => sameText(name, wanted.name));
  const { same = [], alike = [] } = Object.groupBy(called, (task) => (isWanted(task, wanted) ? "same" : "alike"));
  return { same, alike };
}

/** Section and completion are left out: that is what soon changes of a task. */
function isWanted(task: Task, { notes, project, assignee, dates, fields }: WantedTask): boolean {
  return (
    sameText(task.notes, notes) &&
    task.assignee?.gid === assignee?.gid &&
    (!project || (task.memberships ?? []).some((membership) => membership.project?.gid === project.gid)) &&
    isDueAs(task, dates) &&
    (task.start_on ?? undefined) === (dates.start_on ?? undefined) &&
    fields.every((field) => hasValue(task, field))
  );
}

function isDueAs(task: Task, { due_on, due_at }: DateInput): boolean {
  if (due_at) return Date.parse(task.due_at ?? "") === Date.parse(due_at);
  return !task.due_at && (task.due_on ?? undefined) === (due_on ?? undefined);
}

/** Numbers are shown in the field's own format, and so are not compared. */
function hasValue(task: Task, { gid, value, after }: FieldChange): boolean {
  const field = task.custom_fields?.find((one) => one.gid === gid);
  return typeof value === "number" || sameText(field?.display_value, after);
}
