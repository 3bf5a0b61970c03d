import type { z } from "zod";
import { ServiceError } from "../../src/core/errors.ts";
import type { HttpResponse } from "../../src/core/http.ts";
import { parseExactJson } from "../shared/exact-json.ts";
import type { Scope } from "../shared/timer.ts";
import { unknownFormError } from "../shared/vendor-error.ts";
import * as answers from "./answers.ts";
import type { AsanaRequests } from "./requests.ts";
import type { AsanaRequest } from "./sdk.ts";

/** One of Asana's pages; `next` is its offset token for the page after it. */
export interface Page<Item> {
  items: Item[];
  next: string | undefined;
}

/** Whose tasks: exactly one of these. */
export type TaskListOf = { project: string } | { section: string } | { assignee: string; workspace: string };

export interface SearchFilter {
  text?: string | undefined;
  assignee?: string | undefined;
  project?: string | undefined;
  completed?: boolean | undefined;
  /** YYYY-MM-DD, neither included. */
  dueAfter?: string | undefined;
  dueBefore?: string | undefined;
  /** ISO 8601 instant, not included. */
  createdBefore?: string | undefined;
}

/** Asana's largest page. */
const pageSize = 100;
const maxPages = 10;

const userFields = "name,email";
const projectFields =
  "name,permalink_url,archived,completed,due_on,start_on,owner.name,owner.email,team.name,current_status_update.title,current_status_update.status_type";
const fieldFields = ["name", "resource_subtype", "display_value", "enum_options.name", "enum_options.enabled"];
const taskFields =
  "name,permalink_url,completed,completed_at,created_at,modified_at,assignee.name,assignee.email,due_on,due_at,start_on,parent.name," +
  "memberships.project.name,memberships.section.name,custom_fields.name,custom_fields.display_value";
const wholeTaskFields = [
  taskFields,
  "notes,num_subtasks,followers.name,tags.name,created_by.name",
  ...fieldFields.map((field) => `custom_fields.${field}`),
].join(",");
const storyFields = "type,text,created_at,created_by.name";
const statusFields = "title,text,status_type,created_at,created_by.name";

/** Asana's API as far as it is used here. 404 comes back as undefined. Source: Asana's OpenAPI description. */
export class AsanaApi {
  readonly #requests: AsanaRequests;

  constructor(requests: AsanaRequests) {
    this.#requests = requests;
  }

  workspaces(scope: Scope) {
    return this.#all({ method: "GET", path: "/workspaces", query: { opt_fields: "name" } }, answers.namedList, scope);
  }

  users(workspace: string, offset: string | undefined, scope: Scope) {
    const query = { workspace, opt_fields: userFields };
    return this.#page({ method: "GET", path: "/users", query }, answers.userList, offset, scope);
  }

  /** By gid or e-mail address. */
  user(id: string, scope: Scope) {
    const request = { path: "/users/{user_gid}", ids: { user_gid: id }, query: { opt_fields: userFields } };
    return this.#one(request, answers.userAnswer, scope);
  }

  /** The account that the token belongs to. */
  async self(scope: Scope): Promise<answers.User> {
    const request = { path: "/users/{user_gid}", ids: { user_gid: "me" }, query: { opt_fields: userFields } };
    return parse(answers.userAnswer, await this.#requests.read({ method: "GET", ...request }, scope)).data;
  }

  /** The best hundred for the first words of a name. Asana says itself that these are neither exact nor all. */
  async typeahead(workspace: string, kind: "user" | "project", query: string, scope: Scope) {
    const request: AsanaRequest = {
      method: "GET",
      path: "/workspaces/{workspace_gid}/typeahead",
      ids: { workspace_gid: workspace },
      query: { resource_type: kind, query, count: pageSize, opt_fields: kind === "user" ? userFields : "name" },
    };
    return parse(answers.userList, await this.#requests.read(request, scope)).data;
  }

  projects(workspace: string, archived: boolean, offset: string | undefined, scope: Scope) {
    const query = { workspace, archived, opt_fields: projectFields };
    return this.#page({ method: "GET", path: "/projects", query }, answers.projectList, offset, scope);
  }

  project(gid: string, scope: Scope) {
    const request = {
      path: "/projects/{project_gid}",
      ids: { project_gid: gid },
      query: { opt_fields: projectFields },
    };
    return this.#one(request, answers.projectAnswer, scope);
  }

  sections(project: string, scope: Scope) {
    const request = { path: "/projects/{project_gid}/sections", ids: { project_gid: project } };
    return this.#all({ method: "GET", ...request, query: { opt_fields: "name" } }, answers.namedList, scope);
  }

  async customFields(project: string, scope: Scope): Promise<answers.CustomField[]> {
    const request = { path: "/projects/{project_gid}/custom_field_settings", ids: { project_gid: project } };
    const query = { opt_fields: fieldFields.map((field) => `custom_field.${field}`).join(",") };
    const settings = await this.#all({ method: "GET", ...request, query }, answers.fieldSettingList, scope);
    return settings.flatMap(({ custom_field: field }) => field ?? []);
  }

  /** `openSince`: leaves out what was completed before this instant. `notes`: these as well. */
  tasks(
    of: TaskListOf,
    options: { openSince?: string | undefined; notes?: boolean; offset: string | undefined },
    scope: Scope,
  ): Promise<Page<answers.Task>> {
    const fields = options.notes ? `${taskFields},notes` : taskFields;
    const query = { completed_since: options.openSince, opt_fields: fields };
    return this.#page({ method: "GET", ...taskList(of, query) }, answers.taskList, options.offset, scope);
  }

  /** Whole, done ones too: those in which something has changed since this instant (ISO 8601), as all new ones have. */
  tasksChanged(
    of: Extract<TaskListOf, { project: string } | { assignee: string }>,
    since: string,
    offset: string | undefined,
    scope: Scope,
  ): Promise<Page<answers.Task>> {
    const query = { ...of, modified_since: since, opt_fields: wholeTaskFields };
    return this.#page({ method: "GET", path: "/tasks", query }, answers.taskList, offset, scope);
  }

  task(gid: string, scope: Scope) {
    const request = { path: "/tasks/{task_gid}", ids: { task_gid: gid }, query: { opt_fields: wholeTaskFields } };
    return this.#one(request, answers.taskAnswer, scope);
  }

  /** Oldest first. */
  stories(task: string, scope: Scope) {
    return this.#all(storiesOf(task), answers.storyList, scope);
  }

  /** A page of the same. */
  storyPage(task: string, offset: string | undefined, scope: Scope): Promise<Page<answers.Story>> {
    return this.#page(storiesOf(task), answers.storyList, offset, scope);
  }

  /** `since`: ISO 8601. */
  statuses(project: string, since: string, offset: string | undefined, scope: Scope): Promise<Page<answers.Status>> {
    const query = { parent: project, created_since: since, opt_fields: statusFields };
    return this.#page({ method: "GET", path: "/status_updates", query }, answers.statusList, offset, scope);
  }

  /** The hundred newest that fit, by creation. Throws ServiceError with status 402 where the plan has no search. */
  async search(workspace: string, filter: SearchFilter, scope: Scope): Promise<answers.Task[]> {
    const query = {
      text: filter.text,
      "assignee.any": filter.assignee,
      "projects.any": filter.project,
      completed: filter.completed,
      "due_on.after": filter.dueAfter,
      "due_on.before": filter.dueBefore,
      "created_at.before": filter.createdBefore,
      sort_by: "created_at",
      sort_ascending: false,
      limit: pageSize,
      opt_fields: taskFields,
    };
    const path = "/workspaces/{workspace_gid}/tasks/search";
    const request: AsanaRequest = { method: "GET", path, ids: { workspace_gid: workspace }, query };
    return parse(answers.taskList, await this.#requests.search(request, scope)).data;
  }

  async createTask(data: Record<string, unknown>, scope: Scope) {
    const request: AsanaRequest = { method: "POST", path: "/tasks", query: { opt_fields: taskFields }, data };
    return (await this.#write(request, answers.taskAnswer, false, scope)).data;
  }

  async updateTask(gid: string, data: Record<string, unknown>, scope: Scope) {
    const ids = { task_gid: gid };
    const query = { opt_fields: taskFields };
    const request: AsanaRequest = { method: "PUT", path: "/tasks/{task_gid}", ids, query, data };
    return (await this.#write(request, answers.taskAnswer, true, scope)).data;
  }

  /** The task leaves the section that it was in in the same project. */
  async moveToSection(section: string, task: string, scope: Scope): Promise<void> {
    const ids = { section_gid: section };
    const request: AsanaRequest = { method: "POST", path: "/sections/{section_gid}/addTask", ids, data: { task } };
    await this.#write(request, answers.emptyAnswer, true, scope);
  }

  async addFollowers(task: string, followers: readonly string[], scope: Scope): Promise<void> {
    const ids = { task_gid: task };
    const request: AsanaRequest = { method: "POST", path: "/tasks/{task_gid}/addFollowers", ids, data: { followers } };
    await this.#write(request, answers.emptyAnswer, true, scope);
  }

  async addComment(task: string, text: string, scope: Scope) {
    const ids = { task_gid: task };
    const query = { opt_fields: storyFields };
    const request: AsanaRequest = { method: "POST", path: "/tasks/{task_gid}/stories", ids, query, data: { text } };
    return (await this.#write(request, answers.storyAnswer, false, scope)).data;
  }

  async postStatus(data: Record<string, unknown>, scope: Scope) {
    const query = { opt_fields: statusFields };
    const request: AsanaRequest = { method: "POST", path: "/status_updates", query, data };
    return (await this.#write(request, answers.statusAnswer, false, scope)).data;
  }

  /** `idempotent`: sending it twice leaves the same as sending it once. */
  async #write<Form extends z.ZodType>(
    request: AsanaRequest,
    form: Form,
    idempotent: boolean,
    scope: Scope,
  ): Promise<z.output<Form>> {
    return parse(form, await this.#requests.write(request, idempotent, scope), true);
  }

  async #one<Item>(
    request: Omit<AsanaRequest, "method">,
    form: z.ZodType<{ data: Item }>,
    scope: Scope,
  ): Promise<Item | undefined> {
    const response = await this.#requests.read({ method: "GET", ...request }, scope);
    return response.status === 404 ? undefined : parse(form, response).data;
  }

  async #page<Item>(
    request: AsanaRequest,
    form: z.ZodType<{ data: Item[]; next_page: string | undefined }>,
    offset: string | undefined,
    scope: Scope,
  ): Promise<Page<Item>> {
    const query = { ...request.query, limit: pageSize, offset };
    const { data, next_page: next } = parse(form, await this.#requests.read({ ...request, query }, scope));
    return { items: data, next };
  }

  async #all<Item>(
    request: AsanaRequest,
    form: z.ZodType<{ data: Item[]; next_page: string | undefined }>,
    scope: Scope,
  ): Promise<Item[]> {
    const all: Item[] = [];
    let offset: string | undefined;
    for (let pages = 0; pages < maxPages; pages++) {
      const page = await this.#page(request, form, offset, scope);
      all.push(...page.items);
      offset = page.next;
      if (offset === undefined) break;
    }
    return all;
  }
}

function taskList(of: TaskListOf, query: Record<string, string | undefined>): Omit<AsanaRequest, "method"> {
  if ("project" in of) return { path: "/projects/{project_gid}/tasks", ids: { project_gid: of.project }, query };
  if ("section" in of) return { path: "/sections/{section_gid}/tasks", ids: { section_gid: of.section }, query };
  return { path: "/tasks", query: { ...query, assignee: of.assignee, workspace: of.workspace } };
}

function storiesOf(task: string): AsanaRequest {
  const query = { opt_fields: storyFields };
  return { method: "GET", path: "/tasks/{task_gid}/stories", ids: { task_gid: task }, query };
}

const gone = "Asana no longer has what this is about, or does not show it to Sophia's account (404).";

/** Throws ServiceError for a 404 as well: what was asked of was looked up before. */
function parse<Form extends z.ZodType>(form: Form, { status, text }: HttpResponse, isWrite = false): z.output<Form> {
  if (status === 404) throw new ServiceError(gone, { service: "Asana", status });
  try {
    return form.parse(parseExactJson(text));
  } catch (cause) {
    throw unknownFormError("Asana", cause, isWrite);
  }
}
