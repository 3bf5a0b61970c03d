import { env } from "node:process";
import type { Connection, ConnectionOptions, RowStatement, SnowflakeError, StatementOption } from "snowflake-sdk";

// The driver takes these from the environment when it is imported: it would ask cloud metadata hosts where it runs.
env.SNOWFLAKE_DISABLE_PLATFORM_DETECTION = "true";
env.SF_TELEMETRY_DISABLE_CONNECTION_SHAPE = "1";
const { default: snowflake } = await import("snowflake-sdk");
snowflake.configure({ logLevel: "OFF", additionalLogToConsole: false });

/** What a statement gave, or how it was refused. */
export interface Ran {
  statement: RowStatement;
  rows: any[];
  error: SnowflakeError | undefined;
}

/** snowflake-sdk itself, logged in with a stand-in's settings; `options` go over them. */
export async function connect(settings: Record<string, string>, options: Partial<ConnectionOptions> = {}) {
  const connection = snowflake.createConnection({
    account: settings.SNOWFLAKE_ACCOUNT ?? "",
    username: settings.SNOWFLAKE_USER ?? "",
    authenticator: "SNOWFLAKE_JWT",
    privateKeyPath: settings.SNOWFLAKE_PRIVATE_KEY_PATH ?? "",
    accessUrl: settings.SNOWFLAKE_ACCESS_URL ?? "",
    role: settings.SNOWFLAKE_ROLE ?? "",
    warehouse: settings.SNOWFLAKE_WAREHOUSE ?? "",
    database: settings.SNOWFLAKE_DATABASE ?? "",
    schema: settings.SNOWFLAKE_SCHEMA ?? "",
    ...options,
  });
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  return driverFor(connection);
}

export type Driver = ReturnType<typeof driverFor>;

function driverFor(connection: Connection) {
  const run = (sqlText: string, options: Partial<StatementOption> = {}): Promise<Ran> =>
    new Promise((resolve) => {
      connection.execute({
        sqlText,
        ...options,
        complete: (error, statement, rows) => resolve({ statement, rows: rows ?? [], error: error ?? undefined }),
      });
    });
  return {
    connection,
    run,
    /** The rows of a statement that must succeed. */
    rows: async (sqlText: string, options: Partial<StatementOption> = {}): Promise<any[]> => {
      const { rows, error } = await run(sqlText, options);
      if (error) throw error;
      return rows;
    },
    /** "001003 42000" of a statement that must be refused. */
    refusal: async (sqlText: string, options: Partial<StatementOption> = {}): Promise<SnowflakeError> => {
      const { error } = await run(sqlText, options);
      if (!error) throw new Error(`was not refused: ${sqlText}`);
      return error;
    },
    close: () => new Promise<void>((resolve) => connection.destroy(() => resolve())),
  };
}
