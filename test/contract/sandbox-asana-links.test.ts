import asana from "asana";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { loadAsanaContract } from "../support/asana-contract.ts";
import { refusal, setBack, type StartedAsana, startTestAsana } from "../support/asana-stand-in.ts";

let stand: StartedAsana;
const contract = loadAsanaContract();

beforeAll(async () => {
  stand = await startTestAsana();
});
afterAll(() => stand.close());
afterEach(async () => {
  // That a parent may be null is said in words only.
  const accepted = (await setBack(stand, contract)).filter(
    ({ status, body }) => status < 400 && !body.includes('"parent":null'),
  );
  expect(accepted.flatMap((record) => contract?.requestProblems(record) ?? [])).toEqual([]);
});

const tasks = () => new asana.TasksApi(stand.client);
const tags = () => new asana.TagsApi(stand.client);
const make = async (name: string): Promise<string> =>
  (await tasks().createTask({ data: { name, projects: [stand.gid.operations] } }, {})).data.gid;
const gids = (answer: any) => answer.data.map((record: any) => record.gid);
const told = (gid: string) => stand.store.storiesOf(gid).map(({ subtype, text }) => [subtype, text]);

describe("tags", () => {
  const tag = async (data: object) => (await tags().createTagForWorkspace({ data }, stand.gid.workspace, {})).data;

  test("are made, changed, listed, found and deleted", async () => {
    const made = await tag({ name: "At risk", color: "dark-red", notes: "May leave", followers: ["me"] });
    expect(made).toMatchObject({
      gid: expect.stringMatching(/^\d{16}$/),
      resource_type: "tag",
      color: "dark-red",
      notes: "May leave",
      followers: [{ name: "Sophia" }],
      workspace: { gid: stand.gid.workspace },
    });
    const { data: second } = await tags().createTag({ data: { name: "Won", workspace: stand.gid.workspace } }, {});
    expect(second.color).toBe(null);
    const compact = { gid: made.gid, name: "At risk", resource_type: "tag" };
    expect((await tags().getTagsForWorkspace(stand.gid.workspace, { limit: 1 })).data).toEqual([compact]);
    expect(gids(await tags().getTags({ workspace: stand.gid.workspace }))).toEqual([made.gid, second.gid]);
    const typeahead = new asana.TypeaheadApi(stand.client);
    const found = await typeahead.typeaheadForWorkspace(stand.gid.workspace, "tag", { query: "risk" });
    expect(gids(found)).toEqual([made.gid]);
    const { data } = await tags().updateTag({ data: { name: "Churn", color: null } }, made.gid, {});
    expect(data).toEqual({ ...made, name: "Churn", color: null });
    await tags().deleteTag(made.gid);
    expect((await refusal(tags().getTag(made.gid, {}))).status).toBe(404);
  });

  test("are put on tasks, which are found by them, and taken off", async () => {
    const { gid: tagGid } = await tag({ name: "At risk" });
    const gid = await make("a");
    await tasks().addTagForTask({ data: { tag: tagGid } }, gid);
    await tasks().addTagForTask({ data: { tag: tagGid } }, gid);
    expect((await tags().getTagsForTask(gid, {})).data).toEqual([
      { gid: tagGid, name: "At risk", resource_type: "tag" },
    ]);
    const { data: born } = await tasks().createTask(
      { data: { name: "b", projects: [stand.gid.operations], tags: [tagGid] } },
      {},
    );
    expect(born.tags).toEqual([{ gid: tagGid, name: "At risk", resource_type: "tag" }]);
    expect(gids(await tasks().getTasksForTag(tagGid, {}))).toEqual([gid, born.gid]);
    const search = await tasks().searchTasksForWorkspace(stand.gid.workspace, {
      "tags.any": tagGid,
      sort_by: "created_at",
    });
    expect(new Set(gids(search))).toEqual(new Set([gid, born.gid]));
    await tasks().removeTagForTask({ data: { tag: tagGid } }, gid);
    expect(gids(await tasks().getTasksForTag(tagGid, {}))).toEqual([born.gid]);
    expect(told(gid).slice(-2)).toEqual([
      ["added_to_tag", "added to At risk"],
      ["removed_from_tag", "removed from At risk"],
    ]);
    await tags().deleteTag(tagGid);
    expect((await tasks().getTask(born.gid, {})).data.tags).toEqual([]);
  });

  test("that are not there, or not as Asana has them", async () => {
    const gid = await make("a");
    const unknown = "1208000000000000";
    expect(await refusal(tasks().addTagForTask({ data: { tag: unknown } }, gid))).toEqual({
      status: 400,
      message: `tag: Unknown object: ${unknown}`,
    });
    expect((await refusal(tags().getTag(unknown, {}))).status).toBe(404);
    expect((await refusal(tag({ name: "x", color: "red" }))).message).toBe("color: Invalid value: red");
    expect((await refusal(tag({ name: "x", created_at: "y" }))).message).toBe("created_at: Cannot write this property");
  });
});

describe("dependencies", () => {
  const wait = (gid: string, dependencies: string[]) => tasks().addDependenciesForTask({ data: { dependencies } }, gid);

  test("are seen from both ends, searched by, and dissolved", async () => {
    const [a, b, c] = [await make("a"), await make("b"), await make("c")];
    await wait(a, [b]);
    await tasks().addDependentsForTask({ data: { dependents: [a] } }, c);
    expect(gids(await tasks().getDependenciesForTask(a, {}))).toEqual([b, c]);
    expect(gids(await tasks().getDependentsForTask(c, {}))).toEqual([a]);
    const { data } = await tasks().getTask(a, { opt_fields: "dependencies,dependents" });
    expect(data).toMatchObject({ dependencies: [{ gid: b }, { gid: c }], dependents: [] });
    const found = async (options: object) => gids(await tasks().searchTasksForWorkspace(stand.gid.workspace, options));
    expect(await found({ is_blocked: true })).toEqual([a]);
    expect(new Set(await found({ is_blocking: true }))).toEqual(new Set([b, c]));
    await tasks().updateTask({ data: { completed: true } }, b, {});
    await tasks().removeDependentsForTask({ data: { dependents: [a] } }, c);
    expect(await found({ is_blocked: true })).toEqual([]);
    await tasks().removeDependenciesForTask({ data: { dependencies: [b] } }, a);
    expect(gids(await tasks().getDependenciesForTask(a, {}))).toEqual([]);
    expect(told(a)).toContainEqual(["dependency_added", "marked as blocked by b"]);
    expect(told(c).at(-1)).toEqual(["dependent_removed", "no longer blocking a"]);
  });

  test("do not go round in a circle, and are thirty at most", async () => {
    const [a, b, c] = [await make("a"), await make("b"), await make("c")];
    await wait(a, [b]);
    await wait(b, [c]);
    const circle = "dependencies: Tasks cannot wait for each other in a circle";
    expect((await refusal(wait(c, [a]))).message).toBe(circle);
    expect((await refusal(wait(a, [a]))).message).toBe(circle);
    const many = stand.store
      .tasksOf(stand.store.project(stand.gid.followUps)!)
      .slice(0, 30)
      .map(({ gid }) => gid);
    expect(await refusal(wait(a, many))).toEqual({
      status: 400,
      message: "A task can have at most 30 dependents and dependencies combined",
    });
    await wait(a, many.slice(1));
    expect(await refusal(wait(a, ["1208000000000000"]))).toEqual({
      status: 400,
      message: "dependencies: [0]: Unknown object: 1208000000000000",
    });
  });

  test("end with the task", async () => {
    const [a, b] = [await make("a"), await make("b")];
    await wait(a, [b]);
    await tasks().deleteTask(b);
    expect(gids(await tasks().getDependenciesForTask(a, {}))).toEqual([]);
  });
});

describe("a parent", () => {
  const put = (gid: string, data: object) => tasks().setParentForTask({ data }, gid, {});
  const below = async (gid: string) => (await tasks().getSubtasksForTask(gid, {})).data.map((t: any) => t.name);

  test("takes a task in, puts it in its place, and lets it go", async () => {
    const [parent, a, b, c] = [await make("parent"), await make("a"), await make("b"), await make("c")];
    for (const gid of [a, b, c]) expect((await put(gid, { parent })).data.parent).toMatchObject({ gid: parent });
    expect(await below(parent)).toEqual(["a", "b", "c"]);
    await put(c, { parent, insert_before: a });
    await put(a, { parent, insert_after: b });
    expect(await below(parent)).toEqual(["c", "b", "a"]);
    await tasks().createSubtaskForTask({ data: { name: "d" } }, parent, {});
    expect(await below(parent)).toEqual(["c", "b", "a", "d"]);
    expect((await put(b, { parent: null })).data.parent).toBe(null);
    expect(await below(parent)).toEqual(["c", "a", "d"]);
    expect(told(b).slice(-2)).toEqual([
      ["added_to_task", "added to parent"],
      ["removed_from_task", "removed from parent"],
    ]);
  });

  test("is not the task itself, nor below it, and is named", async () => {
    const [parent, child] = [await make("parent"), await make("child")];
    await put(child, { parent });
    const circle = "parent: A task cannot be a subtask of itself or of its own subtasks";
    expect((await refusal(put(parent, { parent: child }))).message).toBe(circle);
    expect((await refusal(put(parent, { parent }))).message).toBe(circle);
    expect((await refusal(put(child, {}))).message).toBe("parent: Missing input");
    expect((await refusal(put(child, { parent, insert_after: parent }))).message).toBe(
      "insert_after: Not a subtask of the parent",
    );
  });
});
