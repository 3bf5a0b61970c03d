/** What our Pulumi server's reads ask of Pulumi Cloud, and what they make of its answers. */

import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { connectPulumi, pulumiContract } from "../support/pulumi.ts";

const PROD = "/api/stacks/payready/billing/prod";
const page = "https://app.pulumi.com/payready/billing/prod";

describe("the tools", () => {
  it("are named as their files, with closed schemas and all hints, and are listed without a request", async () => {
    const { tools: list, exchanges } = await connectPulumi();
    const files = readdirSync(new URL("../../mcp-servers/pulumi/tools/", import.meta.url));
    const tools = await list();
    expect(tools.map(({ name }) => `${name}.ts`)).toEqual(files.sort());
    for (const { name, inputSchema, outputSchema, annotations } of tools) {
      expect(inputSchema.additionalProperties).toBe(false);
      expect(outputSchema?.additionalProperties).toBe(false);
      const writes = ["preview", "up", "cancel"].includes(name);
      expect(annotations).toMatchObject({
        readOnlyHint: !writes,
        destructiveHint: name === "up" || name === "cancel",
        idempotentHint: name !== "preview" && name !== "up",
        openWorldHint: true,
      });
    }
    expect(tools.some(({ name }) => /destroy|delete|remove/.test(name))).toBe(false);
    expect(tools).toMatchSnapshot();
    expect(exchanges()).toEqual([]);
  });

  it("that write are not offered where only reading is allowed", async () => {
    const { tools, refusal, exchanges } = await connectPulumi({ config: { readOnly: true } });
    expect(await tools()).toHaveLength(8);
    for (const name of ["preview", "up", "cancel"]) expect(await refusal(name, {})).toContain("read only");
    expect(exchanges()).toEqual([]);
  });

  it("refuse an argument that they do not have", async () => {
    const { refusal, exchanges } = await connectPulumi();
    expect(await refusal("stack_status", { stak: "billing/prod" })).toContain("stack");
    expect(exchanges()).toEqual([]);
  });

  it.skipIf(!pulumiContract)("send what Pulumi describes", async () => {
    const { ask, exchanges, after } = await connectPulumi();
    const stack = "billing/prod";
    await ask("list_stacks", { project: "billing", tag_name: "environment", tag_value: "production", limit: 1 });
    await ask("stack_status", { stack: "scratch" }).catch(() => undefined);
    for (const name of ["stack_status", "stack_outputs", "list_updates", "drift_status"]) await ask(name, { stack });
    await ask("search_resources", { query: "billing db", package: "aws", protected: true });
    const { deployment } = await ask("preview", { stack });
    after(30);
    const of = { stack, deployment_id: deployment.id };
    await ask("get_deployment", of);
    const { cursor } = await ask("deployment_logs", { ...of, limit: 2 });
    await ask("deployment_logs", { ...of, cursor });
    const update = (await ask("up", of)).deployment;
    await ask("cancel", { stack, deployment_id: update.id });
    expect(exchanges().length).toBeGreaterThan(14);
    expect(exchanges().flatMap((exchange) => pulumiContract?.requestProblems(exchange) ?? [])).toEqual([]);
  });
});

describe("list_stacks", () => {
  it("lists the organization's own, in Pulumi's pages", async () => {
    const { ask, sent } = await connectPulumi();
    const first = await ask("list_stacks", { limit: 3 });
    expect(first.truncated).toBe(true);
    expect(first.stacks[0]).toEqual({
      name: "billing/prod",
      url: page,
      resource_count: 9,
      last_update_at: expect.stringMatching(/^2026-.*Z$/),
    });
    const rest = await ask("list_stacks", { limit: 3, cursor: first.cursor });
    expect([...first.stacks, ...rest.stacks].map(({ name }: any) => name)).toEqual([
      "billing/prod",
      "billing/staging",
      "data-platform/prod",
      "sophia/prod",
    ]);
    expect(rest).not.toHaveProperty("cursor");
    const [one, two] = sent();
    expect(one).toMatchObject({ call: "GET /api/user/stacks", query: { organization: "payready", maxResults: "3" } });
    expect(one?.headers).toMatchObject({
      authorization: "token sandbox-pulumi-token",
      accept: "application/vnd.pulumi+8",
    });
    expect(two?.query.continuationToken).toEqual(expect.any(String));
  });

  it("filters by project and tag, and binds a cursor to its question", async () => {
    const { ask, refusal, sent } = await connectPulumi();
    const filter = { tag_name: "environment", tag_value: "production" };
    const { stacks, cursor } = await ask("list_stacks", { ...filter, limit: 1 });
    expect(stacks).toHaveLength(1);
    expect(sent()[0]?.query).toMatchObject({ tagName: "environment", tagValue: "production" });
    expect(await refusal("list_stacks", { limit: 1, cursor })).toContain("another question");
    expect(await refusal("list_stacks", { tag_value: "x" })).toContain("tag_name");
    expect((await ask("list_stacks", { project: "sophia" })).stacks).toHaveLength(1);
  });
});

describe("a stack", () => {
  it.each([["billing/prod"], ["payready/billing/prod"], [`${page}/updates/24`], [" billing/prod "]])(
    "is taken as %s",
    async (stack) => {
      const { ask, sent } = await connectPulumi();
      expect((await ask("drift_status", { stack })).stack).toEqual({ name: "billing/prod", url: page });
      expect(sent().map(({ call }) => call)).toEqual([`GET ${PROD}/drift/status`]);
    },
  );

  it("is found by a name that only one has; of several all are named", async () => {
    const { ask, refusal } = await connectPulumi();
    expect((await ask("drift_status", { stack: "sophia" })).stack.name).toBe("sophia/prod");
    expect((await ask("drift_status", { stack: "staging" })).stack.name).toBe("billing/staging");
    expect((await ask("drift_status", { stack: "data" })).stack.name).toBe("data-platform/prod");
    expect(await refusal("drift_status", { stack: "billing" })).toContain("billing/prod, billing/staging");
  });

  it.each([
    ["billing/prd", 'Did you mean "billing/prod"?'],
    ["biling", 'Did you mean "billing"?'],
    ["arjun-mehta/scratch/dev", "only stacks of the organization payready"],
    ["https://app.pulumi.com/other/billing/prod", "only stacks of the organization payready"],
    ["../../user", "project/stack"],
    ["billing/..", "project/stack"],
    ["a/b/c/d", "project/stack"],
  ])("%s is refused with what to send", async (stack, words) => {
    const { refusal, sent } = await connectPulumi();
    for (const tool of ["stack_status", "stack_outputs", "list_updates", "preview"]) {
      expect(await refusal(tool, { stack })).toContain(words);
    }
    expect(sent().filter(({ call }) => call.includes("arjun") || call.includes(".."))).toEqual([]);
  });
});

describe("stack_status", () => {
  it("tells version, tags, the last update and what runs", async () => {
    const { ask, sent, store } = await connectPulumi();
    const quiet = await ask("stack_status", { stack: "billing/prod" });
    expect(quiet).toMatchObject({
      stack: { name: "billing/prod", url: page },
      version: 24,
      tags: { environment: "production" },
      running: null,
      last_update: { version: 24, result: "succeeded", url: `${page}/updates/24` },
    });
    expect(new Set(sent().map(({ call }) => call))).toEqual(new Set([`GET ${PROD}`, `GET ${PROD}/updates/latest`]));
    const stack = store.stack("payready", "billing", "prod");
    store.deploy(stack, "preview");
    expect((await ask("stack_status", { stack: "billing/prod" })).running).toEqual({
      operation: "preview",
      by: "payready-deployments",
      started_at: "2026-11-18T17:00:00.000Z",
    });
  });
});

describe("stack_outputs", () => {
  it("gives what the stack's program gives out, and no secret", async () => {
    const { ask, call, sent } = await connectPulumi();
    const { outputs, version, total } = await ask("stack_outputs", { stack: "billing/prod" });
    expect({ version, total }).toEqual({ version: 24, total: outputs.length });
    expect(outputs).toContainEqual({
      name: "apiUrl",
      value: "https://billing.payready.example",
      has_secret: false,
      cut: false,
    });
    expect(outputs).toContainEqual({ name: "databasePassword", value: "[secret]", has_secret: true, cut: false });
    expect(JSON.stringify(await call("stack_outputs", { stack: "billing/prod" }))).not.toMatch(/AAABA|ciphertext/);
    expect(sent()[0]).toMatchObject({ call: `GET ${PROD}/resources/latest`, query: {} });
  });

  it("redacts what is nested, quoted, encoded, or not even marked, and cuts what is long", async () => {
    const { ask, store } = await connectPulumi();
    const stack = store.stack("payready", "billing", "prod");
    const root = stack.resources.find(({ type }) => type === "pulumi:pulumi:Stack")!;
    const sealed = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "hunter2" };
    Object.assign(root, {
      outputs: {
        nested: { list: [{ deep: sealed }, "open"] },
        quoted: JSON.stringify({ again: JSON.stringify(sealed) }),
        encoded: Buffer.from(JSON.stringify({ sealed })).toString("base64"),
        adminPassword: "hunter2",
        databaseUrl: "postgres://billing:hunter2@db.example/billing",
        long: "x".repeat(5_000),
      },
    });
    const { outputs } = await ask("stack_outputs", { stack: "billing/prod" });
    const byName = Object.fromEntries(outputs.map((output: any) => [output.name, output]));
    expect(JSON.stringify(outputs)).not.toContain("hunter2");
    expect(byName.nested).toMatchObject({ value: { list: [{ deep: "[secret]" }, "open"] }, has_secret: true });
    expect(byName.databaseUrl.value).toBe("postgres://[secret]@db.example/billing");
    expect([byName.quoted.has_secret, byName.encoded.has_secret, byName.adminPassword.value]).toEqual([
      true,
      true,
      "[secret]",
    ]);
    expect(byName.long).toMatchObject({ cut: true, has_secret: false });
    expect(byName.long.value.length).toBe(4_000);
  });

  it("gives those that are named, in pages", async () => {
    const { ask } = await connectPulumi();
    const named = await ask("stack_outputs", { stack: "billing/prod", names: ["apiUrl", "nothing"] });
    expect(named).toMatchObject({ total: 1, outputs: [{ name: "apiUrl" }], missing: ["nothing"] });
    const first = await ask("stack_outputs", { stack: "billing/prod", limit: 1 });
    const second = await ask("stack_outputs", { stack: "billing/prod", limit: 1, cursor: first.cursor });
    expect(second.outputs[0].name).not.toBe(first.outputs[0].name);
  });
});

describe("list_updates", () => {
  it("lists the newest first, in pages, without configuration", async () => {
    const { ask, call, sent } = await connectPulumi();
    const first = await ask("list_updates", { stack: "billing/prod", limit: 5 });
    expect(first).toMatchObject({ total: 24, truncated: true });
    expect(first.updates.map(({ version }: any) => version)).toEqual([24, 23, 22, 21, 20]);
    expect(first.updates[0]).toMatchObject({ operation: "update", result: "succeeded", by: expect.any(String) });
    expect(first.updates[0].changes.same).toBeGreaterThan(0);
    const second = await call("list_updates", { stack: "billing/prod", limit: 5, cursor: first.cursor });
    expect((second.structuredContent as any).updates[0].version).toBe(19);
    expect(JSON.stringify(second)).not.toMatch(/processorKey|AAABA|@payready/);
    expect(sent().map(({ call: line, query }) => [line, query.page, query.pageSize])).toEqual([
      [`GET ${PROD}/updates`, "1", "5"],
      [`GET ${PROD}/updates`, "2", "5"],
    ]);
    const last = await ask("list_updates", { stack: "billing/prod", limit: 100 });
    expect([last.updates.length, last.truncated]).toEqual([24, false]);
  });
});

describe("drift_status", () => {
  it("tells drift, no drift, and that nobody has looked", async () => {
    const { ask, store } = await connectPulumi();
    expect(await ask("drift_status", { stack: "billing/prod" })).toEqual({
      stack: { name: "billing/prod", url: page },
      drifted: true,
      looking_now: false,
      last_look_id: expect.any(String),
    });
    store.setDrift("payready/billing/prod", []);
    expect((await ask("drift_status", { stack: "billing/prod" })).drifted).toBe(false);
    const stack = store.stack("payready", "billing", "prod");
    stack.drift = { runId: "", changes: [] };
    expect(await ask("drift_status", { stack: "billing/prod" })).toMatchObject({ drifted: null, last_look_id: null });
  });
});

describe("search_resources", () => {
  it("searches with words and fields, in Pulumi's pages", async () => {
    const { ask, sent } = await connectPulumi();
    const first = await ask("search_resources", { package: "aws", limit: 10 });
    expect(first).toMatchObject({ total: 25, truncated: true });
    const third = await ask("search_resources", {
      package: "aws",
      limit: 10,
      cursor: (await ask("search_resources", { package: "aws", limit: 10, cursor: first.cursor })).cursor,
    });
    expect([third.resources.length, third.truncated]).toEqual([5, false]);
    const found = await ask("search_resources", { query: "billing-db", project: "billing", stack: "prod" });
    expect(found.resources).toContainEqual({
      name: "billing-db",
      type: "aws:rds/instance:Instance",
      id: expect.any(String),
      stack: "billing/prod",
      url: `${page}/resources`,
      urn: expect.stringContaining("::billing-db"),
      protected: true,
      created_at: expect.stringMatching(/Z$/),
      modified_at: expect.stringMatching(/Z$/),
    });
    expect(sent().at(-1)).toMatchObject({
      call: "GET /api/orgs/payready/search/resourcesv2",
      query: { query: '"billing-db" project:"billing" stack:"prod"', page: "1", size: "25" },
    });
  });

  it("takes what looks like a field for a word, and asks for something to look for", async () => {
    const { ask, refusal, sent } = await connectPulumi();
    await ask("search_resources", { query: "owner:maya -stack:prod" });
    expect(sent()[0]?.query.query).toBe('"owner:maya" "-stack:prod"');
    expect(await refusal("search_resources", {})).toContain("what is looked for");
    expect(await refusal("search_resources", { query: 'a" OR "b' })).toContain("without quotes");
    expect(sent()).toHaveLength(1);
  });
});
