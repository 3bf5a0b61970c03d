import type { WorkProject, WorkSection, WorkStatus, WorkTask } from "../world/work-types.ts";

/** As the world has it; what was said about it is kept with the stories. */
export type TaskRecord = Omit<WorkTask, "comments"> & {
  /** A moment, where `dueAt` is set. */
  startAt?: string | undefined;
  /** In the order in which they were put on it. */
  tagGids: string[];
  /** The tasks that it waits for. */
  dependencyGids: string[];
};

export type ProjectRecord = WorkProject & {
  /** YYYY-MM-DD. */
  startOn?: string | undefined;
  /** As which it is first shown: a list unless told. */
  defaultView?: string | undefined;
  /** Private to its team and not to its members alone. */
  isForTeam?: boolean | undefined;
  modifiedAt?: string | undefined;
};

export interface TagRecord {
  gid: string;
  name: string;
  notes: string;
  color: string | null;
  followerGids: string[];
  createdAt: string;
}

/** A comment, or what Asana itself wrote about a change. */
export interface StoryRecord {
  gid: string;
  taskGid: string;
  authorGid: string;
  at: string;
  subtype: string;
  text: string;
  isEdited: boolean;
  isPinned: boolean;
}

export interface StatusRecord extends WorkStatus {
  projectGid: string;
}

export interface SectionRecord extends WorkSection {
  project: ProjectRecord;
}

/** What is asked of a task; a property that is there as undefined clears its field. */
export interface TaskPatch {
  name?: string;
  notes?: string;
  subtype?: TaskRecord["subtype"];
  assigneeGid?: string | undefined;
  isCompleted?: boolean;
  startOn?: string | undefined;
  startAt?: string | undefined;
  dueOn?: string | undefined;
  dueAt?: string | undefined;
  /** A field's gid to its value; undefined clears it. */
  fields?: Record<string, string | undefined>;
}

/** Something that happened, as the page shows it and as a webhook tells it. */
export interface AsanaChange {
  at: string;
  type: "task" | "story" | "section" | "project" | "project_status";
  /** The gid of what changed. */
  id: string;
  /** Added to or removed from `parentId`, which is told apart from being created and deleted by `field` being there. */
  action: "added" | "changed" | "removed" | "deleted";
  /** Asana's own name: "due_on". */
  field?: string | undefined;
  before?: string | undefined;
  after?: string | undefined;
  /** The task of a story, the project or section of a task that comes or goes, the project itself of a project. */
  parentId?: string | undefined;
  /** The gid of who did it. */
  by: string;
}
