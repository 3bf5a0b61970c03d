import type { Clock } from "../../src/core/clock.ts";
import { UserError } from "../../src/core/errors.ts";
import { dayAt } from "../shared/date-range.ts";
import type { ToolCaller } from "../shared/define-tool.ts";
import { matchesWords } from "../shared/match-words.ts";
import type { Scope } from "../shared/timer.ts";
import type { CustomField, Project, Task, User } from "./answers.ts";
import type { AsanaApi } from "./api.ts";
import type { AsanaClient } from "./client.ts";
import { type Candidate, pickByName, sameName } from "./names.ts";

export interface Person {
  gid: string;
  name: string;
  email: string | null;
}

export interface Place {
  gid: string;
  name: string;
}

interface CallOf {
  caller: ToolCaller | undefined;
  clock: Clock;
  scope: Scope;
}

/** Asana for one tool call, which knows people, projects and sections by name. */
export class AsanaAccess {
  readonly api: AsanaApi;
  readonly scope: Scope;
  readonly #client: AsanaClient;
  readonly #caller: ToolCaller | undefined;
  readonly #clock: Clock;

  constructor(client: AsanaClient, { caller, clock, scope }: CallOf) {
    this.api = client.api;
    this.scope = scope;
    this.#client = client;
    this.#caller = caller;
    this.#clock = clock;
  }

  /** ISO 8601 in UTC. */
  now(): string {
    return new Date(this.#clock.now()).toISOString();
  }

  /** Sophia's own account. */
  self(): Promise<User> {
    return this.#client.self.get("own", this.scope);
  }

  /** YYYY-MM-DD in the zone. */
  today(timeZone: string): string {
    return dayAt(this.#clock.now(), timeZone);
  }

  /** Milliseconds until the call's deadline. */
  timeLeft(): number {
    return this.scope.until - this.#client.timer.now();
  }

  /** The one that is configured, or the only one. Throws UserError that lists them otherwise. */
  async workspace(): Promise<string> {
    const all = await this.#client.workspaces.get("all", this.scope);
    const wanted = this.#client.workspaceWanted;
    const [first] = all;
    if (wanted === undefined && first && all.length === 1) return first.gid;
    const chosen = all.find(
      ({ gid, name }) => wanted !== undefined && (gid === wanted || sameName(name ?? "", wanted)),
    );
    if (chosen) return chosen.gid;
    const list = all.map(({ gid, name }) => `${nameOf(name)} (gid ${gid})`).join("; ");
    const why = wanted === undefined ? "The token sees more than one workspace" : `The token sees no "${wanted}"`;
    throw new UserError(
      first
        ? `${why}. Whoever runs Sophia must set ASANA_WORKSPACE to one of: ${list}.`
        : "The token sees no workspace. Invite the account of ASANA_ACCESS_TOKEN to one.",
    );
  }

  /** By "me" (who asks), e-mail address, gid or name. Throws UserError. */
  async person(wanted: string, argument: string): Promise<Person> {
    const text = wanted.trim();
    if (text.toLowerCase() === "me") return this.#byEmail(this.#callerEmail(argument), argument);
    if (text.includes("@")) return this.#byEmail(text, argument);
    if (/^\d+$/.test(text)) return this.#byGid(text, argument);
    const people = await this.people(text);
    const candidates = people.items.map((person) => ({ ...person, detail: person.email }));
    const otherwise = "Look the person up with find_user, or send the e-mail address.";
    const { gid, name, email } = pickByName(text, candidates, { argument, kind: "person", otherwise });
    return { gid, name, email };
  }

  /** Everybody whom a name can mean; `isCut`: there are others, whose names do not begin like `query`'s words. */
  async people(query: string): Promise<{ items: Person[]; isCut: boolean }> {
    const workspace = await this.workspace();
    const { items, isCut } = await this.#client.users.get(workspace, this.scope);
    if (!isCut) return { items: items.map(toPerson), isCut };
    const further = await this.api.typeahead(workspace, "user", query, this.scope);
    return { items: distinct([...items, ...further]).map(toPerson), isCut };
  }

  async #byEmail(email: string, argument: string): Promise<Person> {
    const { items } = await this.#client.users.get(await this.workspace(), this.scope);
    const known = items.find((user) => user.email?.toLowerCase() === email.toLowerCase());
    const user = known ?? (await this.api.user(email, this.scope));
    if (user) return { ...toPerson(user), email: user.email ?? email };
    throw new UserError(
      `${argument}: nobody in Asana has the e-mail address ${email}. Look the person up with find_user.`,
    );
  }

  async #byGid(gid: string, argument: string): Promise<Person> {
    const user = await this.api.user(gid, this.scope);
    if (user) return toPerson(user);
    throw new UserError(`${argument}: nobody in Asana has the gid ${gid}. Look the person up with find_user.`);
  }

  #callerEmail(argument: string): string {
    if (this.#caller?.email) return this.#caller.email;
    throw new UserError(`${argument}: it is not known here who asks, so "me" means nobody. Send an e-mail address.`);
  }

  get hasCaller(): boolean {
    return this.#caller?.email !== undefined;
  }

  /** By gid or name; of those that are not archived, by name. Throws UserError. */
  async project(wanted: string): Promise<Project & Place> {
    const text = wanted.trim();
    if (/^\d+$/.test(text)) {
      const project = await this.api.project(text, this.scope);
      if (project) return { ...project, name: nameOf(project.name) };
      throw new UserError(
        `project: Asana has no project with the gid ${text}, or does not show it to Sophia's account.`,
      );
    }
    const workspace = await this.workspace();
    const { items, isCut } = await this.#client.projects.get(workspace, this.scope);
    const further = isCut ? await this.api.typeahead(workspace, "project", text, this.scope) : [];
    const otherwise = "Look it up with list_projects.";
    const picked = pickByName(text, distinct<Project>([...items, ...further]).map(toCandidate), {
      argument: "project",
      kind: "project",
      otherwise,
    });
    // The typeahead gives nothing but names.
    return picked.permalink_url === undefined ? this.project(picked.gid) : { ...picked, name: nameOf(picked.name) };
  }

  async projects(): Promise<{ items: Project[]; isCut: boolean }> {
    return this.#client.projects.get(await this.workspace(), this.scope);
  }

  async sections(project: string): Promise<Place[]> {
    const sections = await this.#client.sections.get(project, this.scope);
    return sections.map(({ gid, name }) => ({ gid, name: nameOf(name) }));
  }

  /** By name or gid, in this project. Throws UserError. */
  async section(wanted: string, project: Place): Promise<Place> {
    const sections = await this.sections(project.gid);
    const byGid = sections.find(({ gid }) => gid === wanted.trim());
    const names = sections.map(({ name }) => `"${name}"`).join(", ");
    const otherwise = `The sections of ${project.name} are ${names || "none"}.`;
    return byGid ?? pickByName(wanted, sections, { argument: "section", kind: "section", otherwise });
  }

  customFields(project: string): Promise<CustomField[]> {
    return this.#client.customFields.get(project, this.scope);
  }

  /** Throws UserError where there is none that Sophia's account sees. */
  async task(gid: string): Promise<Task> {
    const task = await this.api.task(gid, this.scope);
    if (task) return task;
    throw new UserError(
      `task_id: Asana has no task with the id ${gid}, or does not show it to Sophia's account. Take an id from search_tasks or get_project_tasks.`,
    );
  }
}

/** Whether the person's name or address has these words. */
export function isCalled({ name, email }: Person, query: string): boolean {
  return matchesWords(query, name) || (email !== null && matchesWords(query, email));
}

export function nameOf(name: string | null | undefined): string {
  return name || "(no name)";
}

function toPerson({ gid, name, email }: User): Person {
  return { gid, name: name || email || "Private user", email: email ?? null };
}

function toCandidate(project: Project): Project & Candidate {
  return { ...project, name: nameOf(project.name), detail: project.team?.name };
}

/** The first of each gid: what comes first says more. */
function distinct<Item extends { gid: string }>(items: readonly Item[]): Item[] {
  const found = new Map<string, Item>();
  for (const item of items) if (!found.has(item.gid)) found.set(item.gid, item);
  return [...found.values()];
}
