import type { Cell } from "./values.ts";

export function contains(name: string, part: string | undefined): boolean {
  return part === undefined || name.toLowerCase().includes(part.toLowerCase());
}

/** An empty comment is none. */
export function textOrNull(value: Cell | undefined): string | null {
  return value === undefined || value === null || value === "" ? null : String(value);
}

export function countOrNull(value: Cell | undefined): number | null {
  const count = value === undefined || value === null || value === "" ? Number.NaN : Number(value);
  return Number.isSafeInteger(count) ? count : null;
}
