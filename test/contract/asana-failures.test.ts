/** What our Asana server does, and says, when Asana refuses, fails or is silent. */

import { afterEach, describe, expect, it } from "vitest";
import type { Fault } from "../../sandbox/stand-in.ts";
import { type AsanaHouse, maya, openAsanaHouse, textOf } from "../support/asana-house.ts";
import { InstantTimer } from "../support/instant-timer.ts";

let house: AsanaHouse;
afterEach(() => house.close());

const fault = (fields: Omit<Fault, "service">) => house.board.addFault({ service: "asana", ...fields });
const open = async (options: Parameters<typeof openAsanaHouse>[0] = {}) => {
  const timer = new InstantTimer();
  house = await openAsanaHouse({ timer, ...options });
  return timer;
};

describe("a read", () => {
  it.each<[string, Omit<Fault, "service">]>([
    ["a 500", { status: 500 }],
    ["a 503", { status: 503 }],
  ])("is sent again after %s", async (_, fields) => {
    const timer = await open();
    fault({ ...fields, times: 2 });
    expect((await house.ask("find_user", { query: "maya" })).users).toHaveLength(1);
    expect(house.sent()).toEqual(["GET /workspaces", "GET /workspaces", "GET /workspaces", "GET /users"]);
    expect(timer.slept).toEqual([200, 400]);
  });

  it("is sent again after a cut connection", async () => {
    const timer = await open();
    fault({ drop: true, times: 2 });
    expect((await house.ask("find_user", { query: "maya" })).users).toHaveLength(1);
    expect(timer.slept).toEqual([200, 400]);
  });

  it("waits for as long as Asana says, and no longer than the call may take", async () => {
    const timer = await open();
    fault({ status: 429, retryAfter: 3 });
    await house.ask("find_user", { query: "maya" });
    expect(timer.slept).toEqual([3000]);
    fault({ path: "/projects", status: 429, retryAfter: 60 });
    expect(await house.refusal("list_projects", {})).toContain("Try again in 60 s");
    // Nobody asks again before the time is up.
    const { length } = house.sent();
    expect(await house.refusal("list_projects", {})).toContain("request limit is used up");
    expect(house.sent()).toHaveLength(length);
  });

  it.each<[number, string]>([
    [401, "Check ASANA_ACCESS_TOKEN"],
    [402, "paid plans"],
    [403, "has to be a member"],
    [400, "did not accept the request (400)"],
  ])("tells a %i in words that help, after one attempt", async (status, words) => {
    await open();
    fault({ status });
    const text = await house.refusal("list_projects", {});
    expect(text).toContain(words);
    expect(text).not.toMatch(/Not Authorized|Payment Required|sandbox-asana-token/);
    expect(house.sent()).toHaveLength(1);
    expect(house.errors).toEqual([]);
  });

  it("tells a wrong token from a missing one", async () => {
    await open({ config: { accessToken: "another" } });
    expect(await house.refusal("list_projects", {})).toContain("Asana refused our credentials (401)");
  });

  it("ends when the call is cancelled", async () => {
    house = await openAsanaHouse();
    fault({ latencyMs: 5_000 });
    const abort = new AbortController();
    const call = house.call("list_projects", {}, { signal: abort.signal });
    setImmediate(() => abort.abort(new Error("enough")));
    await expect(call).rejects.toThrow();
    expect(house.errors).toEqual([]);
  });

  it("ends at its deadline", async () => {
    house = await openAsanaHouse({ deadlineMs: 60 });
    fault({ latencyMs: 1_000, times: 3 });
    expect(await house.refusal("list_projects", {})).toContain("Asana did not answer within");
  });

  it("keeps Asana's limit of requests a minute", async () => {
    const timer = await open({ config: { requestsPerMinute: 5 }, deadlineMs: 600_000 });
    for (let n = 0; n < 6; n++) await house.ask("list_projects", {});
    expect(house.sent()).toHaveLength(7);
    expect(timer.now()).toBeGreaterThanOrEqual(60_000);
  });

  it("keeps the limit of searches by itself", async () => {
    const timer = await open({ config: { requestsPerMinute: 1500 } });
    for (let n = 0; n < 60; n++) await house.ask("search_tasks", { text: "zebra" });
    expect(await house.refusal("search_tasks", { text: "zebra" })).toContain("request limit is used up");
    expect((await house.ask("find_user", { query: "maya" })).users).toHaveLength(1);
    expect(timer.slept).toEqual([]);
  });
});

describe("a create", () => {
  const args = { name: "Acme follow-up", assignee: maya };

  it.each<[string, Omit<Fault, "service">, string]>([
    ["a 500", { status: 500 }, "failed on its side (500)"],
    ["a connection that is cut before", { drop: true }, "gave no answer"],
    ["a connection that is cut afterwards", { drop: "after" }, "gave no answer"],
  ])("is sent once after %s, and it is said that it may have been done", async (_, fields, words) => {
    const timer = await open();
    await house.preview("create_task", args);
    fault({ path: "/tasks", ...fields });
    const text = await house.refusal("create_task", args);
    expect(text).toContain(words);
    expect(text).toContain("Look in Asana before doing it again");
    const made = house.store.tasks.filter(({ name }) => name === args.name);
    expect(made).toHaveLength(fields.drop === "after" ? 1 : 0);
    expect(timer.slept).toEqual([]);
  });

  it("is sent again after a 429, which Asana did not carry out", async () => {
    await open();
    await house.preview("create_task", args);
    fault({ path: "/tasks", status: 429, retryAfter: 2 });
    await house.ask("create_task", args);
    expect(house.store.tasks.filter(({ name }) => name === args.name)).toHaveLength(1);
  });

  it("says which paid plan's part it used", async () => {
    await open({ asana: { plan: "free" } });
    const text = await house.refusal("create_task", { ...args, project: "Sales operations", priority: "High" });
    expect(text).toMatch(/paid plans|custom field/);
  });
});

describe("an update", () => {
  it("is sent again after a failure: it leaves the same", async () => {
    await open();
    const { gid } = house.task("Move close dates that lie in the past");
    fault({ path: "num_subtasks", latencyMs: 1 });
    fault({ path: `/tasks/${gid}?`, status: 503 });
    await house.ask("update_task", { task_id: gid, name: "Mend the close dates" });
    expect(house.writes().map(({ status }) => status)).toEqual([503, 200]);
    expect(house.store.task(gid)?.name).toBe("Mend the close dates");
  });

  it("does not say what was sent when Asana refuses a field", async () => {
    await open();
    const { gid } = house.task("Move close dates that lie in the past");
    const due = { due_on: "2026-02-27" };
    await house.ask("update_task", { task_id: gid, ...due, start_on: "2026-02-20" });
    const text = textOf(await house.call("update_task", { task_id: gid, due_at: "2026-02-01T00:00:00Z" }));
    expect(text).toContain("start_on: Start date must be before the due date");
  });
});
