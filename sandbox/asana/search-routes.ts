import type { Hono } from "hono";
import type { Answers } from "./answers.ts";
import { AsanaRefusal } from "./errors.ts";
import { findUser, findWorkspace } from "./lookups.ts";
import { readLimit } from "./paging.ts";
import type { TaskRecord } from "./records.ts";
import { Ref } from "./representation.ts";
import { readDay, readGid, readMoment, readQueryFlag } from "./requests.ts";
import type { SearchIndex } from "./search-index.ts";
import type { AsanaEnv, AsanaStore } from "./store.ts";

const DEFAULT_LIMIT = 20;

type Filter = (task: TaskRecord) => boolean;

/** Search: for paid plans, unpaged, behind. A parameter that it does not know it ignores, so a misspelt one finds everything. */
export function searchRoutes(app: Hono<AsanaEnv>, store: AsanaStore, answers: Answers, index: SearchIndex): void {
  app.get("/workspaces/:workspace/tasks/search", (c) => {
    findWorkspace(store, c.req.param("workspace"));
    if (store.plan === "free") throw new AsanaRefusal(402, "Search is only available to premium users.");
    const query = c.req.query();
    const limit = readLimit("limit", query.limit) ?? DEFAULT_LIMIT;
    const filters = filtersOf(query, store);
    const found = index.tasks().filter((task) => seen(store, task) && filters.every((fits) => fits(task)));
    const sorted = sort(found, query, store).slice(0, limit);
    return answers.unpaged(
      c,
      sorted.map(({ gid }) => new Ref("task", gid)),
    );
  });
}

/** By what it is now: who may see something is not left to the index. */
function seen(store: AsanaStore, { gid }: TaskRecord): boolean {
  const task = store.task(gid);
  return task !== undefined && store.seesTask(task);
}

function filtersOf(query: Record<string, string>, store: AsanaStore): Filter[] {
  return Object.entries(query).flatMap(([name, value]) => {
    const filter = filterOf(name, value, store);
    return filter ? [filter] : [];
  });
}

const SETS: Record<string, (task: TaskRecord) => readonly (string | undefined)[]> = {
  assignee: (task) => [task.assigneeGid],
  followers: (task) => task.followerGids,
  created_by: (task) => [task.createdByGid],
  projects: (task) => task.memberships.map((m) => m.projectGid),
  sections: (task) => task.memberships.map((m) => m.sectionGid),
  tags: (task) => task.tagGids,
};

const PEOPLE = ["assignee", "followers", "created_by"];

function filterOf(name: string, value: string, store: AsanaStore): Filter | undefined {
  const [field = "", how = ""] = name.split(".");
  const set = SETS[field];
  if (set && ["any", "all", "not"].includes(how)) return inSet(set, how, readGids(name, value, store));
  if (field === "teams" && how === "any") {
    const gids = value.split(",").map((gid) => readGid(name, gid.trim()));
    return (task) => task.memberships.some((m) => gids.includes(store.project(m.projectGid)?.teamGid ?? ""));
  }
  if (field in DATES) return dateFilter(name, value, store);
  if (field === "custom_fields") return customFilter(name, value, store);
  if (name === "text") return textFilter(value);
  if (name === "resource_subtype") return (task) => task.subtype === value;
  return flagFilter(name, value, store);
}

function readGids(name: string, value: string, store: AsanaStore): (string | undefined)[] {
  const isPerson = PEOPLE.includes(name.split(".")[0] ?? "");
  return value.split(",").map((text) => {
    const word = text.trim();
    // Unassigned tasks.
    if (word === "null") return undefined;
    return isPerson ? findUser(store, word, name, 400).gid : readGid(name, word);
  });
}

function inSet(
  set: (task: TaskRecord) => readonly (string | undefined)[],
  how: string,
  gids: (string | undefined)[],
): Filter {
  if (how === "all") return (task) => gids.every((gid) => set(task).includes(gid));
  if (how === "not") return (task) => !gids.some((gid) => set(task).includes(gid));
  return (task) => gids.some((gid) => set(task).includes(gid));
}

const DATES: Record<string, (task: TaskRecord, store: AsanaStore) => string | undefined> = {
  due_on: (task, store) => store.dueDay(task),
  due_at: (task) => task.dueAt,
  start_on: (task) => task.startOn,
  created_on: (task) => task.createdAt.slice(0, 10),
  created_at: (task) => task.createdAt,
  completed_on: (task) => task.completedAt?.slice(0, 10),
  completed_at: (task) => task.completedAt,
  modified_on: (task) => task.modifiedAt.slice(0, 10),
  modified_at: (task) => task.modifiedAt,
};

function dateFilter(name: string, value: string, store: AsanaStore): Filter | undefined {
  const [field = "", how] = name.split(".");
  const read = DATES[field];
  const isMoment = field.endsWith("_at");
  if (!read || (how === undefined && isMoment) || (how !== undefined && how !== "before" && how !== "after")) {
    return undefined;
  }
  if (how === undefined && value === "null") return (task) => read(task, store) === undefined;
  const wanted = isMoment ? readMoment(name, value) : readDay(name, value);
  return (task) => {
    const date = read(task, store);
    if (date === undefined) return false;
    if (how === undefined) return date === wanted;
    return how === "before" ? date < wanted : date > wanted;
  };
}

function customFilter(name: string, value: string, store: AsanaStore): Filter | undefined {
  const [, gid = "", how] = name.split(".");
  if (!store.fields.some((field) => field.gid === gid)) return undefined;
  const held = (task: TaskRecord): string | undefined => task.fields[gid];
  if (how === "is_set") {
    const wanted = readQueryFlag(name, value);
    return (task) => (held(task) !== undefined) === wanted;
  }
  if (how === "value") return (task) => held(task) === value;
  if (how === "contains") return (task) => held(task)?.toLowerCase().includes(value.toLowerCase()) === true;
  if (how === "starts_with") return (task) => held(task)?.toLowerCase().startsWith(value.toLowerCase()) === true;
  if (how === "ends_with") return (task) => held(task)?.toLowerCase().endsWith(value.toLowerCase()) === true;
  return undefined;
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Every word begins a word of the name or the description. */
function textFilter(value: string): Filter {
  const wanted = wordsOf(value);
  return (task) => {
    const words = wordsOf(`${task.name} ${task.notes}`);
    return wanted.every((w) => words.some((word) => word.startsWith(w)));
  };
}

const isOpen = (task: TaskRecord): boolean => task.completedAt === undefined;

function flagFilter(name: string, value: string, store: AsanaStore): Filter | undefined {
  const flags: Record<string, Filter> = {
    completed: (task) => task.completedAt !== undefined,
    is_subtask: (task) => task.parentGid !== undefined,
    is_blocking: (task) => isOpen(task) && store.links.dependentsOf(task).some(isOpen),
    is_blocked: (task) => store.links.dependenciesOf(task).some(isOpen),
    has_attachment: () => false,
  };
  const flag = flags[name];
  if (!flag) return undefined;
  const wanted = readQueryFlag(name, value);
  return (task) => flag(task) === wanted;
}

const SORTS: Record<string, (task: TaskRecord, store: AsanaStore) => string> = {
  due_date: (task, store) => store.dueDay(task) ?? "9999",
  created_at: (task) => task.createdAt,
  completed_at: (task) => task.completedAt ?? "",
  modified_at: (task) => task.modifiedAt,
};

/** Without `sort_by`, or by what tasks have in common, any order may come. */
function sort(
  tasks: TaskRecord[],
  { sort_by, sort_ascending }: Record<string, string>,
  store: AsanaStore,
): TaskRecord[] {
  if (sort_by === undefined || sort_by === "likes" || sort_by === "relevance") return tasks;
  const read = SORTS[sort_by];
  if (!read) throw new AsanaRefusal(400, `sort_by: Invalid value: ${sort_by}`);
  const sign = readQueryFlag("sort_ascending", sort_ascending) === true ? 1 : -1;
  return tasks.toSorted((a, b) => {
    const [first, second] = [read(a, store), read(b, store)];
    return first < second ? -sign : first > second ? sign : 0;
  });
}
