/** Everything that there is to show of each record, under Asana's names. */
import { gidFor } from "../world/tasks.ts";
import type { WorkField, WorkTeam, WorkUser } from "../world/work-types.ts";
import type { ProjectRecord, SectionRecord, StatusRecord, StoryRecord, TagRecord, TaskRecord } from "./records.ts";
import { type Kind, Ref, type Value, type View } from "./representation.ts";
import type { AsanaStore } from "./store.ts";
import { webhookView } from "./webhook-book.ts";

const SITE = "https://app.asana.com/1";

const ref = (kind: Kind, gid: string | undefined): Ref | null => (gid === undefined ? null : new Ref(kind, gid));
const refs = (kind: Kind, gids: readonly string[]): Ref[] => gids.map((gid) => new Ref(kind, gid));
const html = (text: string): string =>
  `<body>${text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign] ?? sign)}</body>`;

/** Throws RangeError where there is no such record: whoever makes a reference has looked. */
export function lookIn(store: AsanaStore): (ref: Ref) => View {
  const found = <T>(gid: string, record: T | undefined): T => {
    if (!record) throw new RangeError(`nothing has the gid ${gid}`);
    return record;
  };
  const byGid = <T extends { gid: string }>(records: readonly T[], gid: string): T =>
    found(
      gid,
      records.find((record) => record.gid === gid),
    );
  const looks: Record<Kind, (gid: string) => View> = {
    user: (gid) => userView(byGid(store.users, gid), store),
    workspace: () => workspaceView(store),
    team: (gid) => teamView(byGid(store.teams, gid), store),
    project: (gid) => projectView(found(gid, store.project(gid)), store),
    section: (gid) => sectionView(found(gid, store.section(gid))),
    tag: (gid) => tagView(found(gid, store.tags.find(gid)), store),
    task: (gid) => taskView(found(gid, store.task(gid)), store),
    story: (gid) => storyView(found(gid, store.story(gid))),
    status_update: (gid) => statusUpdateView(found(gid, store.status(gid))),
    project_status: (gid) => projectStatusView(found(gid, store.status(gid))),
    user_task_list: (gid) => taskListView(byGid(store.users, ownerOfTaskList(gid)), store),
    custom_field: (gid) => fieldView(byGid(store.fields, gid)),
    custom_field_setting: (gid) => settingView(byGid(store.projects.flatMap(settingsOf), gid)),
    webhook: (gid) => webhookView(byGid(store.webhooks.all, gid)),
  };
  return ({ kind, gid }) => looks[kind](gid);
}

function userView({ gid, name, email }: WorkUser, store: AsanaStore): View {
  const workspaces = refs("workspace", [store.workspace.gid]);
  return { gid, resource_type: "user", name, email, photo: null, workspaces };
}

function workspaceView({ workspace: { gid, name, domain } }: AsanaStore): View {
  return { gid, resource_type: "workspace", name, email_domains: [domain], is_organization: true };
}

function teamView({ gid, name, description }: WorkTeam, store: AsanaStore): View {
  return {
    gid,
    resource_type: "team",
    name,
    description,
    html_description: html(description),
    organization: ref("workspace", store.workspace.gid),
    permalink_url: `${SITE}/${store.workspace.gid}/team/${gid}`,
    visibility: "public",
  };
}

function projectView(project: ProjectRecord, store: AsanaStore): View {
  const { gid, name, notes, color, memberGids } = project;
  const newest = store.statusesOf(gid)[0];
  return {
    gid,
    resource_type: "project",
    name,
    archived: project.isArchived,
    color: color === "none" ? null : color,
    completed: false,
    completed_at: null,
    completed_by: null,
    created_at: project.createdAt,
    created_from_template: null,
    current_status: ref("project_status", newest?.gid),
    current_status_update: ref("status_update", newest?.gid),
    custom_field_settings: settingRefs(project),
    custom_fields: [],
    default_view: project.defaultView ?? "list",
    due_date: project.dueOn ?? null,
    due_on: project.dueOn ?? null,
    followers: refs("user", [project.ownerGid]),
    html_notes: html(notes),
    icon: "list",
    members: refs("user", memberGids),
    modified_at: [project.createdAt, newest?.at ?? "", project.modifiedAt ?? ""].toSorted().at(-1) ?? project.createdAt,
    notes,
    owner: ref("user", project.ownerGid),
    permalink_url: `${SITE}/${store.workspace.gid}/project/${gid}`,
    privacy_setting: privacyOf(project),
    project_brief: null,
    public: !project.isPrivate,
    start_on: project.startOn ?? null,
    team: ref("team", project.teamGid),
    workspace: ref("workspace", store.workspace.gid),
  };
}

function privacyOf({ isPrivate, isForTeam }: ProjectRecord): string {
  if (!isPrivate) return "public_to_workspace";
  return isForTeam ? "private_to_team" : "private";
}

function sectionView({ gid, name, project }: SectionRecord): View {
  return {
    gid,
    resource_type: "section",
    name,
    created_at: project.createdAt,
    project: ref("project", project.gid),
    projects: refs("project", [project.gid]),
  };
}

function taskView(task: TaskRecord, store: AsanaStore): View {
  const memberships = task.memberships.filter(({ projectGid }) => {
    const project = store.project(projectGid);
    return project && store.seesProject(project);
  });
  const gids = memberships.map((m) => m.projectGid);
  const page = gids[0] ? `/project/${gids[0]}` : "";
  return {
    gid: task.gid,
    resource_type: "task",
    resource_subtype: task.subtype,
    name: task.name,
    notes: task.notes,
    html_notes: html(task.notes),
    actual_time_minutes: null,
    assigned_by: null,
    assignee: ref("user", task.assigneeGid),
    assignee_status: "upcoming",
    completed: task.completedAt !== undefined,
    completed_at: task.completedAt ?? null,
    completed_by: ref("user", task.completedByGid),
    created_at: task.createdAt,
    created_by: ref("user", task.createdByGid),
    custom_fields: fieldsOf(task, gids, store),
    dependencies: bare(store.links.dependenciesOf(task)),
    dependents: bare(store.links.dependentsOf(task)),
    due_at: task.dueAt ?? null,
    due_on: store.dueDay(task) ?? null,
    followers: refs("user", task.followerGids),
    hearted: false,
    hearts: [],
    is_rendered_as_separator: false,
    liked: false,
    likes: [],
    memberships: memberships.map(({ projectGid, sectionGid }) => ({
      project: ref("project", projectGid),
      section: ref("section", sectionGid),
    })),
    modified_at: task.modifiedAt,
    num_hearts: 0,
    num_likes: 0,
    num_subtasks: store.subtasksOf(task.gid).length,
    parent: ref("task", task.parentGid),
    permalink_url: `${SITE}/${store.workspace.gid}${page}/task/${task.gid}`,
    projects: refs("project", gids),
    start_at: task.startAt ?? null,
    start_on: task.startOn ?? null,
    tags: refs("tag", task.tagGids),
    workspace: ref("workspace", store.workspace.gid),
  };
}

/** Of tasks that are tied to this one nothing more is shown inside of it. */
const bare = (tasks: readonly TaskRecord[]): View[] => tasks.map(({ gid }) => ({ gid, resource_type: "task" }));

function tagView({ gid, name, notes, color, followerGids, createdAt }: TagRecord, store: AsanaStore): View {
  return {
    gid,
    resource_type: "tag",
    name,
    notes,
    color,
    created_at: createdAt,
    followers: refs("user", followerGids),
    permalink_url: `${SITE}/${store.workspace.gid}/tag/${gid}`,
    workspace: ref("workspace", store.workspace.gid),
  };
}

/** The fields of the task's projects, with what they hold on it. */
function fieldsOf(task: TaskRecord, projectGids: readonly string[], store: AsanaStore): Value {
  const wanted = new Set(projectGids.flatMap((gid) => store.project(gid)?.customFieldGids ?? []));
  return store.fields
    .filter((field) => wanted.has(field.gid))
    .map((field) => {
      const value = task.fields[field.gid];
      const option = optionsOf(field).find((o) => o.gid === value);
      const own: View = field.type === "enum" ? { enum_value: option ?? null } : { text_value: value ?? null };
      return { ...fieldView(field), enabled: true, ...own, display_value: option?.name ?? value ?? null };
    });
}

function optionsOf({ options }: WorkField) {
  return options.map(({ gid, name, color }) => ({ gid, resource_type: "enum_option", name, enabled: true, color }));
}

function fieldView(field: WorkField): View {
  const { gid, name, type } = field;
  return {
    gid,
    resource_type: "custom_field",
    resource_subtype: type,
    name,
    type,
    description: "",
    ...(type === "enum" ? { enum_options: optionsOf(field) } : {}),
    is_formula_field: false,
    is_global_to_workspace: true,
    representation_type: type,
  };
}

/** Which field stands on which project, as a record with a gid of its own. */
interface Setting {
  gid: string;
  project: ProjectRecord;
  fieldGid: string;
}

const settingsOf = (project: ProjectRecord): Setting[] =>
  project.customFieldGids.map((fieldGid) => ({ gid: gidFor("setting", project.gid, fieldGid), project, fieldGid }));

export const settingRefs = (project: ProjectRecord): Ref[] =>
  refs(
    "custom_field_setting",
    settingsOf(project).map((setting) => setting.gid),
  );

function settingView({ gid, project, fieldGid }: Setting): View {
  const parent = ref("project", project.gid);
  return {
    gid,
    resource_type: "custom_field_setting",
    project: parent,
    parent,
    is_important: false,
    custom_field: ref("custom_field", fieldGid),
  };
}

function storyView(story: StoryRecord): View {
  const isComment = story.subtype === "comment_added";
  return {
    gid: story.gid,
    resource_type: "story",
    resource_subtype: story.subtype,
    type: isComment ? "comment" : "system",
    created_at: story.at,
    created_by: ref("user", story.authorGid),
    text: story.text,
    html_text: html(story.text),
    is_editable: isComment,
    is_edited: story.isEdited,
    is_pinned: story.isPinned,
    hearted: false,
    hearts: [],
    liked: false,
    likes: [],
    num_hearts: 0,
    num_likes: 0,
    source: isComment ? "web" : "api",
    target: ref("task", story.taskGid),
  };
}

function statusUpdateView(status: StatusRecord): View {
  const author = ref("user", status.authorGid);
  return {
    gid: status.gid,
    resource_type: "status_update",
    resource_subtype: "project_status_update",
    title: status.title,
    text: status.text,
    html_text: html(status.text),
    status_type: status.type,
    author,
    created_at: status.at,
    created_by: author,
    hearted: false,
    hearts: [],
    liked: false,
    likes: [],
    modified_at: status.at,
    num_hearts: 0,
    num_likes: 0,
    parent: ref("project", status.projectGid),
  };
}

/** The older name of the same thing, in which a colour says how it stands. */
export const COLOR_OF_STATUS: Readonly<Record<string, string>> = {
  on_track: "green",
  at_risk: "yellow",
  off_track: "red",
  on_hold: "blue",
  complete: "complete",
};

function projectStatusView(status: StatusRecord): View {
  const author = ref("user", status.authorGid);
  return {
    gid: status.gid,
    resource_type: "project_status",
    title: status.title,
    text: status.text,
    html_text: html(status.text),
    color: COLOR_OF_STATUS[status.type] ?? "complete",
    author,
    created_at: status.at,
    created_by: author,
    modified_at: status.at,
  };
}

/** Everybody has one "My Tasks"; its gid is made of its owner's. */
export const taskListOf = (userGid: string): Ref => new Ref("user_task_list", userGid.replace(/^1208/, "1207"));
export const ownerOfTaskList = (gid: string): string => gid.replace(/^1207/, "1208");

function taskListView({ gid }: WorkUser, store: AsanaStore): View {
  return {
    gid: taskListOf(gid).gid,
    resource_type: "user_task_list",
    name: `My Tasks in ${store.workspace.name}`,
    owner: ref("user", gid),
    workspace: ref("workspace", store.workspace.gid),
  };
}
