import type { Hono } from "hono";
import { missingScopes, unauthorized } from "./errors.ts";
import { accountDetails, APP_ID, PORTAL_ID } from "./portal.ts";
import type { RateLimit } from "./rate-limit.ts";
import { readBody } from "./requests.ts";
import type { HubSpotEnv, HubSpotStore } from "./store.ts";
import { writeInstant } from "./values.ts";
import { DATED } from "./views.ts";

const BASES = ["/account-info/v3", `/account-info/${DATED}`] as const;

/** What is told of the portal and of the key itself. */
export function accountRoutes(app: Hono<HubSpotEnv>, store: HubSpotStore, limit: RateLimit): void {
  for (const base of BASES) {
    app.get(`${base}/details`, (c) => c.json(accountDetails(store.world, store.now())));
    app.get(`${base}/api-usage/daily/private-apps`, (c) => {
      const { used, limit: usageLimit } = limit.today;
      const now = store.now();
      const usage = {
        name: "private-apps-api-calls-daily",
        usageLimit,
        currentUsage: used,
        collectedAt: writeInstant(now),
        fetchStatus: "SUCCESS",
        resetsAt: writeInstant((Math.floor(now / 86_400_000) + 1) * 86_400_000),
      };
      return c.json({ results: [usage] });
    });
  }

  app.post("/oauth/v2/private-apps/get/access-token-info", async (c) => {
    const { tokenKey } = await readBody(c, "tokenKey");
    if (tokenKey !== store.key) throw unauthorized();
    // The administrator made the key.
    const maker = store.owners.find(({ email }) => email.startsWith("ruth@")) ?? store.owners[0];
    return c.json({ userId: maker?.userId, hubId: PORTAL_ID, appId: APP_ID, scopes: [...store.scopes] });
  });

  // The portal has no objects of its own making.
  for (const path of ["/crm-object-schemas/v3/schemas", `/crm-object-schemas/${DATED}/schemas`]) {
    app.get(path, (c) => {
      store.needScope("crm.schemas.custom.read", "crm.schemas.contacts.read");
      return c.json({ results: [] });
    });
  }

  // Workflows need a scope that a sales assistant is not given, and nothing is behind them here.
  app.get("/automation/v4/flows/:id?", () => {
    throw missingScopes(["automation"]);
  });
}
