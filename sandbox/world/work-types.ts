/** What the project manager adds to the world. Gids are 16 digits, the same for every seed but for tasks; instants are ISO 8601 in UTC. */

/** Somebody with an account in the project manager: our people, and the account that Sophia works under. */
export interface WorkUser {
  /** 16 digits, as all its gids are. */
  gid: string;
  name: string;
  email: string;
  /** Set for our people. */
  personId?: string | undefined;
}

export interface WorkTeam {
  gid: string;
  name: string;
  description: string;
  memberGids: string[];
}

export interface WorkSection {
  gid: string;
  name: string;
}

export interface WorkStatus {
  gid: string;
  title: string;
  text: string;
  /** The project manager's own word: "at_risk". */
  type: string;
  authorGid: string;
  at: string;
}

export interface WorkProject {
  gid: string;
  name: string;
  notes: string;
  teamGid: string;
  ownerGid: string;
  memberGids: string[];
  isPrivate: boolean;
  isArchived: boolean;
  color: string;
  createdAt: string;
  /** YYYY-MM-DD. */
  dueOn?: string | undefined;
  sections: WorkSection[];
  /** Newest first. */
  statuses: WorkStatus[];
  customFieldGids: string[];
}

/** A field that the company added to its tasks: text, or one of some options. */
export interface WorkField {
  gid: string;
  name: string;
  type: "text" | "enum";
  options: { gid: string; name: string; color: string }[];
}

export interface WorkTask {
  gid: string;
  name: string;
  notes: string;
  subtype: "default_task" | "milestone" | "approval";
  parentGid?: string | undefined;
  /** In the order in which it was added to them. */
  memberships: { projectGid: string; sectionGid: string }[];
  assigneeGid?: string | undefined;
  createdByGid: string;
  createdAt: string;
  modifiedAt: string;
  /** YYYY-MM-DD. */
  startOn?: string | undefined;
  /** YYYY-MM-DD, where a day is meant; else `dueAt`, where a moment is. */
  dueOn?: string | undefined;
  dueAt?: string | undefined;
  completedAt?: string | undefined;
  completedByGid?: string | undefined;
  followerGids: string[];
  /** A field's gid to its text, or to the gid of the option. */
  fields: Record<string, string>;
  /** Oldest first. */
  comments: { gid: string; authorGid: string; at: string; text: string }[];
}

/** What the project manager holds. */
export interface Work {
  workspace: { gid: string; name: string; domain: string };
  users: WorkUser[];
  teams: WorkTeam[];
  fields: WorkField[];
  projects: WorkProject[];
  tasks: WorkTask[];
}
