import { z } from "zod";
import { defineTool } from "../shared/define-tool.ts";
import type { HubSpotClient } from "./client.ts";

export const hubspotTool = defineTool<HubSpotClient>();

export const readsHubSpot = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true };

/** Adds a record; sent twice, it adds two. */
export const addsToHubSpot = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: true,
};

/** Puts values in the place of others. */
export const changesHubSpot = { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true };

const digits = z.string().regex(/^\d{1,20}$/, "must be a HubSpot id: digits, as the search tools return them");

export const idArgument = (what: string) => digits.describe(`The ${what}'s id`);

export const emailArgument = (what: string) => z.email().max(254).describe(what);

export const dayArgument = (what: string) =>
  z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, "must be a day such as 2026-03-31")
    .describe(`${what}: YYYY-MM-DD`);

export const ownerArgument = (what: string) =>
  z.string().min(1).max(254).describe(`${what}: an e-mail address, "me" for whoever asks, or a name`);

export const companyArgument = z.string().min(1).max(200).describe("The company's name, domain or id");

export const textArgument = (what: string) =>
  z.string().min(1).max(1000).describe(`${what}; whole words or their beginnings`);

export const currencyArgument = z.string().regex(/^[A-Z]{3}$/, "must be an ISO 4217 code such as USD");

export const limitArgument = (most: number, usual: number) =>
  z.int().min(1).max(most).default(usual).describe("Most on a page");

export const cursorArgument = z
  .string()
  .max(2000)
  .optional()
  .describe("`cursor` of the previous page, for the next one");

export const propertiesArgument = z
  .record(z.string().min(1).max(100), z.union([z.string().max(65_536), z.number(), z.boolean(), z.null()]))
  .describe("Other properties of the account's own, by their internal names; null empties one");

/** What every list of a search ends with. */
export const searchFrame = {
  total: z.int().nullable().describe("All that fit, other pages included; null where HubSpot does not say it"),
  truncated: z
    .boolean()
    .describe("Whether there are more: ask again with `cursor`, or narrow the search where there is none"),
  cursor: z.string().optional(),
};

export const moneyOutput = z.strictObject({ amount: z.number(), currency: z.string() });

export const companyRefOutput = z.strictObject({ id: z.string(), name: z.string(), url: z.string() });
