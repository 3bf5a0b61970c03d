import { randomBytes } from "node:crypto";
import { Writable } from "node:stream";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/start.ts";
import { createSealer, type Sealer } from "../../src/accounts/sealing.ts";
import { readPublicKey } from "../../src/core/public-key.ts";
import { createHttpFront, type HttpFront } from "../../src/slack/http-front.ts";
import { createAsanaHookRecords } from "../../src/storage/asana-hooks.ts";
import type { Database } from "../../src/storage/database.ts";
import { createEvents, type InboundEvent } from "../../src/storage/events.ts";
import { createAsanaApi } from "../../src/webhooks/asana-api.ts";
import { createAsanaHooks, type WantedProjects } from "../../src/webhooks/asana-hooks.ts";
import { createWebhooks } from "../../src/webhooks/index.ts";
import { createLightHome, type EngineHome } from "../support/engines.ts";

let sandbox: Sandbox;
let home: EngineHome;
let database: Database;
let front: HttpFront;
let origin: string;
let failures = 0;
let now = Date.now();
const lines: { msg: string; project?: string }[] = [];
const clock = { now: () => now };
let keys = [randomBytes(32)];
/** The house's, with whatever keys it has at the moment. */
const sealer: Sealer = {
  seal: (...args) => createSealer(keys).seal(...args),
  open: (...args) => createSealer(keys).open(...args),
};
const logger = pino(
  { level: "info" },
  new Writable({ write: (chunk: Buffer, _, done) => done(void lines.push(JSON.parse(chunk.toString()))) }),
);

beforeAll(async () => {
  [sandbox, home] = await Promise.all([startSandbox({ seed: 1 }), createLightHome()]);
  database = (await home.createStorage()).database;
  const events = createEvents(database, clock);
  const { routes } = createWebhooks({
    settings: {
      gongPublicKey: readPublicKey(sandbox.env.GONG_WEBHOOK_PUBLIC_KEY),
      hubspotSecret: sandbox.env["HUBSPOT_WEBHOOK_SECRET"],
    },
    publicUrl: () => origin,
    events: { add: (told) => (failures-- > 0 ? Promise.reject(new Error("the database is away")) : events.add(told)) },
    asanaHooks: createAsanaHookRecords(database, clock),
    sealer,
    onEvents: () => {},
    logger,
  });
  front = createHttpFront({ port: 0, host: "127.0.0.1", logger, routes, readiness: () => ({}) });
  origin = `http://127.0.0.1:${await front.start()}`;
  sandbox.webhooks.target({ gong: `${origin}/webhooks/gong`, hubspot: `${origin}/webhooks/hubspot` });
});
afterAll(async () => {
  await sandbox.close();
  await front.stop();
  await home.drop();
});
beforeEach(async () => {
  failures = 0;
  await database.script("TRUNCATE sophia.events");
  lines.length = 0;
});

type Row = Pick<InboundEvent, "source" | "kind" | "objectId" | "data">;
const inbox = () =>
  database.query<Row>(
    `SELECT source, kind, object_id AS "objectId", data FROM sophia.events ORDER BY source, kind, key`,
  );
const control = async (path: string, body: object): Promise<any> => {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(sandbox.env.SANDBOX_CONTROL_URL + path, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return answer.json();
};
const sent = (service: string) => sandbox.webhooks.deliveries.filter((delivery) => delivery.service === service);

describe("Gong", () => {
  test("tells five times of a call that has ended, which is one event", async () => {
    const before = sent("gong").length;
    const { id, title } = await control("/gong/calls/end", { account: "Acme", webhooks: 5 });
    await expect
      .poll(() =>
        sent("gong")
          .slice(before)
          .map(({ status }) => status),
      )
      .toEqual([200, 200, 200, 200, 200]);
    expect(await inbox()).toEqual([
      {
        source: "gong",
        kind: "call.processed",
        objectId: id,
        data: expect.objectContaining({ isPrivate: false }),
      },
    ]);
    // And the poll finds it as well.
    expect(sandbox.gong.store.call(id)?.title).toBe(title);
  });

  test("marks a private call, and tells of none where its rule does not fire", async () => {
    await control("/gong/calls/end", { webhooks: 0 });
    const { id } = await control("/gong/calls/end", { isPrivate: true });
    await expect
      .poll(inbox)
      .toEqual([expect.objectContaining({ objectId: id, data: expect.objectContaining({ isPrivate: true }) })]);
  });
});

test("the control server says where webhooks are sent, and shows what was", async () => {
  const gong = sandbox.webhooks.targets.gong;
  expect(await control("/webhooks", { gong: null })).toMatchObject({
    targets: { hubspot: `${origin}/webhooks/hubspot` },
  });
  const before = sent("gong").length;
  await control("/gong/calls/end", {});
  expect(sent("gong")).toHaveLength(before);
  await control("/webhooks", { gong });
  const shown = await fetch(`${sandbox.env.SANDBOX_CONTROL_URL}/webhooks`).then((answer) => answer.json());
  expect(shown).toEqual({
    targets: { gong, hubspot: `${origin}/webhooks/hubspot` },
    deliveries: sandbox.webhooks.deliveries,
  });
  for (const body of [{ gong: "nowhere" }, { hubspot: "ftp://x" }, { asana: origin }]) {
    await expect(control("/webhooks", body)).rejects.toThrow(/400/);
  }
});

describe("HubSpot", () => {
  test("tells of changes by others and by ourselves, and again where they could not be stored", async () => {
    const [deal, other] = sandbox.hubspot.store.all("deals");
    failures = 2;
    const before = sent("hubspot").length;
    await control(`/hubspot/objects/deals/${deal?.id}`, { properties: { amount: "123456" }, by: "ben" });
    await fetch(`${sandbox.env["HUBSPOT_BASE_URL"]}/crm/objects/2026-09/deals/${other?.id}`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${sandbox.env["HUBSPOT_API_KEY"]}`, "content-type": "application/json" },
      body: JSON.stringify({ properties: { amount: "654321" } }),
    });
    await expect.poll(async () => (await inbox()).length).toBe(2);
    const byValue = (await inbox()).toSorted((a, b) => String(a.data["value"]).localeCompare(String(b.data["value"])));
    expect(byValue).toEqual([
      {
        source: "hubspot",
        kind: "deal.amount",
        objectId: deal?.id,
        data: {
          property: "amount",
          value: "123456",
          user: expect.stringMatching(/^\d+$/),
        },
      },
      expect.objectContaining({ objectId: other?.id, data: expect.objectContaining({ user: null }) }),
    ]);
    const attempts = sent("hubspot").slice(before);
    expect(attempts.filter(({ status }) => status === 500)).toHaveLength(2);
    const last = attempts.findLast(({ status }) => status === 200);
    expect(JSON.parse(last?.body ?? "[]")[0]).toMatchObject({ attemptNumber: last?.attempt });
  });
});

describe("Asana", () => {
  let wanted: WantedProjects = {
    named: ["Deal follow-ups", "customer onboarding", "No such project"],
    andOthers: false,
  };
  const api = () =>
    createAsanaApi({
      baseUrl: sandbox.env["ASANA_BASE_URL"] ?? "",
      accessToken: sandbox.env["ASANA_ACCESS_TOKEN"] ?? "",
    });
  const createHooks = ({ publicUrl }: { publicUrl?: string | undefined } = { publicUrl: origin }) =>
    createAsanaHooks({
      api: api(),
      hooks: createAsanaHookRecords(database, clock),
      sealer,
      publicUrl: () => publicUrl,
      projects: async () => wanted,
      clock,
      logger,
    });
  const standing = () =>
    sandbox.asana.store.webhooks.all.map(({ resource }) => sandbox.asana.store.project(resource.gid)?.name);
  const records = () => createAsanaHookRecords(database, clock).all();

  test("is asked, by two replicas at once, for one hook for each project that a route names", async () => {
    await Promise.all([createHooks().ensure(), createHooks().ensure()]);
    expect(standing()).toHaveLength(2);
    expect(new Set(standing())).toEqual(new Set(["Customer onboarding", "Deal follow-ups"]));
    const made = sandbox.asana.store.webhooks.all.map(({ gid }) => gid);
    expect(new Set((await records()).map(({ gid }) => gid))).toEqual(new Set(made));
    expect(lines.filter(({ msg }) => msg.includes("a project that Asana does not have"))[0]?.project).toBe(
      "No such project",
    );
    const stored = await database.query<{ sealed: string }>("SELECT sealed FROM sophia.asana_hooks");
    for (const { secret } of sandbox.asana.store.webhooks.all) expect(JSON.stringify(stored)).not.toContain(secret);
  });

  test("tells of a task that was put off and commented on", async () => {
    const project = sandbox.asana.store.projects.find(({ name }) => name === "Deal follow-ups");
    const task = project && sandbox.asana.store.tasksOf(project)[0];
    await control(`/asana/tasks/${task?.gid}`, { due_at: "2026-12-24T17:00:00Z", comment: "Later", by: "maya" });
    const user = sandbox.asana.store.user("maya")?.gid;
    await expect.poll(inbox).toEqual([
      { source: "asana", kind: "task.commented", objectId: task?.gid, data: { user, storyGid: expect.any(String) } },
      { source: "asana", kind: "task.due_changed", objectId: task?.gid, data: { user } },
    ]);
  });

  test("is asked for nothing that it has", async () => {
    const before = sandbox.asana.store.webhooks.all;
    await createHooks().ensure();
    expect(sandbox.asana.store.webhooks.all).toEqual(before);
  });

  test("loses what nobody wants to hear any more, what cannot be verified, and what is not recorded; not what is others'", async () => {
    const { store } = sandbox.asana;
    const resource = { kind: "project" as const, gid: store.projects[0]?.gid ?? "" };
    const foreign = { resource, filters: [], secret: "s", ownerGid: store.me.gid };
    store.webhooks.add({ ...foreign, target: "https://other.example/webhooks/asana/x" });
    const stray = store.webhooks.add({ ...foreign, target: `${origin}/webhooks/asana/${"f".repeat(32)}` });
    wanted = { named: ["Deal follow-ups"], andOthers: false };
    const [kept] = store.webhooks.all.filter((hook) => store.project(hook.resource.gid)?.name === "Deal follow-ups");
    await createHooks().ensure();
    expect(store.webhooks.find(stray.gid)).toBeUndefined();
    expect(store.webhooks.all.map(({ target }) => target).toSorted()).toEqual(
      ["https://other.example/webhooks/asana/x", kept?.target ?? ""].toSorted(),
    );
    // With another key what it sends could not be verified.
    const [before] = await records();
    keys = [randomBytes(32)];
    await createHooks().ensure();
    const [after] = await records();
    expect(after?.id).not.toBe(before?.id);
    expect(store.webhooks.find(kept?.gid ?? "")).toBeUndefined();
  });

  test("is asked again for a hook that it has lost", async () => {
    const { webhooks } = sandbox.asana.store;
    const [before] = await records();
    webhooks.remove(before?.gid ?? "");
    await createHooks().ensure();
    // It may just have been made.
    expect(await records()).toEqual([before]);
    now += 11 * 60_000;
    await createHooks().ensure();
    const [after] = await records();
    expect(webhooks.find(after?.gid ?? "")).toBeDefined();
  });

  test("is asked for all projects where no route names one, for none without a route, and for nothing where it could not reach us", async () => {
    wanted = { named: [], andOthers: true };
    await createHooks().ensure();
    const visible = sandbox.asana.store.projects.filter(
      (one) => !one.isArchived && sandbox.asana.store.seesProject(one),
    );
    expect(await records()).toHaveLength(visible.length);
    wanted = { named: [], andOthers: false };
    await createHooks().ensure();
    expect(await records()).toEqual([]);
    // Now there is nothing to ask Asana.
    const asked = sandbox.board.requests("asana").length;
    await createHooks().ensure();
    expect(sandbox.board.requests("asana")).toHaveLength(asked);
    wanted = { named: [], andOthers: true };
    await createHooks({ publicUrl: "http://sophia.internal:3000" }).ensure();
    await createHooks({ publicUrl: undefined }).ensure();
    expect(await records()).toEqual([]);
    expect(lines.filter(({ msg }) => msg.includes("SOPHIA_PUBLIC_URL is an https address"))).not.toEqual([]);
  });

  test("is asked first for the projects that a route names, where another one wants all and there are too many", async () => {
    const many = Array.from({ length: 80 }, (_, index) => ({ gid: String(index + 1), name: `Project ${index + 1}` }));
    const made: string[] = [];
    const full = {
      ...api(),
      projects: async () => many,
      createWebhook: async (gid: string) => {
        made.push(gid);
        throw new Error("only counted");
      },
    };
    const ensure = () =>
      createAsanaHooks({
        api: full,
        hooks: createAsanaHookRecords(database, clock),
        sealer,
        publicUrl: () => origin,
        projects: async () => wanted,
        clock,
        logger,
      }).ensure();
    wanted = { named: ["project 71"], andOthers: true };
    await ensure();
    expect(made).toEqual(["71", ...many.slice(0, 49).map(({ gid }) => gid)]);
    made.length = 0;
    wanted = { named: ["project 71"], andOthers: false };
    await ensure();
    expect(made).toEqual(["71"]);
  });

  test("goes on with the others where one hook cannot be made, and leaves nothing of it behind", async () => {
    wanted = { named: ["Deal follow-ups", "Customer onboarding"], andOthers: false };
    sandbox.board.addFault({ service: "asana", path: "/webhooks", times: 1, latencyMs: 0, status: 500 });
    await expect(createHooks().ensure()).rejects.toThrow(/Asana refused GET \/webhooks/);
    failures = 0;
    const refused = { ...api(), createWebhook: () => Promise.reject(new Error("no")) };
    const hooks = createAsanaHookRecords(database, clock);
    await createAsanaHooks({
      api: refused,
      hooks,
      sealer,
      publicUrl: () => origin,
      projects: async () => wanted,
      clock,
      logger,
    }).ensure();
    expect(await hooks.all()).toEqual([]);
    expect(lines.filter(({ msg }) => msg === "a webhook of Asana's could not be made")).toHaveLength(2);
  });
});
