import { readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono } from "hono";
import { BadRequest } from "../control/bodies.ts";
import { sendFile } from "../slack/file-routes.ts";
import type { Switchboard } from "../stand-in.ts";
import type { Person, World } from "../world/types.ts";
import { LiveFeed } from "./live-feed.ts";
import { outsideRoutes, watchOutside } from "./outside/outside-routes.ts";
import type { OutsideStores } from "./outside/record.ts";
import { pageConversation, type PagePerson, pageWorkspace } from "./page-view.ts";

const FOLDER = new URL("page/", import.meta.url);
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};
/** Only the page's own files run and are shown; whatever a message holds, nothing is fetched from elsewhere. */
const POLICY = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

export interface PageOptions extends Omit<OutsideStores, "now"> {
  board: Switchboard;
  services: readonly string[];
}

type App = Hono<{ Bindings: HttpBindings }>;

/** The page, what it reads, and its live feed. */
export function pageRoutes(app: App, options: PageOptions): { clockMoved(): void; close(): void } {
  const { world, slack, board, services } = options;
  const feeds = new Set<LiveFeed>();
  const stores: OutsideStores = { ...options, now: () => board.clock.now() };
  serveFiles(app);
  outsideRoutes(app, stores, (id) => viewer(id, world));
  const now = () => new Date(board.clock.now()).toISOString();
  app.get("/page/workspace", (c) => {
    const person = c.req.query("as") ? viewer(c.req.query("as"), world) : firstPerson(world);
    return c.json({ ...pageWorkspace(world, slack, person), services, now: now() });
  });
  app.get("/page/conversation", (c) => {
    const person = viewer(c.req.query("as"), world);
    const channel = c.req.query("channel") ?? "";
    if (!slack.channels(person.id).some(({ id }) => id === channel)) {
      throw new BadRequest(`channel: ${person.name} is in no channel ${channel || "(none given)"}`);
    }
    return c.json(pageConversation(slack, person, channel));
  });
  app.get("/page/files/:id", (c) => {
    const file = slack.files.all().find(({ id }) => id === c.req.param("id"));
    return file ? sendFile(file) : c.notFound();
  });
  app.get("/page/events", (c) => {
    const feed = new LiveFeed(slack, viewer(c.req.query("as"), world).id);
    feeds.add(feed);
    c.env.outgoing.once("close", () => {
      feeds.delete(feed);
      feed.close();
    });
    return new Response(feed.body, { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } });
  });
  const unwatch = watchOutside(stores, (service) => {
    for (const feed of feeds) feed.tell(`outside:${service}`, { type: "outside", service });
  });
  return {
    clockMoved: () => {
      for (const feed of feeds) feed.tell("clock", { type: "clock", now: now() });
    },
    close: () => {
      unwatch();
      for (const feed of feeds) feed.close();
    },
  };
}

/** The folder's files by name: whatever else a path asks for does not exist. */
function serveFiles(app: App): void {
  const headers = {
    "cache-control": "no-cache",
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
  };
  for (const name of readdirSync(FOLDER)) {
    const file = new URL(name, FOLDER);
    const answer = (c: Context): Response =>
      c.body(readFileSync(file), 200, { ...headers, "content-type": TYPES[extname(name)] ?? "text/plain" });
    app.get(name === "index.html" ? "/" : `/${name}`, answer);
  }
}

function viewer(id: string | undefined, world: World): PagePerson {
  const present = world.visitors.filter(({ standing }) => standing !== "deleted");
  const person = [...world.people, ...present].find((one) => one.id === id);
  if (!person) throw new BadRequest(`as: nobody has the id "${id ?? ""}"`);
  return person;
}

function firstPerson(world: World): Person {
  const [first] = world.people;
  if (!first) throw new Error("The world has no people");
  return first;
}
