import type { HttpBindings } from "@hono/node-server";
import { type Change, ChangeLog } from "../change-log.ts";
import type { World } from "../world/types.ts";
import type { Table } from "./encode.ts";
import { execute } from "./execute.ts";
import { Parameters } from "./parameters.ts";
import { loadParser } from "./parser.ts";
import { Queries } from "./queries.ts";
import type { Session, User } from "./session.ts";
import { Sessions } from "./sessions.ts";
import { splitStatements } from "./statements.ts";
import { DATABASE, WAREHOUSE } from "./tables.ts";
import { Warehouse } from "./warehouse.ts";

export type SnowflakeEnv = { Bindings: HttpBindings };

/** Snowflake's side of the world, and what moves it. */
export interface SnowflakeStore {
  readonly world: World;
  readonly sessions: Sessions;
  /** Statements that came, and how they went. */
  readonly queries: Queries;
  /** What was changed in the database, oldest first. */
  readonly changes: readonly Change[];
  /** Calls back at each change and when all is cleared, until the function that it gives is called. */
  subscribe(listener: () => void): () => void;
  /** Runs a statement as the company's own loader does: a change made by somebody else. */
  run(sql: string): Promise<Table>;
}

interface StoreOptions {
  world: World;
  account: string;
  now: () => number;
  onToken: (token: string) => void;
}

export function createSnowflakeStore(
  options: StoreOptions,
): SnowflakeStore & { reset(): void; close(): Promise<void> } {
  const { world, account, now, onToken } = options;
  const log = new ChangeLog(now);
  const warehouse = new Warehouse(world, log);
  const sessions = new Sessions({ now, timeZone: world.companyTimeZone, onToken });
  const queries = new Queries({ warehouse, account, now });
  let resetting: Promise<unknown> = Promise.resolve();
  return {
    world,
    sessions,
    queries,
    get changes() {
      return log.all;
    },
    subscribe: (listener) => log.subscribe(listener),
    run: (sql) => runAsLoader(sql, { warehouse, account, now }),
    reset: () => {
      log.clear();
      resetting = Promise.all([resetting, warehouse.reset(queries.clear())]);
    },
    close: async () => {
      await Promise.all([resetting, warehouse.close(queries.clear())]);
    },
  };
}

const LOADER: User = { name: "LOADER", roles: ["SALES_ADMIN"] };

async function runAsLoader(
  sql: string,
  { warehouse, account, now }: { warehouse: Warehouse; account: string; now: () => number },
): Promise<Table> {
  const parser = await loadParser();
  const parameters = new Parameters();
  const session: Session = {
    id: 0,
    user: LOADER,
    token: "",
    masterToken: "",
    tokenExpires: 0,
    masterExpires: 0,
    role: "SALES_ADMIN",
    warehouse: WAREHOUSE,
    database: DATABASE,
    schema: "CRM",
    parameters,
    queryIds: [],
  };
  const given = { warehouse, parser, session, parameters, account, bindings: {}, describeOnly: false };
  let table: Table = { columns: [], rows: [] };
  for (const statement of splitStatements(parser, sql)) {
    const { signal } = new AbortController();
    ({ table } = await execute(statement, { ...given, now: now(), signal, resultOf: () => undefined }));
  }
  return table;
}
