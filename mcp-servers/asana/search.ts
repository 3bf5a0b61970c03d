import { ServiceError } from "../../src/core/errors.ts";
import { matchesWords } from "../shared/match-words.ts";
import { addDays } from "../shared/date-range.ts";
import type { AsanaAccess, Person, Place } from "./access.ts";
import { nameOf } from "./access.ts";
import type { Task } from "./answers.ts";
import type { TaskListOf } from "./api.ts";
import { isDueWithin, membershipsOf } from "./task-output.ts";

export interface TaskWish {
  text: string | undefined;
  assignee: Person | undefined;
  project: Place | undefined;
  completed: "open" | "completed" | "all";
  due: { from: string | undefined; to: string | undefined };
  timeZone: string;
}

/** A place in the order by creation: what was created before, and at the very instant, what has been seen of it. */
export interface IndexPosition {
  before: string;
  seen: string[];
}

export interface Looked {
  tasks: Task[];
  searched: string;
  complete: boolean;
}

const indexPages = 5;
const fullPage = 100;

/** Asks Asana's own index, newest first; it has no pages, so each further request begins where the last one ended. */
export async function searchIndex(
  access: AsanaAccess,
  wish: TaskWish,
  options: { limit: number; from: IndexPosition | undefined },
): Promise<{ tasks: Task[]; next: IndexPosition | undefined }> {
  const workspace = await access.workspace();
  const found: Task[] = [];
  let from = options.from;
  for (let pages = 0; pages < indexPages; pages++) {
    const page = await access.api.search(workspace, filterOf(wish, from?.before), access.scope);
    const seen = new Set(from?.seen);
    for (const task of page) {
      if (seen.has(task.gid) || !fits(task, wish)) continue;
      if (found.length === options.limit) return { tasks: found, next: after(found, from) };
      found.push(task);
    }
    if (page.length < fullPage) return { tasks: found, next: undefined };
    from = after(page, from);
  }
  return { tasks: found, next: from };
}

/** Where to go on after these. A millisecond later than the last of them: others may have been created in the same one. */
function after(tasks: readonly Task[], from: IndexPosition | undefined): IndexPosition | undefined {
  const last = tasks.at(-1)?.created_at;
  if (!last) return undefined;
  const before = new Date(Date.parse(last) + 1).toISOString();
  const seen = tasks.filter(({ created_at: at }) => at === last).map(({ gid }) => gid);
  if (before !== from?.before) return { before, seen };
  // A whole page of one millisecond: what follows is asked for without it.
  return seen.length < fullPage ? { before, seen: [...from.seen, ...seen] } : { before: last, seen: [] };
}

function filterOf(wish: TaskWish, createdBefore: string | undefined) {
  const { text, assignee, project, completed, due } = wish;
  return {
    text,
    assignee: assignee?.gid,
    project: project?.gid,
    completed: completed === "all" ? undefined : completed === "completed",
    // Two days wider: whether Asana includes the edges, and of which zone its days are, is not documented. `fits` decides.
    dueAfter: due.from === undefined ? undefined : addDays(due.from, -2),
    dueBefore: due.to === undefined ? undefined : addDays(due.to, 2),
    createdBefore,
  };
}

/** What the index is not exact about. */
function fits(task: Task, { completed, due, timeZone }: TaskWish): boolean {
  const isWanted = completed === "all" || (task.completed ?? false) === (completed === "completed");
  return isWanted && isDueWithin(task, due, timeZone);
}

/** Requests that one answer may cost, and how many of them run at once. */
const mostRequests = 60;
const atOnce = 5;
/** Milliseconds that are kept back to answer within the deadline. */
const reserveMs = 4_000;

/**
 * For a plan without search: looks through the tasks themselves, those of the project or the assignee where one is named and
 * of all projects otherwise, as long as time and Asana's limit allow, and says how far that was.
 */
export async function lookThrough(access: AsanaAccess, wish: TaskWish): Promise<Looked> {
  const { lists, what, isAll } = await listsFor(access, wish);
  const walk = new Walk(access, wish);
  const queue = lists[Symbol.iterator]();
  await Promise.all(Array.from({ length: atOnce }, () => walk.follow(queue)));
  const read = lists.length === 1 ? what : `${walk.finished} of ${lists.length} ${what}`;
  const rest = isAll ? "" : "; tasks in no project are not among them";
  return {
    tasks: [...walk.found.values()].sort(newestFirst),
    searched: `Asana's plan has no search, so the tasks themselves were looked through: ${walk.seen} tasks of ${read}${rest}`,
    complete: isAll && walk.finished === lists.length,
  };
}

async function listsFor(access: AsanaAccess, { project, assignee }: TaskWish) {
  if (project) return { lists: [{ project: project.gid }], what: `the project ${project.name}`, isAll: true };
  if (assignee) {
    const list = { assignee: assignee.gid, workspace: await access.workspace() };
    return { lists: [list], what: `${assignee.name}'s list`, isAll: true };
  }
  const { items, isCut } = await access.projects();
  const lists = items.map(({ gid }) => ({ project: gid }));
  return { lists, what: isCut ? "the first projects" : "projects", isAll: false };
}

class Walk {
  readonly found = new Map<string, Task>();
  /** Tasks that were looked at, each time that a list has them. */
  seen = 0;
  /** Lists that were read to their end. */
  finished = 0;
  readonly #access: AsanaAccess;
  readonly #wish: TaskWish;
  readonly #openSince: string;
  #requests = 0;
  #isStopped = false;

  constructor(access: AsanaAccess, wish: TaskWish) {
    this.#access = access;
    this.#wish = wish;
    this.#openSince = access.now();
  }

  async follow(lists: Iterator<TaskListOf>): Promise<void> {
    for (let next = lists.next(); !next.done; next = lists.next()) {
      if (!(await this.#readList(next.value))) return;
    }
  }

  /** Whether it was read to its end. */
  async #readList(list: TaskListOf): Promise<boolean> {
    let offset: string | undefined;
    do {
      if (this.#isStopped || this.#requests >= mostRequests || this.#access.timeLeft() < reserveMs) return false;
      this.#requests++;
      const page = await this.#readPage(list, offset);
      if (page === undefined) return false;
      this.#take(page.items);
      offset = page.next;
    } while (offset !== undefined);
    this.finished++;
    return true;
  }

  /** Undefined where Asana's limit, or a failure on its side, ends the walk after it has seen something. */
  async #readPage(list: TaskListOf, offset: string | undefined) {
    const openSince = this.#wish.completed === "open" ? this.#openSince : undefined;
    try {
      return await this.#access.api.tasks(list, { openSince, notes: true, offset }, this.#access.scope);
    } catch (error) {
      if (!(error instanceof ServiceError) || !error.retryable || this.seen === 0) throw error;
      this.#isStopped = true;
      return undefined;
    }
  }

  #take(tasks: readonly Task[]): void {
    this.seen += tasks.length;
    for (const task of tasks) if (this.#isWanted(task)) this.found.set(task.gid, task);
  }

  #isWanted(task: Task): boolean {
    const { text, assignee, project } = this.#wish;
    if (!fits(task, this.#wish)) return false;
    if (assignee && task.assignee?.gid !== assignee.gid) return false;
    if (project && !membershipsOf(task).some(({ project: own }) => own.id === project.gid)) return false;
    return text === undefined || matchesWords(text, `${nameOf(task.name)} ${task.notes ?? ""}`);
  }
}

function newestFirst(left: Task, right: Task): number {
  return (right.created_at ?? "").localeCompare(left.created_at ?? "") || right.gid.localeCompare(left.gid);
}
