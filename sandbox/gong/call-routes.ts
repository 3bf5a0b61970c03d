import type { Hono } from "hono";
import type { Call } from "../world/types.ts";
import { extensiveOf, metaDataOf, WORKSPACE_ID } from "./call-views.ts";
import { GongRefusal, NO_CALLS, requestId } from "./errors.ts";
import { pageOf } from "./paging.ts";
import { type Fields, readIds, readInstant, readListRequest, readText } from "./requests.ts";
import type { GongEnv, GongStore } from "./store.ts";

export function callRoutes(app: Hono<GongEnv>, store: GongStore, now: () => number): void {
  app.get("/v2/calls", (c) => {
    const { cursor, ...filter } = c.req.query();
    if (filter.fromDateTime === undefined) throw new GongRefusal(400, "fromDateTime: must not be null");
    if (filter.toDateTime === undefined) throw new GongRefusal(400, "toDateTime: must not be null");
    const { items, records } = pageOf(found(store, filter), "calls", filter, cursor);
    return c.json({ requestId: requestId(), records, calls: items.map((call) => metaDataOf(call, store)) });
  });

  app.post("/v2/calls/extensive", async (c) => {
    const { filter, contentSelector, cursor } = await readListRequest(c);
    const { items, records } = pageOf(found(store, filter), "extensive", filter, cursor);
    const calls = items.map((call) => extensiveOf(call, contentSelector, store, now()));
    return c.json({ requestId: requestId(), records, calls });
  });

  app.post("/v2/calls/transcript", async (c) => {
    const { filter, cursor } = await readListRequest(c);
    const { items, records } = pageOf(found(store, filter), "transcript", filter, cursor);
    const callTranscripts = items.map(({ id, transcript }) => ({ callId: id, transcript }));
    return c.json({ requestId: requestId(), records, callTranscripts });
  });

  app.get("/v2/calls/:id", (c) => {
    const id = c.req.param("id");
    if (!/^\d{1,20}$/.test(id)) throw new GongRefusal(400, `Invalid call ID: ${id}`);
    const call = store.call(id);
    if (!call) throw new GongRefusal(404, `Call ID was not found: ${id}`);
    return c.json({ requestId: requestId(), call: metaDataOf(call, store) });
  });
}

/**
 * The calls that a filter leaves, private ones included: an API key sees them all, and it is for its holder to keep them
 * from others. Starts count: on or after `fromDateTime`, before `toDateTime`.
 */
function found(store: GongStore, filter: Fields): Call[] {
  const from = readInstant(filter, "fromDateTime") ?? Number.NEGATIVE_INFINITY;
  const to = readInstant(filter, "toDateTime") ?? Number.POSITIVE_INFINITY;
  if (from > to) throw new GongRefusal(400, "fromDateTime: must not be after toDateTime");
  const ids = readIds(filter, "callIds");
  const owners = readIds(filter, "primaryUserIds");
  const workspace = readText(filter, "workspaceId");
  const ownerIds = owners && new Set([...owners].map((id) => store.user(id)?.id));
  const calls = store.world.calls.filter((call) => {
    const start = Date.parse(call.startedAt);
    return start >= from && start < to && (!ids || ids.has(call.id)) && (!ownerIds || ownerIds.has(call.ownerId));
  });
  if (calls.length === 0 || (workspace && workspace !== WORKSPACE_ID)) throw new GongRefusal(404, NO_CALLS);
  return calls;
}
