import asana from "asana";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { AsanaChange } from "../../sandbox/asana/start-asana.ts";
import { loadAsanaContract } from "../support/asana-contract.ts";
import { refusal, setBack, type StartedAsana, startTestAsana, world } from "../support/asana-stand-in.ts";

let stand: StartedAsana;
const contract = loadAsanaContract();

beforeAll(async () => {
  stand = await startTestAsana();
});
afterAll(() => stand.close());
afterEach(async () => {
  const accepted = (await setBack(stand, contract)).filter((record) => record.status < 400);
  expect(accepted.flatMap((record) => contract?.requestProblems(record) ?? [])).toEqual([]);
});

const tasks = () => new asana.TasksApi(stand.client);
const create = (data: object) => tasks().createTask({ data }, {});
const update = (gid: string, data: object) => tasks().updateTask({ data }, gid, {});
const acmeTask = () => world.work.tasks.find((task) => task.name.startsWith("Acme:"))!;
const toDo = () => world.work.projects[0]!.sections[0]!;
const done = () => world.work.projects[0]!.sections[2]!;

describe("a new task", () => {
  test("is there for every later request, with who made it and where it can be read", async () => {
    const answer = await stand.request(
      "POST",
      "/tasks?opt_fields=name,assignee.name,due_on,followers.name,memberships.section.name",
      {
        name: "Acme: call Wes about the invoice",
        notes: "Before the board meets.",
        assignee: "daniel@payready.example",
        projects: [stand.gid.followUps],
        due_on: "2026-11-20",
      },
    );
    expect(answer.status).toBe(201);
    expect(answer.headers.get("location")).toBe(`/api/1.0/tasks/${answer.body.data.gid}`);
    expect(answer.body.data).toMatchObject({
      gid: expect.stringMatching(/^\d{16}$/),
      assignee: { name: "Daniel Whitfield" },
      due_on: "2026-11-20",
      followers: [{ name: "Sophia" }, { name: "Daniel Whitfield" }],
      memberships: [{ section: { name: "To do" } }],
    });
    const { data } = await tasks().getTasksForProject(stand.gid.followUps, {});
    expect(data.filter((t: any) => t.gid === answer.body.data.gid)).toHaveLength(1);
    stand.reset();
    expect((await refusal(tasks().getTask(answer.body.data.gid, {}))).status).toBe(404);
  });

  test("goes to the section that it is given, or stays without a project", async () => {
    const memberships = [{ project: stand.gid.followUps, section: done().gid }];
    const { data: placed } = await create({ name: "a", memberships });
    expect(placed.memberships[0].section.name).toBe("Done");
    const { data: alone } = await create({ name: "b", workspace: stand.gid.workspace });
    expect(alone).toMatchObject({ projects: [], assignee: null, due_on: null, notes: "" });
    expect((await tasks().getTask(alone.gid, {})).data.name).toBe("b");
  });

  test("below another one", async () => {
    const { data: parent } = await create({ name: "parent", projects: [stand.gid.followUps] });
    await tasks().createSubtaskForTask({ data: { name: "child", assignee: "me" } }, parent.gid, {});
    const { data: children } = await tasks().getSubtasksForTask(parent.gid, {
      opt_fields: "name,parent.name,projects",
    });
    expect(children).toEqual([
      { gid: expect.any(String), name: "child", parent: { gid: parent.gid, name: "parent" }, projects: [] },
    ]);
    const { data } = await tasks().getTask(parent.gid, { opt_fields: "num_subtasks" });
    expect(data.num_subtasks).toBe(1);
    await tasks().deleteTask(parent.gid);
    expect((await refusal(tasks().getTask(children[0].gid, {}))).status).toBe(404);
  });

  test("a moment comes back in UTC, with its day where the company is", async () => {
    const { data } = await create({
      name: "late",
      workspace: stand.gid.workspace,
      due_at: "2026-11-20T20:30:00-06:00",
    });
    expect([data.due_at, data.due_on]).toEqual(["2026-11-21T02:30:00.000Z", "2026-11-20"]);
  });

  test("made twice is two tasks: nothing tells them apart", async () => {
    const { data: first } = await create({ name: "x", workspace: stand.gid.workspace });
    const { data: second } = await create({ name: "x", workspace: stand.gid.workspace });
    expect(first.gid).not.toBe(second.gid);
  });

  const invalid: [string, object, string][] = [
    ["nowhere", { name: "x" }, "You should specify one of workspace, parent, projects"],
    [
      "in a project by its name",
      { projects: ["Deal follow-ups"] },
      "projects: [0]: Not a recognized ID: Deal follow-ups",
    ],
    ["in a project as a number", { projects: [12] }, "projects: [0]: Not a valid GID type: number"],
    ["in an unknown project", { projects: ["1208000000000000"] }, "projects: [0]: Unknown object: 1208000000000000"],
    [
      "for a stranger",
      { workspace: world.work.workspace.gid, assignee: "wes@acme.example" },
      "assignee: Not a user in Organization: wes@acme.example",
    ],
    [
      "for a name",
      { workspace: world.work.workspace.gid, assignee: "Daniel" },
      "assignee: Not a recognized ID: Daniel",
    ],
    [
      "due twice",
      { workspace: world.work.workspace.gid, due_on: "2026-11-20", due_at: "2026-11-20T10:00:00Z" },
      "You may only provide one of due_on or due_at!",
    ],
    [
      "due in words",
      { workspace: world.work.workspace.gid, due_on: "Friday" },
      "due_on: Date must be in ISO-8601 (yyyy-mm-dd) format, not: Friday",
    ],
    [
      "due on no day",
      { workspace: world.work.workspace.gid, due_on: "2026-11-31" },
      "due_on: Date must be in ISO-8601 (yyyy-mm-dd) format, not: 2026-11-31",
    ],
    [
      "begun and never due",
      { workspace: world.work.workspace.gid, start_on: "2026-11-20" },
      "You must specify due_on or due_at when setting or unsetting a start date",
    ],
    [
      "begun after it is due",
      { workspace: world.work.workspace.gid, start_on: "2026-11-21", due_on: "2026-11-20" },
      "start_on: Start date must be before the due date",
    ],
    [
      "done by word",
      { workspace: world.work.workspace.gid, completed: "yes" },
      "completed: Value is not a boolean: yes",
    ],
    [
      "dated by the caller",
      { workspace: world.work.workspace.gid, created_at: "2026-11-18T00:00:00Z" },
      "created_at: Cannot write this property",
    ],
    [
      "with fields by name",
      { projects: [world.work.projects[0]!.gid], custom_fields: "High" },
      "custom_fields: Value is not a JSON object: High",
    ],
    ["marked up badly", { workspace: world.work.workspace.gid, html_notes: "<b>x</b>" }, "html_notes: XML is invalid"],
    [
      "with a section and no project",
      { memberships: [{ section: "1" }] },
      "memberships: [0]: project: Missing required field",
    ],
  ];
  test.each(invalid)("%s is refused", async (_, data, message) => {
    expect(await refusal(create(data))).toEqual({ status: 400, message });
    expect(stand.store.changes).toEqual([]);
  });

  test("what is not wrapped, and what is not JSON", async () => {
    const stray = await stand.request("POST", "/tasks", JSON.stringify({ name: "x" }));
    expect([stray.status, stray.body.errors[0].message]).toEqual([
      400,
      expect.stringMatching(
        /^Unrecognized request field name \. The only allowed keys at the top level are: data, options/,
      ),
    ]);
    expect((await stand.request("POST", "/tasks", "{")).body.errors[0].message).toBe(
      "Could not parse request data, invalid JSON",
    );
    expect((await stand.request("POST", "/tasks", "{}")).body.errors[0].message).toBe("data: Missing input");
  });
});

describe("a change", () => {
  test("touches what is named and nothing else, and leaves a story of it", async () => {
    const before = (await tasks().getTask(acmeTask().gid, {})).data;
    const { data } = await update(acmeTask().gid, { completed: true });
    expect({ ...data, completed: false, completed_at: null, modified_at: before.modified_at }).toEqual(before);
    expect(data.completed_at).toMatch(/^2026-11-18T16:00:/);
    const stories = new asana.StoriesApi(stand.client);
    const { data: told } = await stories.getStoriesForTask(acmeTask().gid, { opt_fields: "type,text,created_by.name" });
    expect(told.at(-1)).toMatchObject({
      type: "system",
      text: "marked this task complete",
      created_by: { name: "Sophia" },
    });
    expect((await update(acmeTask().gid, { completed: false })).data.completed_at).toBe(null);
  });

  test("a day takes the place of a moment and the other way round; null takes both away", async () => {
    const due = async (data: object) => {
      const { data: task } = await update(acmeTask().gid, data);
      return [task.due_on, task.due_at];
    };
    expect(await due({ due_at: "2026-11-25T15:00:00Z" })).toEqual(["2026-11-25", "2026-11-25T15:00:00.000Z"]);
    expect(await due({ due_on: "2026-11-26" })).toEqual(["2026-11-26", null]);
    expect(await due({ due_on: null })).toEqual([null, null]);
  });

  test("of who has it, and of the company's own fields", async () => {
    const [priority, account] = world.work.fields;
    const low = priority!.options[2]!;
    const { data } = await update(acmeTask().gid, {
      assignee: stand.user("zoe"),
      custom_fields: { [priority!.gid]: low.gid, [account!.gid]: "Acme Living" },
    });
    expect(data.assignee.name).toBe("Zoë Müller-Łukasik");
    expect(data.followers.map((u: any) => u.name)).toContain("Zoë Müller-Łukasik");
    expect(data.custom_fields.map((f: any) => f.display_value)).toEqual(["Low", "Acme Living"]);
    expect((await update(acmeTask().gid, { assignee: null })).data.assignee).toBe(null);
    expect(await refusal(update(acmeTask().gid, { custom_fields: { [priority!.gid]: "Low" } }))).toEqual({
      status: 400,
      message: `custom_fields: ${priority!.gid}: Not a recognized ID: Low`,
    });
  });

  test("of where it belongs is not made by update", async () => {
    for (const field of ["projects", "workspace", "memberships", "parent", "gid", "permalink_url"]) {
      expect(await refusal(update(acmeTask().gid, { [field]: "1" }))).toEqual({
        status: 400,
        message: `${field}: Cannot write this property`,
      });
    }
  });

  test("moves from section to section, into another project and out of it", async () => {
    const { gid } = acmeTask();
    await new asana.SectionsApi(stand.client).addTaskForSection(done().gid, { body: { data: { task: gid } } });
    const places = async () => {
      const { data } = await tasks().getTask(gid, { opt_fields: "memberships.(project|section).name" });
      return data.memberships.map((m: any) => [m.project.name, m.section.name]);
    };
    expect(await places()).toEqual([["Deal follow-ups", "Done"]]);
    await tasks().addProjectForTask({ data: { project: stand.gid.operations } }, gid);
    expect(await places()).toEqual([
      ["Deal follow-ups", "Done"],
      ["Sales operations", "Backlog"],
    ]);
    await tasks().removeProjectForTask({ data: { project: stand.gid.followUps } }, gid);
    expect(await places()).toEqual([["Sales operations", "Backlog"]]);
    const { data } = await new asana.ProjectsApi(stand.client).getProjectsForTask(gid, {});
    expect(data.map((p: any) => p.name)).toEqual(["Sales operations"]);
  });

  test("puts a task where it is wanted in its project", async () => {
    const gids = async () => (await tasks().getTasksForSection(toDo().gid, {})).data.map((t: any) => t.gid);
    const [first, second, third] = await gids();
    const project = stand.gid.followUps;
    await tasks().addProjectForTask({ data: { project, insert_before: first } }, third);
    expect((await gids()).slice(0, 3)).toEqual([third, first, second]);
    await tasks().addProjectForTask({ data: { project, insert_after: second } }, third);
    expect((await gids()).slice(0, 3)).toEqual([first, second, third]);
    await tasks().addProjectForTask({ data: { project, section: toDo().gid, insert_after: null } }, second);
    expect((await gids()).slice(0, 2)).toEqual([second, first]);
  });

  test("lets further people follow", async () => {
    const { data } = await tasks().addFollowersForTask(
      { data: { followers: ["grace@payready.example", "me"] } },
      acmeTask().gid,
      {},
    );
    expect(data.followers.map((u: any) => u.name)).toEqual(expect.arrayContaining(["Grace Lindqvist", "Sophia"]));
  });
});

describe("whoever watches", () => {
  test("is told of each change: what, which field, who", async () => {
    const heard: AsanaChange[] = [];
    const stop = stand.store.subscribe((change) => heard.push(change));
    await update(acmeTask().gid, { completed: true, due_on: "2026-12-01" });
    const { gid, dueOn } = acmeTask();
    const sophia = stand.store.me.gid;
    expect(heard.filter((change) => change.type === "task")).toEqual([
      {
        at: expect.any(String),
        type: "task",
        id: gid,
        action: "changed",
        field: "completed",
        before: "false",
        after: "true",
        by: sophia,
      },
      {
        at: expect.any(String),
        type: "task",
        id: gid,
        action: "changed",
        field: "due_on",
        before: dueOn,
        after: "2026-12-01",
        by: sophia,
      },
    ]);
    expect(heard).toEqual(stand.store.changes);
    stop();
    await update(gid, { completed: false });
    expect(stand.store.changes.length).toBeGreaterThan(heard.length);
  });

  test("somebody else's change is seen by the next request, under that person's name", async () => {
    const { gid } = acmeTask();
    stand.store.editTask(gid, { isCompleted: true }, stand.user("daniel"));
    const { data } = await tasks().getTask(gid, { opt_fields: "completed,completed_by.name" });
    expect(data).toMatchObject({ completed: true, completed_by: { name: "Daniel Whitfield" } });
    expect(() => stand.store.editTask("1", {})).toThrow("no task 1");
  });

  test("an edit that changes nothing is no change", async () => {
    await update(acmeTask().gid, { name: acmeTask().name, completed: false });
    expect(stand.store.changes).toEqual([]);
  });
});
