import type { Context, Hono } from "hono";
import { notFound } from "./errors.ts";
import { readToken, readWhole, tokenOf } from "./requests.ts";
import { type PulumiEnv, type PulumiStore, versionOf } from "./store.ts";
import type { InfraStack } from "../world/types.ts";
import { ownAccount, resourceOf, stackOf, summaryOf, updateInfoOf, updateOf } from "./views.ts";

export const STACK_PATH = "/api/stacks/:org/:project/:stack";

export function stackIn(c: Context<PulumiEnv>, store: PulumiStore): InfraStack {
  const { org = "", project = "", stack = "" } = c.req.param() as Record<string, string>;
  return store.stack(org, project, stack);
}

/** Stacks, their history, what is in them and whether it is still so. */
export function stackRoutes(app: Hono<PulumiEnv>, store: PulumiStore): void {
  app.get("/api/user", (c) => c.json(ownAccount(store)));
  app.get("/api/user/stacks", (c) => {
    const { organization, project, tagName, tagValue, continuationToken } = c.req.query();
    const found = store
      .stacks()
      .filter((s) => organization === undefined || s.org === organization)
      .filter((s) => project === undefined || s.project === project)
      .filter((s) => tagName === undefined || (tagName in s.tags && (tagValue ?? s.tags[tagName]) === s.tags[tagName]));
    const from = readToken("stacks", continuationToken);
    const to = from + (readWhole(c, "maxResults", [1, 2000]) ?? 100);
    return c.json({
      stacks: found.slice(from, to).map(summaryOf),
      ...(to < found.length ? { continuationToken: tokenOf("stacks", to) } : {}),
    });
  });

  app.get(STACK_PATH, (c) => c.json(stackOf(stackIn(c, store), store)));

  app.get(`${STACK_PATH}/updates`, (c) => {
    const stack = stackIn(c, store);
    const page = readWhole(c, "page", [0, 1_000_000]) ?? 0;
    const pageSize = readWhole(c, "pageSize", [0, 1_000_000]) ?? 10;
    const all = stack.updates.toReversed();
    const updates = page === 0 ? all : all.slice((page - 1) * pageSize, page * pageSize);
    if (c.req.query("output-type") === undefined) {
      return c.json({ updates: updates.map((update) => updateInfoOf(update, stack)) });
    }
    return c.json({
      updates: updates.map((update) => updateOf(update, stack, store)),
      itemsPerPage: page === 0 ? all.length : pageSize,
      total: all.length,
    });
  });

  app.get(`${STACK_PATH}/updates/latest`, (c) => {
    const stack = stackIn(c, store);
    const last = stack.updates.at(-1);
    if (!last) throw notFound("Version");
    return c.json(updateOf(last, stack, store));
  });

  app.get(`${STACK_PATH}/resources/latest`, (c) => {
    const stack = stackIn(c, store);
    return c.json({ resources: stack.resources.map(resourceOf), region: "us-west-2", version: versionOf(stack) });
  });

  app.get(`${STACK_PATH}/drift/status`, (c) => {
    const { drift } = stackIn(c, store);
    return c.json({ driftDetected: drift.changes.length > 0, latestDriftRun: drift.runId, runInProgress: false });
  });
}
