import { createHmac, randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Context, Hono } from "hono";
import { answerOf, type ChunkPlan, inProgress, monitored, returnedRows } from "./answers.ts";
import { cancelled, SnowflakeError } from "./errors.ts";
import type { Query } from "./queries.ts";
import { queryRequestOf, readBody, sessionToken } from "./requests.ts";
import type { Session } from "./session.ts";
import type { SnowflakeEnv, SnowflakeStore } from "./store.ts";

export interface QueryLimits {
  /** How long an answer is waited for before the client is told to ask again, ms. */
  patienceMs: number;
  inlineRows: number;
  chunkRows: number;
}

type Sign = (id: string, start: string) => string;

export function queryRoutes(app: Hono<SnowflakeEnv>, store: SnowflakeStore, limits: QueryLimits): void {
  const secret = randomBytes(16);
  const sign: Sign = (id, start) => createHmac("sha256", secret).update(`${id}/${start}`).digest("base64url");
  chunkRoutes(app, store, limits, sign);
  const session = (c: Context): Session => store.sessions.byToken(sessionToken(c));
  const planFor = (c: Context): ChunkPlan => ({
    ...limits,
    urlOf: ({ id }, start) =>
      `${new URL(c.req.url).origin}/results/${id}/${start}?signature=${sign(id, String(start))}`,
  });
  /** The same user's statements can be asked for from any of that user's sessions. */
  const find = (c: Context<SnowflakeEnv, "/queries/:id">): Query => {
    const query = store.queries.find(c.req.param("id"));
    if (query?.session.user.name !== session(c).user.name) throw notFound(c.req.param("id"));
    return query;
  };

  app.post("/queries/v1/query-request", async (c) => {
    const own = session(c);
    const body = await readBody(c);
    const requestId = c.req.query("requestId") ?? "";
    // A request that is sent again is answered from its first run.
    const known = store.queries.findByRequest(own, requestId);
    const query = known ?? store.queries.start(own, queryRequestOf(body, requestId));
    if (body.asyncExec === true) return c.json(inProgress(query, true));
    return c.json(await answerInTime(query, planFor(c), limits.patienceMs));
  });

  app.post("/queries/v1/abort-request", async (c) => {
    const own = session(c);
    const { requestId } = await readBody(c);
    return c.json(abort(store.queries.findByRequest(own, String(requestId))));
  });

  app.post("/queries/:id/abort-request", (c) => c.json(abort(find(c))));

  app.get("/queries/:id/result", async (c) => c.json(await answerInTime(find(c), planFor(c), limits.patienceMs)));

  app.get("/monitoring/queries/:id", (c) => {
    const query = store.queries.find(c.req.param("id"));
    const isOwn = query?.session.user.name === session(c).user.name;
    return c.json({
      data: { queries: query && isOwn ? [monitored(query)] : [] },
      code: null,
      message: null,
      success: true,
    });
  });
}

/** Pieces of results, as the cloud's storage hands them out: to whoever has the signed address. */
function chunkRoutes(app: Hono<SnowflakeEnv>, store: SnowflakeStore, { chunkRows }: QueryLimits, sign: Sign): void {
  app.get("/results/:id/:start", (c) => {
    const { id, start } = c.req.param();
    const query = store.queries.find(id);
    if (!query || c.req.query("signature") !== sign(id, start)) {
      return c.body("<Error><Code>AccessDenied</Code></Error>", 403, { "content-type": "application/xml" });
    }
    const chunk = returnedRows(query).slice(Number(start), Number(start) + chunkRows);
    const text = chunk.map((row) => JSON.stringify(row)).join(",");
    return c.body(new Uint8Array(gzipSync(text)), 200, {
      "content-type": "application/octet-stream",
      "content-encoding": "gzip",
    });
  });
}

async function answerInTime(query: Query, plan: ChunkPlan, patienceMs: number): Promise<Record<string, unknown>> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  await Promise.race([query.done, patience]);
  clearTimeout(timer);
  return query.endedAt === undefined ? inProgress(query, false) : answerOf(query, plan);
}

function abort(query: Query | undefined): Record<string, unknown> {
  if (!query || query.endedAt !== undefined) {
    throw new SnowflakeError("000605", "Identified SQL statement is not currently executing.");
  }
  query.abort(cancelled());
  return { data: null, code: null, message: null, success: true };
}

function notFound(id: string): SnowflakeError {
  return new SnowflakeError("000709", `Statement ${id} not found`, { sqlState: "02000" });
}
