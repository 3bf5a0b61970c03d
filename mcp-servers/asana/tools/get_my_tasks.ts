import { z } from "zod";
import { checkTimeZone } from "../../shared/date-range.ts";
import { pageOf } from "../../shared/page.ts";
import { collect, firstPosition } from "../collect.ts";
import {
  asanaTool,
  cursorArgument,
  limitArgument,
  personArgument,
  personOutput,
  presentTask,
  readsAsana,
  taskOutput,
  timeZoneArgument,
} from "../task-output.ts";

const buckets = ["overdue", "today", "upcoming", "no_due_date"] as const;

type Bucket = (typeof buckets)[number];

export const getMyTasks = asanaTool({
  name: "get_my_tasks",
  title: "List a person's open tasks",
  description:
    "The open Asana tasks of whoever asks, or of `assignee`, by due date: overdue first, then today's, upcoming ones, and those without a due date. " +
    "Send the asker's time_zone: it decides what is due today. Done tasks are found with search_tasks.",
  input: z.strictObject({
    assignee: personArgument.default("me"),
    due: z.enum(buckets).optional().describe("Only these"),
    time_zone: timeZoneArgument,
    limit: limitArgument(50),
    cursor: cursorArgument,
  }),
  output: z.strictObject({
    assignee: personOutput,
    today: z.string().describe("The day that counts as today, YYYY-MM-DD"),
    counts: z.strictObject({
      overdue: z.int(),
      today: z.int(),
      upcoming: z.int(),
      no_due_date: z.int(),
    }),
    tasks: z.array(taskOutput.extend({ due: z.enum(buckets) })),
    complete: z.boolean().describe("False for somebody with over 1,000 open tasks: the counts leave some out"),
    truncated: z.boolean(),
    cursor: z.string().optional(),
  }),
  annotations: readsAsana,
  progress: { one: "Looking up tasks in Asana", many: "Looking up tasks in Asana ({count} times)" },

  async run(input, context) {
    const timeZone = checkTimeZone("time_zone", input.time_zone ?? context.client.timeZone);
    const access = context.client.access(context);
    const [person, workspace] = await Promise.all([access.person(input.assignee, "assignee"), access.workspace()]);
    // Asana lists what was completed since then as well: nothing, were it not for clocks that differ.
    const openSince = access.now();
    const { items, next } = await collect(
      (offset) => access.api.tasks({ assignee: person.gid, workspace }, { openSince, offset }, access.scope),
      { fits: (task) => !task.completed, limit: 1000, from: firstPosition },
    );
    const today = access.today(timeZone);
    const all = items
      .map((task) => presentTask(task, timeZone))
      .map((task) => ({ ...task, due: bucketOf(task.due_on, today) }))
      .sort(byDue);
    const query = ["get_my_tasks", person.gid, input.due ?? null, timeZone];
    const wanted = all.filter(({ due }) => input.due === undefined || due === input.due);
    const page = pageOf(wanted, { limit: input.limit, cursor: input.cursor, query });
    return {
      assignee: { name: person.name, email: person.email },
      today,
      counts: countsOf(all),
      tasks: page.items,
      complete: next === undefined,
      truncated: page.truncated,
      ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
    };
  },
});

function bucketOf(day: string | null, today: string): Bucket {
  if (day === null) return "no_due_date";
  if (day === today) return "today";
  return day < today ? "overdue" : "upcoming";
}

interface Due {
  due_on: string | null;
  due_at: string | null;
}

/** What has no due date comes last; at a day's end what has no time of day. */
function byDue(left: Due, right: Due): number {
  const key = ({ due_on, due_at }: Due) => `${due_on ?? "9999"} ${due_at ?? "~"}`;
  return key(left) < key(right) ? -1 : key(left) > key(right) ? 1 : 0;
}

function countsOf(tasks: readonly { due: Bucket }[]): Record<Bucket, number> {
  const counts = { overdue: 0, today: 0, upcoming: 0, no_due_date: 0 };
  for (const { due } of tasks) counts[due]++;
  return counts;
}
