/** search_tasks with Asana's index, and without one. */

import { afterEach, describe, expect, it } from "vitest";
import { type AsanaHouse, maya, openAsanaHouse, pathOf, queryOf } from "../support/asana-house.ts";

let house: AsanaHouse;
afterEach(() => house.close());

const searches = () => house.board.requests("asana").filter(({ url }) => pathOf(url).endsWith("/tasks/search"));
const ids = (result: any): string[] => result.tasks.map(({ id }: any) => id);

async function pages(args: object): Promise<{ id: string }[]> {
  const found: { id: string }[] = [];
  let cursor: string | undefined;
  do {
    const page = await house.ask("search_tasks", { ...args, ...(cursor ? { cursor } : {}) });
    found.push(...page.tasks);
    cursor = page.cursor;
  } while (cursor);
  return found;
}

describe("search_tasks on a paid plan", () => {
  it("sends each part under Asana's own name for it", async () => {
    house = await openAsanaHouse();
    const args = {
      text: "acme",
      assignee: "daniel",
      project: "Deal follow-ups",
      completed: "all",
      due_from: "2026-10-01",
      due_to: "2026-12-31",
    };
    const result = await house.ask("search_tasks", args);
    const [sent] = searches();
    const { opt_fields: _, ...query } = queryOf(sent!.url);
    expect(query).toEqual({
      text: "acme",
      "assignee.any": house.user("daniel@payready.example").gid,
      "projects.any": house.project("Deal follow-ups").gid,
      "due_on.after": "2026-09-29",
      "due_on.before": "2027-01-02",
      sort_by: "created_at",
      sort_ascending: "false",
      limit: "100",
    });
    expect(result).toMatchObject({
      complete: true,
      truncated: false,
      searched: expect.stringContaining("Asana's search"),
    });
    for (const task of result.tasks)
      expect(task).toMatchObject({ assignee: { name: "Daniel Whitfield" }, name: expect.stringContaining("Acme") });
  });

  it("finds the open tasks of Acme as the world has them, newest first, whatever the page", async () => {
    house = await openAsanaHouse();
    const expected = house.store.tasks
      .filter((t) => !t.completedAt && house.store.seesTask(t) && /\bacme/i.test(`${t.name} ${t.notes}`))
      .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    const whole = await house.ask("search_tasks", { text: "Acme", limit: 100 });
    expect(ids(whole).toSorted()).toEqual(expected.map(({ gid }) => gid).toSorted());
    expect(whole.tasks.length).toBeGreaterThan(3);
    const paged = await pages({ text: "Acme", limit: 2 });
    expect(paged.map(({ id }) => id).toSorted()).toEqual(ids(whole).toSorted());
  });

  it("goes beyond a hundred, also where many were created in the same instant", async () => {
    house = await openAsanaHouse();
    const project = house.project("Renewals");
    const made = Array.from({ length: 240 }, (_, n) => {
      const task = house.store.addTask({ name: `Zebra ${n}`, parentGid: undefined }, []);
      task.createdAt = new Date(Date.parse("2026-11-01T00:00:00Z") + Math.floor(n / 60) * 1000).toISOString();
      house.store.place(task, project, {});
      return task.gid;
    });
    const found = await pages({ text: "zebra", limit: 70 });
    expect(found.map(({ id }) => id).toSorted()).toEqual(made.toSorted());
    expect(new Set(found.map(({ id }) => id)).size).toBe(240);
  });

  it("includes both days of a range and nothing else", async () => {
    house = await openAsanaHouse();
    const day = "2026-11-19";
    const { tasks } = await house.ask("search_tasks", { due_from: day, due_to: day, limit: 100 });
    const expected = house.store.tasks.filter(
      (t) => !t.completedAt && house.store.dueDay(t) === day && house.store.seesTask(t),
    );
    expect(expected.length).toBeGreaterThan(0);
    expect(tasks.map(({ id }: any) => id).toSorted()).toEqual(expected.map(({ gid }) => gid).toSorted());
  });

  it("asks what to look for", async () => {
    house = await openAsanaHouse();
    expect(await house.refusal("search_tasks", { completed: "all" })).toContain("Say what to look for");
    expect(await house.refusal("search_tasks", { assignee: "me" })).toContain("not known here who asks");
    expect(searches()).toEqual([]);
  });
});

describe("search_tasks on a plan without search", () => {
  const free = { asana: { plan: "free" as const } };

  it("looks through all projects, says so, and does not ask for the search again", async () => {
    house = await openAsanaHouse(free);
    const result = await house.ask("search_tasks", { text: "acme", limit: 100 });
    const visible = house.store.projects.filter((p) => house.store.seesProject(p) && !p.isArchived);
    const expected = visible
      .flatMap((p) => house.store.tasksOf(p))
      .filter((t) => !t.completedAt && /\bacme/i.test(`${t.name} ${t.notes}`));
    expect(ids(result).toSorted()).toEqual([...new Set(expected.map(({ gid }) => gid))].toSorted());
    expect(result.complete).toBe(false);
    expect(result.searched).toMatch(
      new RegExp(`\\d+ tasks of ${visible.length} of ${visible.length} projects; tasks in no project`),
    );
    expect(searches()).toHaveLength(1);
    await house.ask("search_tasks", { text: "forecast" });
    expect(searches()).toHaveLength(1);
  });

  it("looks through the assignee's list, or the project's tasks, and is then complete", async () => {
    house = await openAsanaHouse(free);
    const mine = await house.ask("search_tasks", { assignee: "me", text: "trackers" }, maya);
    expect(mine.tasks.map((t: any) => t.name)).toEqual(["Check the list of trackers in Gong with the managers"]);
    expect(mine).toMatchObject({
      complete: true,
      truncated: false,
      searched: expect.stringContaining("Maya Okafor's list"),
    });
    expect(house.sent().at(-1)).toBe("GET /tasks");
    const inProject = await house.ask("search_tasks", {
      assignee: maya,
      project: "Sales operations",
      completed: "all",
    });
    expect(inProject.tasks.map((t: any) => t.name)).toEqual(["Check the list of trackers in Gong with the managers"]);
    expect(inProject).toMatchObject({
      complete: true,
      searched: expect.stringContaining("the project Sales operations"),
    });
    expect(house.sent().at(-1)).toBe(`GET /projects/${house.project("Sales operations").gid}/tasks`);
  });

  it("hands out what was looked through once in pages", async () => {
    house = await openAsanaHouse(free);
    const whole = await house.ask("search_tasks", { text: "acme", limit: 100 });
    const { length } = house.sent();
    const first = await house.ask("search_tasks", { text: "acme", limit: 2 });
    const before = house.sent().length;
    const second = await house.ask("search_tasks", { text: "acme", limit: 2, cursor: first.cursor });
    expect(house.sent()).toHaveLength(before);
    expect(before).toBeGreaterThan(length);
    expect([...ids(first), ...ids(second)]).toEqual(ids(whole).slice(0, 4));
  });

  it("tells what it has when Asana's limit ends the walk", async () => {
    house = await openAsanaHouse(free);
    await house.ask("list_projects", {});
    const [, second] = house.store.projects;
    house.board.addFault({ service: "asana", path: `/projects/${second!.gid}/tasks`, status: 429, retryAfter: 90 });
    const result = await house.ask("search_tasks", { text: "acme", limit: 100 });
    expect(result.complete).toBe(false);
    expect(result.searched).toMatch(/\d+ tasks of \d of \d projects/);
  });
});
