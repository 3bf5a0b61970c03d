import { z } from "zod";
import { isoFormatter } from "../../shared/date-range.ts";
import { lookUpMade, sameText } from "../../shared/look-up.ts";
import { nameOf } from "../access.ts";
import type { Story, Task } from "../answers.ts";
import { madeSince } from "../own-writes.ts";
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
    return present(story, text, task, context.client.timeZone);
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

  async lookUp({ task_id, text }, write, context) {
    const access = context.client.access(context);
    const task = await access.task(taskGid(task_id));
    const read = (_: string, offset: string | undefined) => access.api.storyPage(task.gid, offset, access.scope);
    const made = await madeSince(write, access, read);
    const same = made.filter((story) => story.type === "comment" && sameText(story.text, text));
    return lookUpMade(
      { same },
      {
        output: (story) => present(story, text, task, context.client.timeZone),
        doubt: ({ length }) =>
          `Sophia wrote this comment ${length} times at about that time, and it cannot be told which one is this one. Look at the task "${nameOf(task.name)}" in Asana: ${task.permalink_url}`,
      },
    );
  },
});

function present(story: Story, text: string, task: Task, timeZone: string) {
  const { gid: id, created_at: at } = story;
  return {
    comment: { id, at: at ? isoFormatter(timeZone)(Date.parse(at)) : null, text },
    task: { id: task.gid, name: nameOf(task.name), url: task.permalink_url ?? null },
  };
}
