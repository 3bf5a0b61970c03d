import { z } from "zod";
import { ServiceError, SophiaError } from "../core/errors.ts";
import { exchange } from "../core/http.ts";
import { personalServices } from "./services.ts";

/** Services to which a person can connect Sophia. */
export const connectableServices = ["asana", "hubspot"] as const;
export type ConnectableService = (typeof connectableServices)[number];

/** Sophia's own app at a service. */
export interface OAuthApp {
  clientId: string;
  clientSecret: string;
  /** Origin of the page on which a person allows it. */
  pageUrl: string;
  /** Origin of its tokens. */
  tokenUrl: string;
}

export interface Tokens {
  accessToken: string;
  refreshToken: string;
  expiresInSeconds: number;
}

export interface Redeeming {
  code: string;
  verifier: string;
  redirectUri: string;
}

/** One service's OAuth 2.0, by authorisation code with PKCE (S256). What goes wrong is a ServiceError or an AccessRefusedError. */
export interface OAuthVendor {
  /** Where a person allows Sophia to act as them. */
  pageFor(asked: { state: string; challenge: string; redirectUri: string }): string;
  /** `email`: whose account it is; undefined where the service does not say. */
  redeem(redeeming: Redeeming): Promise<Tokens & { email: string | undefined }>;
  renew(refreshToken: string): Promise<Tokens>;
  revoke(refreshToken: string): Promise<void>;
}

/** The service does not take what it was given: a code, or a token that was revoked there. */
export class AccessRefusedError extends SophiaError {
  override name = "AccessRefusedError";
}

const timeoutMs = 8_000;

const tokens = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.number().positive(),
});

type TokenAnswer = z.output<typeof tokens>;

/**
 * Asana: developers.asana.com/docs/oauth. The account stands beside the tokens; a renewal gives no new refresh token. The
 * default scope is all that the app was registered for.
 */
function asana(app: OAuthApp, post: Post): OAuthVendor {
  const { clientId, pageUrl } = app;
  const account = tokens.extend({ data: z.object({ email: z.string() }).optional() });
  return {
    pageFor: (asked) => pageAddress(new URL("/-/oauth_authorize", pageUrl), clientId, asked),
    redeem: async (redeeming) => {
      const answer = await post("/-/oauth_token", redemption(redeeming), account);
      return { ...tokensOf(answer), email: answer.data?.email };
    },
    renew: async (refreshToken) => tokensOf(await post("/-/oauth_token", renewal(refreshToken), tokens), refreshToken),
    revoke: async (refreshToken) => {
      await post("/-/oauth_revoke", { token: refreshToken }, z.unknown());
    },
  };
}

/** As the paths have it that succeed `/oauth/v1`, which ends on 16 February 2027 (HubSpot's changelog). */
const hubspotVersion = "2026-09";

/** What the tools of mcp-servers/hubspot need. */
const hubspotScopes = [
  "oauth",
  "crm.objects.contacts.read",
  "crm.objects.contacts.write",
  "crm.objects.companies.read",
  "crm.objects.deals.read",
  "crm.objects.deals.write",
  "crm.objects.owners.read",
  "crm.schemas.contacts.read",
  "crm.schemas.companies.read",
  "crm.schemas.deals.read",
];

/** HubSpot: its description of the OAuth API, 2026-09. Whose account it is, is asked of its introspection. */
function hubspot(app: OAuthApp, post: Post): OAuthVendor {
  const { clientId, pageUrl } = app;
  const path = `/oauth/${hubspotVersion}/token`;
  const account = z.object({ active: z.boolean(), user: z.string().optional() });
  return {
    pageFor: (asked) => {
      const page = new URL("/oauth/authorize", pageUrl);
      page.searchParams.set("scope", hubspotScopes.join(" "));
      return pageAddress(page, clientId, asked);
    },
    redeem: async (redeeming) => {
      const given = tokensOf(await post(path, redemption(redeeming), tokens));
      const asked = { token: given.accessToken, token_type_hint: "access_token" };
      const { user } = await post(`${path}/introspect`, asked, account);
      return { ...given, email: user };
    },
    renew: async (refreshToken) => tokensOf(await post(path, renewal(refreshToken), tokens), refreshToken),
    revoke: async (refreshToken) => {
      await post(`${path}/revoke`, { token: refreshToken, token_type_hint: "refresh_token" }, z.unknown());
    },
  };
}

const makers = { asana, hubspot } as const;

export function createOAuthVendor(
  service: ConnectableService,
  app: OAuthApp,
  fetchFn: typeof fetch = fetch,
): OAuthVendor {
  const name = personalServices[service];
  const post: Post = async (path, form, schema) => {
    const body = new URLSearchParams({ ...form, client_id: app.clientId, client_secret: app.clientSecret }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded", accept: "application/json" };
    const url = new URL(path, app.tokenUrl).href;
    const response = await exchange(name, { method: "POST", url, headers, body, timeoutMs }, fetchFn);
    const { status } = response;
    if (status === 429 || status >= 500) {
      const message = `${name} cannot give access just now (${status}). Try again in a minute.`;
      throw new ServiceError(message, { service: name, status, retryable: true });
    }
    // Its body may quote what was sent: only the status is told.
    if (status >= 400) throw new AccessRefusedError(`${name} refused (${status}).`);
    const parsed = schema.safeParse(parse(response.text));
    if (parsed.success) return parsed.data;
    throw new ServiceError(`${name} answered in a form that is not known here.`, { service: name, status });
  };
  return makers[service](app, post);
}

type Post = <Form extends z.ZodType>(
  path: string,
  form: Record<string, string>,
  schema: Form,
) => Promise<z.output<Form>>;

function pageAddress(
  page: URL,
  clientId: string,
  { state, challenge, redirectUri }: { state: string; challenge: string; redirectUri: string },
): string {
  const query = { client_id: clientId, redirect_uri: redirectUri, response_type: "code", state };
  const proof = { code_challenge: challenge, code_challenge_method: "S256" };
  for (const [name, value] of Object.entries({ ...query, ...proof })) page.searchParams.set(name, value);
  return page.href;
}

function redemption({ code, verifier, redirectUri }: Redeeming): Record<string, string> {
  return { grant_type: "authorization_code", code, code_verifier: verifier, redirect_uri: redirectUri };
}

function renewal(refreshToken: string): Record<string, string> {
  return { grant_type: "refresh_token", refresh_token: refreshToken };
}

function tokensOf(answer: TokenAnswer, known?: string): Tokens {
  const refreshToken = answer.refresh_token ?? known;
  if (refreshToken === undefined) throw new AccessRefusedError("The access that was given cannot be renewed.");
  return { accessToken: answer.access_token, refreshToken, expiresInSeconds: answer.expires_in };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A revocation may be answered with nothing.
    return undefined;
  }
}
