import { z } from "zod";
import { isoFormatter } from "../../shared/date-range.ts";
import { lookUpMade, sameText } from "../../shared/look-up.ts";
import type { Project, Status } from "../answers.ts";
import { nameOf } from "../access.ts";
import { madeSince } from "../own-writes.ts";
import { addsToAsana, asanaTool, projectArgument, urlOutput } from "../task-output.ts";

const status = z.enum(["on_track", "at_risk", "off_track", "on_hold", "complete", "dropped"]);

const input = z.strictObject({
  project: projectArgument,
  status,
  title: z.string().min(1).max(200).describe("A line: 'Launch moved to May'"),
  text: z.string().min(1).max(10_000).describe("The update itself, as plain text"),
});

type Input = z.output<typeof input>;

export const postProjectStatus = asanaTool({
  name: "post_project_status",
  title: "Post a project's status",
  description:
    "Posts a status update on an Asana project, which its members are told of. Read the tasks first (get_project_tasks), so that what it says is so.",
  input,
  output: z.strictObject({
    status_update: z.strictObject({ id: z.string(), status, title: z.string(), at: z.string().nullable() }),
    project: z.strictObject({ id: z.string(), name: z.string(), url: urlOutput }),
  }),
  annotations: addsToAsana,
  progress: { one: "Posting a status in Asana", many: "Posting {count} statuses in Asana" },

  async run(args, context) {
    const access = context.client.access(context);
    const project = await access.project(args.project);
    const data = { parent: project.gid, status_type: args.status, title: args.title, text: args.text };
    return present(await access.api.postStatus(data, access.scope), args, project, context.client.timeZone);
  },

  async preview(args, context) {
    const project = await context.client.access(context).project(args.project);
    const present = project.current_status_update;
    return {
      summary: `Post a status on the project ${project.name}`,
      record: { name: project.name, url: project.permalink_url ?? undefined },
      changes: [
        { field: "Status", before: present?.status_type ?? null, after: args.status },
        { field: "Title", before: present?.title ?? null, after: args.title },
        { field: "Text", before: null, after: args.text },
      ],
    };
  },

  async lookUp(args, write, context) {
    const access = context.client.access(context);
    const project = await access.project(args.project);
    const made = await madeSince(write, access, (since, offset) => {
      return access.api.statuses(project.gid, since, offset, access.scope);
    });
    const same = made.filter(({ status_type: type, title, text }) => {
      return type === args.status && sameText(title, args.title) && sameText(text, args.text);
    });
    return lookUpMade(
      { same },
      {
        output: (update) => present(update, args, project, context.client.timeZone),
        doubt: ({ length }) =>
          `Sophia posted this status ${length} times at about that time, and it cannot be told which one is this one. Look at the project ${project.name} in Asana: ${project.permalink_url}`,
      },
    );
  },
});

function present(update: Status, { status, title }: Input, project: Project, timeZone: string) {
  const { gid: id, created_at: at } = update;
  return {
    status_update: { id, status, title, at: at ? isoFormatter(timeZone)(Date.parse(at)) : null },
    project: { id: project.gid, name: nameOf(project.name), url: project.permalink_url ?? null },
  };
}
