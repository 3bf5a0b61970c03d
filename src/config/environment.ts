import { existsSync } from "node:fs";
import { withFiles } from "../core/variables.ts";
import { type Environment, variables } from "./settings.ts";

/**
 * The process's own environment, completed by the working directory's `.env`, with each of our settings read from the file that
 * its `NAME_FILE` names. The only reader of `process.env`. Throws a ConfigError that lists the files that are no use.
 */
export function environment(): Environment {
  if (existsSync(".env")) process.loadEnvFile(".env");
  return withFiles(process.env, Object.keys(variables));
}
