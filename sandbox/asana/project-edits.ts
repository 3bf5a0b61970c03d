import type { WorkSection } from "../world/work-types.ts";
import type { ProjectRecord, SectionRecord } from "./records.ts";
import type { Ledger } from "./state.ts";

/** What is asked of a project; a property that is there as undefined clears its field. */
export type ProjectPatch = Partial<
  Pick<
    ProjectRecord,
    | "name"
    | "notes"
    | "color"
    | "dueOn"
    | "startOn"
    | "ownerGid"
    | "isArchived"
    | "isPrivate"
    | "isForTeam"
    | "defaultView"
  >
>;

/** What changes projects and their sections. Who does it is named by gid. */
export class ProjectEdits {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** With whoever makes it as its owner and first member, and one section, as Asana begins them. */
  add(
    patch: ProjectPatch & { name: string; teamGid: string },
    memberGids: readonly string[],
    by: string,
  ): ProjectRecord {
    const project: ProjectRecord = {
      notes: "",
      color: "none",
      isArchived: false,
      isPrivate: false,
      ownerGid: by,
      ...patch,
      gid: this.#ledger.gid(),
      memberGids: [...new Set([by, ...memberGids])],
      createdAt: this.#ledger.now(),
      sections: [{ gid: this.#ledger.gid(), name: "Untitled section" }],
      statuses: [],
      customFieldGids: [],
    };
    this.#ledger.state().projects.push(project);
    const { gid, name } = project;
    this.#ledger.tell({ type: "project", id: gid, action: "added", parentId: gid, after: name, by });
    return project;
  }

  edit(project: ProjectRecord, patch: ProjectPatch, by: string): void {
    const before: Readonly<Record<string, unknown>> = { ...project };
    const changed = Object.entries(patch).filter(([field, value]) => before[field] !== value);
    if (changed.length === 0) return;
    Object.assign(project, patch, { modifiedAt: this.#ledger.now() });
    const told = { type: "project", id: project.gid, action: "changed", parentId: project.gid, by } as const;
    const words = (value: unknown): string | undefined => (typeof value === "boolean" ? `${value}` : (value as string));
    for (const [field, value] of changed) {
      this.#ledger.tell({ ...told, field: FIELDS[field] ?? field, before: words(before[field]), after: words(value) });
    }
  }

  addSection(project: ProjectRecord, name: string, place: SectionPlace, by: string): SectionRecord {
    const section = { gid: this.#ledger.gid(), name };
    project.sections.splice(indexOf(project.sections, place), 0, section);
    const told = { type: "section", id: section.gid, parentId: project.gid, by } as const;
    this.#ledger.tell({ ...told, action: "added", after: name });
    return { ...section, project };
  }

  renameSection({ gid, name, project }: SectionRecord, to: string, by: string): void {
    project.sections = project.sections.map((section) => (section.gid === gid ? { ...section, name: to } : section));
    const told = { type: "section", id: gid, parentId: project.gid, by } as const;
    if (name !== to) this.#ledger.tell({ ...told, action: "changed", field: "name", before: name, after: to });
  }

  deleteSection({ gid, name, project }: SectionRecord, by: string): void {
    project.sections = project.sections.filter((section) => section.gid !== gid);
    this.#ledger.tell({ type: "section", id: gid, action: "deleted", parentId: project.gid, before: name, by });
  }
}

/** Beside another section of the project; behind all of them unless told. */
export interface SectionPlace {
  after?: string | undefined;
  before?: string | undefined;
}

function indexOf(sections: readonly WorkSection[], { after, before }: SectionPlace): number {
  const index = sections.findIndex(({ gid }) => gid === (after ?? before));
  if (index < 0) return sections.length;
  return after === undefined ? index : index + 1;
}

/** Under Asana's names. */
const FIELDS: Record<string, string> = {
  dueOn: "due_on",
  startOn: "start_on",
  ownerGid: "owner",
  isArchived: "archived",
  isPrivate: "privacy_setting",
  isForTeam: "privacy_setting",
  defaultView: "default_view",
};
