import type { Clock } from "../core/clock.ts";
import { ForbiddenError, ServiceError, SophiaError } from "../core/errors.ts";
import type { AuditSink } from "../observability/audit.ts";
import type { Logger } from "../observability/log.ts";
import type { Connection, Connections } from "../storage/connections.ts";
import type { PersonKey } from "../storage/identities.ts";
import { AccessRefusedError, type ConnectableService, connectableServices, type OAuthVendor } from "./oauth-vendors.ts";
import { SealError } from "./sealing.ts";
import { findPersonalService, personalServices } from "./services.ts";
import type { Vault } from "./vault.ts";

/** `unconfirmed`: Sophia has forgotten it, and the service did not say that it has. */
export type Disconnected = "disconnected" | "unconfirmed" | "not_connected";

/** What people let Sophia do as them. */
export interface PersonalAccess {
  /**
   * What a server is to be called with for this person; undefined where they have not connected that service. Throws a
   * ForbiddenError or ServiceError that says what to do where they have, and it cannot be used.
   */
  credentialFor(person: PersonKey, server: string): Promise<{ accessToken: string } | undefined>;
  connected(person: PersonKey): Promise<readonly string[]>;
  disconnect(person: PersonKey, service: string): Promise<Disconnected>;
  /** For somebody who has left: all of it ends. */
  forget(person: PersonKey, why?: "left" | "forgotten"): Promise<void>;
}

export interface PersonalAccessOptions {
  connections: Connections;
  vault: Vault;
  vendors: ReadonlyMap<ConnectableService, OAuthVendor>;
  clock: Clock;
  /** Milliseconds until it resolves; how one process waits for another's renewal. */
  wait: (ms: number) => Promise<void>;
  audit: Pick<AuditSink, "append">;
  logger: Logger;
}

/** Access is renewed so long before it ends: a call that has it in hand may take two minutes. */
const renewBeforeMs = 5 * 60_000;
/** No longer good: it may end on its way. */
const endsMs = 15_000;
/** A renewal takes at most this: after it, another may try. */
const leaseMs = 15_000;
const pollMs = 250;

export function createPersonalAccess(options: PersonalAccessOptions): PersonalAccess {
  const { connections, clock, audit } = options;
  const renewer = new Renewer(options);
  const end = async (person: PersonKey, service: string, reason: string): Promise<Disconnected> => {
    const removed = await connections.remove({ teamId: person.teamId, userId: person.userId, service });
    if (!removed) return "not_connected";
    audit.append({
      at: new Date(clock.now()),
      kind: "identity",
      outcome: "disconnected",
      userId: person.userId,
      tool: service,
      reason,
    });
    return (await revoke(removed, options)) ? "disconnected" : "unconfirmed";
  };
  return {
    credentialFor: async ({ teamId, userId }, server) => {
      const vendor = vendorOf(server, options);
      const connection = vendor && (await connections.find({ teamId, userId, service: server }));
      return connection && renewer.fresh(connection, vendor);
    },
    connected: async (person) => (await connections.ofPerson(person)).map(({ service }) => service),
    disconnect: (person, service) => end(person, service, "asked"),
    forget: async (person, why = "left") => {
      await connections.forgetRequests(person);
      const all = await connections.ofPerson(person);
      await Promise.all(all.map(({ service }) => end(person, service, why)));
    },
  };
}

function vendorOf(server: string, { vendors }: Pick<PersonalAccessOptions, "vendors">): OAuthVendor | undefined {
  const service = connectableServices.find((known) => known === server);
  return service && vendors.get(service);
}

/** Whether the service says that it has ended it. The row is gone already: what the service does not do here it is told by the person. */
async function revoke(connection: Connection, options: PersonalAccessOptions): Promise<boolean> {
  const { service, userId } = connection;
  try {
    const { refreshToken } = options.vault.tokensOf(connection);
    const vendor = vendorOf(service, options);
    await vendor?.revoke(refreshToken);
    return vendor !== undefined;
  } catch (error) {
    // It ended there before.
    if (error instanceof AccessRefusedError) return true;
    if (!(error instanceof SophiaError)) throw error;
    options.logger.warn({ service, userId, err: error }, "a person's access could not be revoked at the service");
    return false;
  }
}

/** Renews access before it ends: one renewal at a time for each, whoever needs it, in whatever process. */
class Renewer {
  readonly #options: PersonalAccessOptions;
  readonly #underWay = new Map<string, Promise<{ accessToken: string } | undefined>>();

  constructor(options: PersonalAccessOptions) {
    this.#options = options;
  }

  async fresh(connection: Connection, vendor: OAuthVendor): Promise<{ accessToken: string } | undefined> {
    if (this.#left(connection) > renewBeforeMs) return this.#tokenOf(connection);
    const key = JSON.stringify([connection.teamId, connection.userId, connection.service]);
    const renewal =
      this.#underWay.get(key) ?? this.#renewed(connection, vendor).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, renewal);
    return renewal;
  }

  async #renewed(connection: Connection, vendor: OAuthVendor): Promise<{ accessToken: string } | undefined> {
    const { connections, wait } = this.#options;
    let current: Connection | undefined = connection;
    for (let waited = 0; current && waited <= leaseMs; waited += pollMs) {
      if (await connections.lease(current, leaseMs)) return this.#renew(current, vendor);
      if (this.#left(current) > endsMs) return this.#tokenOf(current);
      // Another process is at it.
      await wait(pollMs);
      current = await connections.find(current);
      if (current && this.#left(current) > renewBeforeMs) return this.#tokenOf(current);
    }
    if (current) throw away(current.service);
    return undefined;
  }

  async #renew(connection: Connection, vendor: OAuthVendor): Promise<{ accessToken: string } | undefined> {
    const { vault, logger } = this.#options;
    const { service, userId } = connection;
    try {
      const tokens = await vendor.renew(this.#open(connection).refreshToken);
      const isConnected = await vault.renew(connection, tokens);
      return isConnected ? { accessToken: tokens.accessToken } : undefined;
    } catch (error) {
      if (error instanceof AccessRefusedError) throw ended(service, error);
      if (!(error instanceof ServiceError)) throw error;
      logger.warn({ service, userId, err: error }, "a person's access could not be renewed");
      if (this.#left(connection) > endsMs) return this.#tokenOf(connection);
      throw away(service, error);
    }
  }

  #left({ expiresAt }: Connection): number {
    return expiresAt.getTime() - this.#options.clock.now();
  }

  #tokenOf(connection: Connection): { accessToken: string } {
    return { accessToken: this.#open(connection).accessToken };
  }

  #open(connection: Connection): ReturnType<Vault["tokensOf"]> {
    try {
      return this.#options.vault.tokensOf(connection);
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      this.#options.logger.error({ service: connection.service, err: error }, "a person's access cannot be read");
      throw ended(connection.service, error);
    }
  }
}

function nameOf(service: string): string {
  const known = findPersonalService(service);
  return known ? personalServices[known] : service;
}

/** Nobody's access takes the place of the person's own unasked: what Sophia's account sees may be more, or other. */
function ended(service: string, cause: unknown): ForbiddenError {
  const message =
    `The access to ${nameOf(service)} that whoever asks has given me is not good any more. Tell them: ` +
    `\`/sophia connect ${service}\` renews it, \`/sophia disconnect ${service}\` makes me use my own account again.`;
  return new ForbiddenError(message, { cause });
}

function away(service: string, cause?: unknown): ServiceError {
  const name = nameOf(service);
  return new ServiceError(`${name} does not renew the access of whoever asks just now. Try again in a minute.`, {
    service: name,
    retryable: true,
    cause,
  });
}
