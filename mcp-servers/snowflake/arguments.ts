import { z } from "zod";
import { UserError } from "../../src/core/errors.ts";
import { defineTool } from "../shared/define-tool.ts";
import type { SnowflakeClient } from "./client.ts";
import { parseName, type SessionSchema } from "./table-names.ts";

export const snowflakeTool = defineTool<SnowflakeClient>();

export const readsSnowflake = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true };

export const databaseArgument = z
  .string()
  .min(1)
  .max(258)
  .optional()
  .describe('Database; the configured one by default. Mixed case in double quotes: "My Database"');
export const schemaArgument = z
  .string()
  .min(1)
  .max(258)
  .optional()
  .describe("Schema of that database; the configured one by default");
export const queryIdArgument = z
  .string()
  .regex(
    /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
    "must be a query id such as 01b2c3d4-0506-1a2b-0000-000000000001",
  )
  .describe("As execute_query or run_report gave it");
export const cursorArgument = z.string().max(500).optional().describe("From the last answer, with the same arguments");
export const nameContainsArgument = z
  .string()
  .min(1)
  .max(100)
  .optional()
  .describe("Only names with this in them; case does not count");
export const limitArgument = z.int().min(1).max(200).default(50).describe("Most on a page");
export const maxRowsArgument = z
  .int()
  .min(1)
  .max(1000)
  .default(100)
  .describe("Most rows on a page; fewer where they are long");
export const rowsAsArgument = z
  .enum(["objects", "arrays"])
  .default("objects")
  .describe("Each row by its columns' names, or as a list in their order, which is shorter");
export const timeoutArgument = z
  .int()
  .min(1)
  .max(600)
  .default(60)
  .describe(
    "Seconds after which Snowflake stops the query. Beyond some 14 s the answer is a query id to come back with",
  );

/** Where a call works: the configured place, unless it says another one. */
export function placeOf(
  client: SnowflakeClient,
  { database, schema }: { database?: string | undefined; schema?: string | undefined },
): SessionSchema {
  const named = database === undefined ? client.place.database : oneName("database", database);
  // A schema of the configured database means nothing in another one.
  const isOwn = named === client.place.database;
  return {
    database: named,
    schema: schema === undefined ? (isOwn ? client.place.schema : undefined) : oneName("schema", schema),
  };
}

/** A single name as Snowflake keeps it. Throws UserError. */
function oneName(argument: string, text: string): string {
  const parts = parseName(text);
  if (parts?.length === 1 && parts[0] !== undefined) return parts[0];
  throw new UserError(
    `${argument} ("${text}") must be one name, such as SALES; with special characters in double quotes.`,
  );
}
