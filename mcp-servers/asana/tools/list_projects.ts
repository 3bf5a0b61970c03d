import { z } from "zod";
import { decodeCursor, encodeCursor } from "../../shared/page.ts";
import { matchesWords } from "../../shared/match-words.ts";
import { nameOf } from "../access.ts";
import type { Project } from "../answers.ts";
import { collect, firstPosition, position } from "../collect.ts";
import {
  asanaTool,
  cursorArgument,
  limitArgument,
  personOutput,
  presentPerson,
  readsAsana,
  urlOutput,
} from "../task-output.ts";

export const listProjects = asanaTool({
  name: "list_projects",
  title: "List projects",
  description:
    "The projects in Asana that Sophia's account sees, with owner, team, due date and latest status. Narrow it with words of the name. " +
    "If `truncated`, ask again with `cursor`.",
  input: z.strictObject({
    query: z.string().min(1).max(200).optional().describe("Only projects with these words in their name"),
    archived: z.boolean().default(false).describe("The archived ones instead of the others"),
    limit: limitArgument(50),
    cursor: cursorArgument,
  }),
  output: z.strictObject({
    projects: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        url: urlOutput,
        completed: z.boolean(),
        team: z.string().nullable(),
        owner: personOutput.nullable(),
        start_on: z.string().nullable(),
        due_on: z.string().nullable(),
        status: z.string().nullable().describe("on_track, at_risk, off_track, on_hold, complete or dropped"),
        status_title: z.string().nullable(),
      }),
    ),
    truncated: z.boolean(),
    cursor: z.string().optional(),
  }),
  annotations: readsAsana,
  progress: { one: "Listing projects in Asana", many: "Listing projects in Asana ({count} times)" },

  async run({ query, archived, limit, cursor }, context) {
    const access = context.client.access(context);
    const workspace = await access.workspace();
    const question = ["list_projects", query ?? null, archived];
    const { items, next } = await collect((offset) => access.api.projects(workspace, archived, offset, access.scope), {
      fits: ({ name }) => query === undefined || matchesWords(query, nameOf(name)),
      limit,
      from: cursor === undefined ? firstPosition : decodeCursor(cursor, question, position),
    });
    return {
      projects: items.map(present),
      truncated: next !== undefined,
      ...(next ? { cursor: encodeCursor(question, next) } : {}),
    };
  },
});

function present(project: Project) {
  return {
    id: project.gid,
    name: nameOf(project.name),
    url: project.permalink_url ?? null,
    completed: project.completed ?? false,
    team: project.team?.name ?? null,
    owner: project.owner ? presentPerson(project.owner) : null,
    start_on: project.start_on ?? null,
    due_on: project.due_on ?? null,
    status: project.current_status_update?.status_type ?? null,
    status_title: project.current_status_update?.title ?? null,
  };
}
