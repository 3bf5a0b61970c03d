import { z } from "zod";
import { pageOf } from "../../shared/page.ts";
import { cursorArgument, limitArgument, nameContainsArgument, readsSnowflake, snowflakeTool } from "../arguments.ts";
import { contains, textOrNull } from "../listings.ts";

export const listDatabases = snowflakeTool({
  name: "list_databases",
  title: "List databases",
  description: "The databases that may be read, with what they are for. Go on with list_schemas.",
  input: z.strictObject({ name_contains: nameContainsArgument, limit: limitArgument, cursor: cursorArgument }),
  output: z.strictObject({
    databases: z.array(
      z.strictObject({
        name: z.string(),
        comment: z.string().nullable(),
        is_default: z.boolean().describe("What a name without database means"),
      }),
    ),
    total: z.int(),
    truncated: z.boolean(),
    cursor: z.string().optional(),
  }),
  annotations: readsSnowflake,
  progress: { one: "Listing databases in Snowflake", many: "Listing databases in Snowflake" },

  async run({ name_contains: part, limit, cursor }, { client, caller, ...context }) {
    const rows = await client.show("SHOW DATABASES", caller?.email, client.scope(context));
    const databases = rows
      .map((row) => ({ name: String(row.name), comment: textOrNull(row.comment) }))
      .filter(({ name }) => contains(name, part) && (client.allowed?.hasDatabase(name) ?? true))
      .map((database) => ({ ...database, is_default: database.name === client.place.database }));
    const { items, ...page } = pageOf(databases, { limit, cursor, query: ["list_databases", part ?? null] });
    return { databases: items, ...page };
  },
});
