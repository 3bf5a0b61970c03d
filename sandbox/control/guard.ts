import type { Context, Next } from "hono";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Lets in what comes from this machine and from this page. A foreign name in Host is another site that had its name
 * point here; a foreign Origin is another site's script.
 */
export async function guard(c: Context, next: Next): Promise<Response | void> {
  const host = c.req.header("host") ?? "";
  if (!LOOPBACK.has(host.replace(/:\d+$/, ""))) {
    return c.json({ error: `This server answers on loopback only, not as "${host}".` }, 403);
  }
  const origin = c.req.header("origin");
  if (origin !== undefined && origin !== `http://${host}`) {
    return c.json({ error: `Pages of ${origin} may not use this server.` }, 403);
  }
  await next();
}
