import { readFileSync } from "node:fs";

const read = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");

/** Statements of which none may run, by what they try. */
export const hostile: Record<string, string[]> = JSON.parse(read("hostile.json"));

/** Statements that read: an empty line between two of them. */
export const honest: string[] = read("honest.sql").trim().split(/\n\n+/);
