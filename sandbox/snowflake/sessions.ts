import { randomBytes } from "node:crypto";
import { INFORMATION_SCHEMA } from "./catalog.ts";
import { SnowflakeError } from "./errors.ts";
import { Parameters } from "./parameters.ts";
import { accessOf } from "./roles.ts";
import { applyParameters, type Session, type User } from "./session.ts";
import { DATABASE, TABLES, WAREHOUSE } from "./tables.ts";

export const TOKEN_SECONDS = 3600;
export const MASTER_TOKEN_SECONDS = 14_400;

export interface Wishes {
  role?: string | undefined;
  warehouse?: string | undefined;
  database?: string | undefined;
  schema?: string | undefined;
  parameters: Readonly<Record<string, unknown>>;
}

interface SessionsOptions {
  /** Epoch ms by the sandbox's clock. */
  now: () => number;
  /** The account's own zone. */
  timeZone: string;
  /** Called with each token that is given out. */
  onToken: (token: string) => void;
}

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #all = new Map<number, Session>();
  readonly #account = new Parameters();
  #last = 1_204_718_590;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#account.set("TIMEZONE", options.timeZone);
  }

  list(): Session[] {
    return [...this.#all.values()];
  }

  open(user: User, wishes: Wishes): Session {
    const role = wishes.role?.toUpperCase() ?? user.roles[0] ?? "PUBLIC";
    if (!user.roles.includes(role)) throw roleNotGranted(role);
    const isSeen = wishes.database?.toUpperCase() === DATABASE && accessOf(role) !== "none";
    const schema = (wishes.schema ?? "PUBLIC").toUpperCase();
    const parameters = new Parameters(this.#account);
    applyParameters(parameters, wishes.parameters);
    this.#last += 4;
    const session: Session = {
      id: this.#last,
      user,
      ...this.#tokens(),
      role,
      // Names that are not there are let pass at login: the session just has no such thing.
      warehouse: wishes.warehouse?.toUpperCase() === WAREHOUSE ? WAREHOUSE : undefined,
      database: isSeen ? DATABASE : undefined,
      schema: isSeen && isSchema(schema) ? schema : undefined,
      parameters,
      queryIds: [],
    };
    this.#all.set(session.id, session);
    return session;
  }

  /** Whose session token it is; throws what Snowflake says to one that has run out or never was. */
  byToken(token: string | undefined): Session {
    const session = this.list().find((candidate) => candidate.token === token);
    if (!session) throw gone(token);
    if (session.tokenExpires <= this.#options.now()) throw tokenExpired();
    return session;
  }

  /** New tokens for the session that this master token, or this session token that has run out, belongs to. */
  renew(masterToken: string | undefined, oldToken: unknown): Session {
    const session = this.list().find((candidate) => candidate.masterToken === masterToken);
    if (!session || session.token !== oldToken) throw gone(masterToken);
    if (session.masterExpires <= this.#options.now()) {
      throw new SnowflakeError("390114", "Authentication token has expired.  The user must authenticate again.");
    }
    return Object.assign(session, this.#tokens());
  }

  close(session: Session): void {
    this.#all.delete(session.id);
  }

  /** As if all had been idle for too long: session tokens, and master tokens too where it is said. */
  expire({ master = false }: { master?: boolean | undefined }): void {
    for (const session of this.#all.values()) {
      session.tokenExpires = 0;
      if (master) session.masterExpires = 0;
    }
  }

  #tokens(): Pick<Session, "token" | "masterToken" | "tokenExpires" | "masterExpires"> {
    const now = this.#options.now();
    const [token, masterToken] = [newToken(), newToken()];
    this.#options.onToken(token);
    this.#options.onToken(masterToken);
    const [tokenExpires, masterExpires] = [now + TOKEN_SECONDS * 1000, now + MASTER_TOKEN_SECONDS * 1000];
    return { token, masterToken, tokenExpires, masterExpires };
  }
}

function isSchema(name: string): boolean {
  return name === "PUBLIC" || name === INFORMATION_SCHEMA || TABLES.some((table) => table.schema === name);
}

function newToken(): string {
  return `ver:3-hint:42-${randomBytes(48).toString("base64")}`;
}

function roleNotGranted(role: string): SnowflakeError {
  const message = `Role '${role}' specified in the connect string is not granted to this user. Contact your local system administrator, or attempt to login with another role, e.g. PUBLIC.`;
  return new SnowflakeError("390186", message);
}

function tokenExpired(): SnowflakeError {
  return new SnowflakeError("390112", "Your session has expired. Please login again.");
}

/** Snowflake tells a session that is over from a token that is none. */
function gone(token: string | undefined): SnowflakeError {
  return token?.startsWith("ver:")
    ? new SnowflakeError("390111", "Session no longer exists.  New login required to access the service.")
    : new SnowflakeError("390104", "Authentication token is invalid.");
}
