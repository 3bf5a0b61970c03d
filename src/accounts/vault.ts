import type { Clock } from "../core/clock.ts";
import type { Connection, ConnectionKey, Connections, Sealed } from "../storage/connections.ts";
import type { Tokens } from "./oauth-vendors.ts";
import type { Sealer } from "./sealing.ts";

/** Seals what belongs to one person at one service: moved to another row, it does not open. */
export interface Vault {
  /** Throws SealError. */
  tokensOf(connection: Connection): Pick<Tokens, "accessToken" | "refreshToken">;
  connect(key: ConnectionKey, tokens: Tokens): Promise<void>;
  /** False where the person has disconnected meanwhile. */
  renew(key: ConnectionKey, tokens: Tokens): Promise<boolean>;
  sealVerifier(key: ConnectionKey, verifier: string): Sealed;
  /** Throws SealError. */
  openVerifier(request: ConnectionKey & Sealed): string;
}

export interface VaultOptions {
  connections: Connections;
  sealer: Sealer;
  clock: Clock;
}

export function createVault({ connections, sealer, clock }: VaultOptions): Vault {
  const sealed = (key: ConnectionKey, tokens: Tokens) => {
    const { accessToken, refreshToken, expiresInSeconds } = tokens;
    const secret = JSON.stringify({ accessToken, refreshToken });
    const expiresAt = new Date(clock.now() + expiresInSeconds * 1_000);
    return { ...keyOf(key), ...sealer.seal(secret, contextOf("tokens", key)), expiresAt };
  };
  return {
    tokensOf: (connection) => JSON.parse(sealer.open(connection, contextOf("tokens", connection))),
    connect: (key, tokens) => connections.put(sealed(key, tokens)),
    renew: (key, tokens) => connections.renewed(sealed(key, tokens)),
    sealVerifier: (key, verifier) => sealer.seal(verifier, contextOf("verifier", key)),
    openVerifier: (request) => sealer.open(request, contextOf("verifier", request)),
  };
}

function keyOf({ teamId, userId, service }: ConnectionKey): ConnectionKey {
  return { teamId, userId, service };
}

function contextOf(what: "tokens" | "verifier", { teamId, userId, service }: ConnectionKey): string[] {
  return [what, teamId, userId, service];
}
