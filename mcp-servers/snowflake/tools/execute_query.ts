import { z } from "zod";
import {
  databaseArgument,
  maxRowsArgument,
  placeOf,
  readsSnowflake,
  rowsAsArgument,
  schemaArgument,
  snowflakeTool,
  timeoutArgument,
} from "../arguments.ts";
import { queryOutput, runQuery } from "../run-query.ts";

export const executeQuery = snowflakeTool({
  name: "execute_query",
  title: "Query the warehouse",
  description:
    "Runs one SELECT (or WITH ... SELECT) in Snowflake's SQL and gives its rows; anything that could change something is refused. " +
    "Look up tables and columns first (list_tables, describe_table), aggregate in SQL rather than reading many rows, and write values into the statement: there are no bind variables. " +
    "Read on with fetch_results. Amounts are exact: say them with their currency column.",
  input: z.strictObject({
    sql: z.string().min(1).max(20_000).describe("One statement. No stages, session variables or functions of your own"),
    database: databaseArgument,
    schema: schemaArgument,
    max_rows: maxRowsArgument,
    rows_as: rowsAsArgument,
    timeout_seconds: timeoutArgument,
  }),
  output: z.strictObject(queryOutput),
  annotations: readsSnowflake,
  progress: { one: "Querying Snowflake", many: "Running {count} queries in Snowflake" },

  run(input, context) {
    const { sql, max_rows: maxRows, rows_as: form, timeout_seconds: timeoutSeconds } = input;
    return runQuery({ sql, place: placeOf(context.client, input), maxRows, form, timeoutSeconds }, context);
  },
});
