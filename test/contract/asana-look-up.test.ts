/** How our Asana server finds out what became of a write whose answer was lost. */

import { afterEach, describe, expect, it } from "vitest";
import { FAILURE_META } from "../../src/mcp/types.ts";
import type { Fault } from "../../sandbox/stand-in.ts";
import { type AsanaHouse, maya, openAsanaHouse } from "../support/asana-house.ts";
import { InstantTimer } from "../support/instant-timer.ts";

let house: AsanaHouse;
afterEach(() => house.close());

const open = async () => {
  house = await openAsanaHouse({ timer: new InstantTimer() });
};
const fault = (fields: Omit<Fault, "service">) => house.board.addFault({ service: "asana", ...fields });
const minute = 60_000;
const inMinutes = (count: number) => house.board.clock.set(house.board.clock.now() + count * minute);
const closeDates = "Move close dates that lie in the past";

/** Carried out, and the answer cut off; `path` is that of the write. */
async function lose(name: string, args: object, path: string, drop: true | "after" = "after"): Promise<number> {
  // What the tool reads before it writes is known by then.
  await house.preview(name, args, maya);
  const sentAt = house.board.clock.now();
  fault({ path, drop });
  const result = await house.call(name, args, { asker: maya });
  expect(result._meta?.[FAILURE_META]).toMatchObject({ outcomeUnknown: true });
  return sentAt;
}

const lookUp = (name: string, args: object, sentAt?: number) => house.lookUp(name, args, sentAt, maya);

describe("create_task", () => {
  const args = {
    name: "Acme follow-up",
    notes: "Send the offer.\nThen call.",
    project: "sales operations",
    section: "this week",
    assignee: "daniel whitfield",
    due_on: "2026-11-20",
    start_on: "2026-11-18",
    priority: "high",
    custom_fields: [{ name: "Account", value: "Acme" }],
    followers: ["me"],
  };
  const made = () => house.store.tasks.filter(({ name }) => name === args.name);

  it("whose answer was lost is found, as it was made", async () => {
    await open();
    const sentAt = await lose("create_task", args, "/tasks?");
    const [task] = made();
    expect(made()).toHaveLength(1);
    expect(await lookUp("create_task", args, sentAt)).toEqual({
      state: "done",
      output: {
        task: expect.objectContaining({
          id: task!.gid,
          name: args.name,
          url: expect.stringContaining(task!.gid),
          due_on: "2026-11-20",
          priority: "High",
          projects: [expect.objectContaining({ name: "Sales operations", section: "This week" })],
        }),
      },
    });
    expect(house.writes()).toHaveLength(1);
    expect(house.sent().join("\n")).not.toContain("/tasks/search");
  });

  it.each<[string, object]>([
    [
      "with a time of day, for its assignee alone",
      { name: args.name, assignee: maya, due_at: "2026-11-20T17:30:00-05:00" },
    ],
    ["for whoever asks", { name: args.name }],
    ["in a project alone", { name: args.name, project: "Sales operations" }],
  ])("%s is found", async (_, few) => {
    await open();
    const sentAt = await lose("create_task", few, "/tasks?");
    expect(await lookUp("create_task", few, sentAt)).toMatchObject({
      state: "done",
      output: { task: { id: made()[0]!.gid } },
    });
  });

  it("is found where it was done and moved since, and taken out of the project", async () => {
    await open();
    const sentAt = await lose("create_task", args, "/tasks?");
    const [task] = made();
    const project = house.project("Sales operations");
    house.store.editTask(task!.gid, { isCompleted: true });
    house.store.place(task!, project, { sectionGid: project.sections.at(-1)!.gid });
    expect(await lookUp("create_task", args, sentAt)).toMatchObject({
      state: "done",
      output: { task: { completed: true } },
    });
    house.store.unplace(task!, project);
    const found = await lookUp("create_task", args, sentAt);
    expect(found).toMatchObject({ state: "unknown", reason: expect.stringContaining(task!.gid) });
  });

  it("that was never carried out is not done", async () => {
    await open();
    const sentAt = await lose("create_task", args, "/tasks?", true);
    expect(await lookUp("create_task", args, sentAt)).toEqual({ state: "not_done" });
    expect(made()).toEqual([]);
  });

  it("is not taken for one that was made long before, by somebody else, or is called otherwise", async () => {
    await open();
    await house.ask("create_task", args, maya);
    inMinutes(5);
    await house.ask("create_task", { ...args, name: "Acme follow-up call" }, maya);
    const daniel = house.user("daniel@payready.example").gid;
    const theirs = house.store.addTask({ name: args.name, parentGid: undefined, assigneeGid: daniel }, [], daniel);
    house.store.place(theirs, house.project("Sales operations"), {}, daniel);
    expect(await lookUp("create_task", args)).toEqual({ state: "not_done" });
  });

  it("is found by a vendor's clock that is half a minute behind", async () => {
    await open();
    const { task } = await house.ask("create_task", args, maya);
    const sentAt = house.board.clock.now() + minute / 2;
    expect(await lookUp("create_task", args, sentAt)).toMatchObject({
      state: "done",
      output: { task: { id: task.id } },
    });
  });

  it("of which there are two alike is not known, and both are named", async () => {
    await open();
    const first = await house.ask("create_task", args, maya);
    const second = await house.ask("create_task", args, maya);
    const { state, reason } = await lookUp("create_task", args);
    expect(state).toBe("unknown");
    expect(reason).toContain(first.task.url);
    expect(reason).toContain(second.task.url);
  });

  it.each<[string, object]>([
    ["the notes", { notes: "Something else" }],
    ["the assignee", { assignee: "grace" }],
    ["the due date", { due_on: "2026-11-21" }],
    ["the priority", { priority: "Low" }],
  ])("is not known where one of the same name differs in %s", async (_, other) => {
    await open();
    const { task } = await house.ask("create_task", { ...args, ...other }, maya);
    const { state, reason } = await lookUp("create_task", args);
    expect(state).toBe("unknown");
    expect(reason).toContain(`Look whether it is this one`);
    expect(reason).toContain(task.url);
  });

  it.each<[string, Omit<Fault, "service">, boolean]>([
    ["is down", { status: 503, times: 20 }, true],
    ["does not answer", { drop: true, times: 20 }, true],
    ["does not let Sophia look", { status: 403, times: 20 }, false],
  ])("is not known where Asana %s, which may pass or not", async (_, fields, passes) => {
    await open();
    const sentAt = await lose("create_task", args, "/tasks?");
    fault(fields);
    const { state, reason, retryable = false } = await lookUp("create_task", args, sentAt);
    expect({ state, retryable }).toEqual({ state: "unknown", retryable: passes });
    expect(reason).toMatch(/^It could not be looked up whether this was carried out: Asana .+\.$/);
  });

  it("is not known where its project is no more", async () => {
    await open();
    const sentAt = await lose("create_task", args, "/tasks?");
    const found = await lookUp("create_task", { ...args, project: "1234567890" }, sentAt);
    expect(found).toMatchObject({ state: "unknown", reason: expect.stringContaining("no project with the gid") });
  });

  it("whose answer nobody understands may have been carried out", async () => {
    await open();
    await house.preview("create_task", args, maya);
    fault({ path: "/tasks?", status: 200 });
    const result = await house.call("create_task", args, { asker: maya });
    expect(result._meta?.[FAILURE_META]).toMatchObject({ outcomeUnknown: true });
  });
});

describe("add_comment", () => {
  const args = () => ({ task_id: house.task(closeDates).gid, text: "Done for mine.\nMaya" });
  const comments = () => house.store.storiesOf(house.task(closeDates).gid).filter(({ text }) => text === args().text);

  it("is found among the task's comments", async () => {
    await open();
    const sentAt = await lose("add_comment", args(), "/stories");
    expect(await lookUp("add_comment", args(), sentAt)).toEqual({
      state: "done",
      output: {
        comment: { id: comments()[0]!.gid, at: expect.any(String), text: args().text },
        task: { id: args().task_id, name: closeDates, url: expect.any(String) },
      },
    });
    expect(house.writes()).toHaveLength(1);
  });

  it("is not done where it was never carried out, or only long before, or by another", async () => {
    await open();
    await house.ask("add_comment", args());
    inMinutes(5);
    house.store.addComment(house.task(closeDates), args().text, false, house.user(maya).gid);
    const sentAt = await lose("add_comment", args(), "/stories", true);
    expect(await lookUp("add_comment", args(), sentAt)).toEqual({ state: "not_done" });
  });

  it("is not known where it stands there twice, and where Asana is down", async () => {
    await open();
    await house.ask("add_comment", args());
    await house.ask("add_comment", args());
    const twice = await lookUp("add_comment", args());
    expect(twice).toMatchObject({ state: "unknown", reason: expect.stringContaining("2 times") });
    fault({ path: "/stories", status: 500, times: 3 });
    expect(await lookUp("add_comment", args())).toMatchObject({ state: "unknown" });
  });
});

describe("post_project_status", () => {
  const args = { project: "Renewals", status: "off_track", title: "A week late", text: "Two steps are missing." };
  const posted = () =>
    house.store.statusesOf(house.project("Renewals").gid).filter(({ title }) => title === args.title);

  it("is found among the project's statuses since then", async () => {
    await open();
    const sentAt = await lose("post_project_status", args, "/status_updates");
    expect(await lookUp("post_project_status", args, sentAt)).toMatchObject({
      state: "done",
      output: { status_update: { id: posted()[0]!.gid, status: "off_track" }, project: { name: "Renewals" } },
    });
    expect(house.writes()).toHaveLength(1);
  });

  it("is not done where it was never carried out, or only long before", async () => {
    await open();
    await house.ask("post_project_status", args);
    inMinutes(5);
    const sentAt = await lose("post_project_status", args, "/status_updates", true);
    await house.ask("post_project_status", { ...args, status: "at_risk" });
    expect(await lookUp("post_project_status", args, sentAt)).toEqual({ state: "not_done" });
    expect(posted()).toHaveLength(2);
  });

  it("is not known where it stands there twice, and where Asana is down", async () => {
    await open();
    await house.ask("post_project_status", args);
    await house.ask("post_project_status", args);
    const twice = await lookUp("post_project_status", args);
    expect(twice).toMatchObject({ state: "unknown", reason: expect.stringContaining("2 times") });
    fault({ path: "/status_updates", drop: true, times: 3 });
    expect(await lookUp("post_project_status", args)).toMatchObject({ state: "unknown" });
  });
});

describe("update_task", () => {
  const args = () => ({
    task_id: house.task(closeDates).gid,
    name: "Mend the close dates",
    notes: "All of them",
    assignee: "grace",
    due_at: "2026-11-27T17:00:00-05:00",
    priority: "Low",
    add_followers: ["tomás"],
  });

  it("is done where nothing is left to change, and is so again after each of its steps", async () => {
    await open();
    const sent = args();
    expect(await lookUp("update_task", sent)).toEqual({ state: "not_done" });
    fault({ path: "addFollowers", status: 403 });
    expect(await house.refusal("update_task", sent)).toContain("the followers were not added");
    expect(await lookUp("update_task", sent)).toEqual({ state: "not_done" });
    expect((await house.preview("update_task", sent)).changes.filter((row: any) => row.before !== row.after)).toEqual([
      { field: "Followers added", before: null, after: expect.stringContaining("Tom") },
    ]);
    const { task } = await house.ask("update_task", sent);
    expect(await lookUp("update_task", sent)).toEqual({ state: "done", output: { task } });
  });

  it.each<[string, Omit<Fault, "service">]>([
    ["was cut off", { drop: "after", times: 3 }],
    ["was a 503", { status: 503, times: 3 }],
  ])("says that its outcome is not known where every answer %s", async (_, fields) => {
    await open();
    const sent = { task_id: args().task_id, name: "Mend the close dates" };
    fault({ path: "num_subtasks", latencyMs: 1 });
    fault({ path: `/tasks/${sent.task_id}?`, ...fields });
    const result = await house.call("update_task", sent);
    expect(result._meta?.[FAILURE_META]).toMatchObject({ outcomeUnknown: true, retried: true });
    const isDone = fields.drop === "after";
    expect(await lookUp("update_task", sent)).toMatchObject({ state: isDone ? "done" : "not_done" });
  });

  it("that was carried out and cannot be read again is not called failed", async () => {
    await open();
    const sent = { task_id: args().task_id, add_followers: ["tomás"] };
    await house.preview("update_task", sent);
    fault({ path: "num_subtasks", latencyMs: 1 });
    fault({ path: "num_subtasks", status: 500, times: 3 });
    const result = await house.call("update_task", sent);
    expect(String(result.content[0]?.text)).toContain("It was written, but cannot be read again");
    expect(result._meta?.[FAILURE_META]).toMatchObject({ outcomeUnknown: true });
    expect(await lookUp("update_task", sent)).toMatchObject({ state: "done" });
  });

  it("is not known where Asana is down, or the task is gone", async () => {
    await open();
    const sent = { task_id: args().task_id, name: "x" };
    fault({ status: 500, times: 9 });
    expect(await lookUp("update_task", sent)).toMatchObject({ state: "unknown" });
    house.board.reset();
    house.store.deleteTask(sent.task_id);
    const gone = await lookUp("update_task", sent);
    expect(gone).toMatchObject({ state: "unknown", reason: expect.stringContaining("no task with the id") });
  });
});

describe("update_task_status", () => {
  it("is done where status and section are as they were to be", async () => {
    await open();
    const args = { task_id: house.task(closeDates).gid, status: "complete", section: "Done" };
    expect(await lookUp("update_task_status", args)).toEqual({ state: "not_done" });
    fault({ path: "addTask", drop: "after", times: 3 });
    const result = await house.call("update_task_status", args);
    expect(result._meta?.[FAILURE_META]).toMatchObject({ outcomeUnknown: true });
    expect(await lookUp("update_task_status", args)).toEqual({ state: "not_done" });
    expect(await lookUp("update_task_status", { ...args, status: undefined })).toMatchObject({ state: "done" });
    const { task } = await house.ask("update_task_status", args);
    expect(await lookUp("update_task_status", args)).toEqual({ state: "done", output: { task } });
    fault({ status: 500, times: 9 });
    expect(await lookUp("update_task_status", args)).toMatchObject({ state: "unknown" });
  });
});
