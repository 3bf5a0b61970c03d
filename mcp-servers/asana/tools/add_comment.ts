import { z } from "zod";
import { isoFormatter } from "../../shared/date-range.ts";
import { nameOf } from "../access.ts";
import { addsToAsana, asanaTool, taskGid, taskIdArgument, urlOutput } from "../task-output.ts";

export const addComment = asanaTool({
  name: "add_comment",
  title: "Comment on a task",
  description:
    "Adds a comment to an Asana task, under the name of Sophia's account: say in it for whom, if that matters. The task's followers are told.",
  input: z.strictObject({
    task_id: taskIdArgument,
    text: z.string().min(1).max(10_000).describe("Plain text; line breaks are kept"),
  }),
  output: z.strictObject({
    comment: z.strictObject({ id: z.string(), at: z.string().nullable(), text: z.string() }),
    task: z.strictObject({ id: z.string(), name: z.string(), url: urlOutput }),
  }),
  annotations: addsToAsana,
  progress: { one: "Commenting on a task in Asana", many: "Commenting on {count} tasks in Asana" },

  async run({ task_id, text }, context) {
    const access = context.client.access(context);
    const task = await access.task(taskGid(task_id));
    const story = await access.api.addComment(task.gid, text, access.scope);
    const iso = isoFormatter(context.client.timeZone);
    return {
      comment: { id: story.gid, at: story.created_at ? iso(Date.parse(story.created_at)) : null, text },
      task: { id: task.gid, name: nameOf(task.name), url: task.permalink_url ?? null },
    };
  },

  async preview({ task_id, text }, context) {
    const task = await context.client.access(context).task(taskGid(task_id));
    const name = nameOf(task.name);
    return {
      summary: `Comment on the task "${name}"`,
      record: { name, url: task.permalink_url ?? undefined },
      changes: [{ field: "Comment", before: null, after: text }],
    };
  },
});
