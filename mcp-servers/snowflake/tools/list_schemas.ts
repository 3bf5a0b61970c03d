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
  snowflakeTool,
} from "../arguments.ts";
import { contains, textOrNull } from "../listings.ts";
import { quote } from "../table-names.ts";

export const listSchemas = snowflakeTool({
  name: "list_schemas",
  title: "List schemas",
  description: "The schemas of a database that may be read, with what they are for. Go on with list_tables.",
  input: z.strictObject({
    database: databaseArgument,
    name_contains: nameContainsArgument,
    limit: limitArgument,
    cursor: cursorArgument,
  }),
  output: z.strictObject({
    schemas: z.array(
      z.strictObject({
        database: z.string(),
        name: z.string(),
        comment: z.string().nullable(),
        is_default: z.boolean().describe("What a name without schema means"),
      }),
    ),
    total: z.int(),
    truncated: z.boolean(),
    cursor: z.string().optional(),
  }),
  annotations: readsSnowflake,
  progress: { one: "Listing schemas in Snowflake", many: "Listing schemas in Snowflake" },

  async run({ name_contains: part, limit, cursor, ...input }, { client, caller, ...context }) {
    const { database } = placeOf(client, input);
    if (database === undefined) throw new UserError("Give a database; list_databases has them.");
    const rows = await client.show(`SHOW SCHEMAS IN DATABASE ${quote(database)}`, caller?.email, client.scope(context));
    const schemas = rows
      .map((row) => ({ database, name: String(row.name), comment: textOrNull(row.comment) }))
      .filter(({ name }) => contains(name, part) && (client.allowed?.has({ database, schema: name }) ?? true))
      .map((schema) => ({
        ...schema,
        is_default: database === client.place.database && schema.name === client.place.schema,
      }));
    const { items, ...page } = pageOf(schemas, { limit, cursor, query: ["list_schemas", database, part ?? null] });
    return { schemas: items, ...page };
  },
});
