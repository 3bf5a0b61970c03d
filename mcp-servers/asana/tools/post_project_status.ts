import { z } from "zod";
import { isoFormatter } from "../../shared/date-range.ts";
import { addsToAsana, asanaTool, projectArgument, urlOutput } from "../task-output.ts";

const status = z.enum(["on_track", "at_risk", "off_track", "on_hold", "complete", "dropped"]);

export const postProjectStatus = asanaTool({
  name: "post_project_status",
  title: "Post a project's status",
  description:
    "Posts a status update on an Asana project, which its members are told of. Read the tasks first (get_project_tasks), so that what it says is so.",
  input: z.strictObject({
    project: projectArgument,
    status,
    title: z.string().min(1).max(200).describe("A line: 'Launch moved to May'"),
    text: z.string().min(1).max(10_000).describe("The update itself, as plain text"),
  }),
  output: z.strictObject({
    status_update: z.strictObject({ id: z.string(), status, title: z.string(), at: z.string().nullable() }),
    project: z.strictObject({ id: z.string(), name: z.string(), url: urlOutput }),
  }),
  annotations: addsToAsana,
  progress: { one: "Posting a status in Asana", many: "Posting {count} statuses in Asana" },

  async run(input, context) {
    const access = context.client.access(context);
    const project = await access.project(input.project);
    const data = { parent: project.gid, status_type: input.status, title: input.title, text: input.text };
    const { gid, created_at: at } = await access.api.postStatus(data, access.scope);
    const iso = isoFormatter(context.client.timeZone);
    return {
      status_update: { id: gid, status: input.status, title: input.title, at: at ? iso(Date.parse(at)) : null },
      project: { id: project.gid, name: project.name, url: project.permalink_url ?? null },
    };
  },

  async preview(input, context) {
    const project = await context.client.access(context).project(input.project);
    const present = project.current_status_update;
    return {
      summary: `Post a status on the project ${project.name}`,
      record: { name: project.name, url: project.permalink_url ?? undefined },
      changes: [
        { field: "Status", before: present?.status_type ?? null, after: input.status },
        { field: "Title", before: present?.title ?? null, after: input.title },
        { field: "Text", before: null, after: input.text },
      ],
    };
  },
});
