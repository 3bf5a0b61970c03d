import { AsyncLocalStorage } from "node:async_hooks";
import type { HttpBindings } from "@hono/node-server";
import { SOPHIA_EMAIL } from "../world/tasks.ts";
import type { World } from "../world/types.ts";
import type { Work, WorkField, WorkTeam, WorkUser } from "../world/work-types.ts";
import { dayOf } from "../world/zones.ts";
import { differencesOf } from "./differences.ts";
import { ProjectEdits } from "./project-edits.ts";
import type {
  AsanaChange,
  ProjectRecord,
  SectionRecord,
  StatusRecord,
  StoryRecord,
  TaskPatch,
  TaskRecord,
} from "./records.ts";
import { type Ledger, type Position, reorder, type State, stateOf } from "./state.ts";
import { Tags } from "./tags.ts";
import { TaskLinks } from "./task-links.ts";
import { WebhookBook } from "./webhook-book.ts";

export type AsanaEnv = { Bindings: HttpBindings };
export type Plan = "free" | "premium";

/** Asana's side of the world, and what moves it. Who does something is named by gid; Sophia's own account unless told. */
export class AsanaStore {
  readonly world: World;
  readonly plan: Plan;
  /** What happened since the last reset, oldest first. */
  readonly changes: AsanaChange[] = [];
  readonly projectEdits: ProjectEdits;
  readonly tags: Tags;
  readonly links: TaskLinks;
  /** They stay through a reset: whoever made them does not know of it. */
  readonly webhooks: WebhookBook;
  readonly #now: () => number;
  readonly #actor = new AsyncLocalStorage<string>();
  readonly #listeners = new Set<(change: AsanaChange) => void>();
  #state: State;
  #made = 0;

  constructor(world: World, plan: Plan, now: () => number) {
    this.world = world;
    this.plan = plan;
    this.#now = now;
    this.#state = stateOf(world.work);
    const ledger: Ledger = {
      state: () => this.#state,
      now: () => this.#timestamp(),
      gid: () => this.#gid(),
      tell: (change) => this.#tell(change),
      write: (task, subtype, text, by) => this.#write(task, subtype, text, by),
    };
    this.projectEdits = new ProjectEdits(ledger);
    this.tags = new Tags(ledger);
    this.links = new TaskLinks(ledger);
    this.webhooks = new WebhookBook(world.seed, () => this.#timestamp());
  }

  get workspace(): Work["workspace"] {
    return this.world.work.workspace;
  }

  /** The account that the token belongs to: Sophia's own, or of whoever lets her act as them. */
  get me(): WorkUser {
    const wanted = this.#actor.getStore() ?? SOPHIA_EMAIL;
    const me = this.world.work.users.find((user) => user.email === wanted);
    if (!me) throw new RangeError(`${wanted} has no account in this world`);
    return me;
  }

  /** Does it as this account, by its e-mail. */
  actAs<Result>(email: string, work: () => Result): Result {
    return this.#actor.run(email, work);
  }

  get users(): readonly WorkUser[] {
    return this.world.work.users;
  }

  get teams(): readonly WorkTeam[] {
    return this.world.work.teams;
  }

  get fields(): readonly WorkField[] {
    return this.world.work.fields;
  }

  get projects(): readonly ProjectRecord[] {
    return this.#state.projects;
  }

  /** Subtasks too, oldest first. */
  get tasks(): TaskRecord[] {
    return [...this.#state.tasks.values()];
  }

  /** By gid, email or "me"; or by the id or handle that the world knows one of our people by. */
  user(who: string): WorkUser | undefined {
    if (who === "me") return this.me;
    const person = this.world.people.find((p) => p.handle === who || p.id === who);
    const email = (person?.email ?? who).toLowerCase();
    return this.users.find((user) => user.gid === who || user.email === email);
  }

  task(gid: string): TaskRecord | undefined {
    return this.#state.tasks.get(gid);
  }

  project(gid: string): ProjectRecord | undefined {
    return this.#state.projects.find((project) => project.gid === gid);
  }

  section(gid: string): SectionRecord | undefined {
    for (const project of this.#state.projects) {
      const section = project.sections.find((s) => s.gid === gid);
      if (section) return { ...section, project };
    }
    return undefined;
  }

  story(gid: string): StoryRecord | undefined {
    return this.#state.stories.find((story) => story.gid === gid);
  }

  storiesOf(taskGid: string): StoryRecord[] {
    return this.#state.stories.filter((story) => story.taskGid === taskGid);
  }

  status(gid: string): StatusRecord | undefined {
    return this.#state.statuses.find((status) => status.gid === gid);
  }

  statusesOf(projectGid: string): StatusRecord[] {
    return this.#state.statuses.filter((status) => status.projectGid === projectGid);
  }

  /** In the order in which they were made, but for those that were given a place. */
  subtasksOf(gid: string): TaskRecord[] {
    const placed = this.#state.order.get(gid) ?? [];
    const rank = (task: TaskRecord): number => (placed.includes(task.gid) ? placed.indexOf(task.gid) : placed.length);
    return this.tasks.filter((task) => task.parentGid === gid).toSorted((a, b) => rank(a) - rank(b));
  }

  /** In the order of the project's page: section by section. */
  tasksOf(project: ProjectRecord): TaskRecord[] {
    const ordered = (this.#state.order.get(project.gid) ?? []).flatMap((gid) => this.task(gid) ?? []);
    return project.sections.flatMap((section) =>
      ordered.filter((task) => task.memberships.some((m) => m.sectionGid === section.gid)),
    );
  }

  /** Whether the token's account sees it: a private project is for its members. */
  seesProject(project: ProjectRecord): boolean {
    return !project.isPrivate || project.memberGids.includes(this.me.gid);
  }

  /** A task without a project is for those who have to do with it. */
  seesTask(task: TaskRecord): boolean {
    const isNear = task.assigneeGid === this.me.gid || task.followerGids.includes(this.me.gid);
    const parent = task.parentGid === undefined ? undefined : this.task(task.parentGid);
    const projects = task.memberships.flatMap((m) => this.project(m.projectGid) ?? []);
    return isNear || projects.some((p) => this.seesProject(p)) || (parent !== undefined && this.seesTask(parent));
  }

  /** YYYY-MM-DD: its own day, or that of its moment where the company is. */
  dueDay(task: TaskRecord): string | undefined {
    return task.dueAt ? dayOf(Date.parse(task.dueAt), this.world.companyTimeZone) : task.dueOn;
  }

  addTask(
    patch: TaskPatch & Pick<TaskRecord, "name" | "parentGid">,
    followerGids: readonly string[],
    by = this.me.gid,
  ): TaskRecord {
    const now = this.#timestamp();
    const { isCompleted, fields = {}, ...rest } = patch;
    const given = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const task: TaskRecord = {
      notes: "",
      subtype: "default_task",
      memberships: [],
      tagGids: [],
      dependencyGids: [],
      ...rest,
      gid: this.#gid(),
      fields: Object.fromEntries(given),
      createdByGid: by,
      createdAt: now,
      modifiedAt: now,
      followerGids: [...new Set([by, ...(patch.assigneeGid ? [patch.assigneeGid] : []), ...followerGids])],
      ...(isCompleted ? { completedAt: now, completedByGid: by } : {}),
    };
    this.#state.tasks.set(task.gid, task);
    this.#tell({ type: "task", id: task.gid, action: "added", after: task.name, by });
    if (task.assigneeGid) this.#write(task, "assigned", `assigned to ${this.user(task.assigneeGid)?.name}`, by);
    return task;
  }

  /** Throws RangeError where there is no such task. */
  editTask(gid: string, patch: TaskPatch, by = this.me.gid): TaskRecord {
    const task = this.task(gid);
    if (!task) throw new RangeError(`no task ${gid}`);
    const before = { ...task, fields: { ...task.fields } };
    const { isCompleted, fields, ...rest } = patch;
    Object.assign(task, rest);
    if (isCompleted !== undefined && isCompleted !== (task.completedAt !== undefined)) {
      task.completedAt = isCompleted ? this.#timestamp() : undefined;
      task.completedByGid = isCompleted ? by : undefined;
    }
    for (const [field, value] of Object.entries(fields ?? {})) {
      if (value === undefined) delete task.fields[field];
      else task.fields[field] = value;
    }
    if (task.assigneeGid) this.#follow(task, task.assigneeGid);
    this.#tellDifferences(before, task, by);
    return task;
  }

  deleteTask(gid: string, by = this.me.gid): void {
    const task = this.task(gid);
    this.#state.tasks.delete(gid);
    for (const gids of this.#state.order.values()) if (gids.includes(gid)) gids.splice(gids.indexOf(gid), 1);
    for (const other of this.tasks) other.dependencyGids = other.dependencyGids.filter((it) => it !== gid);
    for (const subtask of this.subtasksOf(gid)) this.deleteTask(subtask.gid, by);
    this.#tell({ type: "task", id: gid, action: "deleted", before: task?.name, by });
  }

  /** Puts it into the project, or elsewhere in it. */
  place(task: TaskRecord, project: ProjectRecord, position: Position, by = this.me.gid): void {
    const known = task.memberships.find((m) => m.projectGid === project.gid);
    const anchor = position.after ?? position.before;
    const beside = anchor ? this.task(anchor)?.memberships.find((m) => m.projectGid === project.gid) : undefined;
    const wanted = position.sectionGid ?? beside?.sectionGid ?? known?.sectionGid ?? project.sections[0]?.gid ?? "";
    reorder(this.#state, project.gid, this.#state.order.get(project.gid) ?? [], task.gid, position);
    const name = (sectionGid: string): string | undefined => this.section(sectionGid)?.name;
    const told = { type: "task", id: task.gid, by } as const;
    if (!known) {
      task.memberships.push({ projectGid: project.gid, sectionGid: wanted });
      this.#tell({ ...told, action: "added", field: "projects", after: project.name, parentId: project.gid });
      this.#write(task, "added_to_project", `added to ${project.name}`, by);
    } else if (known.sectionGid !== wanted) {
      const before = name(known.sectionGid);
      known.sectionGid = wanted;
      this.#tell({ ...told, action: "added", field: "section", before, after: name(wanted), parentId: wanted });
      this.#write(task, "section_changed", `moved from ${before} to ${name(wanted)} in ${project.name}`, by);
    }
  }

  unplace(task: TaskRecord, project: ProjectRecord, by = this.me.gid): void {
    task.memberships = task.memberships.filter((m) => m.projectGid !== project.gid);
    const gids = this.#state.order.get(project.gid) ?? [];
    if (gids.includes(task.gid)) gids.splice(gids.indexOf(task.gid), 1);
    const parentId = project.gid;
    this.#tell({
      type: "task",
      id: task.gid,
      action: "removed",
      field: "projects",
      before: project.name,
      parentId,
      by,
    });
    this.#write(task, "removed_from_project", `removed from ${project.name}`, by);
  }

  follow(task: TaskRecord, userGids: readonly string[], by = this.me.gid): void {
    for (const gid of userGids) {
      if (!this.#follow(task, gid)) continue;
      const after = this.user(gid)?.name;
      this.#tell({ type: "task", id: task.gid, action: "added", field: "followers", after, parentId: gid, by });
    }
  }

  addComment(task: TaskRecord, text: string, isPinned = false, by = this.me.gid): StoryRecord {
    this.#follow(task, by);
    const story = this.#write(task, "comment_added", text, by, isPinned);
    task.modifiedAt = story.at;
    return story;
  }

  editComment(story: StoryRecord, patch: { text?: string; isPinned?: boolean }, by = this.me.gid): void {
    const before = story.text;
    Object.assign(story, patch, { isEdited: story.isEdited || patch.text !== undefined });
    const told = { type: "story", id: story.gid, action: "changed", parentId: story.taskGid, by } as const;
    this.#tell({ ...told, field: "text", before, after: story.text });
  }

  deleteComment(story: StoryRecord, by = this.me.gid): void {
    this.#state.stories.splice(this.#state.stories.indexOf(story), 1);
    this.#tell({ type: "story", id: story.gid, action: "deleted", parentId: story.taskGid, before: story.text, by });
  }

  addStatus(
    project: ProjectRecord,
    status: Pick<StatusRecord, "title" | "text" | "type">,
    by = this.me.gid,
  ): StatusRecord {
    const record = { ...status, gid: this.#gid(), projectGid: project.gid, authorGid: by, at: this.#timestamp() };
    this.#state.statuses.unshift(record);
    const told = { type: "project_status", id: record.gid, action: "added", parentId: project.gid } as const;
    this.#tell({ ...told, after: `${status.title} (${status.type})`, by });
    return record;
  }

  deleteStatus(status: StatusRecord, by = this.me.gid): void {
    this.#state.statuses.splice(this.#state.statuses.indexOf(status), 1);
    const told = { type: "project_status", id: status.gid, action: "deleted", parentId: status.projectGid } as const;
    this.#tell({ ...told, before: status.title, by });
  }

  /** Called with each change as it happens; the answer ends it. */
  subscribe(listener: (change: AsanaChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  reset(): void {
    this.#state = stateOf(this.world.work);
    this.#made = 0;
    this.changes.length = 0;
  }

  #timestamp(): string {
    return new Date(this.#now()).toISOString();
  }

  /** Later than all of the world's own, and the same in each run. */
  #gid(): string {
    this.#made += 1;
    return `121${String(this.#made * 7919).padStart(13, "0")}`;
  }

  #tell(change: Omit<AsanaChange, "at">): void {
    const told = { at: this.#timestamp(), ...change };
    this.changes.push(told);
    for (const listener of this.#listeners) listener(told);
  }

  #follow(task: TaskRecord, userGid: string): boolean {
    if (task.followerGids.includes(userGid)) return false;
    task.followerGids.push(userGid);
    return true;
  }

  #write(task: TaskRecord, subtype: string, text: string, by: string, isPinned = false): StoryRecord {
    const at = this.#timestamp();
    const story = { gid: this.#gid(), taskGid: task.gid, authorGid: by, at, subtype, text, isEdited: false, isPinned };
    this.#state.stories.push(story);
    this.#tell({ type: "story", id: story.gid, action: "added", parentId: task.gid, after: text, by });
    return story;
  }

  #tellDifferences(before: TaskRecord, task: TaskRecord, by: string): void {
    const differences = differencesOf(before, task, this);
    if (differences.length > 0) task.modifiedAt = this.#timestamp();
    for (const { field, from, to, subtype, words } of differences) {
      this.#tell({ type: "task", id: task.gid, action: "changed", field, before: from, after: to, by });
      if (words) this.#write(task, subtype, words, by);
    }
  }
}
