import { z } from "zod";
import {
  cursorArgument,
  maxRowsArgument,
  queryIdArgument,
  readsSnowflake,
  rowsAsArgument,
  snowflakeTool,
} from "../arguments.ts";
import { startOf } from "../result-page.ts";
import { answerOf, queryOutput } from "../run-query.ts";

export const fetchResults = snowflakeTool({
  name: "fetch_results",
  title: "Read on in a result",
  description:
    "Further rows of a query that was started here: with `cursor` from the last answer, or without one from the first row, such as for a query that was still running. " +
    "Nothing is run again. Snowflake keeps a result for a day.",
  input: z.strictObject({
    query_id: queryIdArgument,
    cursor: cursorArgument,
    max_rows: maxRowsArgument,
    rows_as: rowsAsArgument,
  }),
  output: z.strictObject(queryOutput),
  annotations: readsSnowflake,
  progress: { one: "Reading a result in Snowflake", many: "Reading {count} results in Snowflake" },

  async run({ query_id: id, cursor, max_rows: maxRows, rows_as: form }, context) {
    const query = context.client.queries.get(id);
    return answerOf(query, context, { start: startOf(query.id, cursor), maxRows, form });
  },
});
