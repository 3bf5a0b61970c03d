import type { Context, Hono } from "hono";
import { type Fields, isFields } from "./ast.ts";
import { authenticate, type LoginData, type Registered } from "./credentials.ts";
import { SnowflakeError } from "./errors.ts";
import { readBody, sessionToken } from "./requests.ts";
import type { Session, User } from "./session.ts";
import { MASTER_TOKEN_SECONDS, TOKEN_SECONDS, type Wishes } from "./sessions.ts";
import type { SnowflakeEnv, SnowflakeStore } from "./store.ts";

interface Doorkeeper {
  registered: Registered;
  user: User;
  /** Called with each token that a client shows. */
  onToken: (token: string) => void;
  /** The machine's clock, epoch ms. */
  realNow: () => number;
}

const done = { data: null, code: null, message: null, success: true };

export function loginRoutes(app: Hono<SnowflakeEnv>, store: SnowflakeStore, door: Doorkeeper): void {
  app.post("/session/v1/login-request", async (c) => {
    const { data } = await readBody(c);
    const login = isFields(data) ? data : {};
    const shown = loginData(login);
    if (shown.token !== "") door.onToken(shown.token);
    authenticate(shown, door.registered, door.realNow());
    const session = store.sessions.open(door.user, wishesOf(c, login));
    return c.json({ ...done, data: loggedIn(session) });
  });

  app.post("/session/token-request", async (c) => {
    const { requestType, oldSessionToken } = await readBody(c);
    if (requestType !== "RENEW") throw new SnowflakeError("390104", "Authentication token is invalid.");
    const session = store.sessions.renew(sessionToken(c), oldSessionToken);
    const data = {
      sessionToken: session.token,
      validityInSecondsST: TOKEN_SECONDS,
      masterToken: session.masterToken,
      validityInSecondsMT: MASTER_TOKEN_SECONDS,
      sessionId: session.id,
    };
    return c.json({ ...done, data });
  });

  app.post("/session/heartbeat", (c) => {
    store.sessions.byToken(sessionToken(c));
    return c.json(done);
  });

  app.post("/session", (c) => {
    const session = store.sessions.byToken(sessionToken(c));
    if (c.req.query("delete") !== "true") throw new SnowflakeError("390104", "Authentication token is invalid.");
    store.sessions.close(session);
    return c.json(done);
  });

  app.post("/telemetry/send", (c) => c.json({ ...done, data: "Log Received" }));

  app.post("/oauth/token-request", async (c) => {
    const { id, secret } = door.registered.oauthClient;
    const form = await c.req.parseBody();
    if (form.grant_type !== "client_credentials" || form.client_id !== id || form.client_secret !== secret) {
      return c.json({ error: "invalid_client", error_description: "This is an invalid client." }, 400);
    }
    return c.json({ access_token: door.registered.oauthToken, token_type: "Bearer", expires_in: 600 });
  });
}

function loginData({ LOGIN_NAME: name, AUTHENTICATOR: authenticator, TOKEN: token }: Fields): LoginData {
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  return { name: text(name), authenticator: text(authenticator), token: text(token) };
}

function wishesOf(c: Context, login: Fields): Wishes {
  const { roleName: role, warehouse, databaseName: database, schemaName: schema } = c.req.query();
  const parameters = isFields(login.SESSION_PARAMETERS) ? login.SESSION_PARAMETERS : {};
  return { role, warehouse, database, schema, parameters };
}

function loggedIn(session: Session): Record<string, unknown> {
  return {
    token: session.token,
    validityInSeconds: TOKEN_SECONDS,
    masterToken: session.masterToken,
    masterValidityInSeconds: MASTER_TOKEN_SECONDS,
    displayUserName: session.user.name,
    serverVersion: "9.30.1",
    firstLogin: false,
    remMeToken: null,
    remMeValidityInSeconds: 0,
    healthCheckInterval: 45,
    newClientForUpgrade: null,
    sessionId: session.id,
    parameters: session.parameters.list(),
    sessionInfo: {
      databaseName: session.database ?? null,
      schemaName: session.schema ?? null,
      warehouseName: session.warehouse ?? null,
      roleName: session.role,
    },
    idToken: null,
    idTokenValidityInSeconds: 0,
    responseData: null,
    mfaToken: null,
    mfaTokenValidityInSeconds: 0,
  };
}
