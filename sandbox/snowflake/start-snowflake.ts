import { join } from "node:path";
import { Hono } from "hono";
import { exchangeLog, listen, type ServiceStandIn, type Switchboard } from "../stand-in.ts";
import type { World } from "../world/types.ts";
import { makeKeyPair, type Registered } from "./credentials.ts";
import { answerFault, refusal, SnowflakeError } from "./errors.ts";
import { loginRoutes } from "./login-routes.ts";
import { queryRoutes } from "./query-routes.ts";
import { unpack } from "./requests.ts";
import { READER, ROLES } from "./roles.ts";
import { createSnowflakeStore, type SnowflakeEnv, type SnowflakeStore } from "./store.ts";
import { DATABASE, WAREHOUSE } from "./tables.ts";

export type { SnowflakeStore } from "./store.ts";

export interface SnowflakeOptions {
  world: World;
  board: Switchboard;
  /** 0 (any free one) unless told. */
  port?: number | undefined;
  /** How long a statement may take before the driver is told to ask again for its result: 45 s, as the vendor has it. */
  patienceMs?: number | undefined;
  /** Rows that come with the answer itself; the rest is fetched in chunks. */
  inlineRows?: number | undefined;
  chunkRows?: number | undefined;
  /** The clock that keys are checked by, since clients sign by it; epoch ms, the machine's unless told. */
  realNow?: (() => number) | undefined;
}

const ACCOUNT = "sandbox";
const USER = "SOPHIA";
const PAT = "sandbox-snowflake-pat";
const OAUTH_TOKEN = "sandbox-snowflake-oauth-token";
const OAUTH_CLIENT = { id: "sandbox-snowflake-client", secret: "sandbox-snowflake-client-secret" };

/** Snowflake as its drivers meet it: sessions, statements in its dialect over DuckDB, results in JSON. */
export async function startSnowflake(options: SnowflakeOptions): Promise<ServiceStandIn<SnowflakeStore>> {
  const { world, board, patienceMs = 45_000, inlineRows = 1000, chunkRows = 5000 } = options;
  const secrets = [PAT, OAUTH_TOKEN, OAUTH_CLIENT.secret];
  const onToken = (token: string): number => secrets.push(token);
  const keys = await makeKeyPair();
  const store = createSnowflakeStore({ world, account: ACCOUNT, now: () => board.clock.now(), onToken });
  const registered: Registered = {
    account: ACCOUNT,
    user: USER,
    publicKey: keys.publicKey,
    pat: PAT,
    oauthToken: OAUTH_TOKEN,
    oauthClient: OAUTH_CLIENT,
  };
  const app = new Hono<SnowflakeEnv>();
  app.use(unpack);
  app.use(exchangeLog("snowflake", board, answerFault));
  const user = { name: USER, roles: ROLES.map((role) => role.name) };
  loginRoutes(app, store, { registered, user, onToken, realNow: options.realNow ?? Date.now });
  queryRoutes(app, store, { patienceMs, inlineRows, chunkRows });
  app.notFound((c) => c.json({ data: null, code: "390404", message: "Not found", success: false }, 404));
  app.onError((error, c) => {
    if (error instanceof SnowflakeError) return c.json(refusal(error));
    // A fault of the stand-in itself: the vendor's status, with the cause for whoever works on it.
    return c.json({ data: null, code: null, message: `Internal error: ${error.message}`, success: false }, 500);
  });
  const server = await listen(app, options.port);
  return {
    url: server.url,
    env: settingsFor(server.url, keys.privateKeyPath),
    secrets,
    store,
    reset: () => store.reset(),
    close: async () => {
      await server.close();
      await Promise.all([store.close(), keys.remove()]);
    },
  };
}

function settingsFor(url: string, privateKeyPath: string): Record<string, string> {
  return {
    SNOWFLAKE_ACCOUNT: ACCOUNT,
    SNOWFLAKE_USER: USER,
    SNOWFLAKE_PRIVATE_KEY_PATH: privateKeyPath,
    SNOWFLAKE_ROLE: READER,
    SNOWFLAKE_WAREHOUSE: WAREHOUSE,
    SNOWFLAKE_DATABASE: DATABASE,
    SNOWFLAKE_SCHEMA: "CRM",
    SNOWFLAKE_REPORTS: join(import.meta.dirname, "reports.json"),
    SNOWFLAKE_ACCESS_URL: url,
  };
}
