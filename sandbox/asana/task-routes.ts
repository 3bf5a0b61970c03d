import type { Hono } from "hono";
import type { Answers } from "./answers.ts";
import { AsanaRefusal, missing, unknownObject } from "./errors.ts";
import { findProject, findSection, findTag, findTask, findUser, findWorkspace } from "./lookups.ts";
import type { TagRecord, TaskRecord } from "./records.ts";
import { Ref } from "./representation.ts";
import { type Fields, readData, readGid, readMoment } from "./requests.ts";
import type { AsanaEnv, AsanaStore } from "./store.ts";
import { readFollowers, readHomes, readPatch, readPosition, readTags, readUsers } from "./task-fields.ts";
import { ownerOfTaskList } from "./views.ts";

const refs = (tasks: readonly TaskRecord[]): Ref[] => tasks.map(({ gid }) => new Ref("task", gid));

/** Lists of tasks, each with `completed_since`: what is open, and what was completed since then. */
export function taskListRoutes(app: Hono<AsanaEnv>, store: AsanaStore, answers: Answers, now: () => number): void {
  const since = (tasks: readonly TaskRecord[], query: Record<string, string>): Ref[] => {
    const { completed_since: text, modified_since } = query;
    const completed = text === "now" ? new Date(now()).toISOString() : text && readMoment("completed_since", text);
    const modified = modified_since && readMoment("modified_since", modified_since);
    const wanted = tasks.filter(
      (task) =>
        store.seesTask(task) &&
        (!completed || !task.completedAt || task.completedAt >= completed) &&
        (!modified || task.modifiedAt >= modified),
    );
    return refs(wanted);
  };
  const inSection = (gid: string, status: 400 | 404): TaskRecord[] => {
    const section = findSection(store, gid, "section", status);
    return store.tasksOf(section.project).filter((t) => t.memberships.some((m) => m.sectionGid === section.gid));
  };
  const tagged = ({ gid }: TagRecord): TaskRecord[] => store.tasks.filter((task) => task.tagGids.includes(gid));
  const ofUser = (gid: string): TaskRecord[] => store.tasks.filter((task) => task.assigneeGid === gid);

  app.get("/tasks", (c) => {
    const query = c.req.query();
    const { project, section, assignee, workspace, tag, user_task_list } = query;
    const given = [project, section, tag, user_task_list, assignee].filter((value) => value !== undefined);
    if (given.length !== 1 || (assignee === undefined) !== (workspace === undefined)) {
      throw new AsanaRefusal(
        400,
        "Must specify exactly one of project, tag, section, user task list, or assignee + workspace",
      );
    }
    if (tag !== undefined) return answers.list(c, since(tagged(findTag(store, tag, "tag", 400)), query));
    if (project !== undefined) {
      return answers.list(c, since(store.tasksOf(findProject(store, project, "project", 400)), query));
    }
    if (section !== undefined) return answers.list(c, since(inSection(section, 400), query));
    if (user_task_list !== undefined)
      return answers.list(c, since(ofUser(taskListOwner(store, user_task_list, 400)), query));
    findWorkspace(store, workspace, 400);
    return answers.list(c, since(ofUser(findUser(store, assignee, "assignee", 400).gid), query));
  });
  app.get("/projects/:project/tasks", (c) =>
    answers.list(c, since(store.tasksOf(findProject(store, c.req.param("project"))), c.req.query())),
  );
  app.get("/sections/:section/tasks", (c) =>
    answers.list(c, since(inSection(c.req.param("section"), 404), c.req.query())),
  );
  app.get("/tags/:tag/tasks", (c) => answers.list(c, since(tagged(findTag(store, c.req.param("tag"))), c.req.query())));
  app.get("/user_task_lists/:list", (c) => {
    const gid = c.req.param("list");
    taskListOwner(store, gid, 404);
    return answers.one(c, new Ref("user_task_list", gid));
  });
  app.get("/user_task_lists/:list/tasks", (c) =>
    answers.list(c, since(ofUser(taskListOwner(store, c.req.param("list"), 404)), c.req.query())),
  );
  app.get("/tasks/:task/subtasks", (c) =>
    answers.list(c, refs(store.subtasksOf(findTask(store, c.req.param("task")).gid))),
  );
}

function taskListOwner(store: AsanaStore, value: string, status: 400 | 404): string {
  const owner = store.user(ownerOfTaskList(readGid("user_task_list", value)));
  if (!owner) throw unknownObject("user_task_list", value, status);
  return owner.gid;
}

export function taskRoutes(app: Hono<AsanaEnv>, store: AsanaStore, answers: Answers): void {
  app.post("/tasks", async (c) => {
    const data = await readData(c);
    const parent =
      data.parent === undefined || data.parent === null ? undefined : findTask(store, data.parent, "parent", 400);
    const task = create(store, data, parent);
    return answers.created(c, new Ref("task", task.gid), "tasks");
  });
  app.post("/tasks/:task/subtasks", async (c) => {
    const parent = findTask(store, c.req.param("task"));
    const task = create(store, await readData(c), parent);
    return answers.created(c, new Ref("task", task.gid), "tasks");
  });
  app.get("/tasks/:task", (c) => answers.one(c, new Ref("task", findTask(store, c.req.param("task")).gid)));
  app.put("/tasks/:task", async (c) => {
    const task = findTask(store, c.req.param("task"));
    store.editTask(task.gid, readPatch(await readData(c), store, task));
    return answers.one(c, new Ref("task", task.gid));
  });
  app.delete("/tasks/:task", (c) => {
    store.deleteTask(findTask(store, c.req.param("task")).gid);
    return answers.empty(c);
  });
  app.get("/tasks/:task/projects", (c) => {
    const { memberships } = findTask(store, c.req.param("task"));
    const projects = memberships.flatMap(({ projectGid }) => store.project(projectGid) ?? []);
    const visible = projects.filter((project) => store.seesProject(project));
    return answers.list(
      c,
      visible.map(({ gid }) => new Ref("project", gid)),
    );
  });
  app.post("/tasks/:task/addProject", async (c) => {
    const task = findTask(store, c.req.param("task"));
    const data = await readData(c);
    if (data.project === undefined) throw missing("project");
    const project = findProject(store, data.project, "project", 400);
    store.place(task, project, readPosition(data, project, store));
    return answers.empty(c);
  });
  app.post("/tasks/:task/removeProject", async (c) => {
    const task = findTask(store, c.req.param("task"));
    const data = await readData(c);
    if (data.project === undefined) throw missing("project");
    store.unplace(task, findProject(store, data.project, "project", 400));
    return answers.empty(c);
  });
  app.post("/tasks/:task/addFollowers", async (c) => {
    const task = findTask(store, c.req.param("task"));
    const data = await readData(c);
    if (data.followers === undefined) throw missing("followers");
    const followers = readUsers("followers", data.followers, store);
    store.follow(
      task,
      followers.map((user) => user.gid),
    );
    return answers.one(c, new Ref("task", task.gid));
  });
}

function create(store: AsanaStore, data: Fields, parent: TaskRecord | undefined): TaskRecord {
  const homes = readHomes(data, store);
  const tags = readTags(data, store);
  const patch = readPatch(data, store);
  if (!parent && homes.length === 0 && data.workspace === undefined) {
    throw new AsanaRefusal(400, "You should specify one of workspace, parent, projects");
  }
  const foreign = Object.keys(patch.fields ?? {}).find(
    (gid) => !homes.some((home) => home.project.customFieldGids.includes(gid)),
  );
  if (foreign !== undefined) throw new AsanaRefusal(400, `Custom field with ID ${foreign} is not on given object`);
  const name = patch.name ?? "";
  const task = store.addTask({ ...patch, name, parentGid: parent?.gid }, readFollowers(data, store));
  for (const { project, sectionGid } of homes) store.place(task, project, { sectionGid });
  for (const tag of tags) store.tags.putOn(task, tag, store.me.gid);
  return task;
}
