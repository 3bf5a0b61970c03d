import { z } from "zod";
import { UserError } from "../../../src/core/errors.ts";
import type { Scope } from "../../shared/timer.ts";
import { queryIdArgument, snowflakeTool } from "../arguments.ts";
import type { SnowflakeClient } from "../client.ts";
import type { OwnQuery } from "../own-queries.ts";
import { isCancelled } from "../vendor-errors.ts";

export const cancelQuery = snowflakeTool({
  name: "cancel_query",
  title: "Stop a query",
  description:
    "Stops a query at Snowflake that was started here and is still running, so that it costs nothing more. Other people's and programs' queries cannot be stopped. No data changes.",
  input: z.strictObject({ query_id: queryIdArgument }),
  output: z.strictObject({ query_id: z.string(), status: z.literal("cancelled"), url: z.string().nullable() }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  progress: { one: "Stopping a query in Snowflake", many: "Stopping {count} queries in Snowflake" },

  async preview({ query_id: id }, { client }) {
    const query = running(client, id);
    const url = client.links.query(query.id) ?? undefined;
    return {
      summary: `Stop the query ${query.id} in Snowflake`,
      record: { name: query.sql.replaceAll(/\s+/g, " ").slice(0, 120), ...(url === undefined ? {} : { url }) },
      changes: [{ field: "status", before: "running", after: "cancelled" }],
    };
  },

  async run({ query_id: id }, context) {
    const { client } = context;
    const query = running(client, id);
    const scope = client.scope(context);
    await client.cancel(query, scope);
    // Snowflake has taken it on when it answers; the query's own end says that it is done.
    await client.isFinished(query, scope);
    return present(client, query.id);
  },

  async lookUp({ query_id: id }, _, context) {
    const { client } = context;
    const query = client.queries.find(id);
    if (query) {
      const isStopped = await wasStopped(client, query, client.scope(context));
      return isStopped ? { state: "done", output: present(client, query.id) } : { state: "not_done" };
    }
    const page = client.links.query(id);
    const reason = `Sophia no longer knows the query ${id}, since she was started anew or ran many others. Whether it was stopped is in Snowflake's query history${page === null ? "" : `: ${page}`}.`;
    return { state: "unknown", reason };
  },
});

function present(client: SnowflakeClient, id: string) {
  return { query_id: id, status: "cancelled" as const, url: client.links.query(id) };
}

/** Not by its end alone, of which this process hears a little later. */
async function wasStopped(client: SnowflakeClient, query: OwnQuery, scope: Scope): Promise<boolean> {
  if (query.outcome) return "error" in query.outcome && isCancelled(query.outcome.error);
  return ["ABORTING", "ABORTED"].includes(await client.status(query.id, scope));
}

function running(client: SnowflakeClient, id: string): OwnQuery {
  const query = client.queries.get(id);
  if (query.outcome === undefined) return query;
  const how = "error" in query.outcome ? "has failed or was cancelled" : "is done: read it with fetch_results";
  throw new UserError(`There is nothing to stop: the query ${how}.`);
}
