import {
  compilationError,
  invalidIdentifier,
  missing,
  SnowflakeError,
  syntaxError,
  unknownFunction,
  unsupported,
} from "./errors.ts";
import { numberError } from "./statements.ts";

interface Reading {
  pattern: RegExp;
  /** `words` are what the pattern's groups caught. */
  read: (words: readonly string[], statement: string) => SnowflakeError;
}

const divisionByZero = (): SnowflakeError => new SnowflakeError("100051", "Division by zero", { sqlState: "22012" });

/** What DuckDB says, and how Snowflake words the same; the first that fits counts. */
const READINGS: readonly Reading[] = [
  { pattern: /Division by zero/, read: divisionByZero },
  {
    pattern: /SELECT clause without selection list/,
    read: (_words, statement) => syntaxError("<EOF>", 1, statement.length),
  },
  {
    pattern: /Table with name "?([^"\s]+)"? does not exist/,
    read: ([name = ""]) => missing("Object", name.toUpperCase()),
  },
  {
    pattern: /(?:Scalar|Aggregate|Table|Window)?\s*Function with name "?([^"\s]+)"? does not exist/i,
    read: ([name = ""]) => unknownFunction(name.toUpperCase()),
  },
  {
    pattern: /Referenced column "([^"]+)" not found/,
    read: ([name = ""], statement) => unknownColumn(name, statement),
  },
  { pattern: /Referenced table "([^"]+)" not found/, read: ([name = ""], statement) => unknownColumn(name, statement) },
  {
    pattern: /(?:Table|Values list) "[^"]*" does not have a column named "([^"]+)"/,
    read: ([name = ""], statement) => unknownColumn(name, statement),
  },
  {
    pattern: /Ambiguous reference to column name "([^"]+)"/,
    read: ([name = ""]) => coded("002028", `ambiguous column name '${name.toUpperCase()}'`, "42601"),
  },
  {
    pattern: /column "([^"]+)" must appear in the GROUP BY clause/,
    read: ([name = ""]) =>
      coded(
        "000979",
        `'${name.toUpperCase()}' in select clause is neither an aggregate nor in the group by clause.`,
        "42601",
      ),
  },
  {
    pattern: /Could not convert string ['"](.*?)['"] to (?:U?INT|DECIMAL|DOUBLE|FLOAT)/,
    read: ([text = ""]) => numberError(text),
  },
  {
    pattern: /Could not convert string ['"](.*?)['"] to BOOL/,
    read: ([text = ""]) =>
      new SnowflakeError("100037", `Boolean value '${text}' is not recognized`, { sqlState: "22018" }),
  },
  {
    pattern: /invalid date field format: ['"](.*?)['"]/,
    read: ([text = ""]) => new SnowflakeError("100040", `Date '${text}' is not recognized`, { sqlState: "22007" }),
  },
  {
    pattern: /invalid timestamp field format: ['"](.*?)['"]/,
    read: ([text = ""]) => new SnowflakeError("100035", `Timestamp '${text}' is not recognized`, { sqlState: "22007" }),
  },
  {
    pattern: /^Out of Range Error/,
    read: () => new SnowflakeError("100046", "Number out of representable range", { sqlState: "22003" }),
  },
  {
    pattern: /More than one row returned by a subquery/,
    read: () => new SnowflakeError("090150", "Single-row subquery returns more than one row.", { sqlState: "22000" }),
  },
  {
    pattern: /NOT NULL constraint failed: .*?\.(\w+)$/m,
    read: ([name = ""]) =>
      new SnowflakeError("100072", `NULL result in a non-nullable column ${name}`, { sqlState: "22000" }),
  },
  {
    pattern: /with name "?([^"\s]+)"? already exists/,
    read: ([name = ""]) => coded("002002", `Object '${name}' already exists.`, "42710"),
  },
  {
    pattern: /^Out of Memory Error/,
    read: () =>
      new SnowflakeError("000603", "SQL execution internal error:\nProcessing aborted by error 300005", {
        sqlState: "XX000",
      }),
  },
  {
    pattern: /No function matches the given name and argument types ['"]?(.*?)['"]?\./,
    read: ([call = ""]) => argumentTypes(call),
  },
  { pattern: /(?:Parser|Not implemented|Catalog) Error: (.*)/, read: ([words = ""]) => unsupported(words) },
];

/** What DuckDB refused, in Snowflake's words; of what has no such words the first line is told as it is. */
export function translateError(error: unknown, statement: string): SnowflakeError {
  if (error instanceof SnowflakeError) return error;
  const message = error instanceof Error ? error.message : String(error);
  for (const { pattern, read } of READINGS) {
    const found = pattern.exec(message);
    if (found) return read(found.slice(1), statement);
  }
  return compilationError(message.split("\n")[0] ?? message);
}

function coded(code: string, words: string, sqlState: string): SnowflakeError {
  return new SnowflakeError(code, `SQL compilation error:\n${words}`, { sqlState });
}

function argumentTypes(call: string): SnowflakeError {
  const [, name = call, types = ""] = /^(\w+)\((.*)\)$/.exec(call) ?? [];
  return coded("001044", `Invalid argument types for function '${name.toUpperCase()}': (${types})`, "42P13");
}

/** Where the name first stands in the statement, since the engine ran another text. */
function unknownColumn(name: string, statement: string): SnowflakeError {
  const at = Math.max(
    0,
    statement.toUpperCase().search(new RegExp(`\\b${name.toUpperCase().replaceAll(/\W/g, "\\$&")}\\b`)),
  );
  const before = statement.slice(0, at).split("\n");
  return invalidIdentifier(name.toUpperCase(), before.length, before.at(-1)?.length ?? 0);
}
