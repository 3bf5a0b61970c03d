import { readFileSync } from "node:fs";
import { ConfigError } from "./errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The value of a variable: its own, or what stands in the file that `NAME_FILE` names, as container engines hand over secrets.
 * Undefined where it is blank or not set. Throws a ConfigError where both are set or the file cannot be read.
 */
export function readVariable(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim() || undefined;
  const file = env[`${name}_FILE`]?.trim();
  if (!file) return value;
  if (value !== undefined) {
    throw new ConfigError([`${name} and ${name}_FILE are both set: keep one of them, or it is not clear which holds`]);
  }
  return readText(file, name).trim() || undefined;
}

function readText(file: string, name: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    const error = new ConfigError([`${name}_FILE names ${file}, which cannot be read${code}`]);
    error.cause = cause;
    throw error;
  }
}

/** The environment with these variables read from their files. Throws one ConfigError with everything that is wrong. */
export function withFiles(env: Environment, names: Iterable<string>): Environment {
  const problems: string[] = [];
  const read: Record<string, string | undefined> = { ...env };
  for (const name of names) {
    if (!env[`${name}_FILE`]?.trim()) continue;
    try {
      read[name] = readVariable(env, name);
      delete read[`${name}_FILE`];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return read;
}
