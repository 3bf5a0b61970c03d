import { z } from "zod";
import { defineTool } from "../shared/define-tool.ts";
import type { PineconeClient } from "./client.ts";

export const pineconeTool = defineTool<PineconeClient>();

export const readsPinecone = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true };
/** A second call leaves what the first one left. */
export const setsInPinecone = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: true,
  openWorldHint: true,
};

export const indexArgument = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,51}$/, "must be an index's name, as list_indexes has it")
  .optional()
  .describe("Name of the index; the usual one unless told");

export const namespaceName = z
  .string()
  .regex(/^\w[\w.@:-]{0,99}$/, "must be a namespace's name: letters, digits and _ . @ : -, at most 100");

export const namespacesArgument = z
  .array(namespaceName)
  .min(1)
  .max(10)
  .optional()
  .describe("Namespaces to look in (index_stats lists them); the usual one, else all, unless told");

export const recordId = z
  .string()
  .regex(/^[\x21-\x7e]{1,512}$/, "must be a record's id: 1 to 512 ASCII characters without blanks");
