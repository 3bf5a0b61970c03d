import { isParameter, type Parameters, type Value } from "./parameters.ts";

export interface User {
  name: string;
  /** Roles that it may take on; the first is its own. */
  roles: readonly string[];
}

/** A client's connection: who it is, in what role, and which names it need not say. */
export interface Session {
  id: number;
  user: User;
  token: string;
  masterToken: string;
  /** Epoch ms by the sandbox's clock. */
  tokenExpires: number;
  masterExpires: number;
  role: string;
  warehouse: string | undefined;
  database: string | undefined;
  schema: string | undefined;
  parameters: Parameters;
  /** Ids of its statements that have come to an end, oldest first. */
  queryIds: string[];
}

/** Sets what a client sent along; names that Snowflake does not know, it lets pass, values that do not fit it refuses. */
export function applyParameters(parameters: Parameters, given: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(given)) {
    if (isParameter(name) && isValue(value)) parameters.set(name, value);
  }
}

function isValue(value: unknown): value is Value {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
