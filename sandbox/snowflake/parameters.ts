import { SnowflakeError } from "./errors.ts";

export type Value = string | number | boolean;

interface Parameter {
  value: Value;
  /** Inclusive. */
  range?: readonly [number, number] | undefined;
  description: string;
}

const YEAR = 31_536_000;
const TIMESTAMP = "YYYY-MM-DD HH24:MI:SS.FF3";

/** What a session can be set to, as far as a reader's client meets it, with an account's defaults. */
const PARAMETERS: Readonly<Record<string, Parameter>> = {
  ABORT_DETACHED_QUERY: { value: false, description: "Abort queries whose client has gone" },
  AUTOCOMMIT: { value: true, description: "Each statement is a transaction of its own" },
  BINARY_OUTPUT_FORMAT: { value: "HEX", description: "Display format of binary values" },
  CLIENT_PREFETCH_THREADS: { value: 4, range: [1, 10], description: "Client threads that fetch chunks" },
  CLIENT_RESULT_CHUNK_SIZE: { value: 160, range: [16, 160], description: "Largest chunk, in MB" },
  CLIENT_SESSION_KEEP_ALIVE: { value: false, description: "Whether the client keeps its session alive" },
  CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY: { value: 3600, range: [900, 3600], description: "Seconds" },
  CLIENT_STAGE_ARRAY_BINDING_THRESHOLD: { value: 65_280, description: "Bound values that go through a stage" },
  DATE_OUTPUT_FORMAT: { value: "YYYY-MM-DD", description: "Display format of dates" },
  JS_TREAT_INTEGER_AS_BIGINT: { value: false, description: "Whether the Node.js driver gives integers as BigInt" },
  JSON_INDENT: { value: 2, range: [0, 16], description: "Blanks of each level of JSON" },
  LOCK_TIMEOUT: { value: 43_200, range: [0, YEAR], description: "Seconds" },
  MULTI_STATEMENT_COUNT: { value: 1, range: [0, 1000], description: "Statements in a request; 0 is any number" },
  QUERY_TAG: { value: "", description: "What statements of the session are marked with" },
  QUOTED_IDENTIFIERS_IGNORE_CASE: { value: false, description: "Whether quoted identifiers are folded too" },
  ROWS_PER_RESULTSET: { value: 0, range: [0, 2_147_483_647], description: "Most rows of a result; 0 is any number" },
  STATEMENT_QUEUED_TIMEOUT_IN_SECONDS: { value: 0, range: [0, YEAR], description: "Seconds; 0 is no limit" },
  STATEMENT_TIMEOUT_IN_SECONDS: { value: 172_800, range: [0, 604_800], description: "Seconds; 0 is the longest" },
  STRICT_JSON_OUTPUT: { value: false, description: "Whether variants are strict JSON" },
  TIMESTAMP_LTZ_OUTPUT_FORMAT: { value: "", description: "Display format of TIMESTAMP_LTZ" },
  TIMESTAMP_NTZ_OUTPUT_FORMAT: { value: TIMESTAMP, description: "Display format of TIMESTAMP_NTZ" },
  TIMESTAMP_OUTPUT_FORMAT: { value: `${TIMESTAMP} TZHTZM`, description: "Display format of timestamps" },
  TIMESTAMP_TYPE_MAPPING: { value: "TIMESTAMP_NTZ", description: "What TIMESTAMP stands for" },
  TIMESTAMP_TZ_OUTPUT_FORMAT: { value: "", description: "Display format of TIMESTAMP_TZ" },
  TIMEZONE: { value: "America/Los_Angeles", description: "IANA zone of the session" },
  TIME_OUTPUT_FORMAT: { value: "HH24:MI:SS", description: "Display format of times" },
  USE_CACHED_RESULT: { value: true, description: "Whether an equal query may be answered from the last one" },
  WEEK_OF_YEAR_POLICY: { value: 0, range: [0, 1], description: "Which week is the first" },
  WEEK_START: { value: 0, range: [0, 7], description: "Which day a week starts with" },
};

/** Parameters of a session, or of one statement: its own over the session's over the account's. */
export class Parameters {
  readonly #own = new Map<string, Value>();
  readonly #base: Parameters | undefined;

  constructor(base?: Parameters) {
    this.#base = base;
  }

  /** Throws what Snowflake says of a parameter that it does not know, or of a value that does not fit. */
  set(name: string, value: Value): void {
    const key = name.toUpperCase();
    this.#own.set(key, fit(key, value));
  }

  unset(name: string): void {
    this.#own.delete(known(name.toUpperCase()));
  }

  get(name: string): Value {
    return this.#own.get(name) ?? this.#base?.get(name) ?? PARAMETERS[known(name)]?.value ?? "";
  }

  number(name: string): number {
    return Number(this.get(name));
  }

  text(name: string): string {
    return String(this.get(name));
  }

  /** As login and query answers list them. */
  list(): { name: string; value: Value }[] {
    return Object.keys(PARAMETERS).map((name) => ({ name, value: this.get(name) }));
  }

  /** As `SHOW PARAMETERS` lists them: key, value, default, level, description, type. */
  describe(): string[][] {
    return Object.entries(PARAMETERS).map(([name, { value, description }]) => [
      name,
      String(this.get(name)),
      String(value),
      this.#own.has(name) ? "SESSION" : "",
      description,
      typeof value === "string" ? "STRING" : typeof value === "number" ? "NUMBER" : "BOOLEAN",
    ]);
  }
}

export function isParameter(name: string): boolean {
  return name.toUpperCase() in PARAMETERS;
}

function known(name: string): string {
  if (name in PARAMETERS) return name;
  const message = `SQL compilation error:\ninvalid property '${name}' for 'SESSION'`;
  throw new SnowflakeError("001420", message, { sqlState: "22023" });
}

function fit(name: string, value: Value): Value {
  const parameter = PARAMETERS[known(name)];
  const misfit = new SnowflakeError(
    "001008",
    `SQL compilation error:\ninvalid value [${value}] for parameter '${name}'`,
    { sqlState: "22023" },
  );
  if (name === "TIMEZONE" && !isZone(String(value))) throw misfit;
  if (typeof parameter?.value === "boolean") {
    const text = String(value).toLowerCase();
    if (text !== "true" && text !== "false") throw misfit;
    return text === "true";
  }
  if (typeof parameter?.value !== "number") return String(value);
  const number = Number(value);
  const [least, most] = parameter.range ?? [0, Number.MAX_SAFE_INTEGER];
  if (!Number.isInteger(number) || number < least || number > most) throw misfit;
  return number;
}

function isZone(name: string): boolean {
  return name === "UTC" || name === "Etc/UTC" || Intl.supportedValuesOf("timeZone").includes(name);
}
