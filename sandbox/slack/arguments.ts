import type { ArgumentType, MethodContract } from "./method-contracts.ts";
import { SlackRefusal, refusalWithReasons } from "./refusal.ts";

/** A call's arguments, checked and in their own types. */
export class Arguments {
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(values: ReadonlyMap<string, unknown>) {
    this.#values = values;
  }

  /** A required string. */
  text(name: string): string {
    return this.optional(name) ?? "";
  }

  optional(name: string): string | undefined {
    return this.#values.get(name) as string | undefined;
  }

  flag(name: string): boolean {
    return this.#values.get(name) === true;
  }

  number(name: string): number | undefined {
    return this.#values.get(name) as number | undefined;
  }

  /** An array or object as it was sent; undefined where it was not. */
  json(name: string): unknown {
    return this.#values.get(name);
  }
}

/** Taken by every method: Bolt sends `team_id` with each call that a listener makes. */
const EVERYWHERE: ReadonlySet<string> = new Set(["token", "team_id"]);

/** Checks what was sent against the method's contract. Throws SlackRefusal with every reason at once. */
export function checkArguments(sent: Readonly<Record<string, unknown>>, contract: MethodContract): Arguments {
  const reasons: string[] = [];
  const values = new Map<string, unknown>();
  for (const [name, value] of Object.entries(sent)) {
    if (EVERYWHERE.has(name) || value === undefined || value === null) continue;
    const type = contract.arguments.get(name);
    if (!type) {
      reasons.push(`unknown argument: ${name}`);
      continue;
    }
    const read = READERS[type](value);
    if (read === undefined) {
      if (name === "blocks") throw new SlackRefusal("invalid_blocks_format");
      if (name === "metadata") throw new SlackRefusal("invalid_metadata_format");
      reasons.push(`must be a valid ${type} [json-pointer:/${name}]`);
    } else values.set(name, read);
  }
  for (const name of contract.required) {
    const value = values.get(name);
    // An empty status is what clears it.
    if (value === undefined || (value === "" && name !== "status")) reasons.push(`missing required field: ${name}`);
  }
  if (reasons.length > 0) throw refusalWithReasons("invalid_arguments", reasons);
  return new Arguments(values);
}

const READERS: Readonly<Record<ArgumentType, (value: unknown) => unknown>> = {
  string: (value) => (typeof value === "number" ? String(value) : typeof value === "string" ? value : undefined),
  number: (value) => {
    const number = typeof value === "string" && value !== "" ? Number(value) : value;
    return Number.isFinite(number) ? number : undefined;
  },
  boolean: (value) => BOOLEANS.get(value),
  json: readJson,
};

const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ...[true, "true", "1", 1].map((value) => [value, true] as const),
  ...[false, "false", "0", 0, ""].map((value) => [value, false] as const),
]);

function readJson(value: unknown): unknown {
  if (typeof value === "object") return value ?? undefined;
  if (typeof value !== "string") return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
