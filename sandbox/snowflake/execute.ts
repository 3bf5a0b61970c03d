import { offsetIso } from "../world/zones.ts";
import { alterSession, use } from "./commands.ts";
import { compile, type Compiled } from "./dialect.ts";
import { encode, type Table } from "./encode.ts";
import { translateError } from "./engine-errors.ts";
import type { Warehouse } from "./warehouse.ts";
import { insufficientPrivileges, missing, SnowflakeError, unknownFunction, unsupported } from "./errors.ts";
import type { Parameters } from "./parameters.ts";
import type { Parser } from "./parser.ts";
import { countTable, keepResult, STATEMENT_TYPES, statusTable } from "./results.ts";
import type { Session } from "./session.ts";
import { describe, show } from "./show.ts";
import { type Binding, bind, leadingWord, type Statement } from "./statements.ts";

export interface Execution {
  warehouse: Warehouse;
  parser: Parser;
  session: Session;
  parameters: Parameters;
  bindings: Readonly<Record<string, Binding>>;
  account: string;
  /** Epoch ms by the sandbox's clock. */
  now: number;
  signal: AbortSignal;
  /** Only tell what the columns would be. */
  describeOnly: boolean;
  /** An earlier statement's result, if it had one. */
  resultOf: (queryId: string) => Table | undefined;
}

export interface Outcome {
  table: Table;
  /** Snowflake's number for the kind of statement. */
  type: number;
}

/** Runs one statement. Throws Snowflake's errors. */
export async function execute(statement: Statement, execution: Execution): Promise<Outcome> {
  const { warehouse, session } = execution;
  const word = leadingWord(statement);
  const done = (table: Table, kind: keyof typeof STATEMENT_TYPES): Outcome => ({
    table,
    type: STATEMENT_TYPES[kind] ?? 0,
  });
  const settings = async () => ({ session, catalog: await warehouse.catalog(), createdAt: warehouse.createdAt });
  switch (word) {
    case "SHOW":
      return done(show(statement.tokens, await settings()), "show");
    case "DESC":
    case "DESCRIBE":
      return done(describe(statement.tokens, await settings()), "describe");
    case "USE":
      use(statement.tokens, session, await warehouse.catalog());
      return done(statusTable("Statement executed successfully."), "session");
    case "ALTER":
      if (statement.words[1] !== "SESSION") return runSql(statement, execution);
      alterSession(statement.tokens, session);
      return done(statusTable("Statement executed successfully."), "session");
    default:
      refuse(word, statement, execution);
      return runSql(statement, execution);
  }
}

const SQL = /^(?:SELECT|WITH|VALUES|FROM|\(|INSERT|UPDATE|DELETE|MERGE|TRUNCATE|CREATE|DROP)$/;

/** What a role like this may not do, or the stand-in does not do for anybody. */
function refuse(word: string, { tokens }: Statement, { account }: Execution): void {
  if (SQL.test(word)) return;
  if (word === "GRANT" || word === "REVOKE") throw insufficientPrivileges("account", account.toUpperCase());
  if (/^(?:COPY|PUT|GET|LIST|LS|REMOVE|RM)$/.test(word)) throw missing("Stage", stageOf(tokens));
  if (word === "CALL") throw unknownFunction(tokens[1]?.text.toUpperCase() ?? "");
  throw unsupported(word);
}

function stageOf(tokens: Statement["tokens"]): string {
  const at = tokens.findIndex((token) => token.text.startsWith("@"));
  const token = tokens[at];
  return (token?.text === "@" ? tokens[at + 1]?.text : token?.text.slice(1))?.toUpperCase() ?? "";
}

async function runSql(statement: Statement, execution: Execution): Promise<Outcome> {
  const { warehouse, parser, session, parameters, now, account, signal } = execution;
  const timeZone = parameters.text("TIMEZONE");
  const text = bind(statement, execution.bindings);
  const catalog = await warehouse.catalog();
  const compiled = compile(text, { parser, catalog, session, account, now, timeZone });
  if (compiled.readsTables && session.warehouse === undefined) throw noWarehouse();
  if (execution.describeOnly && !compiled.isQuery) return changeOutcome(compiled, 0);
  const before = compiled.results.flatMap((id) => keptTable(id, execution));
  const sql = execution.describeOnly ? `SELECT * FROM (${compiled.sql}) LIMIT 0` : compiled.sql;
  try {
    const engine = await warehouse.engine();
    if (!compiled.isQuery) warehouse.willChange();
    const result = await engine.run(sql, { signal, write: !compiled.isQuery, timeZone, before });
    if (compiled.isQuery) {
      const table = encode(result, compiled.zoned, (instant) => offsetMinutes(instant, timeZone));
      return { table, type: STATEMENT_TYPES.select ?? 0 };
    }
    const count = Number(result.rows[0]?.[0] ?? 0);
    warehouse.changed(compiled, count, `${session.user.name} as ${session.role}`);
    return changeOutcome(compiled, count);
  } catch (error) {
    throw translateError(error, text);
  }
}

function changeOutcome({ kind, target = "" }: Compiled, count: number): Outcome {
  const table = countTable(kind, count);
  if (table) return { table, type: STATEMENT_TYPES[kind] ?? 0 };
  const [verb = "", what = ""] = kind.split("_");
  const name = target.split(".").at(-1) ?? "";
  const words: Record<string, string> = {
    create: `${what === "view" ? "View" : "Table"} ${name} successfully created.`,
    drop: `${name} successfully dropped.`,
  };
  return {
    table: statusTable(words[verb] ?? "Statement executed successfully."),
    type: STATEMENT_TYPES.definition ?? 0,
  };
}

function keptTable(queryId: string, { resultOf }: Execution): string[] {
  const table = resultOf(queryId);
  if (!table) {
    throw new SnowflakeError("000709", `Statement ${queryId} not found`, { sqlState: "02000" });
  }
  return keepResult(queryId, table);
}

function noWarehouse(): SnowflakeError {
  const message =
    "No active warehouse selected in the current session.  Select an active warehouse with the 'use warehouse' command.";
  return new SnowflakeError("000606", message, { sqlState: "57P03" });
}

function offsetMinutes(instant: number, timeZone: string): number {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(offsetIso(instant, timeZone)) ?? [];
  const size = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === "-" ? -size : size;
}
