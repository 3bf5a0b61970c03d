/** What our Asana server's writes send, and what becomes of it in the sandbox's Asana. */

import { afterEach, describe, expect, it } from "vitest";
import { type AsanaHouse, maya, openAsanaHouse } from "../support/asana-house.ts";

let house: AsanaHouse;
afterEach(() => house.close());

const closeDates = "Move close dates that lie in the past";

describe("create_task", () => {
  it("sends one task with everything resolved by name, and shows it first without writing anything", async () => {
    house = await openAsanaHouse();
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
      followers: ["me", "ruth"],
    };
    const shown = await house.preview("create_task", args, maya);
    expect(house.writes()).toEqual([]);
    expect(shown).toEqual({
      summary: 'Create the task "Acme follow-up" in Sales operations',
      changes: [
        { field: "Name", before: null, after: "Acme follow-up" },
        { field: "Notes", before: null, after: "Send the offer.\nThen call." },
        { field: "Project", before: null, after: "Sales operations" },
        { field: "Section", before: null, after: "This week" },
        { field: "Assignee", before: null, after: "Daniel Whitfield" },
        { field: "Due", before: null, after: "2026-11-20" },
        { field: "Start", before: null, after: "2026-11-18" },
        { field: "Priority", before: null, after: "High" },
        { field: "Account", before: null, after: "Acme" },
        { field: "Followers", before: null, after: expect.stringContaining("Maya Okafor, Ruth") },
      ],
    });

    const { task } = await house.ask("create_task", args, maya);
    const project = house.project("Sales operations");
    const section = project.sections.find(({ name }) => name === "This week")!;
    const [priority, account] = house.store.fields;
    const [body] = house.bodies();
    expect(house.bodies()).toHaveLength(1);
    expect(house.sent().filter((line) => line.startsWith("POST"))).toEqual(["POST /tasks"]);
    expect(body).toEqual({
      name: "Acme follow-up",
      notes: "Send the offer.\nThen call.",
      projects: [project.gid],
      memberships: [{ project: project.gid, section: section.gid }],
      assignee: house.user("daniel@payready.example").gid,
      due_on: "2026-11-20",
      start_on: "2026-11-18",
      followers: [house.user(maya).gid, house.user("ruth@payready.example").gid],
      custom_fields: { [priority!.gid]: priority!.options[0]!.gid, [account!.gid]: "Acme" },
    });
    expect(task).toMatchObject({
      name: "Acme follow-up",
      url: expect.stringContaining("https://app.asana.com/"),
      assignee: { name: "Daniel Whitfield", email: "daniel@payready.example" },
      due_on: "2026-11-20",
      due_at: null,
      priority: "High",
      projects: [{ id: project.gid, name: "Sales operations", section: "This week" }],
    });
    expect(house.store.task(task.id)?.memberships).toEqual([{ projectGid: project.gid, sectionGid: section.gid }]);
  });

  it("sends a time of day as an instant, and tells it in the zone", async () => {
    house = await openAsanaHouse();
    const due_at = "2026-11-20T17:30:00-05:00";
    const { task } = await house.ask("create_task", { name: "Call Jo", assignee: maya, due_at });
    expect(house.bodies()).toEqual([
      {
        name: "Call Jo",
        workspace: house.store.workspace.gid,
        assignee: house.user(maya).gid,
        due_at: "2026-11-20T22:30:00.000Z",
      },
    ]);
    expect(task).toMatchObject({ due_on: "2026-11-20", due_at: "2026-11-20T17:30:00-05:00", projects: [] });
  });

  it("goes to whoever asks where neither project nor assignee is named, and nowhere where nobody is known", async () => {
    house = await openAsanaHouse();
    const { task } = await house.ask("create_task", { name: "Think" }, maya);
    expect(task.assignee.email).toBe(maya);
    expect(await house.refusal("create_task", { name: "Think" })).toContain("Send a project or an assignee");
    expect(house.writes()).toHaveLength(1);
  });

  it.each<[object, string]>([
    [{ due_on: "2026-11-20", due_at: "2026-11-20T09:00:00Z" }, "not both"],
    [{ start_on: "2026-11-18" }, "start_on needs a due date"],
    [{ start_on: "2026-11-25", due_on: "2026-11-20" }, "must not be after the due date"],
    [{ section: "This week" }, "send project as well"],
    [{ project: "Sales operations", section: "This weak" }, 'Did you mean "This week"?'],
    [{ project: "Sales operatoins" }, 'Did you mean "Sales operations"?'],
    [{ project: "e" }, "no project"],
    [{ project: "1234567890" }, "no project with the gid 1234567890"],
    [{ assignee: "Danil" }, 'Did you mean "Daniel Whitfield"?'],
    [{ assignee: "nobody@payready.example" }, "nobody in Asana has the e-mail address"],
    [{ assignee: "me" }, "it is not known here who asks"],
    [{ project: "Sales operations", priority: "Urgent" }, 'The options are: "High", "Medium", "Low"'],
    [{ project: "Sales operations", custom_fields: [{ name: "Acount", value: "x" }] }, 'Did you mean "Account"?'],
    [{ due_on: "Friday" }, "must be a day such as"],
    [{ asignee: maya }, "assignee"],
  ])("refuses %j with what to send instead, and creates nothing", async (args, words) => {
    house = await openAsanaHouse();
    const all = { name: "Task", assignee: maya, ...args };
    expect(await house.refusal("create_task", all)).toContain(words);
    await expect(house.preview("create_task", all)).rejects.toThrow(words);
    expect(house.writes()).toEqual([]);
  });

  it("lists who is meant where a name fits several", async () => {
    house = await openAsanaHouse();
    const daniel = house.user("daniel@payready.example");
    house.store.users.find(({ email }) => email === "grace@payready.example")!.name = "Daniel Lindqvist";
    const words = await house.refusal("create_task", { name: "Task", assignee: "daniel" });
    expect(words).toContain(`Daniel Whitfield (daniel@payready.example, gid ${daniel.gid})`);
    expect(words).toContain("Daniel Lindqvist (grace@payready.example, gid ");
    expect(house.writes()).toEqual([]);
    await house.ask("create_task", { name: "Task", assignee: daniel.gid });
    expect(house.bodies()[0].assignee).toBe(daniel.gid);
  });
});

describe("update_task", () => {
  it("sends what changes and nothing else, by id or link", async () => {
    house = await openAsanaHouse();
    const { gid } = house.task(closeDates);
    const args = {
      task_id: `https://app.asana.com/0/0/${gid}/f`,
      assignee: "grace",
      due_on: "2026-11-27",
      priority: "Low",
    };
    expect(await house.preview("update_task", args)).toEqual({
      summary: `Change the task "${closeDates}"`,
      record: { name: closeDates, url: expect.stringContaining(gid) },
      changes: [
        { field: "Assignee", before: "Ruth Abara", after: "Grace Lindqvist" },
        { field: "Due", before: "2026-11-19", after: "2026-11-27" },
        { field: "Priority", before: "High", after: "Low" },
      ],
    });
    expect(house.writes()).toEqual([]);
    const { task } = await house.ask("update_task", args);
    const [priority] = house.store.fields;
    expect(house.bodies()).toEqual([
      {
        assignee: house.user("grace@payready.example").gid,
        due_on: "2026-11-27",
        custom_fields: { [priority!.gid]: priority!.options[2]!.gid },
      },
    ]);
    expect(task).toMatchObject({ due_on: "2026-11-27", assignee: { name: "Grace Lindqvist" }, priority: "Low" });
    expect(house.store.task(gid)?.dueOn).toBe("2026-11-27");
  });

  it("names the present due date with a new start, as Asana demands", async () => {
    house = await openAsanaHouse();
    const { gid } = house.task(closeDates);
    await house.ask("update_task", { task_id: gid, start_on: "2026-11-18" });
    expect(house.bodies()).toEqual([{ due_on: "2026-11-19", start_on: "2026-11-18" }]);
    expect(await house.refusal("update_task", { task_id: gid, due_on: null })).toContain("send start_on: null as well");
    await house.ask("update_task", { task_id: gid, due_on: null, start_on: null });
    expect(house.store.task(gid)).toMatchObject({ dueOn: undefined, startOn: undefined });
  });

  it("adds followers after the change, and says what is done where that fails", async () => {
    house = await openAsanaHouse();
    const { gid } = house.task(closeDates);
    await house.ask("update_task", { task_id: gid, add_followers: ["tomás"] });
    expect(house.sent().filter((line) => !line.startsWith("GET"))).toEqual([`POST /tasks/${gid}/addFollowers`]);
    expect(house.store.task(gid)?.followerGids).toContain(house.user("tomas@payready.example").gid);
    house.board.addFault({ service: "asana", path: "addFollowers", status: 403 });
    const words = await house.refusal("update_task", { task_id: gid, name: "New name", add_followers: ["zoë"] });
    expect(words).toContain("The task was changed, but the followers were not added");
    expect(house.store.task(gid)?.name).toBe("New name");
  });

  it("refuses an empty change and a task that is not there", async () => {
    house = await openAsanaHouse();
    expect(await house.refusal("update_task", { task_id: "1208000000000000" })).toContain("Say what is to change");
    const missing = { task_id: "1208000000000000", name: "x" };
    expect(await house.refusal("update_task", missing)).toContain("no task with the id 1208000000000000");
    expect(await house.refusal("update_task", { task_id: "the first", name: "x" })).toContain("its link in Asana");
  });
});

describe("update_task_status", () => {
  it("completes, reopens and moves a task by the section's name", async () => {
    house = await openAsanaHouse();
    const { gid } = house.task(closeDates);
    const project = house.project("Sales operations");
    const done = project.sections.find(({ name }) => name === "Done")!;
    const args = { task_id: gid, status: "complete", section: "Done" };
    expect(await house.preview("update_task_status", args)).toMatchObject({
      summary: `Change the status of the task "${closeDates}"`,
      changes: [
        { field: "Status", before: "incomplete", after: "complete" },
        { field: "Section in Sales operations", before: "This week", after: "Done" },
      ],
    });
    expect(house.writes()).toEqual([]);
    const { task } = await house.ask("update_task_status", args);
    expect(house.sent().filter((line) => !line.startsWith("GET"))).toEqual([
      `POST /sections/${done.gid}/addTask`,
      `PUT /tasks/${gid}`,
    ]);
    expect(house.bodies()).toEqual([{ task: gid }, { completed: true }]);
    expect(task).toMatchObject({ completed: true, projects: [{ section: "Done" }] });
    await house.ask("update_task_status", { task_id: gid, status: "incomplete" });
    expect(house.store.task(gid)?.completedAt).toBeUndefined();
  });

  it("says that the move is done where completing fails", async () => {
    house = await openAsanaHouse();
    const { gid } = house.task(closeDates);
    const args = { task_id: gid, status: "complete", section: "Done" };
    // The first request of the task is the look at it, the second one the change.
    house.board.addFault({ service: "asana", path: `/tasks/${gid}?`, latencyMs: 1 });
    house.board.addFault({ service: "asana", path: `/tasks/${gid}?`, status: 403 });
    expect(await house.refusal("update_task_status", args)).toContain(
      "The task was moved to Done, but not marked as complete",
    );
    expect(house.store.task(gid)?.completedAt).toBeUndefined();
  });

  it.each<[object, string]>([
    [{}, "Send status, section or both"],
    [{ status: "complete", project: "Sales operations" }, "send section as well"],
    [{ section: "Live" }, 'The sections of Sales operations are "Backlog", "This week", "Done"'],
    [{ section: "Done", project: "Renewals" }, 'the task is not in "Renewals". It is in: Sales operations'],
    [{ status: "done" }, 'must be one of "complete", "incomplete"'],
  ])("refuses %j", async (args, words) => {
    house = await openAsanaHouse();
    expect(await house.refusal("update_task_status", { task_id: house.task(closeDates).gid, ...args })).toContain(
      words,
    );
    expect(house.writes()).toEqual([]);
  });

  it("asks whose section is meant where a task is in two projects", async () => {
    house = await openAsanaHouse();
    const task = house.task(closeDates);
    house.store.place(task, house.project("Renewals"), {});
    const args = { task_id: task.gid, section: "Done" };
    expect(await house.refusal("update_task_status", args)).toContain("Sales operations (gid ");
    await house.ask("update_task_status", { ...args, project: "sales operations" });
    expect(house.writes()).toHaveLength(1);
  });
});

describe("add_comment and post_project_status", () => {
  it("writes a comment, shown first", async () => {
    house = await openAsanaHouse();
    const { gid } = house.task(closeDates);
    const args = { task_id: gid, text: "Done for mine.\nMaya" };
    expect(await house.preview("add_comment", args)).toMatchObject({
      record: { name: closeDates },
      changes: [{ field: "Comment", before: null, after: "Done for mine.\nMaya" }],
    });
    expect(house.writes()).toEqual([]);
    const result = await house.ask("add_comment", args);
    expect(house.sent().at(-1)).toBe(`POST /tasks/${gid}/stories`);
    expect(house.bodies()).toEqual([{ text: "Done for mine.\nMaya" }]);
    expect(result).toMatchObject({ comment: { text: "Done for mine.\nMaya" }, task: { id: gid, name: closeDates } });
    expect(house.store.storiesOf(gid).at(-1)?.text).toBe("Done for mine.\nMaya");
  });

  it("posts a status on a project, shown beside the present one", async () => {
    house = await openAsanaHouse();
    const project = house.store.projects.find(({ statuses }) => statuses.length > 0)!;
    const [present] = project.statuses;
    const args = { project: project.name, status: "off_track", title: "A week late", text: "Two steps are missing." };
    expect((await house.preview("post_project_status", args)).changes).toEqual([
      { field: "Status", before: present!.type, after: "off_track" },
      { field: "Title", before: present!.title, after: "A week late" },
      { field: "Text", before: null, after: "Two steps are missing." },
    ]);
    expect(house.writes()).toEqual([]);
    const result = await house.ask("post_project_status", args);
    expect(house.sent().at(-1)).toBe("POST /status_updates");
    expect(house.bodies()).toEqual([
      { parent: project.gid, status_type: "off_track", title: "A week late", text: "Two steps are missing." },
    ]);
    expect(result.status_update).toMatchObject({ status: "off_track", title: "A week late" });
    expect(house.store.statusesOf(project.gid)[0]).toMatchObject({ type: "off_track", title: "A week late" });
  });
});

describe("the read-only switch", () => {
  it("offers only what reads, and says why the rest is refused", async () => {
    house = await openAsanaHouse({ config: { readOnly: true } });
    const tools = await house.client.listTools();
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true);
    expect(tools).toHaveLength(7);
    expect(await house.refusal("create_task", { name: "x", assignee: maya })).toContain("read only");
    expect(house.sent()).toEqual([]);
  });
});
