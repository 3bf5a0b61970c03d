/** Previews, updates and their conditions: what is started at Pulumi Cloud, and what never is. */

import { describe, expect, it } from "vitest";
import { type Asker, connectPulumi, here } from "../support/pulumi.ts";

const PROD = "/api/stacks/payready/billing/prod";
const page = "https://app.pulumi.com/payready/billing/prod";
const stack = "billing/prod";
const elsewhere: Asker = { ...here, threadTs: "18.2" };
const nowhere: Asker = { email: "arjun@payready.example", audience: "private" };

/** A preview from the thread, which has succeeded. */
async function previewed() {
  const house = await connectPulumi();
  const { deployment } = await house.ask("preview", { stack });
  house.after(30);
  return { ...house, of: { stack, deployment_id: deployment.id } };
}

describe("preview", () => {
  it("has Pulumi run one with the stack's own settings, and changes nothing", async () => {
    const { ask, writes, store, after } = await connectPulumi();
    const started = await ask("preview", { stack });
    expect(started).toEqual({
      deployment: { id: expect.any(String), stack, url: `${page}/deployments/1` },
      stack_version: 24,
      can_be_carried_out: true,
    });
    expect(writes()).toMatchObject([
      { call: `POST ${PROD}/deployments`, body: { operation: "preview", inheritSettings: true }, status: 202 },
    ]);
    after(30);
    expect((await ask("stack_status", { stack })).version).toBe(24);
    expect(store.changes.map(({ type, after: what }) => [type, what])).toEqual([["deployment", "preview"]]);
  });

  it("says which stack before it is started, and starts nothing by that", async () => {
    const { show, writes, store } = await connectPulumi();
    expect(await show("preview", { stack: "staging" })).toEqual({
      summary: "Preview an update of the stack billing/staging",
      record: { name: "billing/staging", url: "https://app.pulumi.com/payready/billing/staging" },
      changes: [{ field: "Deployment", before: null, after: expect.stringContaining("makes none") }],
    });
    expect(writes()).toEqual([]);
    expect(store.changes).toEqual([]);
  });

  it("waits for what runs already, and tells a stack that cannot be deployed", async () => {
    const { ask, refusal, show, writes } = await connectPulumi();
    await ask("preview", { stack });
    expect(await refusal("preview", { stack })).toContain("an operation is running");
    await expect(show("preview", { stack })).rejects.toThrow("an operation is running");
    expect(writes()).toHaveLength(1);
    expect(await refusal("preview", { stack: "data-platform/prod" })).toContain("Settings > Deploy");
  });
});

describe("get_deployment and deployment_logs", () => {
  it("follow it to its end", async () => {
    const { ask, sent, after } = await connectPulumi();
    const { id } = (await ask("preview", { stack })).deployment;
    const of = { stack, deployment_id: id };
    expect((await ask("get_deployment", of)).deployment).toMatchObject({ status: "not-started", is_over: false });
    after(10);
    const early = await ask("deployment_logs", of);
    expect(early.truncated).toBe(true);
    after(30);
    expect((await ask("get_deployment", of)).deployment).toMatchObject({
      id,
      stack,
      operation: "preview",
      status: "succeeded",
      is_over: true,
      created_at: "2026-11-18T17:00:00.000Z",
      url: `${page}/deployments/1`,
      steps: [{ name: "Get source", status: "succeeded" }, {}, {}],
    });
    const late = await ask("deployment_logs", { ...of, cursor: early.cursor });
    expect(late.truncated).toBe(false);
    const text = [...early.lines, ...late.lines].map((line: any) => line.text).join("\n");
    expect(text).toContain('billing-api-task update [diff: ~image] "billing-api:2.18.0" => "billing-api:2.19.1"');
    expect(early.lines[0]).toMatchObject({ step: "Get source", at: expect.stringMatching(/Z$/) });
    const logs = sent().filter(({ call }) => call === `GET ${PROD}/deployments/${id}/logs`);
    expect(logs.map(({ query }) => [query.count, typeof query.continuationToken])).toEqual([
      ["100", "undefined"],
      ["100", "string"],
    ]);
  });

  it("refuse an id that is none of this stack's", async () => {
    const { of, refusal } = await previewed();
    const other = { ...of, stack: "sophia/prod" };
    for (const tool of ["get_deployment", "deployment_logs", "cancel"]) {
      expect(await refusal(tool, other)).toContain("no deployment");
    }
    expect(await refusal("get_deployment", { stack, deployment_id: "../updates" })).toContain("deployment_id");
  });
});

describe("up", () => {
  it("carries out what this conversation has previewed, once", async () => {
    const { of, ask, refusal, writes, after } = await previewed();
    expect(await ask("up", of)).toEqual({
      deployment: { id: expect.any(String), stack, url: `${page}/deployments/2` },
      carries_out: of.deployment_id,
    });
    expect(writes().at(-1)).toMatchObject({
      call: `POST ${PROD}/deployments`,
      body: { operation: "update", inheritSettings: true },
    });
    after(90);
    expect((await ask("stack_status", { stack })).version).toBe(25);
    expect(await refusal("up", of)).toContain("carried out already");
    expect(writes()).toHaveLength(2);
  });

  it("shows the person what the preview said, and starts nothing by that", async () => {
    const { of, show, writes } = await previewed();
    expect(await show("up", of)).toEqual({
      summary: "Update the stack billing/prod, as the preview #1 showed",
      record: { name: stack, url: `${page}/deployments/1` },
      changes: [
        { field: "Version", before: "24", after: "a new one" },
        { field: "Resource", before: null, after: expect.stringContaining("billing-api-task update [diff: ~image]") },
      ],
    });
    expect(writes()).toHaveLength(1);
  });

  it.each([
    ["another thread", elsewhere, "in this conversation"],
    ["another channel with the same thread", { ...here, channel: "C2" }, "in this conversation"],
    ["no conversation at all", nowhere, "only within a conversation"],
    ["a conversation without a thread", { ...nowhere, channel: "C1" }, "only within a conversation"],
  ])("is refused from %s, to a person as well", async (_, asker, words) => {
    const { of, refusal, show, writes, ask } = await previewed();
    expect(await refusal("up", of, asker)).toContain(words);
    await expect(show("up", of, asker)).rejects.toThrow(words);
    expect(writes()).toHaveLength(1);
    // Its own conversation still has it.
    await ask("up", of);
  });

  it("is refused for a preview of another stack", async () => {
    const { of, refusal, writes } = await previewed();
    expect(await refusal("up", { ...of, stack: "billing/staging" })).toContain("No preview");
    expect(writes()).toHaveLength(1);
  });

  it("is refused for a preview that was started without a conversation", async () => {
    const { ask, refusal, after } = await connectPulumi();
    const { deployment, can_be_carried_out } = await ask("preview", { stack }, nowhere);
    expect(can_be_carried_out).toBe(false);
    after(30);
    for (const asker of [nowhere, here]) await refusal("up", { stack, deployment_id: deployment.id }, asker);
  });

  it("is refused while the preview runs, and after it failed", async () => {
    const { ask, refusal, writes, store, after } = await connectPulumi();
    const first = (await ask("preview", { stack })).deployment;
    expect(await refusal("up", { stack, deployment_id: first.id })).toContain("Wait for it");
    after(30);
    store.failNext("payready/billing/prod");
    const second = (await ask("preview", { stack })).deployment;
    after(90);
    expect(await refusal("up", { stack, deployment_id: second.id })).toContain("it is failed");
    expect(writes()).toHaveLength(2);
  });

  it("is refused when somebody has changed the stack meanwhile, for good", async () => {
    const { of, refusal, show, writes, store } = await previewed();
    store.updateElsewhere("payready/billing/prod", { by: "ruth" });
    await expect(show("up", of)).rejects.toThrow("version 24, now 25");
    expect(await refusal("up", of)).toContain("Start a new one");
    expect(writes()).toHaveLength(1);
  });

  it("is refused when somebody changed it while the preview was running", async () => {
    const { ask, refusal, store, after } = await connectPulumi();
    const { id } = (await ask("preview", { stack })).deployment;
    after(5);
    store.updateElsewhere("payready/billing/prod");
    after(30);
    expect(await refusal("up", { stack, deployment_id: id })).toContain("version 24, now 25");
  });

  it("is refused while something else runs on the stack", async () => {
    const { of, refusal, store, ask, after } = await previewed();
    store.deploy(store.stack("payready", "billing", "prod"), "update");
    expect(await refusal("up", of)).toContain("an operation is running");
    store.cancel(store.running(store.stack("payready", "billing", "prod"))!);
    after(60);
    await ask("up", of);
  });

  it("is refused after a restart, and asks for a new preview", async () => {
    const { of, ask, refusal, writes, restart, after } = await previewed();
    await restart();
    expect(await refusal("up", of)).toContain("Start a new one with preview");
    expect(writes()).toHaveLength(1);
    const { deployment } = await ask("preview", { stack });
    after(90);
    await ask("up", { stack, deployment_id: deployment.id });
  });

  it("takes no id of an update, nor one that does not exist", async () => {
    const { of, ask, refusal, writes, after } = await previewed();
    const { deployment } = await ask("up", of);
    after(90);
    expect(await refusal("up", { stack, deployment_id: deployment.id })).toContain("No preview");
    expect(await refusal("up", { stack, deployment_id: "00000000-0000-0000-0000-000000000000" })).toContain(
      "No preview",
    );
    expect(writes()).toHaveLength(2);
  });

  it("is started once where it is asked for twice at the same moment", async () => {
    const { of, call, writes } = await previewed();
    const results = await Promise.all([call("up", of), call("up", of), call("up", of)]);
    expect(results.filter(({ isError }) => !isError)).toHaveLength(1);
    expect(writes().filter(({ body }) => body.operation === "update")).toHaveLength(1);
  });

  it("is forgotten after four hours", async () => {
    const { of, refusal, timer } = await previewed();
    timer.advance(4 * 3_600_000);
    expect(await refusal("up", of)).toContain("No preview");
  });
});

describe("cancel", () => {
  it("stops what runs, and tells what is left of it", async () => {
    const { of, ask, show, writes, after } = await previewed();
    const { deployment } = await ask("up", of);
    after(40);
    const update = { stack, deployment_id: deployment.id };
    expect(await show("cancel", update)).toEqual({
      summary: "Cancel the update #2 of the stack billing/prod",
      record: { name: stack, url: `${page}/deployments/2` },
      changes: [{ field: "Status", before: "running", after: "cancelled" }],
    });
    expect(writes()).toHaveLength(2);
    expect((await ask("cancel", update)).deployment).toMatchObject({
      id: deployment.id,
      status: "failed",
      is_over: true,
    });
    expect(writes().at(-1)).toMatchObject({
      call: `POST ${PROD}/deployments/${deployment.id}/cancel`,
      body: undefined,
    });
    after(90);
    expect((await ask("stack_status", { stack })).version).toBe(24);
  });

  it("says that it is over already, without asking Pulumi to stop it", async () => {
    const { of, refusal, show, writes } = await previewed();
    expect(await refusal("cancel", of)).toContain("over already (succeeded)");
    await expect(show("cancel", of)).rejects.toThrow("over already");
    expect(writes()).toHaveLength(1);
  });
});
