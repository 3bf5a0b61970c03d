import type { Hono } from "hono";
import type { Answers } from "./answers.ts";
import { AsanaRefusal, missing } from "./errors.ts";
import { findTeam, findUser, findWorkspace } from "./lookups.ts";
import { readLimit } from "./paging.ts";
import { Ref } from "./representation.ts";
import type { AsanaEnv, AsanaStore } from "./store.ts";
import { taskListOf } from "./views.ts";

/** People, teams, and what is found by the first letters of its name. */
export function userRoutes(app: Hono<AsanaEnv>, store: AsanaStore, answers: Answers): void {
  const users = (gids: readonly string[]): Ref[] => gids.map((gid) => new Ref("user", gid));
  const byName = (gids: readonly string[]): Ref[] => {
    const name = (gid: string): string => store.user(gid)?.name ?? "";
    return users(gids.toSorted((a, b) => name(a).localeCompare(name(b))));
  };
  const everybody = store.users.map((user) => user.gid);

  app.get("/users", (c) => {
    const { workspace, team } = c.req.query();
    if (workspace !== undefined) findWorkspace(store, workspace, 400);
    const gids = team === undefined ? everybody : findTeam(store, team, 400).memberGids;
    return answers.list(c, users(gids.toSorted()));
  });
  app.get("/users/:user", (c) => answers.one(c, new Ref("user", findUser(store, c.req.param("user")).gid)));
  app.get("/users/:user/teams", (c) => {
    const organization = c.req.query("organization");
    if (organization === undefined) throw missing("organization");
    findWorkspace(store, organization, 400);
    const { gid } = findUser(store, c.req.param("user"));
    const teams = store.teams.filter((team) => team.memberGids.includes(gid));
    return answers.list(c, refsOf("team", teams));
  });
  app.get("/users/:user/user_task_list", (c) => {
    findWorkspace(store, c.req.query("workspace"), 400);
    return answers.one(c, taskListOf(findUser(store, c.req.param("user")).gid));
  });

  app.get("/workspaces", (c) => answers.list(c, [new Ref("workspace", store.workspace.gid)]));
  app.get("/workspaces/:workspace", (c) =>
    answers.one(c, new Ref("workspace", findWorkspace(store, c.req.param("workspace")))),
  );
  app.get("/workspaces/:workspace/users", (c) => {
    findWorkspace(store, c.req.param("workspace"));
    return answers.list(c, byName(everybody));
  });
  app.get("/workspaces/:workspace/teams", (c) => {
    findWorkspace(store, c.req.param("workspace"));
    return answers.list(c, refsOf("team", store.teams));
  });
  app.get("/workspaces/:workspace/typeahead", (c) => {
    findWorkspace(store, c.req.param("workspace"));
    const { resource_type, type, query = "", count } = c.req.query();
    const kind = resource_type ?? type;
    if (kind === undefined) throw missing("resource_type");
    const found = suggestions(store, kind, query);
    return answers.unpaged(c, found.slice(0, readLimit("count", count) ?? 20));
  });

  app.get("/teams/:team", (c) => answers.one(c, new Ref("team", findTeam(store, c.req.param("team")).gid)));
  app.get("/teams/:team/users", (c) => answers.list(c, byName(findTeam(store, c.req.param("team")).memberGids)));
}

type Suggested = "user" | "project" | "task" | "team" | "tag" | "custom_field";

const refsOf = (kind: Suggested, records: readonly { gid: string }[]): Ref[] =>
  records.map((record) => new Ref(kind, record.gid));

/** What the caller sees and whose name, or email, has a word that begins with each word of the query. Quick, not exhaustive. */
function suggestions(store: AsanaStore, kind: string, query: string): Ref[] {
  const visible: Record<Suggested, () => readonly { gid: string; name: string; email?: string }[]> = {
    user: () => store.users,
    project: () => store.projects.filter((project) => store.seesProject(project) && !project.isArchived),
    task: () => store.tasks.filter((task) => store.seesTask(task)).toReversed(),
    team: () => store.teams,
    tag: () => store.tags.all,
    custom_field: () => store.fields,
  };
  const wanted = folded(query).split(/\s+/).filter(Boolean);
  if (kind === "actor") return suggestions(store, "user", query);
  if (["agent", "goal", "project_template", "portfolio"].includes(kind)) return [];
  if (!(kind in visible)) throw new AsanaRefusal(400, `resource_type: Not a valid type: ${kind}`);
  const known = kind as Suggested;
  const fits = ({ name, email = "" }: { name: string; email?: string }): boolean => {
    const words = folded(`${name} ${email}`).split(/[\s:,./()<>"-]+/);
    return wanted.every((w) => words.some((word) => word.startsWith(w)) || folded(email) === w);
  };
  return refsOf(known, visible[known]().filter(fits));
}

const folded = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
