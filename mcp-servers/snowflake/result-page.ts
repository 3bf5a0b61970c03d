import { z } from "zod";
import { decodeCursor, encodeCursor } from "../shared/page.ts";
import { MAX_RESULT_ROWS } from "./client.ts";
import type { DriverResult } from "./driver.ts";
import { type Cell, cellReader, columnInfo } from "./values.ts";

/** Characters of JSON that one page's rows may have: some 10,000 tokens. */
const pageCharacters = 40_000;
const cellCharacters = 4_000;

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const pageOutput = {
  columns: z
    .array(z.strictObject({ name: z.string(), type: z.string() }))
    .describe(
      "With Snowflake's types. Decimals, and whole numbers beyond 2^53, come as text with all their digits; VARIANT as JSON text",
    ),
  rows: z.array(z.union([z.array(cell), z.record(z.string(), cell)])),
  rows_returned: z.int(),
  total_rows: z.int().nullable().describe(`Of the whole result; null where it was cut at ${MAX_RESULT_ROWS} rows`),
  truncated: z.boolean(),
  cursor: z.string().optional().describe("For fetch_results, with query_id"),
  cells_cut: z
    .int()
    .optional()
    .describe(`Texts of more than ${cellCharacters} characters, of which the rest is left out`),
};

export type RowForm = "objects" | "arrays";

interface PageWish {
  start: number;
  maxRows: number;
  form: RowForm;
}

/** Rows from `start` on, as many as are wanted and fit; at least one, or reading on would never end. */
export async function readPage(queryId: string, result: DriverResult, { start, maxRows, form }: PageWish) {
  const columns = result.columns.map(columnInfo);
  const readers = result.columns.map(cellReader);
  const names = uniqueNames(columns.map(({ name }) => name));
  const rows: (Cell[] | Record<string, Cell>)[] = [];
  let room = pageCharacters;
  let cellsCut = 0;
  for await (const raw of result.rows(start, maxRows)) {
    const cells = raw.map((value, index) => readers[index]?.(value) ?? null);
    const shown = cells.map(shorten);
    const row =
      form === "arrays" ? shown : Object.fromEntries(names.map((name, index) => [name, shown[index] ?? null]));
    room -= JSON.stringify(row).length;
    if (room < 0 && rows.length > 0) break;
    cellsCut += shown.filter((value, index) => value !== cells[index]).length;
    rows.push(row);
  }
  const next = start + rows.length;
  const isCapped = result.rowCount >= MAX_RESULT_ROWS;
  const hasMore = next < result.rowCount;
  return {
    columns,
    rows,
    rows_returned: rows.length,
    total_rows: isCapped ? null : result.rowCount,
    truncated: hasMore || isCapped,
    ...(hasMore ? { cursor: encodeCursor(["fetch_results", queryId], next) } : {}),
    ...(cellsCut > 0 ? { cells_cut: cellsCut } : {}),
  };
}

/** The row that a cursor of this query stands for; the first one without a cursor. */
export function startOf(queryId: string, cursor: string | undefined): number {
  return cursor === undefined ? 0 : decodeCursor(cursor, ["fetch_results", queryId], z.int().nonnegative());
}

function shorten(value: Cell): Cell {
  if (typeof value !== "string" || value.length <= cellCharacters) return value;
  return `${value.slice(0, cellCharacters)}… (${value.length} characters)`;
}

/** A query may give two columns of one name; as keys they need two. */
function uniqueNames(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let count = 2; seen.has(unique); count++) unique = `${name}_${count}`;
    seen.add(unique);
    return unique;
  });
}
