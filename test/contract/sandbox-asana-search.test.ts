import asana from "asana";
import { afterEach, describe, expect, test } from "vitest";
import type { AsanaOptions } from "../../sandbox/asana/start-asana.ts";
import { loadAsanaContract } from "../support/asana-contract.ts";
import { refusal, setBack, type StartedAsana, startTestAsana, world } from "../support/asana-stand-in.ts";

const open: StartedAsana[] = [];
const contract = loadAsanaContract();

afterEach(async () => {
  for (const stand of open.splice(0)) {
    await setBack(stand, contract);
    await stand.close();
  }
});

const sorted = (names: string[]): string[] => names.toSorted((a, b) => (a < b ? -1 : 1));

async function start(options: Partial<AsanaOptions> = {}) {
  const stand = await startTestAsana(options);
  open.push(stand);
  const tasks = new asana.TasksApi(stand.client);
  // What Asana takes is more than what the SDK's types say, and here less than it takes is sent as well.
  const ask = (query: object): Promise<any> => tasks.searchTasksForWorkspace(stand.gid.workspace, query);
  const search = async (query: object): Promise<any[]> => {
    const answer = await ask(query);
    expect(answer).not.toHaveProperty("next_page");
    return answer.data;
  };
  return {
    stand,
    tasks,
    ask,
    search,
    names: async (query: object): Promise<string[]> => sorted((await search(query)).map((task) => task.name)),
  };
}

/** What Sophia's account sees: nothing private, nothing of others that is in no project. */
const hidden = world.work.projects.find((p) => p.isPrivate)!.gid;
const visible = world.work.tasks.filter((t) => t.memberships.length > 0 && t.memberships[0]?.projectGid !== hidden);
const namesOf = (wanted: (task: (typeof visible)[number]) => boolean) =>
  sorted(visible.filter(wanted).map((t) => t.name));

describe("on the free plan", () => {
  test("there is none, and the company's own fields cannot be written", async () => {
    const { stand, tasks, ask } = await start({ plan: "free" });
    expect(await refusal(ask({ text: "Acme" }))).toEqual({
      status: 402,
      message: "Search is only available to premium users.",
    });
    const [priority] = world.work.fields;
    const data = { custom_fields: { [priority!.gid]: priority!.options[0]!.gid } };
    const task = visible[0]!;
    expect((await refusal(tasks.updateTask({ data }, task.gid, {}))).status).toBe(402);
    expect((await tasks.getTasksForProject(stand.gid.followUps, {})).data).toHaveLength(46);
  });
});

describe("a search", () => {
  test("finds by words, people, projects and dates, all of them together", async () => {
    const { stand, names, search } = await start();
    const today = "2026-11-18";
    const limit = 100;
    const daniel = stand.user("daniel");
    expect(await names({ text: "acme", limit })).toEqual(namesOf((t) => /acme/i.test(t.name)));
    expect(await names({ "assignee.any": "daniel@payready.example", limit })).toEqual(
      namesOf((t) => t.assigneeGid === daniel),
    );
    expect(await names({ "assignee.any": "null", limit })).toEqual(namesOf((t) => !t.assigneeGid));
    expect(await names({ "projects.any": stand.gid.onboarding, completed: false, limit })).toEqual(
      namesOf((t) => t.memberships[0]?.projectGid === stand.gid.onboarding && !t.completedAt),
    );
    const overdue = await names({ "due_on.before": today, completed: false, limit });
    expect(overdue).toEqual(namesOf((t) => !t.completedAt && t.dueOn !== undefined && t.dueOn < today));
    expect(overdue.length).toBeGreaterThan(5);
    const high = world.work.fields[0]!.options[0]!.gid;
    expect(await names({ [`custom_fields.${world.work.fields[0]!.gid}.value`]: high, limit })).toEqual(
      namesOf((t) => Object.values(t.fields).includes(high)),
    );
    const [task] = await search({ text: "move close dates", opt_fields: "name,assignee.email" });
    expect(task.assignee.email).toBe("ruth@payready.example");
  });

  test("gives twenty unless told, a hundred at most, and no further page", async () => {
    const { ask, search } = await start();
    expect(await search({})).toHaveLength(20);
    expect(await search({ limit: 100 })).toHaveLength(100);
    expect((await refusal(ask({ limit: 101 }))).status).toBe(400);
  });

  test("ignores a parameter that is misspelt: everything comes back", async () => {
    const { stand } = await start();
    const path = `/workspaces/${stand.gid.workspace}/tasks/search?limit=100&asignee.any=1&project.any=2&due_on.until=x`;
    const { status, body } = await stand.request("GET", path);
    expect([status, body.data.length]).toEqual([200, 100]);
  });

  test("has no order of its own, and keeps the one that was asked for", async () => {
    const { search } = await start();
    const order = async (query: object) => (await search({ text: "acme", ...query })).map((task) => task.gid);
    const orders = [await order({}), await order({}), await order({})].map((gids) => gids.join());
    expect(new Set(orders).size).toBeGreaterThan(1);
    const tasks = await search({ sort_by: "due_date", sort_ascending: true, limit: 50, opt_fields: "due_on" });
    const dates = tasks.map((task) => task.due_on ?? "9999");
    expect(dates).toEqual(sorted(dates));
  });

  test("is paged by the time of creation, as its documents say", async () => {
    const { search } = await start();
    const gids: string[] = [];
    for (let before: string | undefined = "2030-01-01T00:00:00.000Z"; before; ) {
      const query = { sort_by: "created_at", limit: 100, opt_fields: "created_at", "created_at.before": before };
      const page: any[] = await search(query);
      gids.push(...page.map((task) => task.gid));
      before = page.length === 100 ? page.at(-1).created_at : undefined;
    }
    expect(new Set(gids).size).toBe(gids.length);
    // Those that share their instant with the last of a page are lost, which the documents do not say.
    expect(gids.length).toBeGreaterThan(visible.length - 10);
    expect(gids.length).toBeLessThanOrEqual(visible.length);
  });

  test.each([
    [{ "assignee.any": "Daniel" }, "assignee.any: Not a recognized ID: Daniel"],
    [{ "projects.any": "Renewals" }, "projects.any: Not a recognized ID: Renewals"],
    [{ "due_on.before": "today" }, "due_on.before: Date must be in ISO-8601 (yyyy-mm-dd) format, not: today"],
    [{ completed: "no" }, "completed: Value is not a boolean: no"],
    [{ sort_by: "name" }, "sort_by: Invalid value: name"],
  ])("refuses a value that it cannot read: %j", async (query, message) => {
    const { ask } = await start();
    expect(await refusal(ask(query))).toEqual({ status: 400, message });
  });
});

describe("the index", () => {
  test("is ten to sixty seconds behind, by the sandbox's clock", async () => {
    const { stand, tasks, names, search } = await start({ searchLag: undefined });
    const projects = [stand.gid.followUps];
    const { data: task } = await tasks.createTask({ data: { name: "Quokka census", projects } }, {});
    expect(await names({ text: "quokka" })).toEqual([]);
    expect((await tasks.getTask(task.gid, {})).data.name).toBe("Quokka census");
    const at = (seconds: number) => stand.board.clock.set(stand.now + seconds * 1000);
    at(9);
    expect(await names({ text: "quokka" })).toEqual([]);
    at(61);
    expect(await names({ text: "quokka" })).toEqual(["Quokka census"]);
    await tasks.updateTask({ data: { completed: true } }, task.gid, {});
    // Found by what it was, shown as it is.
    const [found] = await search({ text: "quokka", completed: false, opt_fields: "completed" });
    expect(found).toEqual({ gid: task.gid, completed: true });
    at(122);
    expect(await names({ text: "quokka", completed: false })).toEqual([]);
    await tasks.deleteTask(task.gid);
    expect(await names({ text: "quokka" })).toEqual([]);
  });

  test("forgets with a reset", async () => {
    const { stand, tasks, names } = await start();
    await tasks.createTask({ data: { name: "Quokka census", projects: [stand.gid.followUps] } }, {});
    expect(await names({ text: "quokka" })).toEqual(["Quokka census"]);
    stand.reset();
    expect(await names({ text: "quokka" })).toEqual([]);
  });
});
