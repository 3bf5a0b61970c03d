import type { Context, Hono } from "hono";
import type { Answers } from "./answers.ts";
import { AsanaRefusal, missing } from "./errors.ts";
import { findTask } from "./lookups.ts";
import type { TaskRecord } from "./records.ts";
import { Ref } from "./representation.ts";
import { readData, readList } from "./requests.ts";
import type { AsanaEnv, AsanaStore } from "./store.ts";
import { isSet, readPosition } from "./task-fields.ts";

/** Of one task, both directions together. */
const MOST_LINKS = 30;

const refs = (tasks: readonly TaskRecord[]): Ref[] => tasks.map(({ gid }) => new Ref("task", gid));

/** Which task waits for which. */
export function linkRoutes(app: Hono<AsanaEnv>, store: AsanaStore, answers: Answers): void {
  const { links } = store;
  /** The task of the path and those that the body names. */
  const named = async (
    c: Context<AsanaEnv, "/tasks/:task/any">,
    field: string,
  ): Promise<[TaskRecord, TaskRecord[]]> => {
    const task = findTask(store, c.req.param("task"));
    const data = await readData(c);
    if (data[field] === undefined) throw missing(field);
    const others = readList(field, data[field]);
    return [task, others.map((gid, index) => findTask(store, gid, `${field}: [${index}]`, 400))];
  };

  app.get("/tasks/:task/dependencies", (c) =>
    answers.list(c, refs(links.dependenciesOf(findTask(store, c.req.param("task"))))),
  );
  app.get("/tasks/:task/dependents", (c) =>
    answers.list(c, refs(links.dependentsOf(findTask(store, c.req.param("task"))))),
  );
  app.post("/tasks/:task/addDependencies", async (c) => {
    const [task, others] = await named(c, "dependencies");
    checkLinks(
      store,
      task,
      others.map((other) => [task, other]),
    );
    for (const other of others) links.addDependency(task, other, store.me.gid);
    return answers.empty(c);
  });
  app.post("/tasks/:task/removeDependencies", async (c) => {
    const [task, others] = await named(c, "dependencies");
    for (const other of others) links.removeDependency(task, other, store.me.gid);
    return answers.empty(c);
  });
  app.post("/tasks/:task/addDependents", async (c) => {
    const [task, others] = await named(c, "dependents");
    checkLinks(
      store,
      task,
      others.map((other) => [other, task]),
    );
    for (const other of others) links.addDependency(other, task, store.me.gid);
    return answers.empty(c);
  });
  app.post("/tasks/:task/removeDependents", async (c) => {
    const [task, others] = await named(c, "dependents");
    for (const other of others) links.removeDependency(other, task, store.me.gid);
    return answers.empty(c);
  });
}

/** What a task is a part of. */
export function parentRoutes(app: Hono<AsanaEnv>, store: AsanaStore, answers: Answers): void {
  app.post("/tasks/:task/setParent", async (c) => {
    const task = findTask(store, c.req.param("task"));
    const data = await readData(c);
    if (data.parent === undefined) throw missing("parent");
    const parent = data.parent === null ? undefined : findTask(store, data.parent, "parent", 400);
    if (parent && store.links.isBelow(parent, task)) {
      throw new AsanaRefusal(400, "parent: A task cannot be a subtask of itself or of its own subtasks");
    }
    const siblings = parent ? store.subtasksOf(parent.gid) : [];
    const position = readPosition(data);
    const anchor = position.after ?? position.before;
    if (isSet(anchor) && !siblings.some(({ gid }) => gid === anchor)) {
      throw new AsanaRefusal(400, `${position.after ? "insert_after" : "insert_before"}: Not a subtask of the parent`);
    }
    store.links.setParent(task, parent, siblings, position, store.me.gid);
    return answers.one(c, new Ref("task", task.gid));
  });
}

/** Throws the refusal of ties that would go round in a circle, or be too many for the task. */
function checkLinks(
  { links }: AsanaStore,
  task: TaskRecord,
  pairs: readonly (readonly [TaskRecord, TaskRecord])[],
): void {
  if (pairs.some(([waiting, on]) => links.waitsFor(on, waiting))) {
    throw new AsanaRefusal(400, "dependencies: Tasks cannot wait for each other in a circle");
  }
  const further = pairs.filter(([waiting, on]) => !waiting.dependencyGids.includes(on.gid)).length;
  if (links.dependenciesOf(task).length + links.dependentsOf(task).length + further > MOST_LINKS) {
    throw new AsanaRefusal(400, `A task can have at most ${MOST_LINKS} dependents and dependencies combined`);
  }
}
