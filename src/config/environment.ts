import { existsSync } from "node:fs";
import type { Environment } from "./settings.ts";

/** The process's own environment, completed by the working directory's `.env`. The only reader of `process.env`. */
export function environment(): Environment {
  if (existsSync(".env")) process.loadEnvFile(".env");
  return process.env;
}
