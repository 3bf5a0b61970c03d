/** How our Pulumi server finds out what became of a write whose answer was lost. */

import { describe, expect, it } from "vitest";
import { FAILURE_META } from "../../src/mcp/types.ts";
import { connectPulumi } from "../support/pulumi.ts";

const stack = "billing/prod";
const url = "https://app.pulumi.com/payready/billing/prod/deployments";
const now = Date.parse("2026-11-18T17:00:00Z");

/** What is started meets the fault, of all that is asked. */
async function connect() {
  const house = await connectPulumi();
  const { board, call, store } = house;
  const target = () => store.stack("payready", "billing", "prod");
  const lose = async (name: string, args: { deployment_id?: string }, drop: true | "after") => {
    if (args.deployment_id)
      board.addFault({ service: "pulumi", path: `/deployments/${args.deployment_id}`, latencyMs: 1 });
    board.addFault({ service: "pulumi", path: "/prod/deployments", drop });
    const result = await call(name, { stack, ...args });
    expect(result._meta?.[FAILURE_META]).toMatchObject({ outcomeUnknown: true });
    return board.clock.now();
  };
  return { ...house, lose, target, deployments: () => store.deployments(target()) };
}

/** A preview that has succeeded, and is as old as a later look-up may not take for new. */
async function previewed() {
  const house = await connect();
  const { deployment } = await house.ask("preview", { stack });
  house.after(300);
  return { ...house, of: { stack, deployment_id: deployment.id as string } };
}

describe("preview", () => {
  it("is found among the stack's deployments, but cannot be carried out", async () => {
    const { lose, lookUp, deployments, writes } = await connect();
    const sentAt = await lose("preview", {}, "after");
    expect(await lookUp("preview", { stack }, sentAt)).toEqual({
      state: "done",
      output: {
        deployment: { id: deployments()[0]!.id, stack, url: `${url}/1` },
        stack_version: 24,
        can_be_carried_out: false,
      },
    });
    expect(writes()).toHaveLength(1);
  });

  it("is not done where none was started since, of that kind", async () => {
    const { ask, of, lose, lookUp, after } = await previewed();
    await ask("up", of);
    after(330);
    const sentAt = await lose("preview", {}, true);
    expect(await lookUp("preview", { stack }, sentAt)).toEqual({ state: "not_done" });
  });

  it("is left open where two were started, or one by somebody else, and they are named", async () => {
    const { ask, lookUp, after, store, target } = await connect();
    store.deploy(target(), "preview", "maya");
    const theirs = await lookUp("preview", { stack }, now);
    expect(theirs).toMatchObject({ state: "unknown", reason: expect.stringContaining(`${url}/1`) });
    after(30);
    await ask("preview", { stack });
    expect(await lookUp("preview", { stack }, now)).toMatchObject({ state: "done" });
    after(60);
    await ask("preview", { stack });
    const { state, reason } = await lookUp("preview", { stack }, now);
    expect(state).toBe("unknown");
    expect(reason).toContain(`${url}/2`);
    expect(reason).toContain(`${url}/3`);
  });

  it("is looked for on as many pages as there are since", async () => {
    const { lookUp, after, store, target } = await connect();
    store.deploy(target(), "preview");
    for (let n = 1; n <= 120; n++) {
      after(n * 30);
      store.deploy(target(), "update");
    }
    expect(await lookUp("preview", { stack }, now)).toMatchObject({ state: "done" });
    expect(await lookUp("preview", { stack }, now + 60_001)).toEqual({ state: "not_done" });
    for (let n = 121; n <= 520; n++) {
      after(n * 30);
      store.deploy(target(), "update");
    }
    const found = await lookUp("preview", { stack }, now);
    expect(found).toMatchObject({ state: "unknown", reason: expect.stringContaining(url) });
  });

  it("is left open where Pulumi is down, which may pass", async () => {
    const { lose, lookUp, board } = await connect();
    const sentAt = await lose("preview", {}, "after");
    board.addFault({ service: "pulumi", status: 503, times: 9 });
    const found = await lookUp("preview", { stack }, sentAt);
    expect(found).toMatchObject({
      state: "unknown",
      retryable: true,
      reason: expect.stringContaining("Pulumi is failing"),
    });
  });
});

describe("up", () => {
  it("is found, though its preview is used up", async () => {
    const { of, lose, lookUp, deployments, writes } = await previewed();
    const sentAt = await lose("up", of, "after");
    expect(await lookUp("up", of, sentAt)).toEqual({
      state: "done",
      output: { deployment: { id: deployments()[1]!.id, stack, url: `${url}/2` }, carries_out: of.deployment_id },
    });
    expect(writes()).toHaveLength(2);
  });

  it("is not done where it was not started, or only long before", async () => {
    const { of, lose, lookUp, store, target, after, deployments } = await previewed();
    const sentAt = await lose("up", of, true);
    expect(await lookUp("up", of, sentAt)).toEqual({ state: "not_done" });
    expect(deployments()).toHaveLength(1);
    store.deploy(target(), "update");
    after(600);
    expect(await lookUp("up", of)).toEqual({ state: "not_done" });
  });

  it("is left open where somebody else has updated the stack, and where Pulumi is down", async () => {
    const { of, lookUp, store, target, board } = await previewed();
    store.deploy(target(), "update", "maya");
    const theirs = await lookUp("up", of);
    expect(theirs).toMatchObject({ state: "unknown", reason: expect.stringContaining(`${url}/2`) });
    board.addFault({ service: "pulumi", path: "/prod/deployments", drop: true, times: 3 });
    expect(await lookUp("up", of)).toMatchObject({ state: "unknown", retryable: true });
  });
});

describe("cancel", () => {
  it("was done where the deployment is over, and not where it runs or has succeeded", async () => {
    const { ask, call, lookUp, board, after } = await connect();
    const { deployment } = await ask("preview", { stack });
    const of = { stack, deployment_id: deployment.id };
    expect(await lookUp("cancel", of)).toEqual({ state: "not_done" });
    board.addFault({ service: "pulumi", path: "/cancel", drop: true, times: 3 });
    const lost = await call("cancel", of);
    expect(lost._meta?.[FAILURE_META]).toMatchObject({ outcomeUnknown: true, retried: true });
    expect(await lookUp("cancel", of)).toEqual({ state: "not_done" });
    const done = await ask("cancel", of);
    expect(await lookUp("cancel", of)).toEqual({ state: "done", output: done });
    board.addFault({ service: "pulumi", status: 503, times: 3 });
    expect(await lookUp("cancel", of)).toMatchObject({ state: "unknown", retryable: true });
    const second = await ask("preview", { stack });
    after(60);
    const other = { stack, deployment_id: second.deployment.id };
    expect(await lookUp("cancel", other)).toEqual({ state: "not_done" });
  });

  it("that cannot be read again is not called failed", async () => {
    const { ask, call, lookUp, board } = await connect();
    const { deployment } = await ask("preview", { stack });
    const of = { stack, deployment_id: deployment.id };
    const path = `/deployments/${deployment.id}`;
    for (let n = 0; n < 2; n++) board.addFault({ service: "pulumi", path, latencyMs: 1 });
    board.addFault({ service: "pulumi", path, status: 500, times: 3 });
    const result = await call("cancel", of);
    expect(result._meta?.[FAILURE_META]).toMatchObject({ outcomeUnknown: true });
    expect(await lookUp("cancel", of)).toMatchObject({ state: "done", output: { deployment: { status: "skipped" } } });
  });
});
