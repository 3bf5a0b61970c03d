import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type PulumiStore, startPulumi } from "../../sandbox/pulumi/start-pulumi.ts";
import { type ServiceStandIn, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";
import { loadContract } from "../support/openapi.ts";

const now = Date.parse("2026-11-18T16:00:00Z");
const world = createWorld({ now });
let instant = now;
/** It stands still unless a test moves it. */
const clock = {
  now: () => instant,
  set: (to: number) => {
    instant = to;
  },
  onSet: () => undefined,
};
const board = new Switchboard(clock);
let pulumi: ServiceStandIn<PulumiStore>;

/**
 * A property's value is described as an object, where any value is meant; a log by the shape that all kinds of logs
 * share; errors not at all.
 */
const contract = loadContract("pulumi/pulumi_cloud_openapi.json", {
  errorSchema: "SandboxError",
  correct: (document) => {
    const schemas = document.components.schemas ?? {};
    const code = { code: { type: "integer" }, message: { type: "string" } };
    schemas.SandboxError = { type: "object", properties: code, required: ["code", "message"] };
    const resource = schemas.Resource as { properties: Record<string, object> };
    for (const name of ["inputs", "outputs"])
      resource.properties[name] = { type: "object", additionalProperties: true };
    const logs = "/api/stacks/{orgName}/{projectName}/{stackName}/deployments/{deploymentId}/logs";
    const { get } = document.paths[logs] as { get: { responses: Record<string, unknown> } };
    const kinds = ["DeploymentLogs", "DeploymentLogsStep"].map((name) => ({ $ref: `#/components/schemas/${name}` }));
    get.responses["200"] = { content: { "application/json": { schema: { anyOf: kinds } } } };
    for (const path of Object.values(document.paths)) {
      for (const operation of Object.values(path)) {
        if (!operation || Array.isArray(operation)) continue;
        // What is described of a refusal is its words.
        for (const status of Object.keys(operation.responses)) {
          if (Number(status) >= 400) delete operation.responses[status];
        }
      }
    }
  },
});

beforeAll(async () => {
  pulumi = await startPulumi({ world, board, requestsPerMinute: 0 });
});
afterAll(() => pulumi.close());
afterEach(async () => {
  // Every answer of every test here is what the vendor describes.
  const exchanges = board.requests("pulumi");
  await expect.poll(() => exchanges.filter((e) => e.response === "" && !e.url.endsWith("/cancel"))).toEqual([]);
  pulumi.reset();
  board.reset();
  board.clock.set(now);
  expect(exchanges.flatMap((exchange) => contract?.answerProblems(exchange) ?? [])).toEqual([]);
});

interface Init {
  body?: unknown;
  headers?: Record<string, string>;
  server?: ServiceStandIn<PulumiStore>;
}

async function ask(method: string, path: string, { body, headers, server = pulumi }: Init = {}) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: "token sandbox-pulumi-token",
      accept: "application/vnd.pulumi+8",
      "content-type": "application/json",
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
}

const get = async (path: string) => (await ask("GET", path)).body;
const PROD = "/api/stacks/payready/billing/prod";
const after = (seconds: number): void => board.clock.set(now + seconds * 1000);
const deploy = (operation: string, stack = PROD) =>
  ask("POST", `${stack}/deployments`, { body: { operation, inheritSettings: true } });

describe("stacks", () => {
  test("are listed by pages and filters, those of other organizations included", async () => {
    const first = await get("/api/user/stacks?maxResults=3");
    const rest = await get(`/api/user/stacks?maxResults=3&continuationToken=${first.continuationToken}`);
    const names = [...first.stacks, ...rest.stacks].map((s: any) => `${s.orgName}/${s.projectName}/${s.stackName}`);
    expect(names).toEqual([
      "payready/billing/prod",
      "payready/billing/staging",
      "payready/data-platform/prod",
      "payready/sophia/prod",
      "arjun-mehta/scratch/dev",
    ]);
    expect([rest.continuationToken, rest.stacks[1].lastUpdate]).toEqual([undefined, undefined]);
    expect((await get("/api/user/stacks?organization=payready&project=billing")).stacks).toHaveLength(2);
    expect((await get("/api/user/stacks?tagName=owner&tagValue=ruth")).stacks[0].projectName).toBe("data-platform");
    expect((await ask("GET", "/api/user/stacks?continuationToken=x")).status).toBe(400);
  });

  test("have a version, tags and no operation while nothing runs", async () => {
    const stack = await get(PROD);
    expect(stack).toMatchObject({ projectName: "billing", stackName: "prod", version: 24 });
    expect(stack.tags).toMatchObject({ "pulumi:project": "billing", environment: "production" });
    expect(stack.currentOperation).toBeUndefined();
    expect(await ask("GET", "/api/stacks/payready/billing/qa")).toMatchObject({ status: 404, body: { code: 404 } });
  });

  test("show resources and outputs, secrets encrypted", async () => {
    const { resources, version } = await get(`${PROD}/resources/latest`);
    expect([resources.length, version]).toEqual([9, 24]);
    const { outputs } = resources[0].resource;
    expect(outputs.apiUrl).toBe("https://billing.payready.example");
    expect(outputs.databasePassword).toEqual({
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      ciphertext: expect.stringMatching(/^AAABA/),
    });
    const database = resources.find((r: any) => r.resource.urn.endsWith("::billing-db")).resource;
    expect(database).toMatchObject({ protect: true, additionalSecretOutputs: ["password"] });
    expect(database.inputs.password.ciphertext).toMatch(/^AAABA/);
  });

  test("drift: billing's production only", async () => {
    expect(await get(`${PROD}/drift/status`)).toMatchObject({ driftDetected: true, runInProgress: false });
    expect((await get("/api/stacks/payready/sophia/prod/drift/status")).driftDetected).toBe(false);
    pulumi.store.setDrift("payready/billing/prod", []);
    expect((await get(`${PROD}/drift/status`)).driftDetected).toBe(false);
    expect(pulumi.store.changes.map((c) => [c.id, c.field, c.before, c.after, c.by])).toEqual([
      ["payready/billing/prod", "drift", 2, 0, "arjun"],
    ]);
  });
});

describe("updates", () => {
  test("newest first, by pages, in the list's format or the older one", async () => {
    const page = await get(`${PROD}/updates?output-type=service&page=2&pageSize=5`);
    expect([page.total, page.itemsPerPage]).toEqual([24, 5]);
    expect(page.updates.map((u: any) => u.version)).toEqual([19, 18, 17, 16, 15]);
    const [update] = page.updates;
    expect(world.people.map((p) => p.email)).toContain(update.requestedBy.email);
    expect(update.info.endTime).toBeGreaterThan(update.info.startTime);
    expect(update.info.config["billing:processorKey"]).toMatchObject({ secret: true });
    expect((await get(`${PROD}/updates`)).updates[0]).toMatchObject({ version: 24, result: "succeeded" });
    expect((await ask("GET", `${PROD}/updates?pageSize=-1`)).status).toBe(400);
  });

  test("the latest one, and none of a stack that was never updated", async () => {
    expect((await get(`${PROD}/updates/latest`)).version).toBe(24);
    expect((await ask("GET", "/api/stacks/arjun-mehta/scratch/dev/updates/latest")).status).toBe(404);
  });

  test("one from elsewhere raises the version", async () => {
    pulumi.store.updateElsewhere("payready/billing/prod", { by: "ruth" });
    expect((await get(PROD)).version).toBe(25);
    expect((await get(`${PROD}/updates/latest`)).requestedBy.githubLogin).toBe("ruth");
  });
});

describe("deployments", () => {
  test("go from state to state by the clock, and leave the stack as it was if they were previews", async () => {
    const { status, body } = await deploy("preview");
    expect([status, body.version]).toEqual([202, 1]);
    expect(body.consoleUrl).toBe("https://app.pulumi.com/payready/billing/prod/deployments/1");
    const states: string[] = [];
    for (const seconds of [0, 1, 3, 19, 20]) {
      after(seconds);
      states.push((await get(`${PROD}/deployments/${body.id}`)).status);
    }
    expect(states).toEqual(["not-started", "accepted", "running", "running", "succeeded"]);
    expect((await get(PROD)).version).toBe(24);
  });

  test("an update changes what was to be changed, once", async () => {
    const { body } = await deploy("update");
    after(5);
    expect((await get(PROD)).currentOperation).toMatchObject({ kind: "update", started: now / 1000 });
    after(30);
    const stack = await get(PROD);
    expect([stack.version, stack.currentOperation]).toEqual([25, undefined]);
    const { info } = await get(`${PROD}/updates/latest`);
    expect([info.resourceChanges, info.endTime]).toEqual([{ update: 1, same: 8 }, now / 1000 + 20]);
    const { resources } = await get(`${PROD}/resources/latest`);
    const task = resources.find((r: any) => r.resource.urn.endsWith("::billing-api-task")).resource;
    expect(task.outputs.image).toBe("billing-api:2.19.1");
    expect(pulumi.store.changes.at(-1)).toMatchObject({
      id: "payready/billing/prod",
      before: 24,
      after: 25,
      by: "api",
    });
    expect((await get(`${PROD}/deployments/${body.id}`)).jobs[0].steps.map((s: any) => s.status)).toEqual(
      Array(3).fill("succeeded"),
    );
  });

  test("the log is read on with its token until it is over", async () => {
    const { id } = (await deploy("preview")).body;
    const path = `${PROD}/deployments/${id}/logs`;
    expect(await get(path)).toMatchObject({ lines: [], nextToken: expect.any(String) });
    after(6);
    const early = await get(path);
    after(20);
    const late = await get(`${path}?continuationToken=${early.nextToken}`);
    expect([early.lines.length > 0, late.nextToken]).toEqual([true, undefined]);
    const text = [...early.lines, ...late.lines].map((l: any) => l.line).join("");
    expect(text).toContain('billing-api-task update [diff: ~image] "billing-api:2.18.0" => "billing-api:2.19.1"');
    expect(text).toContain("    ~ 1 to update\n    8 unchanged\n");
    const small = await get(`${path}?count=2`);
    expect([small.lines.length, small.lines[0].header]).toEqual([2, "Get source"]);
    const step = await get(`${path}?job=0&step=2&offset=1&count=1`);
    expect([step.name, step.lines.length, step.nextOffset]).toEqual(["Pulumi operation", 1, 2]);
    expect((await ask("GET", `${path}?count=500`)).status).toBe(400);
    expect((await ask("GET", `${path}?continuationToken=x`)).status).toBe(400);
  });

  test("one at a time; a cancelled one makes room and changes nothing", async () => {
    const { id } = (await deploy("update")).body;
    expect(await deploy("preview")).toMatchObject({ status: 409, body: { code: 409 } });
    expect((await deploy("preview", "/api/stacks/payready/sophia/prod")).status).toBe(202);
    after(10);
    expect((await ask("POST", `${PROD}/deployments/${id}/cancel`)).status).toBe(200);
    expect((await get(`${PROD}/deployments/${id}`)).status).toBe("failed");
    expect((await ask("POST", `${PROD}/deployments/${id}/cancel`)).status).toBe(404);
    expect((await deploy("preview")).status).toBe(202);
    after(60);
    expect((await get(PROD)).version).toBe(24);
  });

  test("are listed by pages, newest first, with who asked for each", async () => {
    const me = await get("/api/user");
    expect(me).toMatchObject({ githubLogin: "arjun", email: "arjun@payready.example" });
    const first = (await deploy("preview")).body;
    after(60);
    const stack = pulumi.store.stack("payready", "billing", "prod");
    const second = pulumi.store.deploy(stack, "update", "maya");
    const listed = await get(`${PROD}/deployments?page=1&pageSize=100`);
    expect(listed).toMatchObject({ itemsPerPage: 100, total: 2 });
    expect(listed.deployments).toMatchObject([
      { id: second.id, pulumiOperation: "update", requestedBy: { githubLogin: "maya" }, status: "not-started" },
      { id: first.id, pulumiOperation: "preview", requestedBy: { githubLogin: me.githubLogin }, status: "succeeded" },
    ]);
    expect((await get(`${PROD}/deployments?page=2&pageSize=1`)).deployments).toMatchObject([{ id: first.id }]);
    for (const query of ["page=0", "pageSize=101"]) {
      expect((await ask("GET", `${PROD}/deployments?${query}`)).status).toBe(400);
    }
  });

  test("one that fails says so, and changes nothing", async () => {
    pulumi.store.failNext("payready/billing/prod");
    const { id } = (await deploy("update")).body;
    after(20);
    const deployment = await get(`${PROD}/deployments/${id}`);
    expect([deployment.status, deployment.jobs[0].steps[2].status]).toEqual(["failed", "failed"]);
    expect((await get(PROD)).version).toBe(24);
  });

  test.each([
    ["destroy", { operation: "destroy" }, 400],
    ["refresh", { operation: "refresh" }, 400],
    ["no operation", {}, 400],
    ["an unknown field", { operation: "preview", target: "x" }, 400],
    ["settings that are not inherited and not given", { operation: "preview", inheritSettings: false }, 400],
  ])("%s is refused", async (_, body, status) => {
    expect((await ask("POST", `${PROD}/deployments`, { body })).status).toBe(status);
    expect(pulumi.store.changes).toEqual([]);
  });

  test("a stack without a source, or none at all, cannot be deployed", async () => {
    expect((await deploy("preview", "/api/stacks/payready/data-platform/prod")).body.message).toContain(
      "source context",
    );
    expect((await deploy("preview", "/api/stacks/payready/data-platform/qa")).status).toBe(404);
    expect((await ask("GET", `${PROD}/deployments/none`)).status).toBe(404);
  });
});

describe("search over resources", () => {
  const search = (query: string, more = "") =>
    get(`/api/orgs/payready/search/resourcesv2?query=${encodeURIComponent(query)}${more}`);

  test.each([
    ["billing-db", 4],
    ["type:aws:rds/instance:Instance", 3],
    ["project:billing type:aws:rds/instance:Instance", 2],
    ['project:billing -stack:"staging" package:aws', 8],
    ["protected:true", 4],
    ["nothing-of-the-kind", 0],
  ])("%s", async (query, total) => {
    expect((await search(query)).total).toBe(total);
  });

  test("by pages, in order, with counts", async () => {
    const page = await search("package:aws", "&size=10&page=2&sort=name&asc=true&facet=project");
    expect([page.total, page.resources.length]).toEqual([25, 10]);
    expect(new URL(page.pagination.next).searchParams.get("page")).toBe("3");
    expect(page.aggregations.project.results[0]).toEqual({ name: "billing", count: 16 });
    const names = page.resources.map((r: any) => r.name);
    expect(names).toEqual(names.toSorted());
  });

  test.each([
    ["/api/orgs/payready/search/resourcesv2?properties=true", 402],
    ["/api/orgs/payready/search/resourcesv2?query=owner:maya", 400],
    ["/api/orgs/payready/search/resourcesv2?sort=size", 400],
    ["/api/orgs/other/search/resourcesv2", 404],
  ])("%s is %i", async (path, status) => {
    expect(await ask("GET", path)).toMatchObject({ status, body: { code: status } });
  });
});

describe("who may ask, and how often", () => {
  test.each([
    ["no token", { authorization: "" }, 401],
    ["a wrong token", { authorization: "token wrong" }, 401],
    ["another scheme", { authorization: "Bearer sandbox-pulumi-token" }, 401],
    ["no version", { accept: "application/json" }, 400],
  ])("%s is refused", async (_, headers, status) => {
    expect(await ask("GET", PROD, { headers })).toMatchObject({ status, body: { code: status } });
  });

  test("a minute has so many requests", async () => {
    let real = 1_000_000;
    const server = await startPulumi({ world, board, requestsPerMinute: 2, realNow: () => real });
    const statuses = async () => (await ask("GET", PROD, { server })).status;
    expect([await statuses(), await statuses(), await statuses()]).toEqual([200, 200, 429]);
    expect((await ask("GET", PROD, { server })).headers.get("retry-after")).toBe("60");
    real += 60_000;
    expect(await statuses()).toBe(200);
    await server.close();
  });

  test("faults are worded as the service words them", async () => {
    board.addFault({ service: "pulumi", status: 429, retryAfter: 9 });
    const { status, headers, body } = await ask("GET", PROD);
    expect([status, headers.get("retry-after"), body]).toEqual([429, "9", { code: 429, message: "Too Many Requests" }]);
  });
});
