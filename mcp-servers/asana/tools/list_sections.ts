import { z } from "zod";
import { pageOf } from "../../shared/page.ts";
import { asanaTool, cursorArgument, limitArgument, projectArgument, readsAsana, urlOutput } from "../task-output.ts";

export const listSections = asanaTool({
  name: "list_sections",
  title: "List a project's sections",
  description:
    "The sections of one Asana project (a board's columns), in their order. update_task_status moves a task between them; get_project_tasks lists the tasks of one.",
  input: z.strictObject({ project: projectArgument, limit: limitArgument(100), cursor: cursorArgument }),
  output: z.strictObject({
    project: z.strictObject({ id: z.string(), name: z.string(), url: urlOutput }),
    sections: z.array(z.strictObject({ id: z.string(), name: z.string() })),
    total: z.int(),
    truncated: z.boolean(),
    cursor: z.string().optional(),
  }),
  annotations: readsAsana,
  progress: { one: "Looking up sections in Asana", many: "Looking up sections in Asana ({count} times)" },

  async run({ project: wanted, limit, cursor }, context) {
    const access = context.client.access(context);
    const project = await access.project(wanted);
    const sections = await access.sections(project.gid);
    const { items, ...page } = pageOf(sections, { limit, cursor, query: ["list_sections", project.gid] });
    return {
      project: { id: project.gid, name: project.name, url: project.permalink_url ?? null },
      sections: items.map(({ gid, name }) => ({ id: gid, name })),
      ...page,
    };
  },
});
