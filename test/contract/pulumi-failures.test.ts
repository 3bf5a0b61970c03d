/** How our Pulumi server takes what goes wrong at Pulumi Cloud. */

import { describe, expect, it } from "vitest";
import { connectPulumi } from "../support/pulumi.ts";

const stack = "billing/prod";
const fault = (more: object) => ({ service: "pulumi", path: "/billing/prod", ...more });

describe("when Pulumi fails", () => {
  it.each([
    ["a 503", { status: 503, times: 2 }, 3],
    ["a cut connection", { drop: true, times: 2 }, 1],
  ])("a read is sent again after %s", async (_, failure, logged) => {
    const { ask, board, sent, timer } = await connectPulumi();
    board.addFault(fault(failure));
    expect((await ask("drift_status", { stack })).drifted).toBe(true);
    expect(timer.slept).toEqual([200, 400]);
    expect(sent()).toHaveLength(logged);
  });

  it.each<[string, object, string, number]>([
    ["503", { status: 503 }, "Pulumi is failing on its side (503)", 3],
    ["no connection", { drop: true }, "Pulumi cannot be reached", 0],
    ["401", { status: 401 }, "Check PULUMI_ACCESS_TOKEN", 1],
    ["402", { status: 402 }, "not part of the organization's Pulumi plan", 1],
    ["403", { status: 403 }, "permissions that mcp-servers/pulumi/README.md lists", 1],
    ["400", { status: 400 }, "Pulumi did not accept the request (400)", 1],
    ["429", { status: 429, retryAfter: 90 }, "Try again in 90 s", 1],
  ])("%s is told in our words after as many attempts as make sense", async (_, failure, words, attempts) => {
    const { refusal, board, sent } = await connectPulumi();
    board.addFault(fault({ ...failure, times: 9 }));
    const told = await refusal("drift_status", { stack });
    expect(told).toContain(words);
    expect(told).not.toMatch(/sandbox-pulumi-token|No credentials provided/);
    expect(sent()).toHaveLength(attempts);
  });

  it("a 429 is waited for as long as it says, for an update as well: it was not started", async () => {
    const { ask, board, timer, writes } = await connectPulumi();
    board.addFault({ service: "pulumi", path: "/deployments", status: 429, retryAfter: 7 });
    await ask("preview", { stack });
    expect(timer.slept).toContain(7000);
    expect(writes().map(({ status }) => status)).toEqual([429, 202]);
  });

  it.each([
    ["a 503", { status: 503 }, "failed on its side (503)"],
    ["a connection that was cut before anything was done", { drop: true }, "gave no answer"],
    ["a connection that was cut after it was started", { drop: "after" }, "gave no answer"],
  ] as const)("a preview is sent once, and its outcome is said to be unknown, after %s", async (_, failure, words) => {
    const { refusal, board, store } = await connectPulumi();
    board.addFault({ service: "pulumi", path: "/deployments", ...failure });
    const told = await refusal("preview", { stack });
    expect(told).toContain(words);
    expect(told).toContain("not known whether this was carried out");
    expect(store.changes.length).toBe("drop" in failure && failure.drop === "after" ? 1 : 0);
  });

  it("an update whose outcome is unknown takes its preview with it; one that was refused does not", async () => {
    const { ask, refusal, board, writes, after } = await connectPulumi();
    const { deployment } = await ask("preview", { stack });
    after(30);
    const of = { stack, deployment_id: deployment.id };
    board.reset();
    // The first fault is the preview's own address, which is read before; the second then meets the update alone.
    const failUpdate = (status: number) => {
      board.addFault({ service: "pulumi", path: `/deployments/${deployment.id}`, latencyMs: 1 });
      board.addFault({ service: "pulumi", path: "/prod/deployments", status });
    };
    failUpdate(403);
    expect(await refusal("up", of)).toContain("permissions");
    failUpdate(503);
    expect(await refusal("up", of)).toContain("not known whether this was carried out");
    expect(await refusal("up", of)).toContain("No preview");
    expect(writes().map(({ status }) => status)).toEqual([403, 503]);
  });

  it("what runs meanwhile is told as such", async () => {
    const { refusal, board } = await connectPulumi();
    board.addFault({ service: "pulumi", path: "/prod/deployments", status: 409 });
    expect(await refusal("preview", { stack })).toContain("Another operation is running on this stack (409)");
  });

  it("a wrong token and a wrong organization are told", async () => {
    const wrong = await connectPulumi({ config: { accessToken: "wrong" } });
    expect(await wrong.refusal("list_stacks", {})).toContain("Check PULUMI_ACCESS_TOKEN");
    const other = await connectPulumi({ config: { org: "payredy" } });
    expect(await other.refusal("search_resources", { query: "x" })).toContain("Check PULUMI_ORG");
  });

  it("a cancelled call stops asking", async () => {
    const { call, board, sent, errors } = await connectPulumi();
    const abort = new AbortController();
    board.addFault(fault({ latencyMs: 200 }));
    const calling = call("drift_status", { stack }, { signal: abort.signal });
    setImmediate(() => abort.abort());
    await expect(calling).rejects.toThrow();
    expect(sent().length).toBeLessThanOrEqual(1);
    expect(errors).toEqual([]);
  });
});
