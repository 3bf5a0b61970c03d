/** Records that a path, a query or a body names, or the vendor's refusal. */
import type { WorkTeam, WorkUser } from "../world/work-types.ts";
import { AsanaRefusal, missing, noAccess, unknownObject } from "./errors.ts";
import type { ProjectRecord, SectionRecord, TagRecord, TaskRecord } from "./records.ts";
import { readGid } from "./requests.ts";
import type { AsanaStore } from "./store.ts";

/** 404 where the record is what the path is about, 400 where it is named elsewhere. */
type NotFound = 400 | 404;

export function findWorkspace(store: AsanaStore, value: unknown, status: NotFound = 404): string {
  if (value === undefined) throw missing("workspace");
  const gid = readGid("workspace", value);
  if (gid !== store.workspace.gid) throw unknownObject("workspace", gid, status);
  return gid;
}

export function findTeam(store: AsanaStore, value: unknown, status: NotFound = 404): WorkTeam {
  const gid = readGid("team", value);
  const team = store.teams.find((t) => t.gid === gid);
  if (!team) throw unknownObject("team", gid, status);
  return team;
}

export function findProject(
  store: AsanaStore,
  value: unknown,
  field = "project",
  status: NotFound = 404,
): ProjectRecord {
  const gid = readGid(field, value);
  const project = store.project(gid);
  if (!project) throw unknownObject(field, gid, status);
  if (!store.seesProject(project)) throw noAccess("project");
  return project;
}

export function findSection(
  store: AsanaStore,
  value: unknown,
  field = "section",
  status: NotFound = 404,
): SectionRecord {
  const gid = readGid(field, value);
  const section = store.section(gid);
  if (!section) throw unknownObject(field, gid, status);
  if (!store.seesProject(section.project)) throw noAccess("project");
  return section;
}

export function findTask(store: AsanaStore, value: unknown, field = "task", status: NotFound = 404): TaskRecord {
  const gid = readGid(field, value);
  const task = store.task(gid);
  if (!task) throw unknownObject(field, gid, status);
  if (!store.seesTask(task)) throw noAccess("task");
  return task;
}

export function findTag(store: AsanaStore, value: unknown, field = "tag", status: NotFound = 404): TagRecord {
  const gid = readGid(field, value);
  const tag = store.tags.find(gid);
  if (!tag) throw unknownObject(field, gid, status);
  return tag;
}

const isIdentifier = (text: string): boolean => text === "me" || text.includes("@") || /^\d+$/.test(text);

/** By gid, email or "me". */
export function findUser(store: AsanaStore, value: unknown, field = "user", status: NotFound = 404): WorkUser {
  if (typeof value !== "string") throw new AsanaRefusal(400, `${field}: Not a valid GID type: ${typeof value}`);
  if (!isIdentifier(value)) throw new AsanaRefusal(400, `${field}: Not a recognized ID: ${value}`);
  const user = store.user(value);
  if (!user) throw unknownObject(field, value, status);
  return user;
}

/** Who may be given a task: nobody outside the organization. */
export function findAssignee(store: AsanaStore, value: unknown): WorkUser {
  if (typeof value !== "string") throw new AsanaRefusal(400, `assignee: Not a valid GID type: ${typeof value}`);
  if (!isIdentifier(value)) throw new AsanaRefusal(400, `assignee: Not a recognized ID: ${value}`);
  const user = store.user(value);
  if (!user) throw new AsanaRefusal(400, `assignee: Not a user in Organization: ${value}`);
  return user;
}
