/** What a write asks of a project, read and refused field by field as the vendor does. */
import type { WorkTeam } from "../world/work-types.ts";
import { AsanaRefusal, missing } from "./errors.ts";
import { findSection, findTeam, findUser, findWorkspace } from "./lookups.ts";
import type { ProjectPatch, SectionPlace } from "./project-edits.ts";
import type { ProjectRecord } from "./records.ts";
import { type Fields, readDay, readFlag, readText } from "./requests.ts";
import type { AsanaStore } from "./store.ts";
import { isSet, plainText } from "./task-fields.ts";

const COLORS = "pink green blue red teal brown orange purple warm-gray"
  .split(" ")
  .flatMap((color) => [`dark-${color}`, `light-${color}`]);
const VIEWS = ["list", "board", "calendar", "timeline"];
const PRIVACY = ["public_to_workspace", "private_to_team", "private"];

const WRITABLE = [
  "name",
  "notes",
  "html_notes",
  "color",
  "archived",
  "due_on",
  "due_date",
  "start_on",
  "owner",
  "privacy_setting",
  "public",
  "default_view",
];
/** Said when a project is made; later it stays where it is. */
const CREATE_ONLY = ["workspace", "team"];

/** `further`: fields that the caller reads itself. */
export function readPatchOfProject(data: Fields, store: AsanaStore, further?: readonly string[]): ProjectPatch {
  const allowed = [...WRITABLE, ...(further ? [...CREATE_ONLY, ...further] : [])];
  const wrong = Object.keys(data).find((field) => !allowed.includes(field));
  if (wrong !== undefined) throw new AsanaRefusal(400, `${wrong}: Cannot write this property`);
  return {
    ...(data.name === undefined ? {} : { name: readText("name", data.name) }),
    ...readNotes(data),
    ...(data.color === undefined ? {} : { color: readColor(data.color, ["none"]) ?? "none" }),
    ...(data.archived === undefined ? {} : { isArchived: readFlag("archived", data.archived) }),
    ...(data.owner === undefined || data.owner === null
      ? {}
      : { ownerGid: findUser(store, data.owner, "owner", 400).gid }),
    ...(data.default_view === undefined ? {} : { defaultView: oneOf("default_view", data.default_view, VIEWS) }),
    ...readPrivacy(data),
    ...readDates(data),
  };
}

function readNotes(data: Fields): Pick<ProjectPatch, "notes"> {
  if (data.notes !== undefined && data.html_notes !== undefined) {
    throw new AsanaRefusal(400, "You may only provide one of notes or html_notes!");
  }
  if (data.notes !== undefined) return { notes: readText("notes", data.notes) };
  if (data.html_notes === undefined) return {};
  return { notes: plainText("html_notes", readText("html_notes", data.html_notes)) };
}

/** Of a project or a tag; null for none. `further`: what else it may be called. */
export function readColor(value: unknown, further: readonly string[] = []): string | null {
  return value === null ? null : oneOf("color", value, [...COLORS, ...further]);
}

function readPrivacy(data: Fields): Pick<ProjectPatch, "isPrivate" | "isForTeam"> {
  if (data.privacy_setting !== undefined) {
    const setting = oneOf("privacy_setting", data.privacy_setting, PRIVACY);
    return { isPrivate: setting !== "public_to_workspace", isForTeam: setting === "private_to_team" };
  }
  return data.public === undefined ? {} : { isPrivate: !readFlag("public", data.public), isForTeam: false };
}

function readDates(data: Fields): Pick<ProjectPatch, "dueOn" | "startOn"> {
  const day = (field: string, value: unknown): string | undefined => (isSet(value) ? readDay(field, value) : undefined);
  const due = data.due_on ?? data.due_date;
  const hasDue = data.due_on !== undefined || data.due_date !== undefined;
  if (data.start_on !== undefined && !hasDue) {
    throw new AsanaRefusal(400, "You must specify due_on when setting or unsetting a start date");
  }
  const patch: ProjectPatch = {
    ...(hasDue ? { dueOn: day("due_on", due) } : {}),
    ...(data.start_on === undefined ? {} : { startOn: day("start_on", data.start_on) }),
  };
  if (patch.startOn && (!patch.dueOn || patch.startOn >= patch.dueOn)) {
    throw new AsanaRefusal(400, "start_on: Start date must be before the due date");
  }
  return patch;
}

function oneOf(field: string, value: unknown, allowed: readonly string[]): string {
  const text = readText(field, value);
  if (!allowed.includes(text)) throw new AsanaRefusal(400, `${field}: Invalid value: ${text}`);
  return text;
}

/** The team that a new project is shared with: in an organization there is no project without one. */
export function readTeamOf(data: Fields, store: AsanaStore): WorkTeam {
  if (data.workspace === undefined && data.team === undefined) {
    throw new AsanaRefusal(400, "You should specify one of workspace, team");
  }
  if (data.workspace !== undefined) findWorkspace(store, data.workspace, 400);
  if (!isSet(data.team)) throw missing("team");
  return findTeam(store, data.team, 400);
}

export function readSectionPlace(data: Fields, project: ProjectRecord, store: AsanaStore): SectionPlace {
  if (isSet(data.insert_before) && isSet(data.insert_after)) {
    throw new AsanaRefusal(400, "You may only provide one of insert_before or insert_after!");
  }
  const anchor = (field: string): string | undefined => {
    if (!isSet(data[field])) return undefined;
    const section = findSection(store, data[field], field, 400);
    if (section.project.gid !== project.gid) throw new AsanaRefusal(400, `${field}: Not in the given project`);
    return section.gid;
  };
  return { before: anchor("insert_before"), after: anchor("insert_after") };
}
