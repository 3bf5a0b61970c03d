import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { pageOf } from "./paging.ts";
import { compact, full, type Json, readSelection, type Ref, selected } from "./representation.ts";
import type { AsanaStore } from "./store.ts";
import { lookIn } from "./views.ts";

/** Answers in the vendor's envelope, as much of each record as was asked for. */
export interface Answers {
  one(c: Context, ref: Ref, status?: ContentfulStatusCode): Response;
  /** Where it was made it can be read from then on. `beside`: what stands next to `data`. */
  created(c: Context, ref: Ref, path: string, beside?: object): Response;
  list(c: Context, refs: readonly Ref[]): Response;
  /** A list that has no further pages. */
  unpaged(c: Context, refs: readonly Ref[]): Response;
  /** For what changed something and has nothing to show. */
  empty(c: Context): Response;
}

export function createAnswers(store: AsanaStore, now: () => number): Answers {
  const look = lookIn(store);
  const shown = (c: Context, ref: Ref, otherwise: typeof compact): Json => {
    const fields = c.req.query("opt_fields");
    return fields ? selected(ref, readSelection(fields), look) : otherwise(ref, look);
  };
  const one = (c: Context, ref: Ref, status: ContentfulStatusCode = 200, beside: object = {}): Response =>
    send(c, { data: shown(c, ref, full), ...beside }, status);
  return {
    one: (c, ref, status) => one(c, ref, status),
    created: (c, ref, path, beside) => {
      c.header("Location", `/api/1.0/${path}/${ref.gid}`);
      return one(c, ref, 201, beside);
    },
    list: (c, refs) => {
      const { items, ...rest } = pageOf(refs, c, now());
      return send(c, { data: items.map((ref) => shown(c, ref, compact)), ...rest });
    },
    unpaged: (c, refs) => send(c, { data: refs.map((ref) => shown(c, ref, compact)) }),
    empty: (c) => send(c, { data: {} }),
  };
}

export function send(c: Context, body: object, status: ContentfulStatusCode = 200): Response {
  const pretty = c.req.query("opt_pretty");
  const isPretty = pretty !== undefined && pretty !== "false" && pretty !== "0";
  const text = JSON.stringify(body, null, isPretty ? 2 : undefined);
  return c.body(text, status, { "content-type": "application/json; charset=UTF-8" });
}
