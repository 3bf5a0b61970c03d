/** What the tools' `lookUp` have in common. */

import type { ChangePreview, LookUp, SentWrite } from "./define-tool.ts";

/** A vendor's clock may be so far behind ours. */
const clockDifferenceMs = 60_000;

/** The earliest instant, epoch ms, that a vendor can have noted down for what this write made. */
export function earliestOf({ sentAt }: SentWrite): number {
  return sentAt.getTime() - clockDifferenceMs;
}

/** Whether `instant` (ISO 8601), as the vendor noted it down, can be that of this write. */
export function canBeOf(write: SentWrite, instant: string | null | undefined): boolean {
  return Date.parse(instant ?? "") >= earliestOf(write);
}

/** Vendors mend line ends and spaces of a text. */
export function sameText(left: string | null | undefined, right: string | null | undefined): boolean {
  const plain = (text: string | null | undefined) => (text ?? "").normalize("NFC").replaceAll(/\s+/g, " ").trim();
  return plain(left) === plain(right);
}

/**
 * Of a write that sets fields of one known record. `changes`: its preview's, made now. Where they leave nothing to be changed it
 * was carried out; else it does no harm to send it again.
 */
export async function lookUpChange<Output>(
  changes: ChangePreview["changes"],
  output: () => Promise<Output> | Output,
): Promise<LookUp<Output>> {
  if (changes.some(({ before, after }) => before !== after)) return { state: "not_done" };
  return { state: "done", output: await output() };
}

export interface Found<Item> {
  /** Made by Sophia since the write was sent, with the same contents. */
  same: readonly Item[];
  /** Made by her since then as well, and so like it that somebody may have changed it since. */
  alike?: readonly Item[] | undefined;
}

/** Of a write that makes something. `doubt`: why it cannot be told, as a whole sentence with where to look. */
export function lookUpMade<Item, Output>(
  { same, alike = [] }: Found<Item>,
  tell: { output: (item: Item) => Output; doubt: (items: readonly Item[]) => string },
): LookUp<Output> {
  const [only, ...others] = same;
  if (only !== undefined && others.length === 0) return { state: "done", output: tell.output(only) };
  const doubtful = only === undefined ? alike : same;
  return doubtful.length === 0 ? { state: "not_done" } : { state: "unknown", reason: tell.doubt(doubtful) };
}
