import type { Environment } from "./settings.ts";

/** The process's own environment. The only reader of `process.env`. */
export function environment(): Environment {
  return process.env;
}
