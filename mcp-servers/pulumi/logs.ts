import { stripVTControlCharacters } from "node:util";
import type { PulumiAccess } from "./access.ts";
import type { Logs } from "./answers.ts";
import { redactText } from "./secrets.ts";
import type { StackRef } from "./stacks.ts";

/** Pulumi gives fewer than 500 lines at once. */
export const mostLines = 499;

const longestLine = 1_000;
const mostPages = 4;

/** Without colours, and without what has the shape of a secret: Pulumi hides only what it knows to be one. */
export function cleanLine(line: string | null | undefined): string {
  return redactText(stripVTControlCharacters(line ?? "").trimEnd()).slice(0, longestLine);
}

/** A resource's row in what Pulumi prints: ` ~  aws:ecs:Service  billing  update  [diff: ~image]`. */
const row = /^\s{0,8}(?:\+\+|--|\+-|-\+|[+~-]|<|>|=)\s+\S+:\S+.*$/;

/** What a preview said of each resource that an update would touch, as Pulumi prints it. */
export async function previewedChanges(access: PulumiAccess, ref: StackRef, id: string): Promise<string[]> {
  const changes: string[] = [];
  let token: string | undefined;
  for (let pages = 0; pages < mostPages; pages++) {
    const logs: Logs = await access.logs(ref, id, { count: mostLines, token });
    const lines = (logs.lines ?? []).map(({ line }) => cleanLine(line));
    changes.push(...lines.filter((line) => row.test(line)).map((line) => line.trim()));
    token = logs.nextToken || undefined;
    if (token === undefined) break;
  }
  // The table is printed as it grows: the same row may come again.
  return [...new Set(changes)];
}
