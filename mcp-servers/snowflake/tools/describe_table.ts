import { z } from "zod";
import { UserError } from "../../../src/core/errors.ts";
import { databaseArgument, placeOf, readsSnowflake, schemaArgument, snowflakeTool } from "../arguments.ts";
import { textOrNull } from "../listings.ts";
import { parseName, quote } from "../table-names.ts";

export const describeTable = snowflakeTool({
  name: "describe_table",
  title: "Describe a table",
  description:
    "The columns of one table or view: names, types, whether they may be empty, and what they mean. Do this before writing a query on it.",
  input: z.strictObject({
    table: z.string().min(1).max(800).describe("TABLE, SCHEMA.TABLE or DATABASE.SCHEMA.TABLE"),
    database: databaseArgument,
    schema: schemaArgument,
  }),
  output: z.strictObject({
    database: z.string(),
    schema: z.string(),
    name: z.string(),
    columns: z.array(
      z.strictObject({
        name: z.string(),
        type: z.string(),
        nullable: z.boolean(),
        primary_key: z.boolean(),
        default: z.string().nullable(),
        comment: z.string().nullable(),
      }),
    ),
    url: z.string().nullable(),
  }),
  annotations: readsSnowflake,
  progress: { one: "Describing a table of Snowflake", many: "Describing {count} tables of Snowflake" },

  async run({ table, ...input }, { client, caller, ...context }) {
    const place = placeOf(client, input);
    const [name, schema = place.schema, database = place.database, ...more] = (parseName(table) ?? []).toReversed();
    if (name === undefined || more.length > 0) {
      throw new UserError(`table ("${table}") must be TABLE, SCHEMA.TABLE or DATABASE.SCHEMA.TABLE.`);
    }
    if (schema === undefined || database === undefined) throw new UserError("Give database and schema as well.");
    client.checkPlace({ database, schema });
    const sql = `DESCRIBE TABLE ${[database, schema, name].map(quote).join(".")}`;
    const rows = await client.show(sql, caller?.email, client.scope(context));
    return {
      database,
      schema,
      name,
      columns: rows.map((row) => ({
        name: String(row.name),
        type: String(row.type),
        nullable: row["null?"] !== "N",
        primary_key: row["primary key"] === "Y",
        default: textOrNull(row.default),
        comment: textOrNull(row.comment),
      })),
      url: client.links.table({ database, schema }, name, "table"),
    };
  },
});
