import type { Context, Hono } from "hono";
import { type Issued, type OAuthBook, OAuthRefusal } from "../oauth-book.ts";
import { oauthPage } from "../oauth-page.ts";
import type { AsanaEnv, AsanaStore } from "./store.ts";

/** Asana's OAuth, as developers.asana.com/docs/oauth has it: a refresh token stays, and the account stands beside the tokens. */
export function oauthRoutes(app: Hono<AsanaEnv>, store: AsanaStore, book: OAuthBook): void {
  const path = "/-/oauth_authorize";
  oauthPage(app, { service: "Asana", path, book, people: () => store.users });
  app.post("/-/oauth_token", (c) => answering(c, (form) => c.json(tokenView(book.token(form), form, store))));
  app.post("/-/oauth_revoke", (c) =>
    answering(c, (form) => {
      book.revoke(form);
      return c.json({});
    }),
  );
}

async function answering(c: Context, answer: (form: Record<string, string>) => Response): Promise<Response> {
  try {
    return answer(Object.fromEntries(new URLSearchParams(await c.req.text())));
  } catch (error) {
    if (!(error instanceof OAuthRefusal)) throw error;
    return c.json({ error: error.code, error_description: error.message }, error.status);
  }
}

function tokenView(issued: Issued, form: Record<string, string>, store: AsanaStore): Record<string, unknown> {
  const user = store.user(issued.user);
  const data = { id: Number(user?.gid), gid: user?.gid, name: user?.name, email: user?.email };
  const view = { access_token: issued.accessToken, expires_in: issued.expiresIn, token_type: "bearer", data };
  return form["grant_type"] === "refresh_token" ? view : { ...view, refresh_token: issued.refreshToken };
}
