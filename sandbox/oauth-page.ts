import type { Context, Hono } from "hono";
import type { HttpBindings } from "@hono/node-server";
import { type Asking, type OAuthBook, OAuthRefusal } from "./oauth-book.ts";

export interface OAuthPageOptions {
  /** As a person says it. */
  service: string;
  path: string;
  book: OAuthBook;
  /** Who can be logged in. */
  people: () => readonly { name: string; email: string }[];
}

/**
 * The page on which a person allows an app to act as them. Nobody logs in here: it asks who one is. `POST` it with the page's
 * own fields and `user` (an e-mail) to allow, or with `decline`, to do the same without a browser.
 */
export function oauthPage(app: Hono<{ Bindings: HttpBindings }>, options: OAuthPageOptions): void {
  const { path, book, people } = options;
  app.get(path, (c) => answering(c, () => c.html(page(options, c.req.query(), book.asked(c.req.query())))));
  app.post(path, async (c) => {
    const form = Object.fromEntries(new URLSearchParams(await c.req.text()));
    return answering(c, () => {
      const asking = book.asked({ ...c.req.query(), ...form });
      if (form["decline"] !== undefined) return c.redirect(book.decline(asking));
      const person = people().find(({ email }) => email === form["user"]);
      if (!person) throw new OAuthRefusal("invalid_request", "user: there is nobody with this e-mail address");
      return c.redirect(book.allow(asking, person.email));
    });
  });
}

function answering(c: Context, answer: () => Response): Response {
  try {
    return answer();
  } catch (error) {
    if (error instanceof OAuthRefusal) return c.text(error.message, error.status);
    throw error;
  }
}

function page({ service, people }: OAuthPageOptions, query: Record<string, string>, { redirectUri }: Asking): string {
  const hidden = Object.entries(query).map(
    ([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  );
  const buttons = people().map(
    ({ name, email }) => `<p><button name="user" value="${escape(email)}">Allow as ${escape(name)}</button></p>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${service} (sandbox): allow Sophia</title>
<h1>${service}</h1>
<p>Sophia wants to act as you in ${service}. Afterwards you are back at ${escape(new URL(redirectUri).origin)}.</p>
<form method="post">
${[...hidden, ...buttons].join("\n")}
<p><button name="decline" value="1">Deny</button></p>
</form>
</html>
`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
