import { z } from "zod";
import { UserError } from "../../../src/core/errors.ts";
import { lookUpChange } from "../../shared/look-up.ts";
import { type AsanaAccess, nameOf, type Person } from "../access.ts";
import type { Task } from "../answers.ts";
import { type DateInput, datesToSend } from "../dates.ts";
import { type FieldChange, fieldChanges, fieldValuesArgument, priorityArgument, wishedFields } from "../fields.ts";
import { afterwards, readAfter } from "../../shared/half-done.ts";
import {
  asanaTool,
  dayArgument,
  personArgument,
  presentPerson,
  presentTask,
  setsInAsana,
  taskGid,
  taskIdArgument,
  taskOutput,
} from "../task-output.ts";

const input = z.strictObject({
  task_id: taskIdArgument,
  name: z.string().min(1).max(1024).optional(),
  notes: z.string().max(60_000).optional().describe("Replaces the description, as plain text"),
  assignee: personArgument.nullable().optional().describe("E-mail address, name or 'me'; null for nobody"),
  due_on: dayArgument("The day on which it is due; null takes the date away").nullable().optional(),
  due_at: z.iso
    .datetime({ offset: true })
    .nullable()
    .optional()
    .describe("Instead of due_on, where a time of day is meant: 2026-03-13T17:00:00-05:00"),
  start_on: dayArgument("First day of work; null takes it away").nullable().optional(),
  priority: priorityArgument.optional(),
  custom_fields: fieldValuesArgument.optional(),
  add_followers: z.array(personArgument).min(1).max(20).optional(),
});

type Input = z.output<typeof input>;

interface Plan {
  task: Task;
  /** Undefined: stays as it is. */
  assignee: Person | null | undefined;
  followers: Person[];
  dates: DateInput;
  fields: FieldChange[];
}

export const updateTask = asanaTool({
  name: "update_task",
  title: "Change a task",
  description:
    "Changes an Asana task's name, notes, assignee, dates, priority or custom fields, or adds followers; what is not sent stays. " +
    "notes replaces the whole description: read it first with get_task to keep it. To complete or move a task use update_task_status.",
  input,
  output: z.strictObject({ task: taskOutput }),
  annotations: setsInAsana,
  progress: { one: "Updating a task in Asana", many: "Updating {count} tasks in Asana" },

  async run(args, context) {
    const access = context.client.access(context);
    const changes = await plan(args, access);
    const { task, followers } = changes;
    const data = dataFor(args, changes);
    const gids = followers.map(({ gid }) => gid);
    const follow = () => access.api.addFollowers(task.gid, gids, access.scope);
    if (Object.keys(data).length === 0) await follow();
    else {
      await access.api.updateTask(task.gid, data, access.scope);
      if (gids.length > 0) await afterwards("The task was changed, but the followers were not added:", follow);
    }
    return { task: presentTask(await readAfter(() => access.task(task.gid)), context.client.timeZone) };
  },

  async preview(args, context) {
    const changes = await plan(args, context.client.access(context));
    const name = nameOf(changes.task.name);
    return {
      summary: `Change the task "${name}"`,
      record: { name, url: changes.task.permalink_url ?? undefined },
      changes: rowsOf(args, changes),
    };
  },

  async lookUp(args, _, context) {
    const changes = await plan(args, context.client.access(context));
    return lookUpChange(rowsOf(args, changes), () => ({ task: presentTask(changes.task, context.client.timeZone) }));
  },
});

async function plan(args: Input, access: AsanaAccess): Promise<Plan> {
  const { task_id, ...wanted } = args;
  if (Object.values(wanted).every((value) => value === undefined)) {
    throw new UserError("Say what is to change: name, notes, assignee, due_on, priority ...");
  }
  const task = await access.task(taskGid(task_id));
  const dates = datesToSend(args, task);
  const fields = fieldChanges(wishedFields(args.priority, args.custom_fields), task.custom_fields ?? []);
  const [assignee, ...followers] = await Promise.all([
    typeof args.assignee === "string" ? access.person(args.assignee, "assignee") : args.assignee,
    ...(args.add_followers ?? []).map((follower) => access.person(follower, "add_followers")),
  ]);
  return { task, assignee, followers, dates, fields };
}

function dataFor(args: Input, { assignee, dates, fields }: Plan): Record<string, unknown> {
  return {
    ...(args.name === undefined ? {} : { name: args.name }),
    ...(args.notes === undefined ? {} : { notes: args.notes }),
    ...(assignee === undefined ? {} : { assignee: assignee?.gid ?? null }),
    ...dates,
    ...(fields.length > 0 ? { custom_fields: Object.fromEntries(fields.map(({ gid, value }) => [gid, value])) } : {}),
  };
}

function rowsOf(args: Input, { task, assignee, followers, fields }: Plan) {
  const before = task.assignee ? presentPerson(task.assignee).name : null;
  const due = args.due_at === undefined ? args.due_on : args.due_at;
  const followed = new Set(task.followers?.map(({ gid }) => gid));
  const added = followers.filter(({ gid }) => !followed.has(gid));
  return [
    ...(args.name === undefined ? [] : [{ field: "Name", before: nameOf(task.name), after: args.name }]),
    ...(args.notes === undefined ? [] : [{ field: "Notes", before: task.notes || null, after: args.notes || null }]),
    ...(assignee === undefined ? [] : [{ field: "Assignee", before, after: assignee?.name ?? null }]),
    ...(due === undefined ? [] : [{ field: "Due", before: dueBefore(task, args.due_at), after: due }]),
    ...(args.start_on === undefined ? [] : [{ field: "Start", before: task.start_on ?? null, after: args.start_on }]),
    ...fields.map(({ name, before: present, after }) => ({ field: name, before: present, after })),
    ...(added.length === 0
      ? []
      : [{ field: "Followers added", before: null, after: added.map(({ name }) => name).join(", ") }]),
  ];
}

/** The same instant in the words in which it was sent, so that it is seen to be the same. */
function dueBefore(task: Task, wanted: string | null | undefined): string | null {
  const { due_at: at, due_on: on } = task;
  if (at && wanted && Date.parse(at) === Date.parse(wanted)) return wanted;
  return at ?? on ?? null;
}
