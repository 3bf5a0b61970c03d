import type { AsanaChange, TaskRecord } from "../../asana/records.ts";
import type { AsanaStore } from "../../asana/start-asana.ts";
import { CREATED, DELETED, type Fact, type FieldChange, type OutsideRecord, sinceMaking, stateOf } from "./record.ts";
import { dayWords, instantWords, shortened } from "./words.ts";

const LABELS: Readonly<Record<string, string>> = {
  name: "Name",
  notes: "Description",
  assignee: "Assignee",
  completed: "Completed",
  due_on: "Due",
  due_at: "Due",
  start_on: "Start",
  resource_subtype: "Type",
  section: "Section",
  projects: "Project",
  followers: "Follower",
};

export function asanaRecords(store: AsanaStore): OutsideRecord[] {
  const byRecord = Map.groupBy(store.changes, subjectOf);
  return [...byRecord].flatMap(([subject, changes]) => recordOf(subject, changes, store) ?? []);
}

/** The task or project that a change is about. */
function subjectOf({ type, id, parentId = "" }: AsanaChange): string {
  if (type === "task") return `task/${id}`;
  return type === "story" ? `task/${parentId}` : `project/${parentId}`;
}

function recordOf(subject: string, all: readonly AsanaChange[], store: AsanaStore): OutsideRecord | undefined {
  const changes = all.flatMap((change) => fieldChange(change, store) ?? []);
  const last = changes.at(-1);
  if (!last) return undefined;
  const [type, gid = ""] = subject.split("/");
  const told = { id: subject, state: stateOf(changes), at: last.at, changes: sinceMaking(changes) };
  if (type === "project") return { ...told, ...projectOf(gid, store) };
  const task = store.task(gid);
  const title = task?.name ?? all.find(({ action }) => action === "deleted")?.before ?? gid;
  return { ...told, kind: task?.parentGid === undefined ? "Task" : "Subtask", title, facts: factsOf(task, store) };
}

function projectOf(gid: string, store: AsanaStore): Pick<OutsideRecord, "kind" | "title" | "facts"> {
  const project = store.project(gid);
  const [status] = store.statusesOf(gid);
  const facts = [
    { label: "Status", value: status ? status.title : "none" },
    { label: "Sections", value: project?.sections.map(({ name }) => name).join(", ") ?? "" },
  ];
  return { kind: "Project", title: project?.name ?? gid, facts };
}

function fieldChange(change: AsanaChange, store: AsanaStore): FieldChange | undefined {
  const { type, action, field, before = null, after = null } = change;
  const told = { at: change.at, by: store.user(change.by)?.name ?? change.by };
  if (type === "story") return commentChange(change, told, store);
  if (type === "section") return { ...told, label: "Section", before, after };
  if (type === "project_status") return { ...told, label: "Status update", before, after };
  if (field === undefined) return { ...told, label: "", before: null, after: action === "deleted" ? DELETED : CREATED };
  const words = (value: string | null) => (value === null || value === "" ? null : valueWords(field, value, store));
  const label = field === "custom_fields" ? customLabel(after ?? before ?? "", store) : (LABELS[field] ?? field);
  return { ...told, label, before: words(before), after: words(after) };
}

/** What Asana itself writes below a task repeats what changed in it. */
function commentChange(
  { id, before, after }: AsanaChange,
  told: Pick<FieldChange, "at" | "by">,
  store: AsanaStore,
): FieldChange | undefined {
  const story = store.story(id);
  if (story && story.subtype !== "comment_added") return undefined;
  const words = (text: string | undefined) => (text ? shortened(text) : null);
  return { ...told, label: "Comment", before: words(before), after: words(after) };
}

function valueWords(field: string, value: string, store: AsanaStore): string {
  if (field === "completed") return value === "true" ? "Yes" : "No";
  if (field.startsWith("due_") || field.startsWith("start_")) return whenWords(value, store);
  if (field !== "custom_fields") return shortened(value);
  return store.fields.flatMap(({ options }) => options).find(({ gid }) => gid === value)?.name ?? shortened(value);
}

const customLabel = (value: string, store: AsanaStore): string =>
  store.fields.find(({ options }) => options.some(({ gid }) => gid === value))?.name ?? "Field";

/** A day or a moment. */
function whenWords(value: string, store: AsanaStore): string {
  return value.length === 10 ? dayWords(value) : instantWords(value, store.world.companyTimeZone);
}

function factsOf(task: TaskRecord | undefined, store: AsanaStore): Fact[] {
  if (!task) return [];
  const { place, assignee, due } = rowOf(task, store);
  return [
    { label: "Section", value: place },
    { label: "Assignee", value: assignee },
    { label: "Due", value: due || "no date" },
    { label: "Completed", value: task.completedAt === undefined ? "No" : "Yes" },
    ...(task.notes === "" ? [] : [{ label: "Description", value: shortened(task.notes) }]),
  ];
}

function rowOf(task: TaskRecord, store: AsanaStore) {
  const assignee = task.assigneeGid === undefined ? undefined : store.user(task.assigneeGid);
  const when = task.dueAt ?? task.dueOn;
  const places = task.memberships.map(({ projectGid, sectionGid }) =>
    [store.project(projectGid)?.name, store.section(sectionGid)?.name].filter(Boolean).join(" · "),
  );
  return {
    gid: task.gid,
    name: task.name,
    assignee: assignee?.name ?? "nobody",
    assigneeId: assignee?.personId,
    due: when === undefined ? "" : whenWords(when, store),
    dueDay: store.dueDay(task) ?? "",
    place: places.join(", ") || "no project",
    isCompleted: task.completedAt !== undefined,
  };
}

const LAST_DAY = "9999";

/** Tasks whose name, place or assignee contains the text: open ones and early dates first. */
export function findTasks(store: AsanaStore, search: string) {
  const wanted = search.toLowerCase();
  const rows = store.tasks
    .map((task) => rowOf(task, store))
    .filter(({ name, assignee, place }) => `${name}\n${assignee}\n${place}`.toLowerCase().includes(wanted))
    .toSorted(
      (a, b) =>
        Number(a.isCompleted) - Number(b.isCompleted) || (a.dueDay || LAST_DAY).localeCompare(b.dueDay || LAST_DAY),
    );
  return { total: rows.length, rows };
}
