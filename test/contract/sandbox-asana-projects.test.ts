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
afterEach(async () => {
  const accepted = (await setBack(stand, contract)).filter((record) => record.status < 400);
  expect(accepted.flatMap((record) => contract?.requestProblems(record) ?? [])).toEqual([]);
});

const projects = () => new asana.ProjectsApi(stand.client);
const sections = () => new asana.SectionsApi(stand.client);
const tasks = () => new asana.TasksApi(stand.client);
const team = () => world.work.teams[0]!;
const create = (data: object) => projects().createProject({ data }, {});
const update = (data: object, gid = stand.gid.followUps) => projects().updateProject({ data }, gid, {});
const sectionNames = async (gid: string) =>
  (await sections().getSectionsForProject(gid, {})).data.map((s: any) => s.name);

describe("a new project", () => {
  test("belongs to whoever made it, has one section, and takes tasks", async () => {
    const { data: made } = await create({
      workspace: stand.gid.workspace,
      team: team().gid,
      name: "Renewals",
      notes: "Before the year ends.",
      color: "light-green",
      default_view: "board",
      privacy_setting: "private",
      followers: "daniel@payready.example",
      start_on: "2026-11-18",
      due_on: "2026-12-31",
    });
    expect(made).toMatchObject({
      name: "Renewals",
      notes: "Before the year ends.",
      color: "light-green",
      default_view: "board",
      privacy_setting: "private",
      start_on: "2026-11-18",
      due_on: "2026-12-31",
      archived: false,
      owner: { name: "Sophia" },
      members: [{ name: "Sophia" }, { name: "Daniel Whitfield" }],
      team: { name: team().name },
      created_at: expect.stringMatching(/^2026-11-18T16:00:/),
    });
    expect(await sectionNames(made.gid)).toEqual(["Untitled section"]);
    const { data: task } = await tasks().createTask({ data: { name: "x", projects: [made.gid] } }, {});
    expect(task.memberships[0].section.name).toBe("Untitled section");
    const { data: all } = await projects().getProjectsForWorkspace(stand.gid.workspace, {});
    expect(all.map((p: any) => p.name)).toContain("Renewals");
    expect(stand.store.changes[0]).toMatchObject({ type: "project", action: "added", id: made.gid, after: "Renewals" });
    stand.reset();
    expect((await refusal(projects().getProject(made.gid, {}))).status).toBe(404);
  });

  const home = { workspace: world.work.workspace.gid, team: world.work.teams[0]!.gid };
  test.each<[string, object, string]>([
    ["nowhere", { name: "x" }, "You should specify one of workspace, team"],
    ["without a team", { name: "x", workspace: home.workspace }, "team: Missing input"],
    ["in an unknown team", { name: "x", team: "1208000000000000" }, "team: Unknown object: 1208000000000000"],
    ["without a name", home, "name: Missing input"],
    ["in a colour of its own", { ...home, name: "x", color: "red" }, "color: Invalid value: red"],
    [
      "for nobody in particular",
      { ...home, name: "x", privacy_setting: "secret" },
      "privacy_setting: Invalid value: secret",
    ],
    [
      "described twice",
      { ...home, name: "x", notes: "a", html_notes: "<body>a</body>" },
      "You may only provide one of notes or html_notes!",
    ],
    [
      "begun and never due",
      { ...home, name: "x", start_on: "2026-11-20" },
      "You must specify due_on when setting or unsetting a start date",
    ],
    [
      "begun after it is due",
      { ...home, name: "x", start_on: "2026-11-20", due_on: "2026-11-19" },
      "start_on: Start date must be before the due date",
    ],
    ["dated by the caller", { ...home, name: "x", created_at: "2026-11-20" }, "created_at: Cannot write this property"],
  ])("%s is refused", async (_, data, message) => {
    expect(await refusal(create(data))).toEqual({ status: 400, message });
    expect(stand.store.changes).toEqual([]);
  });
});

describe("a change of a project", () => {
  test("touches what is named and nothing else, and is told field by field", async () => {
    const { data: before } = await projects().getProject(stand.gid.followUps, {});
    const { data } = await update({ name: "Follow-ups", html_notes: "<body>a <b>b</b></body>", color: null });
    const changed = { name: "Follow-ups", notes: "a b", color: null, modified_at: data.modified_at };
    // Its own name stands in there as well.
    const settings = { custom_field_settings: data.custom_field_settings };
    expect(data).toEqual({ ...before, ...changed, ...settings });
    expect(stand.store.changes.map(({ type, field, after }) => [type, field, after])).toEqual([
      ["project", "name", "Follow-ups"],
      ["project", "notes", "a b"],
      ["project", "color", "none"],
    ]);
    expect((await update({ archived: true })).data.archived).toBe(true);
    expect((await update({ public: false })).data).toMatchObject({ public: false, privacy_setting: "private" });
    expect((await update({ privacy_setting: "private_to_team" })).data.privacy_setting).toBe("private_to_team");
    expect((await update({ owner: "grace@payready.example" })).data.owner.name).toBe("Grace Lindqvist");
  });

  test("does not move it elsewhere, and does not reach what Sophia does not see", async () => {
    for (const field of ["workspace", "team", "members", "followers"]) {
      expect(await refusal(update({ [field]: "1" }))).toEqual({
        status: 400,
        message: `${field}: Cannot write this property`,
      });
    }
    expect((await refusal(update({ name: "x" }, "1208000000000000"))).status).toBe(404);
  });

  test("that changes nothing is none", async () => {
    await update({ name: "Deal follow-ups" });
    expect(stand.store.changes).toEqual([]);
  });
});

describe("sections", () => {
  const add = (data: object) => sections().createSectionForProject(stand.gid.followUps, { body: { data } });

  test("are made where they are wanted, renamed, and deleted", async () => {
    const [first, ...others] = await sectionNames(stand.gid.followUps);
    const { data: list } = await sections().getSectionsForProject(stand.gid.followUps, {});
    const { data: late } = await add({ name: "Later", insert_after: list[0].gid });
    await add({ name: "Now", insert_before: list[0].gid });
    await add({ name: "Never" });
    expect(await sectionNames(stand.gid.followUps)).toEqual(["Now", first, "Later", ...others, "Never"]);
    const { data } = await sections().updateSection(late.gid, { body: { data: { name: "Soon" } } });
    expect(data).toMatchObject({ gid: late.gid, name: "Soon", project: { name: "Deal follow-ups" } });
    await sections().deleteSection(late.gid);
    expect((await refusal(sections().getSection(late.gid, {}))).status).toBe(404);
    expect(stand.store.changes.slice(-2).map(({ type, action, before }) => [type, action, before])).toEqual([
      ["section", "changed", "Later"],
      ["section", "deleted", "Soon"],
    ]);
  });

  test("that hold tasks stay, the last one too, and each has a name", async () => {
    const { data: list } = await sections().getSectionsForProject(stand.gid.followUps, {});
    expect(await refusal(sections().deleteSection(list[0].gid))).toEqual({
      status: 400,
      message: "section: Cannot delete a section that has tasks",
    });
    const { data: made } = await create({ name: "Empty", workspace: stand.gid.workspace, team: team().gid });
    const { data: only } = await sections().getSectionsForProject(made.gid, {});
    expect((await refusal(sections().deleteSection(only[0].gid))).message).toBe(
      "section: Cannot delete the last section",
    );
    const unnamed = sections().updateSection(list[0].gid, { body: { data: { name: "" } } });
    expect(await refusal(unnamed)).toEqual({ status: 400, message: "name: Missing input" });
    const elsewhere = await refusal(add({ name: "x", insert_after: only[0].gid }));
    expect(elsewhere.message).toBe("insert_after: Not in the given project");
  });
});
