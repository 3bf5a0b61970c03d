/** Every request of our Asana server, held against Asana's own description. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AsanaHouse, maya, openAsanaHouse, pathOf } from "../support/asana-house.ts";
import { loadContract, type OpenApiDocument } from "../support/openapi.ts";

/** Fields that Asana documents on the records themselves, and leaves out of the lists of `opt_fields`. */
const furtherFields: Record<string, string[]> = {
  "/projects": ["owner.name", "owner.email", "current_status_update.status_type"],
  "/projects/{project_gid}": ["owner.name", "owner.email", "current_status_update.status_type"],
  "/workspaces/{workspace_gid}/typeahead": ["email"],
};
const taskFields = ["assignee.email", "created_by.name"];

function correct(document: OpenApiDocument): void {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of ["get", "post", "put"]) {
      const operation = item[method];
      if (!operation || Array.isArray(operation)) continue;
      const fields = operation.parameters?.find(({ name }) => name === "opt_fields")?.schema as any;
      if (fields?.items?.enum?.includes("assignee.name")) fields.items.enum.push(...taskFields);
      fields?.items?.enum?.push(...(furtherFields[path] ?? []));
    }
  }
  // "At task creation time, this array can be used to add the task to specific sections": gids, as everywhere in requests.
  const parts = (document.components.schemas!.TaskBase as any).allOf as any[];
  const { properties } = parts.find((part) => part.properties?.memberships);
  const text = { type: "string" };
  properties.memberships.items.properties = { project: text, section: text };
}

const contract = loadContract("asana/asana_oas.yaml", { basePath: "/api/1.0", furtherQuery: /^limit$/, correct });

describe.skipIf(!contract)("what leaves our Asana server", () => {
  let house: AsanaHouse;
  beforeAll(async () => {
    house = await openAsanaHouse();
  });
  afterAll(() => house.close());

  it("is as Asana describes it, for every tool", async () => {
    const project = "Sales operations";
    const { task } = await house.ask("create_task", {
      name: "Acme follow-up",
      notes: "Notes",
      project,
      section: "Backlog",
      assignee: maya,
      due_on: "2026-11-20",
      start_on: "2026-11-18",
      priority: "High",
      custom_fields: [{ name: "Account", value: "Acme" }],
      followers: ["ruth"],
    });
    await house.ask("create_task", { name: "Timed", assignee: "me", due_at: "2026-11-20T17:00:00-05:00" }, maya);
    await house.ask("update_task", {
      task_id: task.id,
      assignee: null,
      due_at: "2026-11-21T09:00:00Z",
      add_followers: ["ben"],
    });
    await house.ask("update_task_status", { task_id: task.id, status: "complete", section: "Done" });
    await house.ask("add_comment", { task_id: task.id, text: "Done" });
    await house.ask("post_project_status", { project, status: "at_risk", title: "Late", text: "A week" });
    await house.ask("get_task", { task_id: task.id });
    await house.ask("get_project_tasks", { project, section: "Done", completed: "all", limit: 1 });
    await house.ask("get_project_tasks", { project: house.project(project).gid });
    await house.ask("get_my_tasks", {}, maya);
    const wish = { text: "acme", assignee: maya, project, due_from: "2026-11-01", due_to: "2026-12-01" };
    await house.ask("search_tasks", wish);
    await house.ask("search_tasks", { text: "a", completed: "all", limit: 1 });
    await house.ask("list_projects", { archived: true });
    await house.ask("list_sections", { project });
    await house.ask("find_user", { query: "maya" });
    await house.refusal("find_user", { query: "" });
    await house.ask("get_my_tasks", { assignee: house.user(maya).gid });

    const requests = house.board.requests("asana");
    expect(requests.flatMap((request) => contract!.requestProblems(request))).toEqual([]);
    expect(new Set(requests.map(({ method, url }) => `${method} ${pathOf(url).replace(/\d{6,}/g, "{gid}")}`))).toEqual(
      new Set([
        "GET /workspaces",
        "GET /users",
        "GET /users/{gid}",
        "GET /projects",
        "GET /projects/{gid}",
        "GET /projects/{gid}/sections",
        "GET /projects/{gid}/custom_field_settings",
        "GET /projects/{gid}/tasks",
        "GET /sections/{gid}/tasks",
        "GET /tasks",
        "GET /tasks/{gid}",
        "GET /tasks/{gid}/stories",
        "GET /workspaces/{gid}/tasks/search",
        "POST /tasks",
        "PUT /tasks/{gid}",
        "POST /tasks/{gid}/addFollowers",
        "POST /sections/{gid}/addTask",
        "POST /tasks/{gid}/stories",
        "POST /status_updates",
      ]),
    );
    for (const { headers } of requests) expect(headers.authorization).toMatch(/^Bearer /);
  });

  it("is so for the typeahead of a large workspace as well", async () => {
    const extra = Array.from({ length: 600 }, (_, n) => {
      return { gid: `13${String(n).padStart(14, "0")}`, name: `Person ${n}`, email: `p${n}@payready.example` };
    });
    const large = await openAsanaHouse({ arrange: ({ work }) => work.users.push(...extra) });
    try {
      const { users, complete } = await large.ask("find_user", { query: "person 599" });
      expect(users).toEqual([{ id: extra[599]!.gid, name: "Person 599", email: "p599@payready.example" }]);
      expect(complete).toBe(false);
      const requests = large.board.requests("asana");
      expect(requests.filter(({ url }) => url.includes("/typeahead"))).toHaveLength(1);
      expect(requests.flatMap((request) => contract!.requestProblems(request))).toEqual([]);
    } finally {
      await large.close();
    }
  });
});
