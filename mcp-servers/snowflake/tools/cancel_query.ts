import { z } from "zod";
import { UserError } from "../../../src/core/errors.ts";
import { queryIdArgument, snowflakeTool } from "../arguments.ts";
import type { SnowflakeClient } from "../client.ts";
import type { OwnQuery } from "../own-queries.ts";

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
    try {
      await query.cancel();
    } catch (error) {
      throw client.houseError(error);
    }
    // Snowflake has taken it on when it answers; the query's own end says that it is done.
    await client.isFinished(query, client.scope(context));
    return { query_id: query.id, status: "cancelled" as const, url: client.links.query(query.id) };
  },
});

function running(client: SnowflakeClient, id: string): OwnQuery {
  const query = client.queries.get(id);
  if (query.outcome === undefined) return query;
  const how = "error" in query.outcome ? "has failed or was cancelled" : "is done: read it with fetch_results";
  throw new UserError(`There is nothing to stop: the query ${how}.`);
}
