import { z } from "zod";
import { UserError } from "../../src/core/errors.ts";
import { isoFormatter } from "../shared/date-range.ts";
import { isDistance } from "./access.ts";
import type { Metadata } from "./answers.ts";
import type { Found } from "./api.ts";
import type { IndexInfo } from "./indexes.ts";
import { isPrivate, ownersOf } from "./privacy.ts";

/** What is known of a record from its metadata, in whichever of the usual fields. */
export const documentOutput = {
  id: z.string(),
  namespace: z.string(),
  title: z.string().nullable(),
  url: z
    .string()
    .nullable()
    .describe("Where it can be read in full, such as the call's page in Gong: name it as the source"),
  source: z.string().nullable(),
  account: z.string().nullable(),
  owner_email: z.string().nullable(),
  date: z
    .string()
    .nullable()
    .describe("When the call began (ISO 8601 with offset), or the day on which it was last edited"),
  private: z.boolean().describe("Shown to its owner alone: do not pass it on"),
};

const passageOutput = z.strictObject({
  score: z.number(),
  text: z.string(),
  text_cut: z.boolean().describe("Whether there is more of it: fetch_records has the whole"),
  ...documentOutput,
});

export const passagesOutput = z.strictObject({
  passages: z.array(passageOutput).describe("The nearest first"),
  index: z.string(),
  namespaces: z.array(z.string()).describe("Those that were searched"),
  truncated: z.boolean().describe("Whether more fit: raise top_k, or narrow the search"),
  left_out: z
    .int()
    .describe("How many that were looked at are left out for their score: 0 or less, or below min_score"),
});

export const topKArgument = z.int().min(1).max(50).default(10).describe("How many of the nearest");
export const minScoreArgument = z
  .number()
  .min(0)
  .optional()
  .describe("Leaves out what is less near. Those with a score of 0 or less are always left out");
export const timeZoneOr = (timeZone: string | undefined): string => timeZone ?? "UTC";

const longestText = 2_000;

export interface Shown {
  topK: number;
  minScore: number | undefined;
  namespaces: readonly string[];
  /** IANA zone of the times. */
  timeZone: string;
}

/** Throws UserError for a least score where scores are distances. */
export function checkMinScore(index: IndexInfo, minScore: number | undefined): void {
  if (minScore === undefined || !isDistance(index)) return;
  throw new UserError(
    `min_score: scores of the index ${index.name} are distances (euclidean), less is nearer. Leave it out.`,
  );
}

export function presentPassages(
  found: readonly Found[],
  index: IndexInfo,
  { topK, minScore = 0, namespaces, timeZone }: Shown,
): z.output<typeof passagesOutput> {
  const isNear = ({ score }: Found) => isDistance(index) || (score > 0 && score >= minScore);
  const near = found.filter(isNear);
  // The spare ones were asked for only in place of those that may not be seen.
  const asked = found.slice(0, topK);
  return {
    passages: near.slice(0, topK).map((one) => presentPassage(one, index, timeZone)),
    index: index.name,
    namespaces: [...namespaces],
    truncated: near.length > topK,
    left_out: asked.filter((one) => !isNear(one)).length,
  };
}

function presentPassage(found: Found, index: IndexInfo, timeZone: string): z.output<typeof passageOutput> {
  const text = textOf(found.metadata, index);
  return {
    score: Math.round(found.score * 1e4) / 1e4,
    text: text.slice(0, longestText),
    text_cut: text.length > longestText,
    ...presentDocument(found, timeZone),
  };
}

export function presentDocument(
  { id, namespace, metadata }: Pick<Found, "id" | "namespace" | "metadata">,
  timeZone: string,
): z.output<z.ZodObject<typeof documentOutput>> {
  return {
    id,
    namespace,
    title: textIn(metadata, "title") ?? null,
    url: linkIn(metadata) ?? null,
    source: textIn(metadata, "source") ?? null,
    account: textIn(metadata, "account") ?? null,
    owner_email: ownersOf(metadata)[0] ?? null,
    date: dateIn(metadata, timeZone) ?? null,
    private: isPrivate(metadata),
  };
}

/** Of an index without a model the text is in whichever of the usual fields. */
export function textOf(metadata: Metadata, { textField }: IndexInfo): string {
  const names = [...(textField === undefined ? [] : [textField]), "text", "chunk_text", "content"];
  return names.map((name) => textIn(metadata, name)).find((text) => text !== undefined) ?? "";
}

function textIn(metadata: Metadata, name: string): string | undefined {
  const value = metadata[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function linkIn(metadata: Metadata): string | undefined {
  const links = ["url", "source_url", "link"].map((name) => textIn(metadata, name));
  return links.find((link) => link !== undefined && /^https?:\/\//.test(link));
}

function dateIn(metadata: Metadata, timeZone: string): string | undefined {
  const { started_at: startedAt } = metadata;
  if (typeof startedAt === "number" && Math.abs(startedAt) < 1e11) return isoFormatter(timeZone)(startedAt * 1000);
  return textIn(metadata, "started_at_iso") ?? textIn(metadata, "edited_on");
}
