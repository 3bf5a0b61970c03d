import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "../core/clock.ts";
import { SophiaError } from "../core/errors.ts";
import type { AuditSink } from "../observability/audit.ts";
import type { Logger } from "../observability/log.ts";
import type { Connections } from "../storage/connections.ts";
import type { PersonKey } from "../storage/identities.ts";
import type { ConnectableService, OAuthVendor } from "./oauth-vendors.ts";
import { personalServices } from "./services.ts";
import type { Vault } from "./vault.ts";

/** What a service's page sends back with the person's browser. */
export interface ComingBack {
  state: string | undefined;
  code: string | undefined;
}

/**
 * `unknown`: nobody has begun this, or it has run out, or has come back before. `declined`: the person did not allow it.
 * `other_account`: it is not the account of whoever began it.
 */
export type Ending = "connected" | "unknown" | "declined" | "other_account" | "failed";

export interface Connecting {
  /** The address at which the person allows it; undefined where the service is not set up for it. */
  begin(person: PersonKey, service: ConnectableService): Promise<string | undefined>;
  finish(service: ConnectableService, answer: ComingBack): Promise<Ending>;
}

export interface ConnectingOptions {
  connections: Connections;
  vault: Vault;
  vendors: ReadonlyMap<ConnectableService, OAuthVendor>;
  /** Where the service sends the browser back to; undefined where that is not set up. */
  redirectUri: (service: ConnectableService) => string | undefined;
  /** Addresses of the person's own accounts at the service; none of somebody who may not connect any. */
  addressesOf: (person: PersonKey, service: ConnectableService) => Promise<readonly string[]>;
  /** Tells the person, in their direct message with Sophia. */
  tell: (person: PersonKey, text: string) => Promise<void>;
  clock: Clock;
  audit: Pick<AuditSink, "append">;
  logger: Logger;
}

const goodForMs = 10 * 60_000;

/**
 * The link is for whoever asked for it: what comes back belongs to the person who began, and only an account with that
 * person's own address is taken. So nobody can have a colleague allow, by a link that was sent on, that Sophia acts as the
 * colleague for somebody else.
 */
export function createConnecting(options: ConnectingOptions): Connecting {
  const { connections, vault, vendors, redirectUri, clock } = options;
  return {
    begin: async (person, service) => {
      const vendor = vendors.get(service);
      const backTo = redirectUri(service);
      if (!vendor || backTo === undefined) return undefined;
      const [state, verifier] = [newSecret(), newSecret()];
      const key = { teamId: person.teamId, userId: person.userId, service };
      const expiresAt = new Date(clock.now() + goodForMs);
      await connections.begin({
        ...key,
        ...vault.sealVerifier(key, verifier),
        stateDigest: digestOf(state, "hex"),
        expiresAt,
      });
      return vendor.pageFor({ state, challenge: digestOf(verifier, "base64url"), redirectUri: backTo });
    },
    finish: async (service, answer) => {
      const vendor = vendors.get(service);
      const backTo = redirectUri(service);
      const request = isState(answer.state) ? await connections.take(digestOf(answer.state, "hex")) : undefined;
      if (!vendor || backTo === undefined || request?.service !== service) return "unknown";
      const { teamId, userId } = request;
      const ending = await redeem({ teamId, userId }, { service, vendor, code: answer.code, request, backTo }, options);
      const outcome = ending === "connected" ? "connected" : "refused";
      options.audit.append({
        at: new Date(clock.now()),
        kind: "identity",
        outcome,
        userId,
        tool: service,
        reason: ending,
      });
      return ending;
    },
  };
}

interface Redeemed {
  service: ConnectableService;
  vendor: OAuthVendor;
  code: string | undefined;
  backTo: string;
  request: Parameters<Vault["openVerifier"]>[0];
}

async function redeem(
  person: PersonKey,
  { service, vendor, code, backTo, request }: Redeemed,
  { vault, addressesOf, tell, logger }: ConnectingOptions,
): Promise<Ending> {
  if (!code) return "declined";
  try {
    const verifier = vault.openVerifier(request);
    const { email, ...tokens } = await vendor.redeem({ code, verifier, redirectUri: backTo });
    const own = await addressesOf(person, service);
    if (email === undefined || !own.some((address) => address.toLowerCase() === email.toLowerCase())) {
      await vendor.revoke(tokens.refreshToken);
      return "other_account";
    }
    await vault.connect({ ...person, service }, tokens);
  } catch (error) {
    if (!(error instanceof SophiaError)) throw error;
    logger.warn({ service, userId: person.userId, err: error }, "a person could not be connected to a service");
    return "failed";
  }
  const name = personalServices[service];
  await tell(
    person,
    `You are connected to ${name}. What you approve is done there in your own name, and in our direct messages I see of ` +
      `${name} what you may see. \`/sophia disconnect ${service}\` ends it.`,
  );
  return "connected";
}

/** 256 bits, in 43 characters. */
function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

function isState(state: string | undefined): state is string {
  return state !== undefined && /^[\w-]{43}$/.test(state);
}

function digestOf(secret: string, encoding: "hex" | "base64url"): string {
  return createHash("sha256").update(secret).digest(encoding);
}
