import type { Context, Hono } from "hono";
import { type OAuthBook, OAuthRefusal } from "../oauth-book.ts";
import { oauthPage } from "../oauth-page.ts";
import { APP_ID, PORTAL_ID, UI_DOMAIN } from "./portal.ts";
import type { HubSpotEnv, HubSpotStore } from "./store.ts";
import { DATED } from "./views.ts";

const TOKEN = `/oauth/${DATED}/token`;

/** HubSpot's OAuth as its description of 2026-09 has it. The page is at another host there: app.hubspot.com. */
export function oauthRoutes(app: Hono<HubSpotEnv>, store: HubSpotStore, book: OAuthBook, clientId: string): void {
  const people = () =>
    store.owners.map(({ firstName, lastName, email }) => ({ name: `${firstName} ${lastName}`.trim(), email }));
  oauthPage(app, { service: "HubSpot", path: "/oauth/authorize", book, people });
  const userId = (email: string) => store.owners.find((owner) => owner.email === email)?.userId;
  app.post(TOKEN, (c) =>
    answering(c, (form) => {
      const { accessToken, refreshToken, expiresIn, user } = book.token(form);
      const tokens = { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn };
      const about = { token_use: "access_token", token_type: "bearer", hub_id: PORTAL_ID, user_id: userId(user) };
      return c.json({ ...tokens, ...about, scopes: [...store.scopes] });
    }),
  );
  app.post(`${TOKEN}/introspect`, (c) =>
    answering(c, (form) => {
      book.checkClient(form);
      const user = book.userOf(form["token"] ?? "");
      if (user === undefined) return c.json({ active: false });
      const about = { hub_id: PORTAL_ID, hub_domain: UI_DOMAIN, app_id: APP_ID, client_id: clientId };
      return c.json({ active: true, token_use: "access_token", user, user_id: userId(user), ...about });
    }),
  );
  app.post(`${TOKEN}/revoke`, (c) =>
    answering(c, (form) => {
      book.revoke(form);
      return c.body(null, 200);
    }),
  );
}

/** Beside the standard's fields those of HubSpot's own errors. */
async function answering(c: Context, answer: (form: Record<string, string>) => Response): Promise<Response> {
  try {
    return answer(Object.fromEntries(new URLSearchParams(await c.req.text())));
  } catch (error) {
    if (!(error instanceof OAuthRefusal)) throw error;
    const { code, message, status } = error;
    return c.json({ error: code, error_description: message, status: code.toUpperCase(), message }, status);
  }
}
