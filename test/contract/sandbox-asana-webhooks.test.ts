import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import asana from "asana";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { loadAsanaContract } from "../support/asana-contract.ts";
import { refusal, setBack, type StartedAsana, startTestAsana } from "../support/asana-stand-in.ts";

interface Got {
  path: string;
  secret: string | undefined;
  signature: string | undefined;
  body: string;
}

let stand: StartedAsana;
let server: Server;
let target: string;
let got: Got[] = [];
/** How the listener answers next, 200 with the secret's echo unless told. */
let answers: number[] = [];
let isDeaf = false;
const contract = loadAsanaContract();

beforeAll(async () => {
  stand = await startTestAsana();
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const header = (name: string): string | undefined => request.headers[name] as string | undefined;
      const secret = header("x-hook-secret");
      got.push({ path: request.url ?? "", secret, signature: header("x-hook-signature"), body });
      response.writeHead(answers.shift() ?? 200, secret && !isDeaf ? { "x-hook-secret": secret } : {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await stand.close();
});
afterEach(async () => {
  for (const { gid } of stand.store.webhooks.all) stand.store.webhooks.remove(gid);
  [got, answers, isDeaf] = [[], [], false];
  const accepted = (await setBack(stand, contract)).filter((record) => record.status < 400);
  expect(accepted.flatMap((record) => contract?.requestProblems(record) ?? [])).toEqual([]);
});

const hooks = () => new asana.WebhooksApi(stand.client);
const create = (data: object) => hooks().createWebhook({ data }, {});
/** What was told of, heartbeats and handshakes left out. */
const told = () => got.flatMap(({ body }) => (JSON.parse(body) as { events?: any[] }).events ?? []);
const taskIn = (project: string) => stand.store.tasksOf(stand.store.project(project)!)[0]!;

test("a webhook is made while its target shakes hands, is shown without its secret, and goes when it is deleted", async () => {
  const answer = await stand.request("POST", "/webhooks", { resource: stand.gid.followUps, target: `${target}/a?b=c` });
  expect(answer).toMatchObject({
    status: 201,
    body: {
      data: {
        active: true,
        target: `${target}/a?b=c`,
        resource: { gid: stand.gid.followUps, name: "Deal follow-ups" },
      },
    },
  });
  const secret: string = answer.body["X-Hook-Secret"];
  expect(got[0]).toMatchObject({ path: "/a?b=c", secret, body: "{}" });
  // The first thing that it sends is a heartbeat.
  await expect.poll(() => got[1]?.body).toBe('{"events":[]}');
  expect(got[1]?.signature).toBe(
    createHmac("sha256", secret)
      .update(got[1]?.body ?? "")
      .digest("hex"),
  );
  const { data: list } = await hooks().getWebhooks(stand.gid.workspace, {});
  expect(list).toEqual([expect.objectContaining({ gid: answer.body.data.gid, target: `${target}/a?b=c` })]);
  const { data: one } = await hooks().getWebhook(answer.body.data.gid, {});
  expect(JSON.stringify([list, one])).not.toContain(secret);
  await hooks().deleteWebhook(one.gid);
  expect((await hooks().getWebhooks(stand.gid.workspace, {})).data).toEqual([]);
  expect((await refusal(hooks().getWebhook(one.gid, {}))).status).toBe(404);
});

test("none is made where nobody shakes hands, or for what there is not", async () => {
  isDeaf = true;
  expect((await refusal(create({ resource: stand.gid.followUps, target }))).status).toBe(400);
  expect(stand.store.webhooks.all).toEqual([]);
  isDeaf = false;
  answers = [500];
  expect((await refusal(create({ resource: stand.gid.followUps, target }))).status).toBe(400);
  for (const data of [
    { resource: "1", target },
    { resource: stand.gid.followUps },
    { resource: stand.gid.followUps, target: "x" },
  ])
    expect((await refusal(create(data))).status).toBe(400);
});

test("it tells of what passes its filters in its project, whoever did it, in compact events", async () => {
  const filters = [
    { resource_type: "task", action: "changed", fields: ["completed", "assignee"] },
    { resource_type: "story", resource_subtype: "comment_added", action: "added" },
  ];
  await create({ resource: stand.gid.followUps, target, filters });
  const [task, elsewhere] = [taskIn(stand.gid.followUps), taskIn(stand.gid.onboarding)];
  const [by, ruth] = [stand.user("maya"), stand.user("ruth")];
  stand.store.editTask(elsewhere.gid, { isCompleted: true }, by);
  stand.store.editTask(task.gid, { name: "Another name", isCompleted: true }, by);
  await new asana.TasksApi(stand.client).updateTask({ data: { assignee: ruth } }, task.gid, {});
  stand.store.addComment(task, "Done, see below", false, by);
  await expect.poll(() => told().length).toBe(3);
  const resource = { gid: task.gid, resource_type: "task", resource_subtype: task.subtype };
  const assigned = { field: "assignee", action: "changed", new_value: { gid: ruth, resource_type: "user" } };
  expect(told()).toEqual([
    expect.objectContaining({
      action: "changed",
      resource,
      parent: null,
      change: { field: "completed", action: "changed" },
    }),
    expect.objectContaining({ user: { gid: stand.store.me.gid, resource_type: "user" }, change: assigned }),
    expect.objectContaining({
      user: { gid: by, resource_type: "user" },
      action: "added",
      resource: expect.objectContaining({ resource_type: "story", resource_subtype: "comment_added" }),
      parent: resource,
    }),
  ]);
  expect(JSON.stringify(told())).not.toMatch(/Done|Another name/);
});

test("it tells the same again until somebody takes it", async () => {
  await create({ resource: stand.gid.followUps, target });
  await expect.poll(() => got.length).toBe(2);
  answers = [500];
  stand.store.editTask(taskIn(stand.gid.followUps).gid, { dueOn: "2026-12-24" }, stand.user("maya"));
  await expect.poll(() => got.length).toBe(4);
  expect(got[3]).toEqual(got[2]);
  await expect
    .poll(() => stand.store.webhooks.all[0])
    .toMatchObject({ lastFailure: "Status 500", lastSuccessAt: expect.any(String) });
});
