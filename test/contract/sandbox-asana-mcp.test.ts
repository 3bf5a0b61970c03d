import { createRequire } from "node:module";
import { resolve } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { loadAsanaContract } from "../support/asana-contract.ts";
import { setBack, type StartedAsana, startTestAsana, world } from "../support/asana-stand-in.ts";

const contract = loadAsanaContract();
const client = new Client({ name: "test", version: "1" });
const called = new Set<string>();
let stand: StartedAsana;

// It has no setting for the address: the preload sets it in the SDK.
beforeAll(async () => {
  stand = await startTestAsana();
  const require = createRequire(import.meta.url);
  const preload = resolve(import.meta.dirname, "../support/asana-address.ts");
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ["--import", preload, require.resolve("@roychri/mcp-server-asana")],
    env: stand.env,
    stderr: "ignore",
  });
  await client.connect(transport);
});
afterEach(() => setBack(stand, contract));
afterAll(async () => {
  await client.close();
  await stand.close();
});

async function call(name: string, args: Record<string, unknown>): Promise<string> {
  called.add(`asana_${name}`);
  const { content } = (await client.callTool({ name: `asana_${name}`, arguments: args })) as any;
  return content[0].text;
}

/** What it was answered. It tells errors as any other answer. */
async function told(name: string, args: Record<string, unknown> = {}): Promise<any> {
  const answer = JSON.parse(await call(name, args));
  expect(answer).not.toHaveProperty("error");
  return answer;
}

const names = (records: { name: string }[]) => records.map(({ name }) => name);
const acmeTask = () => world.work.tasks.find((task) => task.name.startsWith("Acme:"))!;
const task = async (name: string): Promise<string> =>
  (await told("create_task", { project_id: stand.gid.followUps, name })).gid;

describe("the public @roychri/mcp-server-asana", () => {
  test("finds workspaces, projects, and what is in them", async () => {
    const [workspace] = await told("list_workspaces");
    expect(workspace.name).toBe("Pay Ready");
    const found = await told("search_projects", { workspace: workspace.gid, name_pattern: "^deal" });
    // "Deal desk" is private, and not for the account of the token.
    expect(names(found)).toEqual(["Deal follow-ups"]);
    const project_id = stand.gid.followUps;
    expect((await told("get_project", { project_id })).name).toBe("Deal follow-ups");
    const counts = await told("get_project_task_counts", { project_id, opt_fields: "num_tasks" });
    expect(counts).toEqual({ num_tasks: 46 });
    expect(names(await told("get_project_sections", { project_id }))).toContain("To do");
    expect(await told("get_tasks_for_project", { project_id, limit: 5 })).toHaveLength(5);
  });

  test("makes and changes projects and sections", async () => {
    const home = { workspace: stand.gid.workspace, team: world.work.teams[0]!.gid };
    const { gid: project_id } = await told("create_project", { ...home, name: "Renewals", color: "light-green" });
    await told("update_project", { project_id, name: "Renewals 2027", html_notes: "<body>All of <b>them</b></body>" });
    expect(stand.store.project(project_id)).toMatchObject({ name: "Renewals 2027", notes: "All of them" });
    const { gid: section_id } = await told("create_section", { project_id, name: "Now" });
    await told("update_section", { section_id, name: "First" });
    const { gid: task_id } = await told("create_task", { project_id, name: "Call" });
    expect(await call("add_task_to_section", { section_id, task_id })).toContain("Successfully moved");
    expect(stand.store.task(task_id)?.memberships).toEqual([{ projectGid: project_id, sectionGid: section_id }]);
    expect(await call("delete_section", { section_id })).toContain("if the section still contains tasks");
    expect(await call("delete_task", { task_id })).toContain("Successfully deleted");
    expect(await call("delete_section", { section_id })).toContain("Successfully deleted");
    expect(stand.store.project(project_id)?.sections.map(({ name }) => name)).toEqual(["Untitled section"]);
  });

  test("posts, reads and deletes what is said of a project", async () => {
    const project_gid = stand.gid.followUps;
    const words = { color: "yellow", title: "Late", text: "By a week" };
    const { gid: project_status_gid } = await told("create_project_status", { project_gid, ...words });
    expect(await told("get_project_status", { project_status_gid })).toMatchObject(words);
    expect((await told("get_project_statuses", { project_gid, limit: 1 }))[0].gid).toBe(project_status_gid);
    await told("delete_project_status", { project_status_gid });
    expect(stand.store.status(project_status_gid)).toBe(undefined);
  });

  test("makes, reads, changes and searches tasks", async () => {
    const task_id = await task("Ask for a reference");
    const changes = { assignee: "me", due_on: "2026-11-20", html_notes: "<body>By <em>mail</em></body>" };
    await told("update_task", { task_id, ...changes });
    const seen = await told("get_task", { task_id });
    expect(seen).toMatchObject({ due_on: "2026-11-20", notes: "By mail", assignee: { name: "Sophia" } });
    const workspace = stand.gid.workspace;
    const mine = await told("get_my_tasks", { workspace, completed_since: "now" });
    expect(names(mine)).toContain("Ask for a reference");
    const found = await told("search_tasks", { workspace, text: "reference", assignee_any: "me", completed: false });
    expect(names(found)).toEqual(["Ask for a reference"]);
    const task_ids = [task_id, acmeTask().gid];
    expect(names(await told("get_multiple_tasks_by_gid", { task_ids }))).toEqual([
      "Ask for a reference",
      acmeTask().name,
    ]);
    await told("create_task_story", { task_id, html_text: "<body>Sent <strong>today</strong></body>" });
    expect((await told("get_task_stories", { task_id })).at(-1).text).toBe("Sent today");
  });

  test("ties tasks to each other and to projects", async () => {
    const [first, second] = [await task("first"), await task("second")];
    await told("add_task_dependencies", { task_id: first, dependencies: [second] });
    const { gid: third } = await told("create_subtask", { parent_task_id: first, name: "third" });
    await told("add_task_dependents", { task_id: first, dependents: [third] });
    expect(stand.store.task(first)?.dependencyGids).toEqual([second]);
    expect(stand.store.task(third)?.dependencyGids).toEqual([first]);
    await told("set_parent_for_task", { task_id: second, data: { parent: first, insert_before: third }, opts: {} });
    expect(names(await told("get_subtasks", { task_gid: first }))).toEqual(["second", "third"]);
    const move = { task_id: first, project_id: stand.gid.operations };
    expect(await call("add_project_to_task", move)).toContain("Successfully added");
    const remove = { task_id: first, project_id: stand.gid.followUps };
    expect(await call("remove_project_from_task", remove)).toContain("Successfully removed");
    expect(stand.store.task(first)?.memberships.map((m) => m.projectGid)).toEqual([stand.gid.operations]);
  });

  test("makes tags and tags tasks", async () => {
    const workspace_gid = stand.gid.workspace;
    const { gid: tag_gid } = await told("create_tag_for_workspace", { workspace_gid, name: "At risk" });
    await told("update_tag", { tag_gid, color: "dark-red" });
    expect(await told("get_tag", { tag_gid })).toMatchObject({ name: "At risk", color: "dark-red" });
    expect(names(await told("get_tags_for_workspace", { workspace_gid, limit: 10 }))).toEqual(["At risk"]);
    const task_gid = acmeTask().gid;
    await told("add_tag_to_task", { task_gid, tag_gid });
    expect(names(await told("get_tags_for_task", { task_gid }))).toEqual(["At risk"]);
    expect(names(await told("get_tasks_for_tag", { tag_gid }))).toEqual([acmeTask().name]);
    await told("remove_tag_from_task", { task_gid, tag_gid });
    await told("delete_tag", { tag_gid });
    expect([stand.store.task(task_gid)?.tagGids, stand.store.tags.all]).toEqual([[], []]);
  });

  test("offers resources and a prompt that reads the task", async () => {
    const uri = `asana://workspace/${stand.gid.workspace}`;
    expect((await client.listResources()).resources.map((resource) => resource.uri)).toEqual([uri]);
    const { contents } = await client.readResource({ uri: `asana://project/${stand.gid.followUps}` });
    expect(JSON.parse((contents[0] as any).text)).toMatchObject({ name: "Deal follow-ups", team: expect.anything() });
    const prompt = await client.getPrompt({ name: "task-summary", arguments: { task_id: acmeTask().gid } });
    expect((prompt.messages[0] as any).content.text).toContain(acmeTask().name);
  });

  test("hears, as from Asana, what an update cannot write", async () => {
    const task_id = acmeTask().gid;
    for (const args of [{ parent: task_id }, { followers: ["me"] }]) {
      expect(JSON.parse(await call("update_task", { task_id, ...args }))).toEqual({ error: "Bad Request" });
    }
    const project_gid = stand.gid.followUps;
    expect(JSON.parse(await call("create_project_status", { project_gid, text: "x" }))).toEqual({
      error: "Bad Request",
    });
  });

  test("has no tool that was not called", async () => {
    const { tools } = await client.listTools();
    expect([...called].sort()).toEqual(tools.map(({ name }) => name).sort());
  });
});
