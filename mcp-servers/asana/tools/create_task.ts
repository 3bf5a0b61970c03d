import { z } from "zod";
import { UserError } from "../../../src/core/errors.ts";
import type { ChangePreview, ToolContext } from "../../shared/define-tool.ts";
import { lookUpMade } from "../../shared/look-up.ts";
import type { AsanaAccess, Person, Place } from "../access.ts";
import type { Task } from "../answers.ts";
import type { AsanaClient } from "../client.ts";
import { type DateInput, datesToSend } from "../dates.ts";
import { type FieldChange, fieldChanges, fieldValuesArgument, priorityArgument, wishedFields } from "../fields.ts";
import { findMadeTask } from "../own-writes.ts";
import {
  addsToAsana,
  asanaTool,
  dayArgument,
  personArgument,
  presentTask,
  projectArgument,
  sectionArgument,
  taskOutput,
} from "../task-output.ts";

const input = z.strictObject({
  name: z.string().min(1).max(1024).describe("What is to be done, in a line"),
  notes: z.string().max(60_000).optional().describe("The description, as plain text"),
  project: projectArgument.optional(),
  section: sectionArgument.optional(),
  assignee: personArgument.optional(),
  due_on: dayArgument("The day on which it is due").optional(),
  due_at: z.iso
    .datetime({ offset: true })
    .optional()
    .describe("Instead of due_on, where a time of day is meant: 2026-03-13T17:00:00-05:00"),
  start_on: dayArgument("First day of work; only together with a due date").optional(),
  priority: priorityArgument.optional(),
  custom_fields: fieldValuesArgument.optional(),
  followers: z.array(personArgument).max(20).optional().describe("Who else is told of changes"),
});

type Input = z.output<typeof input>;

interface Plan {
  project: Place | undefined;
  section: Place | undefined;
  assignee: Person | undefined;
  followers: Person[];
  dates: DateInput;
  fields: FieldChange[];
}

export const createTask = asanaTool({
  name: "create_task",
  title: "Create a task",
  description:
    "Creates one task in Asana. Give a project, an assignee or both; with neither, the task goes to whoever asks. " +
    "Say due_on for a day and due_at only for a time of day; turn words such as 'Friday' into a date first. Name the new task with its link.",
  input,
  output: z.strictObject({ task: taskOutput }),
  annotations: addsToAsana,
  progress: { one: "Creating a task in Asana", many: "Creating {count} tasks in Asana" },

  async run(args, context) {
    const access = context.client.access(context);
    const created = await access.api.createTask(await dataFor(args, await plan(args, access), access), access.scope);
    return { task: presentTask(created, context.client.timeZone) };
  },

  async preview(args, context) {
    return describe(args, await plan(args, accessOf(context)));
  },

  async lookUp(args, write, context) {
    const access = accessOf(context);
    const { name, notes } = args;
    const found = await findMadeTask({ name, notes, ...(await plan(args, access)) }, write, access);
    return lookUpMade(found, {
      output: (task) => ({ task: presentTask(task, context.client.timeZone) }),
      doubt: (tasks) => doubt(name, tasks),
    });
  },
});

function accessOf(context: ToolContext<AsanaClient>): AsanaAccess {
  return context.client.access(context);
}

async function plan(args: Input, access: AsanaAccess): Promise<Plan> {
  const dates = datesToSend(args, {});
  const wishes = wishedFields(args.priority, args.custom_fields);
  if (args.project === undefined && (args.section !== undefined || wishes.length > 0)) {
    throw new UserError("A section, a priority and custom fields belong to a project: send project as well.");
  }
  const assignee = args.assignee ?? (args.project === undefined ? ownerOf(access) : undefined);
  const [project, person, ...followers] = await Promise.all([
    args.project === undefined ? undefined : access.project(args.project),
    assignee === undefined ? undefined : access.person(assignee, "assignee"),
    ...(args.followers ?? []).map((follower) => access.person(follower, "followers")),
  ]);
  const section = project && args.section !== undefined ? await access.section(args.section, project) : undefined;
  const known = project && wishes.length > 0 ? await access.customFields(project.gid) : [];
  return { project, section, assignee: person, followers, dates, fields: fieldChanges(wishes, known) };
}

/** A task of nobody in no project would be seen by nobody. */
function ownerOf(access: AsanaAccess): string {
  if (access.hasCaller) return "me";
  throw new UserError("Send a project or an assignee; otherwise nobody would see the task.");
}

async function dataFor(args: Input, plan: Plan, access: AsanaAccess): Promise<Record<string, unknown>> {
  const { project, section, assignee, followers, dates, fields } = plan;
  return {
    name: args.name,
    ...(args.notes === undefined ? {} : { notes: args.notes }),
    ...(project ? { projects: [project.gid] } : { workspace: await access.workspace() }),
    // With its section at once: moved there afterwards, a task could be left half made.
    ...(project && section ? { memberships: [{ project: project.gid, section: section.gid }] } : {}),
    ...(assignee ? { assignee: assignee.gid } : {}),
    ...dates,
    ...(followers.length > 0 ? { followers: followers.map(({ gid }) => gid) } : {}),
    ...(fields.length > 0 ? { custom_fields: Object.fromEntries(fields.map(({ gid, value }) => [gid, value])) } : {}),
  };
}

function describe(args: Input, plan: Plan): ChangePreview {
  const { project, section, assignee, followers, fields } = plan;
  const rows: [field: string, after: string | undefined][] = [
    ["Name", args.name],
    ["Notes", args.notes],
    ["Project", project?.name],
    ["Section", section?.name],
    ["Assignee", assignee?.name],
    ["Due", args.due_at ?? args.due_on],
    ["Start", args.start_on],
    ...fields.map(({ name, after }): [string, string | undefined] => [name, after ?? undefined]),
    ["Followers", followers.length > 0 ? followers.map(({ name }) => name).join(", ") : undefined],
  ];
  return {
    summary: `Create the task "${args.name}"${project ? ` in ${project.name}` : ""}`,
    changes: rows.flatMap(([field, after]) => (after === undefined ? [] : { field, before: null, after })),
  };
}

function doubt(name: string, tasks: readonly Task[]): string {
  const links = tasks.map(({ gid, permalink_url: url }) => url ?? `task ${gid}`).join(", ");
  return tasks.length > 1
    ? `Sophia made several tasks "${name}" at that time, and it cannot be told whether one of them is this one: ${links}.`
    : `Sophia made a task "${name}" at that time, but it differs from what was to be made: ${links}. Look whether it is this one.`;
}
