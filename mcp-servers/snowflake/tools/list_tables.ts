import { z } from "zod";
import { UserError } from "../../../src/core/errors.ts";
import { pageOf } from "../../shared/page.ts";
import {
  cursorArgument,
  databaseArgument,
  limitArgument,
  nameContainsArgument,
  placeOf,
  readsSnowflake,
  schemaArgument,
  snowflakeTool,
} from "../arguments.ts";
import { contains, countOrNull, textOrNull } from "../listings.ts";
import { quote } from "../table-names.ts";

export const listTables = snowflakeTool({
  name: "list_tables",
  title: "List tables and views",
  description:
    "The tables and views of a schema, with what they hold and about how many rows. Read their columns with describe_table before querying them.",
  input: z.strictObject({
    database: databaseArgument,
    schema: schemaArgument,
    name_contains: nameContainsArgument,
    limit: limitArgument,
    cursor: cursorArgument,
  }),
  output: z.strictObject({
    database: z.string(),
    schema: z.string(),
    tables: z.array(
      z.strictObject({
        name: z.string(),
        kind: z.enum(["table", "view"]),
        rows: z.int().nullable(),
        comment: z.string().nullable(),
        url: z.string().nullable(),
      }),
    ),
    total: z.int(),
    truncated: z.boolean(),
    cursor: z.string().optional(),
  }),
  annotations: readsSnowflake,
  progress: { one: "Listing tables in Snowflake", many: "Listing tables in Snowflake" },

  async run({ name_contains: part, limit, cursor, ...input }, { client, caller, ...context }) {
    const { database, schema } = placeOf(client, input);
    if (database === undefined || schema === undefined) {
      throw new UserError("Give database and schema; list_databases and list_schemas have them.");
    }
    client.checkPlace({ database, schema });
    const sql = `SHOW OBJECTS IN SCHEMA ${quote(database)}.${quote(schema)}`;
    const rows = await client.show(sql, caller?.email, client.scope(context));
    const tables = rows
      .map((row) => ({
        name: String(row.name),
        kind: /view/i.test(String(row.kind)) ? ("view" as const) : ("table" as const),
        rows: countOrNull(row.rows),
        comment: textOrNull(row.comment),
      }))
      .filter(({ name }) => contains(name, part))
      .map((table) => ({ ...table, url: client.links.table({ database, schema }, table.name, table.kind) }));
    const { items, ...page } = pageOf(tables, {
      limit,
      cursor,
      query: ["list_tables", database, schema, part ?? null],
    });
    return { database, schema, tables: items, ...page };
  },
});
