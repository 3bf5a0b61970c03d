import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono } from "hono";
import type { Files, StoredFile } from "./files.ts";
import { kindOf } from "./file-kinds.ts";
import { SlackRefusal } from "./refusal.ts";

type App = Hono<{ Bindings: HttpBindings }>;

/** The addresses that Slack gives for files: where bytes are sent, and where they are fetched with the bot's token. */
export function fileRoutes(app: App, files: Files, mayRead: (authorization: string | undefined) => boolean): void {
  const receive = async (c: Context): Promise<Response> => {
    const bytes = await sentBytes(c);
    const isTaken = files.receive(c.req.param("token") ?? "", bytes);
    return isTaken ? c.text(`OK - ${bytes.length}`) : c.text("invalid upload", 400);
  };
  app.post("/upload/v1/:token", receive);
  app.put("/upload/v1/:token", receive);
  app.get("/files-pri/:reference/:name", (c) => {
    // Whoever is not logged in is sent to the login page, not refused.
    if (!mayRead(c.req.header("authorization"))) return c.redirect(`/?redir=${encodeURIComponent(c.req.path)}`);
    const file = found(files, /-(F[A-Z0-9]+)$/.exec(c.req.param("reference"))?.[1]);
    return file ? sendFile(file) : c.text("File not found", 404);
  });
}

/** Plain bytes, or a form whose one file they are, as Slack's SDK sends them. */
async function sentBytes(c: Context): Promise<Uint8Array> {
  if (!(c.req.header("content-type") ?? "").startsWith("multipart/form-data"))
    return new Uint8Array(await c.req.arrayBuffer());
  const [field] = Object.values(await c.req.parseBody());
  return field instanceof File ? new Uint8Array(await field.arrayBuffer()) : new TextEncoder().encode(String(field));
}

/** A file's bytes as an answer; nothing in it runs. */
export function sendFile({ bytes = new Uint8Array(), name }: StoredFile): Response {
  const { mimetype } = kindOf(bytes, name);
  const headers = { "content-type": mimetype, "x-content-type-options": "nosniff", "cache-control": "no-store" };
  return new Response(Buffer.from(bytes), { headers });
}

function found(files: Files, id: string | undefined): StoredFile | undefined {
  try {
    return files.get(id ?? "");
  } catch (error) {
    if (error instanceof SlackRefusal) return undefined;
    throw error;
  }
}
