import type { Work } from "../world/work-types.ts";
import type { AsanaChange, ProjectRecord, StatusRecord, StoryRecord, TagRecord, TaskRecord } from "./records.ts";

/** Everything that moves. */
export interface State {
  projects: ProjectRecord[];
  tasks: Map<string, TaskRecord>;
  /** A project's gid to its tasks, and a task's to its subtasks, in the order of its page. */
  order: Map<string, string[]>;
  tags: TagRecord[];
  /** Oldest first. */
  stories: StoryRecord[];
  /** Newest first. */
  statuses: StatusRecord[];
}

/** What the parts of the store have in common: what there is, and how a change of it is made known. */
export interface Ledger {
  state(): State;
  /** ISO 8601 in UTC. */
  now(): string;
  /** For a new record. */
  gid(): string;
  tell(change: Omit<AsanaChange, "at">): void;
  /** What Asana itself says below a task of what happened to it. */
  write(task: TaskRecord, subtype: string, text: string, by: string): void;
}

/** Where among others a task goes: behind everything unless told. */
export interface Position {
  sectionGid?: string | undefined;
  /** A task's gid; null: behind nothing, at the front. */
  after?: string | null | undefined;
  before?: string | null | undefined;
}

/** Puts a task among the others of its project or parent, which are `gids` so far. */
export function reorder(state: State, owner: string, gids: readonly string[], gid: string, position: Position): void {
  const { after, before } = position;
  const others = gids.filter((other) => other !== gid);
  const anchor = after ?? before;
  const index = anchor ? others.indexOf(anchor) : -1;
  if (index >= 0) others.splice(after ? index + 1 : index, 0, gid);
  else if (after === null) others.unshift(gid);
  else others.push(gid);
  state.order.set(owner, others);
}

export function stateOf(work: Work): State {
  const { projects, tasks } = structuredClone({ projects: work.projects, tasks: work.tasks });
  const order = new Map<string, string[]>();
  for (const { gid, memberships } of tasks) {
    for (const { projectGid } of memberships) order.set(projectGid, [...(order.get(projectGid) ?? []), gid]);
  }
  const stories = tasks.flatMap(({ gid: taskGid, comments }) =>
    comments.map((comment) => ({ ...comment, taskGid, subtype: "comment_added", isEdited: false, isPinned: false })),
  );
  return {
    projects,
    order,
    stories,
    tags: [],
    tasks: new Map(tasks.map((task) => [task.gid, { ...task, tagGids: [], dependencyGids: [] }])),
    statuses: projects.flatMap((project) => project.statuses.map((s) => ({ ...s, projectGid: project.gid }))),
  };
}
