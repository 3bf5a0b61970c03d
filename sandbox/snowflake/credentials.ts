import { createHash, generateKeyPair, type KeyObject, timingSafeEqual, verify } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { isFields } from "./ast.ts";
import { SnowflakeError } from "./errors.ts";

export interface KeyPair {
  publicKey: KeyObject;
  /** A file that only its owner may read. */
  privateKeyPath: string;
  remove(): Promise<void>;
}

/** A key pair of this run's own, its private half in a folder of its own. */
export async function makeKeyPair(): Promise<KeyPair> {
  const [folder, { publicKey, privateKey }] = await Promise.all([
    mkdtemp(join(tmpdir(), "sandbox-snowflake-")),
    promisify(generateKeyPair)("rsa", { modulusLength: 2048 }),
  ]);
  const privateKeyPath = join(folder, "rsa_key.p8");
  await writeFile(privateKeyPath, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  return { publicKey, privateKeyPath, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** What an administrator has set up for the user. */
export interface Registered {
  account: string;
  user: string;
  publicKey: KeyObject;
  /** Programmatic access token. */
  pat: string;
  oauthToken: string;
  oauthClient: { id: string; secret: string };
}

/** What a client says of itself, as far as it matters here; empty where it says nothing. */
export interface LoginData {
  name: string;
  /** "SNOWFLAKE_JWT"; a password where it says none. */
  authenticator: string;
  token: string;
}

/** Throws what Snowflake answers to whoever may not come in. `now`: the machine's, as the client signs by it; epoch ms. */
export function authenticate(data: LoginData, registered: Registered, now: number): void {
  const { authenticator, token } = data;
  switch (authenticator.toUpperCase()) {
    case "SNOWFLAKE_JWT":
      if (!isSigned(token, registered, now)) throw new SnowflakeError("390144", "JWT token is invalid.");
      return;
    case "PROGRAMMATIC_ACCESS_TOKEN":
      if (!isUser(data, registered) || !same(token, registered.pat)) {
        throw new SnowflakeError("394400", "Programmatic access token is invalid.");
      }
      return;
    case "OAUTH":
      if (!same(token, registered.oauthToken)) throw new SnowflakeError("390303", "Invalid OAuth access token.");
      return;
    default:
      // The user is one for services, which has no password; Snowflake does not say so to whoever tries one.
      throw new SnowflakeError("390100", "Incorrect username or password was specified.");
  }
}

function isUser({ name }: LoginData, { user }: Registered): boolean {
  return name.toUpperCase() === user;
}

function same(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Clocks may differ by so much. */
const LEEWAY_MS = 60_000;
const LONGEST_MS = 3_600_000;

/** RS256 over `iss` ACCOUNT.USER.SHA256:fingerprint and `sub` ACCOUNT.USER; times in seconds, or in ms as the driver has them. */
function isSigned(token: string, { account, user, publicKey }: Registered, now: number): boolean {
  const [head = "", body = "", signature = "", ...rest] = token.split(".");
  const [header, claims] = [parsed(head), parsed(body)];
  if (rest.length > 0 || header?.alg !== "RS256" || !claims) return false;
  const isGenuine = verify(
    "RSA-SHA256",
    Buffer.from(`${head}.${body}`),
    publicKey,
    Buffer.from(signature, "base64url"),
  );
  if (!isGenuine) return false;
  const subject = `${account.toUpperCase()}.${user}`;
  const [issued, expires] = [instantOf(claims.iat), instantOf(claims.exp)];
  const isInTime = issued <= now + LEEWAY_MS && expires > now && expires - issued <= LONGEST_MS;
  return claims.sub === subject && claims.iss === `${subject}.${fingerprint(publicKey)}` && isInTime;
}

function parsed(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return isFields(value) ? value : undefined;
  } catch {
    // Whatever is wrong with it, it is no token.
    return undefined;
  }
}

function instantOf(claim: unknown): number {
  const number = typeof claim === "number" ? claim : Number.NaN;
  return number > 100_000_000_000 ? number : number * 1000;
}

function fingerprint(publicKey: KeyObject): string {
  const der = publicKey.export({ type: "spki", format: "der" });
  return `SHA256:${createHash("sha256").update(der).digest("base64")}`;
}
