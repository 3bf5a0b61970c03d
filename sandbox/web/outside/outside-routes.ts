import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import { BadRequest } from "../../control/bodies.ts";
import type { PagePerson } from "../page-view.ts";
import { asanaRecords, findTasks } from "./asana.ts";
import { findDeals, hubspotRecords } from "./hubspot.ts";
import { pineconeRecords } from "./pinecone.ts";
import { pulumiRecords } from "./pulumi.ts";
import { ordered, type OutsideRecord, type OutsideStores } from "./record.ts";
import { scheduledRecords } from "./slack.ts";

/** So many rows are shown of what a search finds. */
const MOST_ROWS = 25;

type View = (stores: OutsideStores, viewer: PagePerson) => OutsideRecord[];

const VIEWS: Readonly<Record<string, View>> = {
  hubspot: ({ hubspot }) => hubspotRecords(hubspot),
  asana: ({ asana }) => asanaRecords(asana),
  pinecone: ({ pinecone, world }) => pineconeRecords(pinecone, world),
  pulumi: ({ pulumi, now }, viewer) => pulumiRecords(pulumi, now(), viewer.timeZone),
  slack: ({ slack }, viewer) => scheduledRecords(slack, viewer),
};

/** What the page shows of the services: the records that changed, deals and tasks to look through. */
export function outsideRoutes(
  app: Hono<{ Bindings: HttpBindings }>,
  stores: OutsideStores,
  viewerOf: (id: string | undefined) => PagePerson,
): void {
  app.get("/page/outside", (c) => {
    const { service = "", as } = c.req.query();
    const view = Object.hasOwn(VIEWS, service) ? VIEWS[service] : undefined;
    if (!view) {
      throw new BadRequest(`service: there is no "${service}" here; there are ${Object.keys(VIEWS).join(", ")}`);
    }
    return c.json({ records: ordered(view(stores, viewerOf(as))) });
  });
  app.get("/page/deals", (c) => c.json(cut(findDeals(stores.hubspot, c.req.query("search") ?? ""))));
  app.get("/page/tasks", (c) => c.json(cut(findTasks(stores.asana, c.req.query("search") ?? ""))));
}

function cut<Found extends { rows: unknown[] }>(found: Found): Found {
  return { ...found, rows: found.rows.slice(0, MOST_ROWS) };
}

/** Calls back with the service's name at each change in it, until the function that it gives is called. */
export function watchOutside(
  { hubspot, asana, pinecone, pulumi }: OutsideStores,
  listener: (service: string) => void,
): () => void {
  const ends = Object.entries({ hubspot, asana, pinecone, pulumi }).map(([service, store]) =>
    store.subscribe(() => listener(service)),
  );
  return () => {
    for (const end of ends) end();
  };
}
