import type { Context, Hono } from "hono";
import type { Answers } from "./answers.ts";
import { AsanaRefusal, missing } from "./errors.ts";
import { findTag, findTask, findWorkspace } from "./lookups.ts";
import { readColor } from "./project-fields.ts";
import type { TagRecord, TaskRecord } from "./records.ts";
import { Ref } from "./representation.ts";
import { type Fields, readData, readText } from "./requests.ts";
import type { AsanaEnv, AsanaStore } from "./store.ts";
import { readFollowers } from "./task-fields.ts";

const refs = (gids: readonly string[]): Ref[] => gids.map((gid) => new Ref("tag", gid));

/** The workspace's tags, and which task has which. */
export function tagRoutes(app: Hono<AsanaEnv>, store: AsanaStore, answers: Answers): void {
  const all = (): Ref[] => refs(store.tags.all.map(({ gid }) => gid));
  const create = (c: Context, data: Fields): Response => {
    const { followers: _, workspace: __, ...rest } = data;
    const tag = store.tags.add(readTagPatch(rest), readFollowers(data, store));
    return answers.created(c, new Ref("tag", tag.gid), "tags");
  };
  /** The task of the path and the tag of the body. */
  const pair = async (c: Context<AsanaEnv, "/tasks/:task/addTag">): Promise<[TaskRecord, TagRecord]> => {
    const task = findTask(store, c.req.param("task"));
    const { tag } = await readData(c);
    if (tag === undefined) throw missing("tag");
    return [task, findTag(store, tag, "tag", 400)];
  };

  app.get("/tags", (c) => {
    const { workspace } = c.req.query();
    if (workspace !== undefined) findWorkspace(store, workspace, 400);
    return answers.list(c, all());
  });
  app.post("/tags", async (c) => {
    const data = await readData(c);
    findWorkspace(store, data.workspace, 400);
    return create(c, data);
  });
  app.get("/workspaces/:workspace/tags", (c) => {
    findWorkspace(store, c.req.param("workspace"));
    return answers.list(c, all());
  });
  app.post("/workspaces/:workspace/tags", async (c) => {
    findWorkspace(store, c.req.param("workspace"));
    return create(c, await readData(c));
  });
  app.get("/tags/:tag", (c) => answers.one(c, new Ref("tag", findTag(store, c.req.param("tag")).gid)));
  app.put("/tags/:tag", async (c) => {
    const tag = findTag(store, c.req.param("tag"));
    store.tags.edit(tag, readTagPatch(await readData(c)));
    return answers.one(c, new Ref("tag", tag.gid));
  });
  app.delete("/tags/:tag", (c) => {
    store.tags.delete(findTag(store, c.req.param("tag")));
    return answers.empty(c);
  });

  app.get("/tasks/:task/tags", (c) => answers.list(c, refs(findTask(store, c.req.param("task")).tagGids)));
  app.post("/tasks/:task/addTag", async (c) => {
    const [task, tag] = await pair(c);
    store.tags.putOn(task, tag, store.me.gid);
    return answers.empty(c);
  });
  app.post("/tasks/:task/removeTag", async (c) => {
    const [task, tag] = await pair(c);
    store.tags.takeOff(task, tag, store.me.gid);
    return answers.empty(c);
  });
}

function readTagPatch(data: Fields): Partial<Pick<TagRecord, "name" | "notes" | "color">> {
  const wrong = Object.keys(data).find((field) => !["name", "notes", "color"].includes(field));
  if (wrong !== undefined) throw new AsanaRefusal(400, `${wrong}: Cannot write this property`);
  return {
    ...(data.name === undefined ? {} : { name: readText("name", data.name) }),
    ...(data.notes === undefined ? {} : { notes: readText("notes", data.notes) }),
    ...(data.color === undefined ? {} : { color: readColor(data.color) }),
  };
}
