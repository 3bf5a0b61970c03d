/** What callers may send. An unknown field is refused, as the vendor's parsers do, and so is a value of another type. */
import { timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import { invalid, PineconeRefusal } from "./errors.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** The versions that are served; those before 2026-07 show an index in the shape that it had until then. */
const VERSIONS = ["2025-04", "2025-10", "2026-01", "2026-04", "2026-07"] as const;
const MAX_REQUEST_BYTES = 2 * 1024 * 1024;

export function authenticate(c: Context, apiKey: string): void {
  const given = Buffer.from(c.req.header("api-key") ?? "");
  const wanted = Buffer.from(apiKey);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw new PineconeRefusal("UNAUTHENTICATED", "Invalid API key.");
  }
}

export function checkVersion(c: Context): void {
  const version = c.req.header("x-pinecone-api-version");
  if (version === undefined) throw invalid("Missing required header X-Pinecone-Api-Version");
  if (!VERSIONS.some((known) => known === version)) throw invalid(`Invalid API version: ${version}`);
}

export const isCurrentVersion = (c: Context): boolean => c.req.header("x-pinecone-api-version") === "2026-07";

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The body as an object that has no other fields than these. */
export async function readBody(c: Context, known: readonly string[]): Promise<Fields> {
  const body = parse(await readText(c));
  if (!isFields(body)) throw invalid("The request body must be a JSON object");
  return only(body, known);
}

/** One object a line; empty lines are passed over. */
export async function readLines(c: Context): Promise<Fields[]> {
  const text = await readText(c);
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const record = parse(line);
      if (!isFields(record)) throw invalid("Each line of the body must be a JSON object");
      return record;
    });
}

async function readText(c: Context): Promise<string> {
  const text = await c.req.text();
  if (Buffer.byteLength(text) > MAX_REQUEST_BYTES) {
    throw invalid("Request size exceeds the maximum supported size of 2097152 bytes");
  }
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`Failed to parse the request body as JSON: ${(error as Error).message}`);
  }
}

export function only(fields: Fields, known: readonly string[]): Fields {
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw invalid(`unknown field \`${unknown}\`, expected one of ${known.map((k) => `\`${k}\``).join(", ")}`);
  }
  return fields;
}

export function readString(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw invalid(`invalid type for \`${name}\`, expected a string`);
  return value;
}

export function needString(fields: Fields, name: string): string {
  const value = readString(fields, name);
  if (value === undefined) throw invalid(`missing field \`${name}\``);
  return value;
}

export function readFlag(fields: Fields, name: string): boolean {
  const value = fields[name] ?? false;
  if (typeof value !== "boolean") throw invalid(`invalid type for \`${name}\`, expected a boolean`);
  return value;
}

export function readObject(fields: Fields, name: string): Fields | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (!isFields(value)) throw invalid(`invalid type for \`${name}\`, expected an object`);
  return value;
}

export function readStrings(fields: Fields, name: string): string[] | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) {
    throw invalid(`invalid type for \`${name}\`, expected a list of strings`);
  }
  return value;
}

export function readWhole(fields: Fields, name: string, [min, max]: [number, number]): number | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  const whole = typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value;
  if (typeof whole !== "number" || !Number.isInteger(whole) || whole < min || whole > max) {
    throw invalid(`${name} must be a whole number from ${min} to ${max}`);
  }
  return whole;
}

export function readVector(fields: Fields, name: string, dimension: number): number[] | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((n) => typeof n === "number" && Number.isFinite(n))) {
    throw invalid(`invalid type for \`${name}\`, expected a list of numbers`);
  }
  if (value.length !== dimension) {
    throw invalid(`Vector dimension ${value.length} does not match the dimension of the index ${dimension}`);
  }
  return value as number[];
}
