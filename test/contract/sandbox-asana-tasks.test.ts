import asana from "asana";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { loadAsanaContract } from "../support/asana-contract.ts";
import { refusal, setBack, type StartedAsana, startTestAsana, world } from "../support/asana-stand-in.ts";

let stand: StartedAsana;
const contract = loadAsanaContract();

beforeAll(async () => {
  stand = await startTestAsana();
});
afterAll(() => stand.close());
// Whatever a test asked for, each answer is as it was published.
afterEach(() => setBack(stand, contract));

const users = () => new asana.UsersApi(stand.client);
const sections = () => new asana.SectionsApi(stand.client);
const tasks = () => new asana.TasksApi(stand.client);
const stories = () => new asana.StoriesApi(stand.client);

const acmeTask = () => world.work.tasks.find((task) => task.name.startsWith("Acme:"))!;

describe("tasks", () => {
  test("are compact in lists: gid, name and what they are", async () => {
    const { data } = await tasks().getTasksForProject(stand.gid.followUps, {});
    expect(data).toHaveLength(46);
    for (const task of data) {
      expect(Object.keys(task).sort()).toEqual(["gid", "name", "resource_subtype", "resource_type"]);
      expect(task.gid).toMatch(/^\d{16}$/);
    }
  });

  test("one by itself is whole but for what must be asked for", async () => {
    const { gid, assigneeGid, dueOn } = acmeTask();
    const { data } = await tasks().getTask(gid, {});
    expect(data).toMatchObject({
      assignee: { gid: assigneeGid, name: "Daniel Whitfield", resource_type: "user" },
      due_on: dueOn,
      due_at: null,
      memberships: [{ project: { name: "Deal follow-ups" }, section: { name: expect.any(String) } }],
      custom_fields: [{ name: "Priority" }, { name: "Account", text_value: "Acme", display_value: "Acme" }],
      permalink_url: `https://app.asana.com/1/${stand.gid.workspace}/project/${stand.gid.followUps}/task/${gid}`,
    });
    for (const field of ["created_by", "html_notes", "num_subtasks"]) expect(data).not.toHaveProperty(field);
  });

  test("opt_fields brings what it names, the gid, and nothing else", async () => {
    const { gid } = acmeTask();
    const ask = async (opt_fields: string) => (await tasks().getTask(gid, { opt_fields })).data;
    const membership = {
      project: { gid: expect.any(String), name: "Deal follow-ups" },
      section: { gid: expect.any(String) },
    };
    expect(await ask("name")).toEqual({ gid, name: acmeTask().name });
    expect(await ask("assignee")).toEqual({ gid, assignee: { gid: stand.user("daniel"), resource_type: "user" } });
    expect(await ask("assignee.email,this.completed,nonsense,parent.name")).toEqual({
      gid,
      assignee: { gid: stand.user("daniel"), email: "daniel@payready.example" },
      completed: false,
      parent: null,
    });
    expect(await ask("memberships.project.name,memberships.section.gid")).toEqual({ gid, memberships: [membership] });
    expect(await ask("memberships.(project|section).name")).toMatchObject({
      memberships: [{ project: { name: "Deal follow-ups" }, section: { name: expect.any(String) } }],
    });
    const { custom_fields } = await ask("custom_fields.display_value");
    expect(custom_fields[1]).toEqual({ gid: expect.any(String), display_value: "Acme" });
  });

  test("opt_pretty sets the answer for people", async () => {
    const pretty = await fetch(`${stand.env.ASANA_BASE_URL}/users/me?opt_pretty`, {
      headers: { authorization: `Bearer ${stand.env.ASANA_ACCESS_TOKEN}` },
    });
    expect(await pretty.text()).toContain('{\n  "data": {\n    "gid"');
    expect(pretty.headers.get("content-type")).toBe("application/json; charset=UTF-8");
  });

  test("a list is asked for by exactly one thing", async () => {
    const one = "Must specify exactly one of project, tag, section, user task list, or assignee + workspace";
    const { workspace, followUps } = stand.gid;
    for (const options of [{}, { workspace }, { assignee: "me" }, { project: followUps, assignee: "me", workspace }]) {
      expect(await refusal(tasks().getTasks(options))).toEqual({ status: 400, message: one });
    }
    const { data } = await tasks().getTasks({
      assignee: "daniel@payready.example",
      workspace,
      opt_fields: "assignee.name",
    });
    expect(data.length).toBeGreaterThan(10);
    for (const task of data) expect(task.assignee.name).toBe("Daniel Whitfield");
  });

  test("of a section, of a person's own list, and of those that are open", async () => {
    const { data: list } = await sections().getSectionsForProject(stand.gid.followUps, {});
    const inList = await Promise.all(
      list.map((s: any) => tasks().getTasksForSection(s.gid, { opt_fields: "completed" })),
    );
    expect(inList.flatMap((answer: any) => answer.data)).toHaveLength(46);
    expect(inList[2].data.every((task: any) => task.completed)).toBe(true);
    const { data: open } = await tasks().getTasks({
      project: stand.gid.followUps,
      completed_since: "now",
      opt_fields: "completed",
    });
    expect(open.every((task: any) => !task.completed)).toBe(true);
    expect(open.length).toBeLessThan(46);
    const lists = new asana.UserTaskListsApi(stand.client);
    const { data: mine } = await lists.getUserTaskListForUser("daniel@payready.example", stand.gid.workspace, {});
    const { data: own } = await tasks().getTasksForUserTaskList(mine.gid, {});
    const { data: assigned } = await tasks().getTasks({
      assignee: stand.user("daniel"),
      workspace: stand.gid.workspace,
    });
    expect(own).toEqual(assigned);
    // Without a project a task is for those who have to do with it, and Sophia has not.
    expect(assigned.map((t: any) => t.name)).not.toContain("Expense report");
  });

  test("a moment has its day as well, where the company is", async () => {
    const wanted = world.work.tasks.find((task) => task.dueAt)!;
    const { data } = await tasks().getTask(wanted.gid, {});
    expect([data.due_at, data.due_on]).toEqual(["2026-11-20T15:00:00.000Z", "2026-11-20"]);
  });

  test("comments, oldest first", async () => {
    const wanted = world.work.tasks.find((task) => task.name.startsWith("Move close dates"))!;
    const { data } = await stories().getStoriesForTask(wanted.gid, {});
    expect(data).toEqual([
      expect.objectContaining({
        text: "Mine are done. Tomás and Grace still have some.",
        resource_subtype: "comment_added",
        created_by: expect.objectContaining({ name: "Maya Okafor" }),
      }),
    ]);
    expect((await stories().getStory(data[0].gid, {})).data.type).toBe("comment");
  });

  test("what is not there, and what is no gid", async () => {
    expect(await refusal(tasks().getTask("1208000000000000", {}))).toEqual({
      status: 404,
      message: "task: Unknown object: 1208000000000000",
    });
    expect(await refusal(tasks().getTask("acme", {}))).toEqual({
      status: 400,
      message: "task: Not a recognized ID: acme",
    });
  });
});

describe("pages", () => {
  const page = (options: object) => tasks().getTasksForProject(stand.gid.followUps, options);

  test("give each task once, and null in place of another page", async () => {
    const gids: string[] = [];
    let offset: string | undefined;
    const sizes: number[] = [];
    do {
      const { data, next_page } = await page({ limit: 20, ...(offset ? { offset } : {}) });
      sizes.push(data.length);
      gids.push(...data.map((task: any) => task.gid));
      if (next_page) expect(next_page.uri.endsWith(next_page.path)).toBe(true);
      offset = next_page?.offset;
    } while (offset);
    expect(sizes).toEqual([20, 20, 6]);
    expect(gids).toEqual((await page({})).data.map((task: any) => task.gid));
    expect(await page({})).not.toHaveProperty("next_page");
  });

  test("an offset is good for its own list only, and for an hour", async () => {
    const { next_page } = await page({ limit: 5 });
    const { offset } = next_page;
    const invalid = { status: 400, message: "offset: Your pagination token is invalid." };
    expect(await refusal(tasks().getTasksForProject(stand.gid.onboarding, { limit: 5, offset }))).toEqual(invalid);
    expect(await refusal(page({ limit: 5, offset, completed_since: "now" }))).toEqual(invalid);
    expect(await refusal(page({ limit: 5, offset: "5" }))).toEqual(invalid);
    stand.board.clock.set(stand.now + 3_700_000);
    expect((await refusal(page({ limit: 5, offset }))).message).toBe("offset: Your pagination token has expired.");
  });

  test("a task that comes in front of the place does not shift it", async () => {
    const { data: first, next_page } = await page({ limit: 5 });
    stand.store.deleteTask(first[0].gid, stand.user("maya"));
    const { data: second } = await page({ limit: 5, offset: next_page.offset });
    expect(new Set([...first, ...second].map((task: any) => task.gid)).size).toBe(10);
  });

  test.each(["0", "101", "ten"])("a limit of %s is refused", async (limit) => {
    expect((await refusal(page({ limit }))).status).toBe(400);
  });
});

describe.skipIf(!contract)("what the SDK sends", () => {
  test("is as published, so that a server's requests can be held to it", async () => {
    await tasks().getTasksForProject(stand.gid.followUps, { limit: 3, opt_fields: "name,due_on,assignee.email" });
    await users().getUser("me", {});
    await expect.poll(() => stand.board.requests("asana").length).toBe(2);
    expect(stand.board.requests("asana").flatMap((record) => contract!.requestProblems(record))).toEqual([]);
    const typo = { method: "GET", url: `${stand.env.ASANA_BASE_URL}/tasks?projekt=1`, body: "" };
    expect(contract!.requestProblems(typo)).toEqual(["GET /api/1.0/tasks: the parameter projekt is not described"]);
  });
});
