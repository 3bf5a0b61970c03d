import { readFileSync } from "node:fs";
import { readVariable } from "../core/variables.ts";
import { type Config, fillIn } from "./config-file.ts";
import type { Environment } from "./settings.ts";

/** By their names, so that a variable that only the configuration knows counts as well. A public key is none. */
const secretName = /(?:token|secret|(?<!public_?)key|password|passwd|passphrase|credentials?)s?$/i;
/** Up to the last `@`: who writes an address by hand does not always escape one in the password. */
const passwordInAddress = /^[a-z][a-z0-9+.-]*:\/\/[^:/?#@]*:([^/?#]+)@/i;

/**
 * What must not be seen of a process with this environment and configuration, for `createSecrets`: variables by their names,
 * passwords in addresses, the private key's text, and tokens that the configuration holds itself.
 */
export function secretValues(env: Environment, config?: Pick<Config, "servers" | "clients">): string[] {
  const variables = Object.keys(env).flatMap((name) => inVariable(name, env[name]?.trim() ?? ""));
  const { servers = [], clients = [] } = config ?? {};
  const templates = [
    ...servers.flatMap(({ token = "", env: declared, url = "" }) => [token, url, ...secretFieldsOf(declared)]),
    ...clients.map(({ token }) => token),
  ];
  const configured = templates.flatMap((template) => inConfigured(template, env));
  return [...new Set([...variables, ...configured])];
}

function inVariable(name: string, value: string): string[] {
  if (name === "SNOWFLAKE_PRIVATE_KEY_PATH") return linesOfKey(value);
  // Several keys in one variable are separated by commas.
  return secretName.test(name) ? [value, ...value.split(",").map((part) => part.trim())] : inAddress(value);
}

function secretFieldsOf(declared: Readonly<Record<string, string>>): string[] {
  return Object.entries(declared).flatMap(([name, template]) => (secretName.test(name) ? template : []));
}

/** A template with its variables filled in, and each of those, whatever its name: it was put where a secret belongs. */
function inConfigured(template: string, env: Environment): string[] {
  if (URL.canParse(template)) return inAddress(template);
  const named = [...template.matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name = ""]) => readVariable(env, name) ?? "");
  return [fillIn(template, env, new Set()), ...named];
}

function inAddress(value: string): string[] {
  const password = passwordInAddress.exec(value)?.[1];
  const fields = URL.canParse(value) ? [...new URL(value).searchParams] : [];
  const given = fields.flatMap(([name, field]) => (secretName.test(name) ? field : []));
  return password === undefined ? given : [...given, password, unescaped(password)];
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

/** Line by line: so it is found whatever becomes of the line breaks. A file that cannot be read is its server's to tell. */
function linesOfKey(file: string): string[] {
  try {
    return readFileSync(file, "utf8")
      .split(/\r?\n/)
      .filter((line) => !line.startsWith("-----"));
  } catch (error) {
    if (error instanceof Error && "code" in error) return [];
    throw error;
  }
}
