/**
 * How much of a record is shown: compact in lists and inside others, full when it is asked for by itself, and exactly the
 * fields that `opt_fields` names.
 */

export type Kind =
  | "user"
  | "workspace"
  | "team"
  | "project"
  | "section"
  | "task"
  | "story"
  | "tag"
  | "status_update"
  | "project_status"
  | "user_task_list"
  | "custom_field"
  | "custom_field_setting"
  | "webhook";

/** A record inside another. */
export class Ref {
  readonly kind: Kind;
  readonly gid: string;

  constructor(kind: Kind, gid: string) {
    this.kind = kind;
    this.gid = gid;
  }
}

export type Value = string | number | boolean | null | Ref | View | readonly Value[];
export interface View {
  readonly [field: string]: Value;
}

export type Json = string | number | boolean | null | Json[] | { [field: string]: Json };

/** Everything that there is to show of a record. */
export type Look = (ref: Ref) => View;

/** What `opt_fields` names: a field to what is named below it. */
export type Selection = Map<string, Selection>;

const NAMED = ["gid", "name", "resource_type"];

const COMPACT: Record<Kind, readonly string[]> = {
  user: NAMED,
  workspace: NAMED,
  team: NAMED,
  project: NAMED,
  section: NAMED,
  task: [...NAMED, "resource_subtype"],
  tag: NAMED,
  story: ["gid", "resource_type", "created_at", "created_by", "resource_subtype", "text"],
  status_update: ["gid", "resource_type", "title", "resource_subtype"],
  project_status: ["gid", "resource_type", "title"],
  user_task_list: [...NAMED, "owner", "workspace"],
  custom_field: [...NAMED, "type", "resource_subtype", "enum_options"],
  custom_field_setting: ["gid", "resource_type", "custom_field", "is_important", "parent", "project"],
  webhook: ["gid", "resource_type", "active", "resource", "target"],
};

/** What a full record leaves out unless it is named, "[Opt In]" in the vendor's description. */
const OPT_IN: Partial<Record<Kind, readonly string[]>> = {
  team: ["description", "html_description"],
  project: ["html_notes", "project_brief", "created_from_template"],
  task: [
    "created_by",
    "completed_by",
    "assigned_by",
    "dependencies",
    "dependents",
    "html_notes",
    "is_rendered_as_separator",
    "num_subtasks",
  ],
  story: ["html_text"],
  status_update: ["html_text"],
  project_status: ["html_text"],
  custom_field: ["description"],
};

/** "name,assignee.name,memberships.(project|section).name,this.notes"; fields that do not exist are nobody's concern. */
export function readSelection(text: string): Selection {
  const selection: Selection = new Map();
  for (const path of text.split(",")) {
    let levels = [selection];
    for (const step of path.trim().split(".")) {
      const names = step.replace(/^\((.*)\)$/, "$1").split("|");
      if (step === "" || step === "this") continue;
      levels = levels.flatMap((level) => names.map((name) => below(level, name)));
    }
  }
  return selection;
}

function below(level: Selection, name: string): Selection {
  const found = level.get(name) ?? new Map<string, Selection>();
  level.set(name, found);
  return found;
}

export function compact(ref: Ref, look: Look): Json {
  return pick(ref, COMPACT[ref.kind], look);
}

export function full(ref: Ref, look: Look): Json {
  const left = OPT_IN[ref.kind] ?? [];
  const fields = Object.keys(look(ref)).filter((field) => !left.includes(field));
  return pick(ref, fields, look);
}

function pick(ref: Ref, fields: readonly string[], look: Look): Json {
  const view = look(ref);
  return Object.fromEntries(fields.flatMap((field) => (field in view ? [[field, inside(view[field], look)]] : [])));
}

/** A value with the records in it compact. */
function inside(value: Value | undefined, look: Look): Json {
  if (value instanceof Ref) return compact(value, look);
  if (isList(value)) return value.map((item) => inside(item, look));
  if (typeof value !== "object" || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([field, item]) => [field, inside(item, look)]));
}

/** The fields that were named, and always the gid. */
export function selected(value: Value, selection: Selection, look: Look): Json {
  if (isList(value)) return value.map((item) => selected(item, selection, look));
  if (typeof value !== "object" || value === null) return value;
  const view = value instanceof Ref ? look(value) : value;
  if (selection.size === 0) return value instanceof Ref ? bare(value, view) : withBareRefs(view, look);
  const wanted = new Map([["gid", new Map<string, Selection>()], ...selection]);
  const named = [...wanted].flatMap(([field, chosen]) => {
    const item = view[field];
    return item === undefined ? [] : [[field, selected(item, chosen, look)] as const];
  });
  return Object.fromEntries(named);
}

const bare = (ref: Ref, view: View): Json => ({ gid: ref.gid, resource_type: view.resource_type as string });

function withBareRefs(view: View, look: Look): Json {
  return Object.fromEntries(
    Object.entries(view).map(([field, value]) => [field, selected(value, new Map<string, Selection>(), look)]),
  );
}

function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}
