/** What a write asks of a task, read and refused field by field as the vendor does. */
import type { WorkField, WorkUser } from "../world/work-types.ts";
import { AsanaRefusal, unknownObject } from "./errors.ts";
import { findAssignee, findProject, findSection, findTag, findUser, findWorkspace } from "./lookups.ts";
import type { ProjectRecord, TagRecord, TaskPatch, TaskRecord } from "./records.ts";
import { type Fields, isFields, readDay, readFlag, readGid, readList, readMoment, readText } from "./requests.ts";
import type { Position } from "./state.ts";
import type { AsanaStore } from "./store.ts";

const WRITABLE = [
  "name",
  "notes",
  "html_notes",
  "assignee",
  "completed",
  "due_on",
  "due_at",
  "start_on",
  "start_at",
  "resource_subtype",
  "custom_fields",
  "liked",
  "assignee_section",
  "assignee_status",
  "external",
];
/** Where a task belongs is said when it is made; later it is moved, by other requests. */
const CREATE_ONLY = ["workspace", "projects", "memberships", "parent", "followers", "tags"];

/** Reads the fields that an update and a creation have in common. `task`: what is there so far. */
export function readPatch(data: Fields, store: AsanaStore, task?: TaskRecord): TaskPatch {
  const allowed = task ? WRITABLE : [...WRITABLE, ...CREATE_ONLY];
  const wrong = Object.keys(data).find((field) => !allowed.includes(field));
  if (wrong !== undefined) throw new AsanaRefusal(400, `${wrong}: Cannot write this property`);
  return {
    ...(data.name === undefined ? {} : { name: readText("name", data.name) }),
    ...readNotes(data),
    ...(data.resource_subtype === undefined ? {} : { subtype: readSubtype(data.resource_subtype) }),
    ...(data.assignee === undefined
      ? {}
      : { assigneeGid: data.assignee === null ? undefined : findAssignee(store, data.assignee).gid }),
    ...(data.completed === undefined ? {} : { isCompleted: readFlag("completed", data.completed) }),
    ...readDates(data, task),
    ...(data.custom_fields === undefined ? {} : { fields: readFields(data.custom_fields, store, task) }),
  };
}

function readNotes(data: Fields): Pick<TaskPatch, "notes"> {
  if (data.notes !== undefined && data.html_notes !== undefined) {
    throw new AsanaRefusal(400, "You may only provide one of notes or html_notes!");
  }
  if (data.notes !== undefined) return { notes: readText("notes", data.notes) };
  if (data.html_notes === undefined) return {};
  return { notes: plainText("html_notes", readText("html_notes", data.html_notes)) };
}

/** The text of what is marked up; Asana takes nothing but XML inside of a body. */
export function plainText(field: string, markup: string): string {
  const inner = /^<body>([\s\S]*)<\/body>$/.exec(markup.trim())?.[1];
  if (inner === undefined) throw new AsanaRefusal(400, `${field}: XML is invalid`);
  const signs: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'" };
  return inner.replace(/<[^>]+>/g, "").replace(/&(amp|lt|gt|quot|apos);/g, (sign) => signs[sign] ?? sign);
}

function readSubtype(value: unknown): TaskRecord["subtype"] {
  if (value === "default_task" || value === "milestone" || value === "approval") return value;
  throw new AsanaRefusal(400, `resource_subtype: Invalid value: ${String(value)}`);
}

/** A day or a moment, never both; a start only before an end that is there. */
function readDates(data: Fields, task: TaskRecord | undefined): TaskPatch {
  if (isSet(data.due_on) && isSet(data.due_at)) refuse("You may only provide one of due_on or due_at!");
  if (isSet(data.start_on) && isSet(data.start_at)) refuse("You may only provide one of start_on or start_at!");
  const patch: TaskPatch = {};
  // The one replaces the other; null for either leaves none.
  if (data.due_on !== undefined || data.due_at !== undefined) {
    patch.dueOn = isSet(data.due_on) ? readDay("due_on", data.due_on) : undefined;
    patch.dueAt = isSet(data.due_at) ? readMoment("due_at", data.due_at) : undefined;
  }
  if (data.start_on !== undefined || data.start_at !== undefined) {
    patch.startOn = isSet(data.start_on) ? readDay("start_on", data.start_on) : undefined;
    patch.startAt = isSet(data.start_at) ? readMoment("start_at", data.start_at) : undefined;
    const names = isSet(data.start_at) ? ["due_at"] : ["due_on", "due_at"];
    if (!names.some((name) => data[name] !== undefined)) {
      refuse(`You must specify ${names.join(" or ")} when setting or unsetting a start date`);
    }
  }
  checkOrder({ ...task, ...patch });
  return patch;
}

function checkOrder({ startOn, startAt, dueOn, dueAt }: TaskPatch): void {
  const end = dueAt ?? dueOn;
  if ((startOn || startAt) && !end) refuse("start_on: A task with a start date must have a due date");
  if (startAt && !dueAt) refuse("start_at: A task with a start time must have a due time");
  if (startOn && end && startOn > end.slice(0, 10)) refuse("start_on: Start date must be before the due date");
  if (startAt && dueAt && startAt > dueAt) refuse("start_at: Start date must be before the due date");
}

export const isSet = (value: unknown): boolean => value !== undefined && value !== null;

function refuse(message: string): never {
  throw new AsanaRefusal(400, message);
}

function readFields(value: unknown, store: AsanaStore, task: TaskRecord | undefined): TaskPatch["fields"] {
  if (!isFields(value)) throw new AsanaRefusal(400, `custom_fields: Value is not a JSON object: ${String(value)}`);
  if (store.plan === "free") {
    throw new AsanaRefusal(402, "Custom Fields are not available for free users or guests.");
  }
  const projects = task?.memberships.flatMap((m) => store.project(m.projectGid) ?? []);
  const entries = Object.entries(value).map(([gid, given]) => {
    const field = store.fields.find((f) => f.gid === gid);
    if (!field) throw unknownObject("custom_fields", gid, 400);
    if (projects && !projects.some((project) => project.customFieldGids.includes(gid))) {
      throw new AsanaRefusal(400, `Custom field with ID ${gid} is not on given object`);
    }
    return [gid, given === null ? undefined : readFieldValue(field, given)] as const;
  });
  return Object.fromEntries(entries);
}

function readFieldValue(field: WorkField, value: unknown): string {
  if (field.type === "text") return readText(`custom_fields: ${field.gid}`, value);
  const gid = readGid(`custom_fields: ${field.gid}`, value);
  if (!field.options.some((option) => option.gid === gid)) throw unknownObject("enum_value", gid, 400);
  return gid;
}

export interface Home {
  project: ProjectRecord;
  sectionGid?: string | undefined;
}

/** Where a new task is to belong. */
export function readHomes(data: Fields, store: AsanaStore): Home[] {
  if (data.workspace !== undefined) findWorkspace(store, data.workspace, 400);
  const projects = data.projects === undefined ? [] : readList("projects", data.projects);
  const memberships = data.memberships === undefined ? [] : readList("memberships", data.memberships);
  const homes: Home[] = [
    ...projects.map((gid, index) => ({ project: findProject(store, gid, `projects: [${index}]`, 400) })),
    ...memberships.map((membership, index) => readMembership(membership, `memberships: [${index}]`, store)),
  ];
  return homes;
}

function readMembership(value: unknown, field: string, store: AsanaStore): Home {
  if (!isFields(value) || value.project === undefined) {
    throw new AsanaRefusal(400, `${field}: project: Missing required field`);
  }
  const project = findProject(store, value.project, `${field}: project`, 400);
  if (!isSet(value.section)) return { project };
  return { project, sectionGid: readSectionOf(project, value.section, `${field}: section`, store) };
}

function readSectionOf(project: ProjectRecord, value: unknown, field: string, store: AsanaStore): string {
  const section = findSection(store, value, field, 400);
  if (section.project.gid !== project.gid) throw new AsanaRefusal(400, `${field}: Not in the given project`);
  return section.gid;
}

export function readFollowers(data: Fields, store: AsanaStore): string[] {
  if (data.followers === undefined) return [];
  return readUsers("followers", data.followers, store).map((user) => user.gid);
}

export function readTags(data: Fields, store: AsanaStore): TagRecord[] {
  if (data.tags === undefined) return [];
  return readList("tags", data.tags).map((gid, index) => findTag(store, gid, `tags: [${index}]`, 400));
}

export function readUsers(field: string, value: unknown, store: AsanaStore): WorkUser[] {
  return readList(field, value).map((who, index) => findUser(store, who, `${field}: [${index}]`, 400));
}

/** Where in a project, by `insert_after`, `insert_before` and `section`. */
export function readPosition(data: Fields, project?: ProjectRecord, store?: AsanaStore): Position {
  if (isSet(data.insert_after) && isSet(data.insert_before)) {
    refuse("You may only provide one of insert_before or insert_after!");
  }
  const anchor = (name: string): string | null | undefined => {
    const value = data[name];
    return value === undefined || value === null ? value : readGid(name, value);
  };
  const section =
    project && store && isSet(data.section) ? readSectionOf(project, data.section, "section", store) : undefined;
  return { sectionGid: section, after: anchor("insert_after"), before: anchor("insert_before") };
}
