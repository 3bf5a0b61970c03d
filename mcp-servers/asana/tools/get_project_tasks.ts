import { z } from "zod";
import { checkTimeZone } from "../../shared/date-range.ts";
import { decodeCursor, encodeCursor } from "../../shared/page.ts";
import { nameOf } from "../access.ts";
import type { Task } from "../answers.ts";
import { collect, firstPosition, position } from "../collect.ts";
import {
  asanaTool,
  checkDueRange,
  cursorArgument,
  dayArgument,
  isDueWithin,
  limitArgument,
  personArgument,
  presentTask,
  projectArgument,
  readsAsana,
  sectionArgument,
  taskOutput,
  timeZoneArgument,
  urlOutput,
} from "../task-output.ts";

export const getProjectTasks = asanaTool({
  name: "get_project_tasks",
  title: "List a project's tasks",
  description:
    "Lists the tasks of one Asana project in its own order, with assignee, due date and section; the open ones unless told. " +
    "Parts given together must all fit. If `truncated`, ask again with `cursor` (a page can be short, or empty, and still have more after it). " +
    "Subtasks are listed only where they are in the project themselves. Notes and comments are in get_task.",
  input: z.strictObject({
    project: projectArgument,
    section: sectionArgument.optional(),
    completed: z.enum(["open", "completed", "all"]).default("open").describe("Which tasks, by whether they are done"),
    assignee: personArgument.optional(),
    due_from: dayArgument("First day on which they are due").optional(),
    due_to: dayArgument("Last day on which they are due").optional(),
    time_zone: timeZoneArgument,
    limit: limitArgument(50),
    cursor: cursorArgument,
  }),
  output: z.strictObject({
    project: z.strictObject({ id: z.string(), name: z.string(), url: urlOutput }),
    tasks: z.array(taskOutput),
    truncated: z.boolean(),
    cursor: z.string().optional(),
  }),
  annotations: readsAsana,
  progress: { one: "Listing tasks in Asana", many: "Listing tasks in Asana ({count} times)" },

  async run(input, context) {
    const { completed, due_from, due_to, limit } = input;
    const timeZone = checkTimeZone("time_zone", input.time_zone ?? context.client.timeZone);
    checkDueRange(due_from, due_to);
    const access = context.client.access(context);
    const [project, assignee] = await Promise.all([
      access.project(input.project),
      input.assignee === undefined ? undefined : access.person(input.assignee, "assignee"),
    ]);
    const section = input.section === undefined ? undefined : await access.section(input.section, project);
    const who = assignee?.gid ?? null;
    const days = [due_from ?? null, due_to ?? null, timeZone];
    const query = ["get_project_tasks", project.gid, section?.gid ?? null, completed, who, ...days];
    const from = input.cursor === undefined ? firstPosition : decodeCursor(input.cursor, query, position);
    const fits = (task: Task) =>
      (completed === "all" || (task.completed ?? false) === (completed === "completed")) &&
      (who === null || task.assignee?.gid === who) &&
      isDueWithin(task, { from: due_from, to: due_to }, timeZone);
    const of = section ? { section: section.gid } : { project: project.gid };
    const openSince = completed === "open" ? "now" : undefined;
    const { items, next } = await collect((offset) => access.api.tasks(of, { openSince, offset }, access.scope), {
      fits,
      limit,
      from,
    });
    return {
      project: { id: project.gid, name: nameOf(project.name), url: project.permalink_url ?? null },
      tasks: items.map((task) => presentTask(task, timeZone)),
      truncated: next !== undefined,
      ...(next ? { cursor: encodeCursor(query, next) } : {}),
    };
  },
});
