import { z } from "zod";
import { safeMessage } from "../../../src/core/errors.ts";
import { queryIdArgument, readsSnowflake, snowflakeTool } from "../arguments.ts";
import type { Outcome } from "../own-queries.ts";

type State = "queued" | "running" | "succeeded" | "failed" | "cancelled" | "unknown";

/** Snowflake's words for them. */
const states: Readonly<Record<string, State>> = {
  RUNNING: "running",
  RESUMING_WAREHOUSE: "queued",
  QUEUED: "queued",
  QUEUED_REPARING_WAREHOUSE: "queued",
  BLOCKED: "queued",
  RESTARTED: "running",
  SUCCESS: "succeeded",
  ABORTING: "cancelled",
  ABORTED: "cancelled",
  DISCONNECTED: "failed",
  FAILED_WITH_ERROR: "failed",
  FAILED_WITH_INCIDENT: "failed",
};

export const getQueryStatus = snowflakeTool({
  name: "get_query_status",
  title: "See how a query is doing",
  description:
    "Whether a query that was started here is queued, running, done, failed or cancelled, and since when. When it has succeeded read it with fetch_results; stop it with cancel_query.",
  input: z.strictObject({ query_id: queryIdArgument }),
  output: z.strictObject({
    query_id: z.string(),
    status: z.enum(["queued", "running", "succeeded", "failed", "cancelled", "unknown"]),
    url: z.string().nullable(),
    started_at: z.string(),
    seconds: z.number().describe("How long it took, or has taken until now"),
    total_rows: z.int().optional(),
    error: z.string().optional(),
    sql: z.string().describe("As it was sent"),
  }),
  annotations: readsSnowflake,
  progress: { one: "Looking at a query in Snowflake", many: "Looking at {count} queries in Snowflake" },

  async run({ query_id: id }, { client, clock, ...context }) {
    const query = client.queries.get(id);
    const status = await client.status(query.id, client.scope(context));
    const until = query.endedAt ?? clock.now();
    return {
      query_id: query.id,
      status: states[status] ?? "unknown",
      url: client.links.query(query.id),
      started_at: new Date(query.startedAt).toISOString(),
      seconds: Math.round((until - query.startedAt) / 100) / 10,
      ...(query.outcome ? told(query.outcome, (error) => client.houseError(error)) : {}),
      sql: query.sql,
    };
  },
});

function told(outcome: Outcome, houseError: (error: unknown) => unknown): { total_rows?: number; error?: string } {
  if ("error" in outcome) return { error: safeMessage(houseError(outcome.error)) };
  return { total_rows: outcome.result.rowCount };
}
