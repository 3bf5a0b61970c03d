import type { Hono } from "hono";
import { HubSpotRefusal } from "./errors.ts";
import { type Owner, PORTAL_CREATED } from "./portal.ts";
import { queryLimit } from "./requests.ts";
import type { HubSpotEnv, HubSpotStore } from "./store.ts";
import { DATED, nextPage } from "./views.ts";

/** The SDK's path for v3 ends in a slash. */
const LISTS = ["/crm/v3/owners", "/crm/v3/owners/", `/crm/owners/${DATED}`] as const;
const SINGLES = ["/crm/v3/owners/:id", `/crm/owners/${DATED}/:id`] as const;

export function ownerRoutes(app: Hono<HubSpotEnv>, store: HubSpotStore): void {
  for (const path of LISTS) {
    app.get(path, (c) => {
      store.needScope("crm.objects.owners.read");
      const email = c.req.query("email")?.toLowerCase();
      const limit = queryLimit(c, 500, 100);
      const after = Number(c.req.query("after") ?? 0);
      // Nobody has left the company yet.
      const owners = c.req.query("archived") === "true" ? [] : store.owners;
      const left = owners
        .filter((owner) => Number(owner.id) > after && (!email || owner.email === email))
        .toSorted((a, b) => Number(a.id) - Number(b.id));
      const page = left.slice(0, limit);
      const last = page.at(-1);
      const paging = last && left.length > limit ? { paging: nextPage(c, last.id) } : {};
      return c.json({ results: page.map(ownerView), ...paging });
    });
  }
  for (const path of SINGLES) {
    app.get(path, (c) => {
      store.needScope("crm.objects.owners.read");
      const id = c.req.param("id") ?? "";
      const isUser = c.req.query("idProperty") === "userId";
      const owner = store.owners.find((candidate) => (isUser ? String(candidate.userId) : candidate.id) === id);
      if (owner) return c.json(ownerView(owner));
      throw new HubSpotRefusal(404, `Owner with id ${id} not found`, { category: "OBJECT_NOT_FOUND" });
    });
  }
}

function ownerView({ id, userId, email, firstName, lastName }: Owner) {
  return {
    id,
    email,
    type: "PERSON",
    firstName,
    lastName,
    userId,
    userIdIncludingInactive: userId,
    createdAt: PORTAL_CREATED,
    updatedAt: PORTAL_CREATED,
    archived: false,
  };
}
