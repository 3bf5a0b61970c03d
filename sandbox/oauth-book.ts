import { createHash, randomBytes } from "node:crypto";

/** A refusal in the words of RFC 6749. */
export class OAuthRefusal extends Error {
  override name = "OAuthRefusal";
  readonly status: 400 | 401;
  readonly code: string;

  constructor(code: string, description: string) {
    super(description);
    this.status = code === "invalid_client" ? 401 : 400;
    this.code = code;
  }
}

export interface OAuthBookOptions {
  clientId: string;
  clientSecret: string;
  /** Seconds for which an access token is good. */
  lifetimeSeconds: number;
  /** What tokens begin with. */
  prefix: string;
  /** Epoch ms of the sandbox's clock. */
  now: () => number;
}

/** What an app asks a person for. */
export interface Asking {
  redirectUri: string;
  state: string;
  challenge: string | undefined;
}

export interface Issued {
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
  /** E-mail of the account that allowed it. */
  user: string;
}

type Form = Readonly<Record<string, string | undefined>>;

const codeLifetimeMs = 10 * 60_000;

/** One service's authorisation server: codes for one use, PKCE (S256), access tokens that end, refresh tokens that stay. */
export class OAuthBook {
  readonly #options: OAuthBookOptions;
  readonly #codes = new Map<string, Asking & { user: string; until: number }>();
  readonly #access = new Map<string, { user: string; until: number; refreshToken: string }>();
  readonly #refresh = new Map<string, string>();
  /** Whatever it has given out, for the request log to leave out. */
  readonly secrets: string[];

  constructor(options: OAuthBookOptions) {
    this.#options = options;
    this.secrets = [options.clientSecret];
  }

  /** Throws OAuthRefusal where the page would say that the app is at fault, without going back to it. */
  asked(query: Form): Asking {
    const { client_id, redirect_uri = "", response_type, state = "", code_challenge, code_challenge_method } = query;
    if (client_id !== this.#options.clientId) throw new OAuthRefusal("invalid_client", "There is no such app");
    if (response_type !== undefined && response_type !== "code") {
      throw new OAuthRefusal("unsupported_response_type", "response_type must be code");
    }
    if (!/^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?\//.test(redirect_uri)) {
      throw new OAuthRefusal("invalid_request", "redirect_uri is not one of the app's");
    }
    if (code_challenge !== undefined && code_challenge_method !== "S256") {
      throw new OAuthRefusal("invalid_request", "code_challenge_method must be S256");
    }
    return { redirectUri: redirect_uri, state, challenge: code_challenge };
  }

  /** Where the browser goes once this person has allowed it. */
  allow(asking: Asking, user: string): string {
    const code = this.#secret("code");
    this.#codes.set(code, { ...asking, user, until: this.#options.now() + codeLifetimeMs });
    return backTo(asking, { code });
  }

  decline(asking: Asking): string {
    return backTo(asking, { error: "access_denied" });
  }

  /** By `grant_type`. */
  token(form: Form): Issued {
    this.checkClient(form);
    if (form["grant_type"] === "authorization_code") return this.#redeem(form);
    if (form["grant_type"] === "refresh_token") return this.#renew(form);
    throw new OAuthRefusal("unsupported_grant_type", "grant_type must be authorization_code or refresh_token");
  }

  /** A refresh token, with all that came of it; one that is not known is as good as revoked. */
  revoke(form: Form): void {
    this.checkClient(form);
    const token = form["token"] ?? "";
    this.#refresh.delete(token);
    for (const [access, { refreshToken }] of this.#access) if (refreshToken === token) this.#access.delete(access);
  }

  /** Whose access token this is, while it is good. */
  userOf(accessToken: string): string | undefined {
    const held = this.#access.get(accessToken);
    return held && held.until > this.#options.now() ? held.user : undefined;
  }

  /** People who let the app act as them at this moment, one for each refresh token that is good. */
  allowedBy(): string[] {
    return [...this.#refresh.values()];
  }

  reset(): void {
    for (const all of [this.#codes, this.#access, this.#refresh]) all.clear();
  }

  #redeem(form: Form): Issued {
    const code = form["code"] ?? "";
    const found = this.#codes.get(code);
    this.#codes.delete(code);
    if (!found || found.until <= this.#options.now()) throw new OAuthRefusal("invalid_grant", "The code is not good");
    if (found.redirectUri !== form["redirect_uri"]) {
      throw new OAuthRefusal("invalid_grant", "redirect_uri is not the one that the code was asked with");
    }
    if (found.challenge !== undefined && found.challenge !== challengeOf(form["code_verifier"] ?? "")) {
      throw new OAuthRefusal("invalid_grant", "code_verifier does not fit");
    }
    const refreshToken = this.#secret("refresh");
    this.#refresh.set(refreshToken, found.user);
    return this.#issue(refreshToken, found.user);
  }

  #renew(form: Form): Issued {
    const refreshToken = form["refresh_token"] ?? "";
    const user = this.#refresh.get(refreshToken);
    if (user === undefined) throw new OAuthRefusal("invalid_grant", "The refresh token is not good");
    return this.#issue(refreshToken, user);
  }

  #issue(refreshToken: string, user: string): Issued {
    const { lifetimeSeconds: expiresIn, now } = this.#options;
    const accessToken = this.#secret("access");
    this.#access.set(accessToken, { user, until: now() + expiresIn * 1_000, refreshToken });
    return { accessToken, refreshToken, expiresIn, user };
  }

  /** Throws OAuthRefusal where the form does not come from the app. */
  checkClient(form: Form): void {
    const { clientId, clientSecret } = this.#options;
    if (form["client_id"] === clientId && form["client_secret"] === clientSecret) return;
    throw new OAuthRefusal("invalid_client", "The app is not known, or its secret is wrong");
  }

  #secret(kind: string): string {
    const secret = `${this.#options.prefix}-${kind}-${randomBytes(18).toString("hex")}`;
    this.secrets.push(secret);
    return secret;
  }
}

function backTo({ redirectUri, state }: Asking, answer: Record<string, string>): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries({ ...answer, state })) url.searchParams.set(name, value);
  return url.href;
}

function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}
