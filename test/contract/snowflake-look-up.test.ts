/** What our Snowflake server says of a cancel_query whose answer was lost. */

import { describe, expect, it, onTestFinished } from "vitest";
import { cancelled } from "../../sandbox/snowflake/errors.ts";
import { FAILURE_META } from "../../src/mcp/types.ts";
import { connectSnowflake, endless, HandTimer } from "../unit/mcp-servers/snowflake/support.ts";

async function running() {
  const timer = new HandTimer(50);
  const connected = await connectSnowflake({ dependencies: { timer, waitMs: 50 } });
  const { queries } = connected.snowflake.store;
  const { query_id } = await connected.ask("execute_query", { sql: endless });
  onTestFinished(() => queries.find(query_id)?.abort(cancelled()));
  const stored = () => queries.find(query_id)?.status;
  await expect.poll(stored).toBe("RUNNING");
  return { ...connected, timer, query_id, stored };
}

/** The driver tries again until nobody waits for it any more. */
async function lost(fault: object, status: string) {
  const connected = await running();
  const { board, call, query_id, stored, timer } = connected;
  board.addFault({ service: "snowflake", path: "abort-request", times: 999, ...fault });
  const asked = call("cancel_query", { query_id });
  await expect.poll(stored, { timeout: 10_000 }).toBe(status);
  await expect.poll(() => timer.expire()).toBeGreaterThan(0);
  expect((await asked)._meta?.[FAILURE_META]).toMatchObject({ outcomeUnknown: true, retryable: false });
  return connected;
}

describe("cancel_query, when its answer is lost,", () => {
  it("was done where the query was stopped", async () => {
    const { lookUp, query_id } = await lost({ drop: "after" }, "ABORTED");
    const found = await lookUp("cancel_query", { query_id });
    expect(found).toEqual({
      state: "done",
      output: { query_id, status: "cancelled", url: null },
    });
  });

  it.each([
    ["the connection was cut before", { drop: true }],
    ["Snowflake failed", { status: 500 }],
  ])("was not done where %s: the query still runs", async (_, fault) => {
    const { lookUp, query_id, stored } = await lost(fault, "RUNNING");
    expect(await lookUp("cancel_query", { query_id })).toEqual({ state: "not_done" });
    expect(stored()).toBe("RUNNING");
  });

  it("was not done where the query came to its own end", async () => {
    const { ask, lookUp } = await connectSnowflake();
    const { query_id } = await ask("execute_query", { sql: "SELECT 1" });
    expect(await lookUp("cancel_query", { query_id })).toEqual({ state: "not_done" });
  });

  it("is left open where Snowflake cannot be asked", async () => {
    const { lookUp, query_id, board } = await running();
    board.addFault({ service: "snowflake", path: "/monitoring/", drop: true, times: 99 });
    const { state, reason } = await lookUp("cancel_query", { query_id });
    expect(state).toBe("unknown");
    expect(reason).toContain("could not be looked up whether this was carried out: Snowflake");
  });

  it("is left open, and not asked about at Snowflake, where the query is not known here", async () => {
    const { lookUp, requests } = await connectSnowflake({ env: { SNOWFLAKE_ACCOUNT: "my-org" } });
    const query_id = "01b2c3d4-0506-1a2b-0000-000000000001";
    const before = requests().length;
    const { state, reason } = await lookUp("cancel_query", { query_id });
    expect(state).toBe("unknown");
    expect(reason).toContain(`https://app.snowflake.com/my/org/#/compute/history/queries/${query_id}`);
    expect(requests()).toHaveLength(before);
  });
});
