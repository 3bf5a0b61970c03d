import type { Hono } from "hono";
import { type Answers, send } from "./answers.ts";
import { AsanaRefusal, missing, unknownObject } from "./errors.ts";
import { findProject, findSection, findTask, findTeam, findWorkspace } from "./lookups.ts";
import type { ProjectRecord, StatusRecord, TaskRecord } from "./records.ts";
import { type Kind, readSelection, Ref } from "./representation.ts";
import { type Fields, readData, readGid, readMoment, readQueryFlag, readText } from "./requests.ts";
import type { AsanaEnv, AsanaStore } from "./store.ts";
import { readPatchOfProject, readSectionPlace, readTeamOf } from "./project-fields.ts";
import { readPosition, readUsers } from "./task-fields.ts";
import { COLOR_OF_STATUS, settingRefs } from "./views.ts";

const refs = (kind: Kind, records: readonly { gid: string }[]): Ref[] => records.map(({ gid }) => new Ref(kind, gid));

export function projectRoutes(app: Hono<AsanaEnv>, store: AsanaStore, answers: Answers): void {
  const project = (gid: string): ProjectRecord => findProject(store, gid);
  const visible = (archived: string | undefined, teamGid?: string): Ref[] => {
    const wanted = readQueryFlag("archived", archived);
    const found = store.projects.filter(
      (p) => store.seesProject(p) && (wanted ?? p.isArchived) === p.isArchived && (teamGid ?? p.teamGid) === p.teamGid,
    );
    return refs("project", found);
  };

  app.get("/projects", (c) => {
    const { workspace, team, archived } = c.req.query();
    if (workspace !== undefined) findWorkspace(store, workspace, 400);
    return answers.list(c, visible(archived, team === undefined ? undefined : findTeam(store, team, 400).gid));
  });
  app.get("/workspaces/:workspace/projects", (c) => {
    findWorkspace(store, c.req.param("workspace"));
    return answers.list(c, visible(c.req.query("archived")));
  });
  app.get("/teams/:team/projects", (c) =>
    answers.list(c, visible(c.req.query("archived"), findTeam(store, c.req.param("team")).gid)),
  );
  app.get("/projects/:project", (c) => answers.one(c, new Ref("project", project(c.req.param("project")).gid)));
  app.post("/projects", async (c) => {
    const data = await readData(c);
    const team = readTeamOf(data, store);
    if (data.name === undefined || data.name === "") throw missing("name");
    const { name = "", ...patch } = readPatchOfProject(data, store, ["followers"]);
    const followers = data.followers === undefined ? [] : readText("followers", data.followers).split(",");
    const members = readUsers("followers", followers, store).map((user) => user.gid);
    const made = store.projectEdits.add({ ...patch, name, teamGid: team.gid }, members, store.me.gid);
    return answers.created(c, new Ref("project", made.gid), "projects");
  });
  app.put("/projects/:project", async (c) => {
    const changed = project(c.req.param("project"));
    store.projectEdits.edit(changed, readPatchOfProject(await readData(c), store), store.me.gid);
    return answers.one(c, new Ref("project", changed.gid));
  });
  app.get("/projects/:project/task_counts", (c) => {
    const counts = countsOf(store.tasksOf(project(c.req.param("project"))));
    // Counting is dear, so nothing comes that was not named.
    const wanted = readSelection(c.req.query("opt_fields") ?? "");
    return send(c, { data: Object.fromEntries(Object.entries(counts).filter(([name]) => wanted.has(name))) });
  });
  app.get("/projects/:project/custom_field_settings", (c) =>
    answers.list(c, settingRefs(project(c.req.param("project")))),
  );
  app.get("/workspaces/:workspace/custom_fields", (c) => {
    findWorkspace(store, c.req.param("workspace"));
    return answers.list(c, refs("custom_field", store.fields));
  });
  app.get("/custom_fields/:field", (c) => {
    const gid = readGid("custom_field", c.req.param("field"));
    if (!store.fields.some((field) => field.gid === gid)) throw unknownObject("custom_field", gid);
    return answers.one(c, new Ref("custom_field", gid));
  });
}

export function sectionRoutes(app: Hono<AsanaEnv>, store: AsanaStore, answers: Answers): void {
  const me = (): string => store.me.gid;
  app.get("/projects/:project/sections", (c) =>
    answers.list(c, refs("section", findProject(store, c.req.param("project")).sections)),
  );
  app.post("/projects/:project/sections", async (c) => {
    const project = findProject(store, c.req.param("project"));
    const data = await readData(c);
    const section = store.projectEdits.addSection(
      project,
      sectionName(data),
      readSectionPlace(data, project, store),
      me(),
    );
    return answers.created(c, new Ref("section", section.gid), "sections");
  });
  app.put("/sections/:section", async (c) => {
    const section = findSection(store, c.req.param("section"));
    store.projectEdits.renameSection(section, sectionName(await readData(c)), me());
    return answers.one(c, new Ref("section", section.gid));
  });
  app.delete("/sections/:section", (c) => {
    const section = findSection(store, c.req.param("section"));
    const { gid, project } = section;
    if (store.tasksOf(project).some((task) => task.memberships.some((m) => m.sectionGid === gid))) {
      throw new AsanaRefusal(400, "section: Cannot delete a section that has tasks");
    }
    if (project.sections.length === 1) throw new AsanaRefusal(400, "section: Cannot delete the last section");
    store.projectEdits.deleteSection(section, me());
    return answers.empty(c);
  });
  app.get("/sections/:section", (c) =>
    answers.one(c, new Ref("section", findSection(store, c.req.param("section")).gid)),
  );
  app.post("/sections/:section/addTask", async (c) => {
    const section = findSection(store, c.req.param("section"));
    const data = await readData(c);
    if (data.task === undefined) throw missing("task");
    const task = findTask(store, data.task, "task", 400);
    store.place(task, section.project, { ...readPosition(data), sectionGid: section.gid });
    return answers.empty(c);
  });
}

function sectionName({ name }: Fields): string {
  if (name === undefined || name === "") throw missing("name");
  return readText("name", name);
}

const STATUS_TYPES = ["on_track", "at_risk", "off_track", "on_hold", "complete"];

/** Status updates, and project statuses, which are the same under an older name. */
export function statusRoutes(app: Hono<AsanaEnv>, store: AsanaStore, answers: Answers): void {
  const find = (field: string, gid: string): StatusRecord => {
    const status = store.status(readGid(field, gid));
    if (!status) throw unknownObject(field, gid);
    findProject(store, status.projectGid);
    return status;
  };

  app.get("/status_updates", (c) => {
    const { parent, created_since } = c.req.query();
    if (parent === undefined) throw missing("parent");
    const project = findProject(store, parent, "parent", 400);
    const since = created_since === undefined ? "" : readMoment("created_since", created_since);
    const wanted = store.statusesOf(project.gid).filter(({ at }) => at >= since);
    return answers.list(c, refs("status_update", wanted));
  });
  app.post("/status_updates", async (c) => {
    const data = await readData(c);
    if (data.parent === undefined) throw missing("parent");
    const project = findProject(store, data.parent, "parent", 400);
    const type = oneOf("status_type", data.status_type, STATUS_TYPES);
    const status = store.addStatus(project, { ...wordsOf(data, project), type });
    return answers.created(c, new Ref("status_update", status.gid), "status_updates");
  });
  app.get("/status_updates/:status", (c) =>
    answers.one(c, new Ref("status_update", find("status_update", c.req.param("status")).gid)),
  );
  app.delete("/status_updates/:status", (c) => {
    store.deleteStatus(find("status_update", c.req.param("status")));
    return answers.empty(c);
  });

  app.get("/projects/:project/project_statuses", (c) =>
    answers.list(c, refs("project_status", store.statusesOf(findProject(store, c.req.param("project")).gid))),
  );
  app.post("/projects/:project/project_statuses", async (c) => {
    const project = findProject(store, c.req.param("project"));
    const data = await readData(c);
    const color = oneOf("color", data.color, Object.values(COLOR_OF_STATUS));
    const type = STATUS_TYPES.find((name) => COLOR_OF_STATUS[name] === color) ?? "complete";
    const status = store.addStatus(project, { ...wordsOf(data, project), type });
    return answers.created(c, new Ref("project_status", status.gid), "project_statuses");
  });
  app.get("/project_statuses/:status", (c) =>
    answers.one(c, new Ref("project_status", find("project_status", c.req.param("status")).gid)),
  );
  app.delete("/project_statuses/:status", (c) => {
    store.deleteStatus(find("project_status", c.req.param("status")));
    return answers.empty(c);
  });
}

function wordsOf(data: Fields, project: ProjectRecord): Pick<StatusRecord, "title" | "text"> {
  if (data.text === undefined) throw missing("text");
  const title = data.title === undefined ? `${project.name} status update` : readText("title", data.title);
  return { title, text: readText("text", data.text) };
}

function oneOf(field: string, value: unknown, allowed: readonly string[]): string {
  if (value === undefined) throw missing(field);
  const text = readText(field, value);
  if (!allowed.includes(text)) throw new AsanaRefusal(400, `${field}: Invalid value: ${text}`);
  return text;
}

function countsOf(tasks: readonly TaskRecord[]): Record<string, number> {
  const milestones = tasks.filter((task) => task.subtype === "milestone");
  const done = (list: readonly TaskRecord[]): number => list.filter((task) => task.completedAt !== undefined).length;
  return {
    num_tasks: tasks.length,
    num_incomplete_tasks: tasks.length - done(tasks),
    num_completed_tasks: done(tasks),
    num_milestones: milestones.length,
    num_incomplete_milestones: milestones.length - done(milestones),
    num_completed_milestones: done(milestones),
  };
}
