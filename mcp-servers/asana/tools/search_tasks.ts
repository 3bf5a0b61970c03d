import { z } from "zod";
import { ServiceError, UserError } from "../../../src/core/errors.ts";
import { checkTimeZone } from "../../shared/date-range.ts";
import { decodeCursor, encodeCursor } from "../../shared/page.ts";
import type { AsanaAccess } from "../access.ts";
import type { Task } from "../answers.ts";
import type { AsanaClient } from "../client.ts";
import { type Looked, lookThrough, searchIndex, type TaskWish } from "../search.ts";
import {
  asanaTool,
  checkDueRange,
  cursorArgument,
  dayArgument,
  limitArgument,
  personArgument,
  presentTask,
  projectArgument,
  readsAsana,
  taskOutput,
  timeZoneArgument,
} from "../task-output.ts";

/** Of Asana's index, or, without one, of what was looked through. */
const place = z.union([
  z.strictObject({ before: z.string(), seen: z.array(z.string()) }),
  z.strictObject({ start: z.int().nonnegative() }),
]);

type Place = z.output<typeof place>;

interface Found extends Looked {
  next: Place | undefined;
}

const input = z.strictObject({
  text: z.string().min(1).max(200).optional().describe("Words of the name or the notes"),
  assignee: personArgument.optional(),
  project: projectArgument.optional(),
  completed: z.enum(["open", "completed", "all"]).default("open").describe("Which tasks, by whether they are done"),
  due_from: dayArgument("First day on which they are due").optional(),
  due_to: dayArgument("Last day on which they are due").optional(),
  time_zone: timeZoneArgument,
  limit: limitArgument(20),
  cursor: cursorArgument,
});

export const searchTasks = asanaTool({
  name: "search_tasks",
  title: "Search tasks",
  description:
    "Finds Asana tasks by words, assignee, project and due date, newest first; parts given together must all fit; the open ones unless told. " +
    "`searched` says what was looked through, and `complete` whether anything that fits may have been left out: pass both on. " +
    "What was written within the last minute may be missing.",
  input,
  output: z.strictObject({
    tasks: z.array(taskOutput),
    searched: z.string(),
    complete: z.boolean().describe("Whether these and the further pages are all that there are"),
    truncated: z.boolean(),
    cursor: z.string().optional(),
  }),
  annotations: readsAsana,
  progress: { one: "Searching tasks in Asana", many: "Running {count} searches of tasks in Asana" },

  async run(args, context) {
    const timeZone = checkTimeZone("time_zone", args.time_zone ?? context.client.timeZone);
    const access = context.client.access(context);
    const wish = await wishOf(args, timeZone, access);
    const query = ["search_tasks", wish.text ?? null, wish.assignee?.gid ?? null, wish.project?.gid ?? null];
    query.push(wish.completed, wish.due.from ?? null, wish.due.to ?? null, timeZone);
    const from = args.cursor === undefined ? undefined : decodeCursor(args.cursor, query, place);
    const { tasks, searched, complete, next } = await find(context.client, access, wish, {
      key: JSON.stringify(query),
      limit: args.limit,
      from,
    });
    return {
      tasks: tasks.map((task: Task) => presentTask(task, timeZone)),
      searched,
      complete,
      truncated: next !== undefined,
      ...(next ? { cursor: encodeCursor(query, next) } : {}),
    };
  },
});

async function wishOf(args: z.output<typeof input>, timeZone: string, access: AsanaAccess): Promise<TaskWish> {
  const { text, completed, due_from: from, due_to: to } = args;
  if (![text, args.assignee, args.project, from, to].some((part) => part !== undefined)) {
    throw new UserError("Say what to look for: text, assignee, project, due_from or due_to.");
  }
  checkDueRange(from, to);
  const [assignee, project] = await Promise.all([
    args.assignee === undefined ? undefined : access.person(args.assignee, "assignee"),
    args.project === undefined ? undefined : access.project(args.project),
  ]);
  return { text, assignee, project, completed, due: { from, to }, timeZone };
}

interface Options {
  key: string;
  limit: number;
  from: Place | undefined;
}

/** With Asana's search; without it where the plan has none, which is then not asked again for a while. */
async function find(client: AsanaClient, access: AsanaAccess, wish: TaskWish, options: Options): Promise<Found> {
  const { limit, from } = options;
  const workspace = await access.workspace();
  if (client.withoutSearch.get(workspace) || (from && "start" in from)) return look(client, access, wish, options);
  try {
    const { tasks, next } = await searchIndex(access, wish, { limit, from });
    return { tasks, next, searched: "all tasks that Sophia's account sees, with Asana's search", complete: true };
  } catch (error) {
    if (!(error instanceof ServiceError) || error.status !== 402) throw error;
    client.withoutSearch.set(workspace, true);
    return look(client, access, wish, options);
  }
}

async function look(client: AsanaClient, access: AsanaAccess, wish: TaskWish, options: Options): Promise<Found> {
  const { key, limit, from } = options;
  const start = from && "start" in from ? from.start : 0;
  const looked = (start > 0 ? client.looked.get(key) : undefined) ?? (await lookThrough(access, wish));
  client.looked.set(key, looked);
  const end = start + limit;
  const next = end < looked.tasks.length ? { start: end } : undefined;
  return { ...looked, tasks: looked.tasks.slice(start, end), next };
}
