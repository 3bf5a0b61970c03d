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

const acmeTask = () => world.work.tasks.find((task) => task.name.startsWith("Acme:"))!;

describe("words", () => {
  test("a comment, changed by its author and taken away", async () => {
    const stories = new asana.StoriesApi(stand.client);
    const { data: story } = await stories.createStoryForTask(
      { data: { text: "Sent <today> & filed" } },
      acmeTask().gid,
      {},
    );
    expect(story).toMatchObject({ type: "comment", text: "Sent <today> & filed", created_by: { name: "Sophia" } });
    const { data: edited } = await stories.updateStory(
      { data: { html_text: "<body>Sent &amp; <b>filed</b></body>" } },
      story.gid,
      {},
    );
    expect([edited.text, edited.is_edited]).toEqual(["Sent & filed", true]);
    await stories.deleteStory(story.gid);
    expect(stand.store.storiesOf(acmeTask().gid).map((s) => s.gid)).not.toContain(story.gid);
    expect(await refusal(stories.createStoryForTask({ data: { text: "" } }, acmeTask().gid, {}))).toEqual({
      status: 400,
      message: "text: Missing input",
    });
  });

  test("another's comment is not ours to change", async () => {
    const comment = world.work.tasks.flatMap((task) => task.comments)[0]!;
    const edit = new asana.StoriesApi(stand.client).updateStory({ data: { text: "x" } }, comment.gid, {});
    expect((await refusal(edit)).status).toBe(403);
  });

  test("a status of a project, under both of its names", async () => {
    const updates = new asana.StatusUpdatesApi(stand.client);
    const data = {
      parent: stand.gid.onboarding,
      status_type: "off_track",
      title: "Week 47",
      text: "Two go-lives moved.",
    };
    const { data: made } = await updates.createStatusForObject({ data }, {});
    expect(made).toMatchObject({
      status_type: "off_track",
      author: { name: "Sophia" },
      parent: { name: "Customer onboarding" },
    });
    const { data: project } = await new asana.ProjectsApi(stand.client).getProject(stand.gid.onboarding, {});
    expect(project.current_status_update.title).toBe("Week 47");
    const old = new asana.ProjectStatusesApi(stand.client);
    expect((await old.getProjectStatusesForProject(stand.gid.onboarding, {})).data.map((s: any) => s.title)).toEqual([
      "Week 47",
      "Onboarding: interface users are late",
    ]);
    const older = await old.createProjectStatusForProject(
      { data: { text: "Better.", color: "green" } },
      stand.gid.onboarding,
      {},
    );
    expect((await updates.getStatus(older.data.gid, {})).data.status_type).toBe("on_track");
    await old.deleteProjectStatus(older.data.gid);
    await updates.deleteStatus(made.gid);
    expect(stand.store.statusesOf(stand.gid.onboarding)).toHaveLength(1);
  });

  test("statuses since an instant", async () => {
    const updates = new asana.StatusUpdatesApi(stand.client);
    const { onboarding: parent } = stand.gid;
    const data = { parent, status_type: "on_track", title: "Week 48", text: "All are live." };
    await updates.createStatusForObject({ data }, {});
    const titles = async (created_since: string) =>
      (await updates.getStatusesForObject(parent, { created_since })).data.map((status: any) => status.title);
    expect(await titles(new Date(stand.now).toISOString())).toEqual(["Week 48"]);
    expect(await titles(new Date(stand.now + 3_600_000).toISOString())).toEqual([]);
    expect((await refusal(updates.getStatusesForObject(parent, { created_since: "today" }))).status).toBe(400);
  });

  test.each([
    [{ status_type: "on_track", text: "x" }, "parent: Missing input"],
    [{ parent: world.work.projects[0]!.gid, text: "x" }, "status_type: Missing input"],
    [{ parent: world.work.projects[0]!.gid, status_type: "on_track" }, "text: Missing input"],
    [{ parent: world.work.projects[0]!.gid, status_type: "green", text: "x" }, "status_type: Invalid value: green"],
  ])("a status without what it needs: %j", async (data, message) => {
    const updates = new asana.StatusUpdatesApi(stand.client);
    expect(await refusal(updates.createStatusForObject({ data }, {}))).toEqual({ status: 400, message });
  });

  test("a section", async () => {
    const sections = new asana.SectionsApi(stand.client);
    await sections.createSectionForProject(stand.gid.followUps, { body: { data: { name: "Parked" } } });
    expect((await sections.getSectionsForProject(stand.gid.followUps, {})).data.map((s: any) => s.name)).toEqual([
      "To do",
      "Waiting on customer",
      "Done",
      "Parked",
    ]);
  });
});
