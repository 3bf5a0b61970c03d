import type { TaskRecord } from "./records.ts";
import type { AsanaStore } from "./store.ts";

interface Difference {
  field: string;
  from: string | undefined;
  to: string | undefined;
  /** Of the story that Asana writes about it, if it writes one. */
  subtype: string;
  words?: string;
}

/** What an edit changed, field by field under Asana's names, and what Asana writes below the task about it. */
export function differencesOf(a: TaskRecord, b: TaskRecord, store: AsanaStore): Difference[] {
  const name = (gid: string | undefined): string | undefined => (gid ? store.user(gid)?.name : undefined);
  const done = (task: TaskRecord): string => String(task.completedAt !== undefined);
  const [due, wasDue] = [b.dueAt ?? b.dueOn, a.dueAt ?? a.dueOn];
  const all: Difference[] = [
    { field: "name", from: a.name, to: b.name, subtype: "name_changed", words: `changed the name to "${b.name}"` },
    { field: "notes", from: a.notes, to: b.notes, subtype: "notes_changed", words: "changed the description" },
    {
      field: "assignee",
      from: name(a.assigneeGid),
      to: name(b.assigneeGid),
      subtype: b.assigneeGid ? "assigned" : "unassigned",
      words: b.assigneeGid ? `assigned to ${name(b.assigneeGid)}` : `unassigned from ${name(a.assigneeGid)}`,
    },
    {
      field: "completed",
      from: done(a),
      to: done(b),
      subtype: b.completedAt ? "marked_complete" : "marked_incomplete",
      words: b.completedAt ? "marked this task complete" : "marked this task incomplete",
    },
    {
      field: b.dueAt || a.dueAt ? "due_at" : "due_on",
      from: wasDue,
      to: due,
      subtype: "due_date_changed",
      words: due ? `changed the due date to ${due}` : "removed the due date",
    },
    { field: "start_on", from: a.startAt ?? a.startOn, to: b.startAt ?? b.startOn, subtype: "" },
    { field: "resource_subtype", from: a.subtype, to: b.subtype, subtype: "" },
    ...store.fields.map(({ gid }) => ({ field: "custom_fields", from: a.fields[gid], to: b.fields[gid], subtype: "" })),
  ];
  return all.filter(({ from, to }) => from !== to);
}
