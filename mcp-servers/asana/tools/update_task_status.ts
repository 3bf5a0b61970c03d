import { z } from "zod";
import { UserError } from "../../../src/core/errors.ts";
import { lookUpChange } from "../../shared/look-up.ts";
import { type AsanaAccess, nameOf, type Place } from "../access.ts";
import type { Task } from "../answers.ts";
import { afterwards, readAfter } from "../../shared/half-done.ts";
import { sameName } from "../names.ts";
import {
  asanaTool,
  membershipsOf,
  presentTask,
  projectArgument,
  sectionArgument,
  setsInAsana,
  taskGid,
  taskIdArgument,
  taskOutput,
} from "../task-output.ts";

const input = z.strictObject({
  task_id: taskIdArgument,
  status: z.enum(["complete", "incomplete"]).optional().describe("Mark it as done, or as not done again"),
  section: sectionArgument.optional().describe("Move it to this section of its project: 'In progress'"),
  project: projectArgument.optional().describe("Whose section is meant, where the task is in several projects"),
});

type Input = z.output<typeof input>;

interface Move {
  project: Place;
  from: string | undefined;
  to: Place;
}

export const updateTaskStatus = asanaTool({
  name: "update_task_status",
  title: "Change a task's status",
  description:
    "Marks an Asana task as complete or incomplete, moves it to another section of its project (a board's column), or both. " +
    "Find the task first with search_tasks, get_project_tasks or get_my_tasks; name, dates and assignee are changed with update_task.",
  input,
  output: z.strictObject({ task: taskOutput }),
  annotations: setsInAsana,
  progress: { one: "Updating a task in Asana", many: "Updating {count} tasks in Asana" },

  async run(args, context) {
    const access = context.client.access(context);
    const { task, move } = await plan(args, access);
    const complete = () => access.api.updateTask(task.gid, { completed: args.status === "complete" }, access.scope);
    if (!move) await complete();
    else {
      await access.api.moveToSection(move.to.gid, task.gid, access.scope);
      const moved = `The task was moved to ${move.to.name}, but not marked as ${args.status}:`;
      if (args.status !== undefined) await afterwards(moved, complete);
    }
    return { task: presentTask(await readAfter(() => access.task(task.gid)), context.client.timeZone) };
  },

  async preview(args, context) {
    const { task, move } = await plan(args, context.client.access(context));
    const name = nameOf(task.name);
    return {
      summary: `Change the status of the task "${name}"`,
      record: { name, url: task.permalink_url ?? undefined },
      changes: rowsOf(args, task, move),
    };
  },

  async lookUp(args, _, context) {
    const { task, move } = await plan(args, context.client.access(context));
    return lookUpChange(rowsOf(args, task, move), () => ({ task: presentTask(task, context.client.timeZone) }));
  },
});

function rowsOf({ status }: Input, task: Task, move: Move | undefined) {
  const before = task.completed ? "complete" : "incomplete";
  return [
    ...(status === undefined ? [] : [{ field: "Status", before, after: status }]),
    ...(move ? [{ field: `Section in ${move.project.name}`, before: move.from ?? null, after: move.to.name }] : []),
  ];
}

async function plan(args: Input, access: AsanaAccess): Promise<{ task: Task; move: Move | undefined }> {
  if (args.status === undefined && args.section === undefined) {
    throw new UserError("Send status, section or both. To change anything else of a task use update_task.");
  }
  if (args.section === undefined && args.project !== undefined) {
    throw new UserError("project only says whose section is meant: send section as well, or leave it out.");
  }
  const task = await access.task(taskGid(args.task_id));
  const move = args.section === undefined ? undefined : await moveOf(args.section, args.project, task, access);
  return { task, move };
}

/** Throws UserError where it is not clear which project's section is meant. */
async function moveOf(section: string, project: string | undefined, task: Task, access: AsanaAccess): Promise<Move> {
  const memberships = membershipsOf(task);
  const [only, ...others] = memberships.filter(({ project: own }) => {
    return project === undefined || own.id === project.trim() || sameName(own.name, project);
  });
  if (only && others.length === 0) {
    const place = { gid: only.project.id, name: only.project.name };
    return { project: place, from: only.section?.name, to: await access.section(section, place) };
  }
  const names = memberships.map(({ project: own }) => `${own.name} (gid ${own.id})`).join("; ");
  if (names === "") throw new UserError("This task is in no project, so it has no sections. Leave section out.");
  throw new UserError(
    only
      ? `project: the task is in several projects, and the section may be of any: ${names}. Say which.`
      : `project: the task is not in "${project}". It is in: ${names}.`,
  );
}
