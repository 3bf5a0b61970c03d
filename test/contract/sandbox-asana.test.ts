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
const projects = () => new asana.ProjectsApi(stand.client);
const sections = () => new asana.SectionsApi(stand.client);
const tasks = () => new asana.TasksApi(stand.client);

describe("who may ask", () => {
  test.each([
    ["nothing", {}],
    ["another token", { authorization: "Bearer 1/other" }],
    ["another scheme", { authorization: "Basic sandbox-asana-token" }],
  ])("%s is refused", async (_, headers) => {
    const response = await fetch(`${stand.env.ASANA_BASE_URL}/users/me`, { headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      errors: [
        { message: "Not Authorized", help: expect.stringContaining("https://developers.asana.com/docs/errors") },
      ],
    });
  });

  test("its settings are what a client needs, and the token is named as a secret", () => {
    expect(stand.env.ASANA_BASE_URL).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/1\.0$/);
    expect(stand.secrets).toEqual([stand.env.ASANA_CLIENT_SECRET, stand.env.ASANA_ACCESS_TOKEN]);
  });

  test("an address or a method that is not there", async () => {
    for (const [method, path] of [
      ["GET", "/nothing"],
      ["PATCH", "/tasks/1"],
    ] as const) {
      const { status, body } = await stand.request(method, path);
      expect([status, body.errors[0].message]).toEqual([404, "No matching route for request"]);
    }
  });
});

describe("people", () => {
  test("the token's own account is Sophia's", async () => {
    const { data } = await users().getUser("me", {});
    expect(data).toMatchObject({ name: "Sophia", email: "sophia@payready.example", resource_type: "user" });
    expect(data.workspaces).toEqual([{ gid: stand.gid.workspace, name: "Pay Ready", resource_type: "workspace" }]);
  });

  test("are found by address and by gid, and are compact in lists", async () => {
    const { data: daniel } = await users().getUser("daniel@payready.example", {});
    expect((await users().getUser(daniel.gid, { opt_fields: "name" })).data).toEqual({
      gid: daniel.gid,
      name: "Daniel Whitfield",
    });
    const { data: all } = await users().getUsersForWorkspace(stand.gid.workspace, {});
    expect(all).toHaveLength(world.people.length + 1);
    for (const user of all) expect(Object.keys(user).sort()).toEqual(["gid", "name", "resource_type"]);
    expect(all.map((u: any) => u.name)).toEqual(
      all.map((u: any) => u.name).toSorted((a: string, b: string) => a.localeCompare(b)),
    );
    const { data: named } = await users().getUsers({ workspace: stand.gid.workspace, opt_fields: "email" });
    expect(named.map((u: any) => u.email)).toEqual(expect.arrayContaining(world.people.map((p) => p.email)));
  });

  test("who is nobody", async () => {
    expect(await refusal(users().getUser("nobody@payready.example", {}))).toEqual({
      status: 404,
      message: "user: Unknown object: nobody@payready.example",
    });
    expect(await refusal(users().getUser("Daniel", {}))).toEqual({
      status: 400,
      message: "user: Not a recognized ID: Daniel",
    });
  });

  test("teams and their people", async () => {
    const { data: teams } = await new asana.TeamsApi(stand.client).getTeamsForWorkspace(stand.gid.workspace, {});
    expect(teams.map((t: any) => t.name)).toEqual(["Sales", "Customer operations"]);
    const { data: members } = await users().getUsersForTeam(teams[1].gid, {});
    expect(members.map((u: any) => u.name)).toContain("Arjun Mehta");
    const { data: mine } = await new asana.TeamsApi(stand.client).getTeamsForUser(
      "daniel@payready.example",
      stand.gid.workspace,
      {},
    );
    expect(mine.map((t: any) => t.name)).toEqual(["Sales"]);
  });

  test.each([
    ["user", "zoe", ["Zoë Müller-Łukasik"]],
    ["user", "mull", ["Zoë Müller-Łukasik"]],
    ["user", "whit", ["Daniel Whitfield"]],
    ["user", "Daniel W", ["Daniel Whitfield"]],
    ["project", "foll", ["Deal follow-ups"]],
    ["project", "desk", []],
    ["tag", "x", []],
  ])("typing a %s's name: %s", async (resource_type, query, names) => {
    const typeahead = new asana.TypeaheadApi(stand.client);
    const { data } = await typeahead.typeaheadForWorkspace(stand.gid.workspace, resource_type, { query });
    expect(data.map((item: any) => item.name)).toEqual(names);
  });
});

describe("projects", () => {
  test("are those that Sophia's account sees, archived ones too unless it is told", async () => {
    const names = async (options: object) => {
      const { data } = await projects().getProjectsForWorkspace(stand.gid.workspace, options);
      return data.map((p: any) => p.name);
    };
    const live = ["Deal follow-ups", "Customer onboarding", "Renewals", "Sales operations"];
    expect(await names({})).toEqual([...live, "Pricing review, spring"]);
    expect(await names({ archived: false })).toEqual(live);
    expect(await names({ archived: true })).toEqual(["Pricing review, spring"]);
    const { data: sales } = await projects().getProjectsForTeam(world.work.teams[1]?.gid ?? "", {});
    expect(sales.map((p: any) => p.name)).toEqual(["Customer onboarding"]);
    const { data: all } = await projects().getProjects({
      workspace: stand.gid.workspace,
      opt_fields: "owner.name,team.name",
    });
    expect(all[0]).toMatchObject({ owner: { name: "Maya Okafor" }, team: { name: "Sales" } });
  });

  test("a private one is refused, and so are its sections and tasks", async () => {
    const refused = { status: 403, message: "You do not have access to this project." };
    expect(await refusal(projects().getProject(stand.gid.dealDesk, {}))).toEqual(refused);
    expect(await refusal(tasks().getTasksForProject(stand.gid.dealDesk, {}))).toEqual(refused);
    const hidden = world.work.tasks.find((t) => t.memberships[0]?.projectGid === stand.gid.dealDesk);
    expect(await refusal(tasks().getTask(hidden?.gid ?? "", {}))).toEqual({
      status: 403,
      message: "You do not have access to this task.",
    });
  });

  test("one by itself is whole, with its last status and its address", async () => {
    const { data } = await projects().getProject(stand.gid.onboarding, {});
    expect(data).toMatchObject({
      name: "Customer onboarding",
      owner: { name: "Arjun Mehta" },
      current_status: { title: "Onboarding: interface users are late" },
      permalink_url: `https://app.asana.com/1/${stand.gid.workspace}/project/${stand.gid.onboarding}`,
    });
    expect(data).not.toHaveProperty("html_notes");
  });

  test("counts come only where they are named", async () => {
    expect((await projects().getTaskCountsForProject(stand.gid.followUps, {})).data).toEqual({});
    const opt_fields = "num_tasks,num_incomplete_tasks,num_completed_tasks";
    const { data } = await projects().getTaskCountsForProject(stand.gid.followUps, { opt_fields });
    const inProject = world.work.tasks.filter((t) => t.memberships[0]?.projectGid === stand.gid.followUps);
    expect(data).toEqual({
      num_tasks: inProject.length,
      num_incomplete_tasks: inProject.filter((t) => !t.completedAt).length,
      num_completed_tasks: inProject.filter((t) => t.completedAt).length,
    });
  });

  test("sections, fields and statuses", async () => {
    const { data: list } = await sections().getSectionsForProject(stand.gid.followUps, {});
    expect(list.map((s: any) => s.name)).toEqual(["To do", "Waiting on customer", "Done"]);
    const { data: section } = await sections().getSection(list[0].gid, {});
    expect(section.project.name).toBe("Deal follow-ups");
    const settings = new asana.CustomFieldSettingsApi(stand.client);
    const opt_fields = "custom_field.name,custom_field.enum_options.name";
    const { data: fields } = await settings.getCustomFieldSettingsForProject(stand.gid.followUps, { opt_fields });
    expect(fields[0].custom_field).toMatchObject({ name: "Priority", enum_options: [{ name: "High" }, {}, {}] });
    const { data: field } = await new asana.CustomFieldsApi(stand.client).getCustomField(
      fields[0].custom_field.gid,
      {},
    );
    expect(field.enum_options).toHaveLength(3);
    const { data: statuses } = await new asana.StatusUpdatesApi(stand.client).getStatusesForObject(
      stand.gid.followUps,
      {},
    );
    expect(statuses).toEqual([
      expect.objectContaining({ title: "Follow-ups, this week", resource_subtype: "project_status_update" }),
    ]);
    const old = new asana.ProjectStatusesApi(stand.client);
    expect((await old.getProjectStatus(statuses[0].gid, {})).data.color).toBe("green");
  });
});
