import type { Clock } from "../core/clock.ts";
import type { Database } from "./database.ts";
import type { PersonKey } from "./identities.ts";

/** A secret as it is stored. */
export interface Sealed {
  keyId: string;
  /** Base64. */
  sealed: string;
}

export interface ConnectionKey extends PersonKey {
  /** Server name: `asana`. */
  service: string;
}

/** What a service gave Sophia to act as a person. */
export interface Connection extends ConnectionKey, Sealed {
  /** When the access has to be renewed. */
  expiresAt: Date;
  connectedAt: Date;
}

/** A connection that a person has begun. */
export interface ConnectionRequest extends ConnectionKey, Sealed {
  /** Of the `state` that the service brings back. */
  stateDigest: string;
  expiresAt: Date;
}

export interface Connections {
  find(key: ConnectionKey): Promise<Connection | undefined>;
  ofPerson(person: PersonKey): Promise<Connection[]>;
  put(connection: Omit<Connection, "connectedAt">): Promise<void>;
  /**
   * Takes the right to renew this connection, for so many milliseconds. False where another has it, or has renewed it since it
   * was read: only one renews at a time, in whatever process.
   */
  lease(connection: Connection, ms: number): Promise<boolean>;
  /** What was renewed; nothing where the person has disconnected meanwhile. */
  renewed(connection: Omit<Connection, "connectedAt">): Promise<boolean>;
  /** What was there. */
  remove(key: ConnectionKey): Promise<Connection | undefined>;
  begin(request: ConnectionRequest): Promise<void>;
  /** The request with this state, once; none that has run out. */
  take(stateDigest: string): Promise<ConnectionRequest | undefined>;
  /** Ends whatever a person has begun. */
  forgetRequests(person: PersonKey): Promise<void>;
}

const columns = `
  team_id AS "teamId", user_id AS "userId", service, key_id AS "keyId", sealed, expires_at AS "expiresAt"`;
const ofOne = "team_id = $1 AND user_id = $2 AND service = $3";

const findConnection = `SELECT ${columns}, connected_at AS "connectedAt" FROM sophia.connections WHERE ${ofOne}`;

const connectionsOfPerson = `
  SELECT ${columns}, connected_at AS "connectedAt" FROM sophia.connections
  WHERE team_id = $1 AND user_id = $2 ORDER BY service`;

const putConnection = `
  INSERT INTO sophia.connections (team_id, user_id, service, key_id, sealed, expires_at, connected_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (team_id, user_id, service) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed,
    expires_at = excluded.expires_at, connected_at = excluded.connected_at, renewing_until = NULL`;

/** $4 as it was read, $5 the lease's end, $6 the clock's time. */
const leaseConnection = `
  UPDATE sophia.connections SET renewing_until = $5
  WHERE ${ofOne} AND sealed = $4 AND (renewing_until IS NULL OR renewing_until <= $6) RETURNING service`;

const renewConnection = `
  UPDATE sophia.connections SET key_id = $4, sealed = $5, expires_at = $6, renewing_until = NULL
  WHERE ${ofOne} RETURNING service`;

const removeConnection = `
  DELETE FROM sophia.connections WHERE ${ofOne} RETURNING ${columns}, connected_at AS "connectedAt"`;

const beginRequest = `
  WITH ended AS (DELETE FROM sophia.connection_requests WHERE expires_at <= $8)
  INSERT INTO sophia.connection_requests (team_id, user_id, service, key_id, sealed, expires_at, state_digest)
  VALUES ($1, $2, $3, $4, $5, $6, $7)`;

const takeRequest = `
  DELETE FROM sophia.connection_requests WHERE state_digest = $1
  RETURNING ${columns}, state_digest AS "stateDigest"`;

const forgetRequests = "DELETE FROM sophia.connection_requests WHERE team_id = $1 AND user_id = $2";

export function createConnections(db: Database, clock: Clock): Connections {
  const now = () => new Date(clock.now());
  return {
    find: async (key) => (await db.query<Connection>(findConnection, keyOf(key)))[0],
    ofPerson: ({ teamId, userId }) => db.query<Connection>(connectionsOfPerson, [teamId, userId]),
    put: async (connection) => {
      const { keyId, sealed, expiresAt } = connection;
      await db.query(putConnection, [...keyOf(connection), keyId, sealed, expiresAt, now()]);
    },
    lease: async (connection, ms) => {
      const until = new Date(clock.now() + ms);
      const leased = await db.query(leaseConnection, [...keyOf(connection), connection.sealed, until, now()]);
      return leased.length > 0;
    },
    renewed: async (connection) => {
      const { keyId, sealed, expiresAt } = connection;
      return (await db.query(renewConnection, [...keyOf(connection), keyId, sealed, expiresAt])).length > 0;
    },
    remove: async (key) => (await db.query<Connection>(removeConnection, keyOf(key)))[0],
    begin: async (request) => {
      const { keyId, sealed, expiresAt, stateDigest } = request;
      await db.query(beginRequest, [...keyOf(request), keyId, sealed, expiresAt, stateDigest, now()]);
    },
    take: async (stateDigest) => {
      const [request] = await db.query<ConnectionRequest>(takeRequest, [stateDigest]);
      return request && request.expiresAt.getTime() > clock.now() ? request : undefined;
    },
    forgetRequests: async ({ teamId, userId }) => {
      await db.query(forgetRequests, [teamId, userId]);
    },
  };
}

function keyOf({ teamId, userId, service }: ConnectionKey): [string, string, string] {
  return [teamId, userId, service];
}
