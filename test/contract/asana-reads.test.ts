/** What our Asana server's reads ask, and what they answer of the sandbox's Asana. */

import { afterEach, describe, expect, it } from "vitest";
import { type AsanaHouse, maya, openAsanaHouse, pathOf, queryOf } from "../support/asana-house.ts";

let house: AsanaHouse;
afterEach(() => house.close());

/** Queries of the requests to a path, oldest first. */
const queries = (path: string | RegExp) =>
  house.board
    .requests("asana")
    .filter(({ url }) => (typeof path === "string" ? pathOf(url) === path : path.test(pathOf(url))))
    .map(({ url }) => queryOf(url));

/** All pages. */
async function pages(tool: string, args: object): Promise<any[]> {
  const found: any[] = [];
  let cursor: string | undefined;
  do {
    const page = await house.ask(tool, { ...args, ...(cursor ? { cursor } : {}) });
    expect(page.truncated).toBe(page.cursor !== undefined);
    found.push(...(page.tasks ?? page.projects ?? page.users ?? page.sections));
    cursor = page.cursor;
  } while (cursor);
  return found;
}

describe("get_project_tasks", () => {
  it("lists a project's open tasks in its order, page by page", async () => {
    house = await openAsanaHouse();
    const project = house.project("Deal follow-ups");
    const whole = await house.ask("get_project_tasks", { project: "deal follow-ups", limit: 100 });
    expect(whole.project).toEqual({ id: project.gid, name: project.name, url: expect.stringContaining(project.gid) });
    const expected = house.store.tasksOf(project).filter((t) => !t.completedAt);
    expect(whole.tasks.map(({ id }: any) => id)).toEqual(expected.map(({ gid }) => gid));
    expect(whole.truncated).toBe(false);
    const [first] = queries(`/projects/${project.gid}/tasks`);
    expect(first).toMatchObject({ completed_since: "now", limit: "100" });
    expect(await pages("get_project_tasks", { project: project.gid, limit: 7 })).toEqual(whole.tasks);
  });

  it("reads further pages of Asana's, and refuses a cursor of another question", async () => {
    house = await openAsanaHouse();
    const project = house.project("Renewals");
    for (let n = 0; n < 230; n++)
      house.store.place(house.store.addTask({ name: `T${n}`, parentGid: undefined }, []), project, {});
    const all = await pages("get_project_tasks", { project: "Renewals", completed: "all", limit: 90 });
    expect(all.map(({ id }) => id)).toEqual(house.store.tasksOf(project).map(({ gid }) => gid));
    const page = await house.ask("get_project_tasks", { project: "Renewals", limit: 90 });
    const other = { project: "Sales operations", limit: 90, cursor: page.cursor };
    expect(await house.refusal("get_project_tasks", other)).toContain("belongs to another question");
    house.board.clock.set(house.board.clock.now() + 2 * 3_600_000);
    const stale = await house.ask("get_project_tasks", { project: "Renewals", limit: 100 });
    house.board.clock.set(house.board.clock.now() + 2 * 3_600_000);
    expect(await house.refusal("get_project_tasks", { project: "Renewals", cursor: stale.cursor })).toContain(
      "Ask again without `cursor`",
    );
  });

  it("takes a section, an assignee, days and whether they are done together", async () => {
    house = await openAsanaHouse();
    const project = house.project("Sales operations");
    const section = project.sections.find(({ name }) => name === "This week")!;
    const list = async (args: object) =>
      (await house.ask("get_project_tasks", { project: "Sales operations", ...args })).tasks.map((t: any) => t.name);
    expect(
      await list({ section: "this week", assignee: "ruth", due_from: "2026-11-19", due_to: "2026-11-19" }),
    ).toEqual(["Move close dates that lie in the past"]);
    expect(queries(`/sections/${section.gid}/tasks`)).toHaveLength(1);
    // Due at 9:00 in Chicago on the 20th, which is the 21st in Auckland.
    const meeting = "Forecast meeting: send the numbers beforehand";
    expect(await list({ due_from: "2026-11-20", due_to: "2026-11-20" })).toContain(meeting);
    const far = { due_from: "2026-11-21", due_to: "2026-11-21", time_zone: "Pacific/Auckland" };
    expect(await list(far)).toContain(meeting);
    expect((await list({ completed: "completed" })).toSorted()).toEqual(
      house.store
        .tasksOf(project)
        .filter((t) => t.completedAt)
        .map((t) => t.name)
        .toSorted(),
    );
    expect(
      await house.refusal("get_project_tasks", {
        project: "Sales operations",
        due_from: "2026-11-21",
        due_to: "2026-11-20",
      }),
    ).toContain("must not be after");
  });

  it("tells a time of day in the zone that was asked for", async () => {
    house = await openAsanaHouse();
    const { tasks } = await house.ask("get_project_tasks", {
      project: "Sales operations",
      time_zone: "America/Chicago",
    });
    const meeting = tasks.find(({ name }: any) => name.startsWith("Forecast meeting"));
    expect(meeting).toMatchObject({ due_on: "2026-11-20", due_at: "2026-11-20T09:00:00-06:00" });
    expect(await house.refusal("get_project_tasks", { project: "Renewals", time_zone: "Chicago" })).toContain("IANA");
  });
});

describe("get_my_tasks", () => {
  it("gives the asker's open tasks by due date, in the asker's zone, with true counts", async () => {
    house = await openAsanaHouse();
    const me = house.user(maya);
    const mine = house.store.tasks.filter((t) => t.assigneeGid === me.gid && !t.completedAt && house.store.seesTask(t));
    const result = await house.ask("get_my_tasks", { limit: 100 }, maya);
    expect(queries("/tasks")).toEqual([
      expect.objectContaining({
        assignee: me.gid,
        workspace: house.store.workspace.gid,
        completed_since: expect.stringMatching(/^2026-11-18T17:00:/),
      }),
    ]);
    expect(result).toMatchObject({
      assignee: { name: "Maya Okafor", email: maya },
      today: "2026-11-18",
      complete: true,
    });
    expect(result.tasks.map(({ id }: any) => id).toSorted()).toEqual(mine.map(({ gid }) => gid).toSorted());
    const days = result.tasks.map((t: any) => t.due_on ?? "9999");
    expect(days).toEqual(days.toSorted());
    const overdue = mine.filter((t) => (t.dueOn ?? "9999") < "2026-11-18");
    expect(overdue.length).toBeGreaterThan(0);
    expect(result.counts.overdue).toBe(overdue.length);
    const only = await house.ask("get_my_tasks", { due: "overdue" }, maya);
    expect(only.tasks.map(({ due }: any) => due)).toEqual(overdue.map(() => "overdue"));
    expect(await pages("get_my_tasks", { assignee: maya, limit: 2 })).toEqual(result.tasks);
  });

  it("counts today where the asker is", async () => {
    house = await openAsanaHouse();
    house.board.clock.set(Date.parse("2026-11-18T23:00:00Z"));
    const today = async (time_zone: string) =>
      (await house.ask("get_my_tasks", { assignee: "hannah", time_zone })).today;
    expect(await today("America/New_York")).toBe("2026-11-18");
    expect(await today("Asia/Kolkata")).toBe("2026-11-19");
  });

  it("takes another person, and asks for one where it is not known who asks", async () => {
    house = await openAsanaHouse();
    expect((await house.ask("get_my_tasks", { assignee: "Tomas" })).assignee.name).toBe("Tomás Herrera");
    expect(await house.refusal("get_my_tasks", {})).toContain("Send an e-mail address");
    expect(await house.refusal("get_my_tasks", {}, "stranger@elsewhere.example")).toContain(
      "nobody in Asana has the e-mail address",
    );
  });
});

describe("get_task", () => {
  it("reads a task with its comments, newest first and in pages", async () => {
    house = await openAsanaHouse();
    const { gid } = house.task("Move close dates that lie in the past");
    for (const n of [1, 2, 3]) await house.ask("add_comment", { task_id: gid, text: `Comment ${n}` });
    const result = await house.ask("get_task", { task_id: gid, limit: 2 });
    expect(house.sent().slice(-2)).toEqual([`GET /tasks/${gid}`, `GET /tasks/${gid}/stories`]);
    expect(result.task).toMatchObject({
      id: gid,
      notes: "The forecast counts them in the wrong quarter. Ask each owner before you change anything.",
      notes_truncated: false,
      custom_fields: [{ name: "Priority", value: "High" }],
      subtask_count: 0,
      parent_id: null,
    });
    expect(result).toMatchObject({ comment_count: 4, truncated: true });
    expect(result.comments.map(({ text }: any) => text)).toEqual(["Comment 3", "Comment 2"]);
    const stories = house.store.storiesOf(gid).filter(({ text }) => /^Comment [23]$/.test(text));
    expect(result.comments.map(({ id }: any) => id)).toEqual(stories.map((story) => story.gid).reverse());
    const rest = await house.ask("get_task", { task_id: gid, limit: 2, cursor: result.cursor });
    expect(rest.comments.at(-1)).toMatchObject({
      by: "Maya Okafor",
      text: "Mine are done. Tomás and Grace still have some.",
    });
  });

  it("takes links of both forms and no other address", async () => {
    house = await openAsanaHouse();
    const { gid } = house.task("Move close dates that lie in the past");
    for (const path of [`/0/12/${gid}`, `/0/12/${gid}/f`, `/1/34/project/12/task/${gid}?focus=true`]) {
      expect((await house.ask("get_task", { task_id: `https://app.asana.com${path}` })).task.id).toBe(gid);
    }
    const { length } = house.sent();
    for (const task_id of [`https://elsewhere.example/0/12/${gid}`, "../users/me", "12/stories"]) {
      expect(await house.refusal("get_task", { task_id })).toContain("task_id must be");
    }
    expect(house.sent()).toHaveLength(length);
  });

  it("keeps what is not shared with Sophia's account from everybody", async () => {
    house = await openAsanaHouse();
    const secret = house.task("Two-year term with a price hold");
    expect(await house.refusal("get_task", { task_id: secret.gid })).toMatch(/403|no task/);
    expect(await house.refusal("get_project_tasks", { project: "Deal desk" })).toContain("no project");
  });
});

describe("list_projects, list_sections, find_user", () => {
  it("lists projects with owner, team and status", async () => {
    house = await openAsanaHouse();
    const { projects, truncated } = await house.ask("list_projects", {});
    const visible = house.store.projects.filter((p) => house.store.seesProject(p) && !p.isArchived);
    expect(projects.map(({ name }: any) => name).toSorted()).toEqual(visible.map(({ name }) => name).toSorted());
    expect(truncated).toBe(false);
    expect(queries("/projects")[0]).toMatchObject({ workspace: house.store.workspace.gid, archived: "false" });
    const withStatus = visible.find(({ statuses }) => statuses.length > 0)!;
    expect(projects.find(({ id }: any) => id === withStatus.gid)).toMatchObject({
      owner: { name: expect.any(String), email: expect.stringContaining("@") },
      team: expect.any(String),
      status: withStatus.statuses[0]!.type,
      status_title: withStatus.statuses[0]!.title,
      url: expect.stringContaining(withStatus.gid),
    });
    expect((await house.ask("list_projects", { query: "oper" })).projects.map((p: any) => p.name)).toEqual([
      "Sales operations",
    ]);
    expect((await house.ask("list_projects", { archived: true })).projects.map((p: any) => p.name)).toEqual([
      "Pricing review, spring",
    ]);
    expect((await pages("list_projects", { limit: 1 })).map(({ id }) => id)).toEqual(projects.map(({ id }: any) => id));
  });

  it("lists a project's sections", async () => {
    house = await openAsanaHouse();
    const { sections, total } = await house.ask("list_sections", { project: "Sales operations" });
    expect(sections.map(({ name }: any) => name)).toEqual(["Backlog", "This week", "Done"]);
    expect(total).toBe(3);
    expect(house.sent().at(-1)).toBe(`GET /projects/${house.project("Sales operations").gid}/sections`);
    expect((await pages("list_sections", { project: "Sales operations", limit: 2 })).length).toBe(3);
  });

  it("finds people by name and address, with the nearest name where nobody fits", async () => {
    house = await openAsanaHouse();
    const found = await house.ask("find_user", { query: "zoe mul" });
    expect(found).toEqual({
      users: [
        { id: house.user("zoe@payready.example").gid, name: "Zoë Müller-Łukasik", email: "zoe@payready.example" },
      ],
      truncated: false,
      complete: true,
    });
    expect(house.sent()).toEqual(["GET /workspaces", "GET /users"]);
    expect((await house.ask("find_user", { query: "danil" })).did_you_mean).toBe("Daniel Whitfield");
    expect((await pages("find_user", { query: "payready", limit: 5 })).length).toBe(house.store.users.length);
    // Once read, people are known.
    expect(house.sent()).toHaveLength(2);
    const byId = await house.ask("find_user", { query: house.user("maya@payready.example").gid });
    expect(byId.users).toMatchObject([{ name: "Maya Okafor", email: "maya@payready.example" }]);
  });

  it("reads names once for all who ask at the same time, and again when they have grown old", async () => {
    house = await openAsanaHouse();
    await Promise.all(["ruth", "maya", "ben"].map((query) => house.ask("find_user", { query })));
    expect(house.sent()).toEqual(["GET /workspaces", "GET /users"]);
  });
});

describe("the workspace", () => {
  it("is the one that is set, by gid or name", async () => {
    house = await openAsanaHouse({ config: { workspace: "pay ready" } });
    await house.ask("list_projects", {});
    expect(queries("/projects")[0]?.workspace).toBe(house.store.workspace.gid);
  });

  it("is asked for where the one that is set is not there", async () => {
    house = await openAsanaHouse({ config: { workspace: "Elsewhere" } });
    const words = await house.refusal("list_projects", {});
    expect(words).toContain(`set ASANA_WORKSPACE to one of: Pay Ready (gid ${house.store.workspace.gid})`);
  });
});
