import { ConfigError } from "../../src/core/errors.ts";
import { readVariable } from "../../src/core/variables.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A server's variables, read with everything that is wrong gathered, so that all of it is said at once. */
export class ConfigReader {
  readonly #env: Environment;
  readonly #where: string;
  readonly #problems: string[] = [];

  /** `where`: in the vendor's pages, the place that the values come from. */
  constructor(env: Environment, where: string) {
    this.#env = env;
    this.#where = where;
  }

  /** The variable's text; "" where it is not set, which `finish` then says. */
  required(name: string, what: string): string {
    const before = this.#problems.length;
    const value = this.optional(name) ?? "";
    // A file that cannot be read has been told already.
    if (value === "" && this.#problems.length === before)
      this.#problems.push(`${name} is not set: ${what}. ${this.#where}.`);
    return value;
  }

  /** From the variable, or from the file that `NAME_FILE` names. */
  optional(name: string): string | undefined {
    try {
      return readVariable(this.#env, name);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#problems.push(...error.problems);
      return undefined;
    }
  }

  /** A variable that has to be a whole number from `min` to `max`. */
  wholeNumber(name: string, { min, max }: { min: number; max: number }): number | undefined {
    const text = this.optional(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    this.problem(`${name} must be a whole number from ${min} to ${max}.`);
    return undefined;
  }

  /** `true` or `false`; false where it is not set. */
  flag(name: string): boolean {
    const text = this.optional(name);
    if (text !== undefined && text !== "true" && text !== "false") this.problem(`${name} must be true or false.`);
    return text === "true";
  }

  /**
   * An address that credentials are sent to: https, or http on this machine or to a container's name (one without a dot).
   * `path` is what the address ends in: "" for an origin, "/api/1.0". Returned without a trailing slash.
   */
  address(name: string, text: string, { path = "", example }: { path?: string; example: string }): string {
    if (text === "") return "";
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isPlain = url?.search === "" && url.hash === "" && url.username === "" && url.password === "";
    if (!url || !isPlain || !/^https?:$/.test(url.protocol) || url.pathname.replace(/\/$/, "") !== path) {
      const form = path === "" ? "an origin without a path" : `an address that ends in ${path}`;
      this.problem(`${name} must be ${form}, such as ${example}. ${this.#where}.`);
      return "";
    }
    const isNear = /^(localhost|127(\.\d+){3}|\[::1\]|[^.]+)$/.test(url.hostname);
    if (url.protocol === "http:" && !isNear) this.problem(`${name} must begin with https: the secret travels with it.`);
    return url.origin + path;
  }

  problem(text: string): void {
    this.#problems.push(text);
  }

  /** Throws ConfigError with everything that was missing or wrong. */
  finish(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
  }
}
