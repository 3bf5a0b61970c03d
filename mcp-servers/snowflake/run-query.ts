import { z } from "zod";
import type { ToolContext } from "../shared/define-tool.ts";
import type { SnowflakeClient } from "./client.ts";
import type { OwnQuery } from "./own-queries.ts";
import { pageOutput, readPage, type RowForm } from "./result-page.ts";
import type { SessionSchema } from "./table-names.ts";

/** What running a statement, or coming back for its result, answers. */
export const queryOutput = {
  query_id: z.string(),
  status: z
    .enum(["succeeded", "running"])
    .describe("While it is running there are no rows: come back with fetch_results"),
  url: z.string().nullable().describe("The query's page in Snowsight"),
  database: z.string().nullable().describe("What names without database and schema meant"),
  schema: z.string().nullable(),
  ...pageOutput,
};

interface Wish {
  maxRows: number;
  form: RowForm;
  start: number;
}

/** Waits for a query and reads a page of its result. Throws what the query failed with. */
export async function answerOf(query: OwnQuery, context: ToolContext<SnowflakeClient>, wish: Wish) {
  const { client } = context;
  const scope = client.scope(context);
  const head = {
    query_id: query.id,
    url: client.links.query(query.id),
    database: query.place.database ?? null,
    schema: query.place.schema ?? null,
  };
  const isFinished = query.outcome !== undefined || (await client.isFinished(query, scope));
  const { outcome } = query;
  if (!isFinished || outcome === undefined) {
    return {
      ...head,
      status: "running" as const,
      columns: [],
      rows: [],
      rows_returned: 0,
      total_rows: null,
      truncated: true,
    };
  }
  if ("error" in outcome) throw client.houseError(outcome.error);
  return { ...head, status: "succeeded" as const, ...(await readPage(query.id, outcome.result, wish)) };
}

interface Run {
  sql: string;
  place: SessionSchema;
  timeoutSeconds: number;
  maxRows: number;
  form: RowForm;
}

export async function runQuery(
  { sql, place, timeoutSeconds, maxRows, form }: Run,
  context: ToolContext<SnowflakeClient>,
) {
  const { client, caller } = context;
  const query = await client.start({ sql, place, timeoutSeconds }, caller?.email, client.scope(context));
  return answerOf(query, context, { start: 0, maxRows, form });
}
