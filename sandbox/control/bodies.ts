import type { Context } from "hono";
import { z } from "zod";

/** A mistake of whoever calls the control server; the message says which and what would be right. */
export class BadRequest extends Error {
  override name = "BadRequest";
}

/** What is asked of is not there. */
export class NotFound extends Error {
  override name = "NotFound";
}

const text = z.string().min(1);

/** Where a service sends its webhooks to; null ends it. */
const target = z.url({ protocol: /^https?$/ }).nullable();

/** What a person enters in a modal. */
const entered = z.union([z.string(), z.number(), z.array(z.string()), z.null()]);
/** A file that a person drops: its content as text or, for what is none, in base64. */
const droppedFile = z
  .strictObject({ name: text, content: z.string().optional(), base64: z.base64().optional() })
  .refine(({ content, base64 }) => (content === undefined) !== (base64 === undefined), "say content or base64")
  .transform(({ name, content = "", base64 }) => {
    return { name, content: base64 === undefined ? content : new Uint8Array(Buffer.from(base64, "base64")) };
  });

/** By `block_id` and `action_id`. */
const values = z.record(text, z.record(text, entered));

export function bodiesFor(services: readonly string[]) {
  return {
    reset: z.strictObject({}),
    clock: z.strictObject({ now: z.iso.datetime({ offset: true }) }),
    fault: z.strictObject({
      service: z.enum(services as [string, ...string[]]),
      times: z.int().min(1).optional(),
      path: text.optional(),
      status: z.int().min(400).max(599).optional(),
      latencyMs: z.int().min(0).max(600_000).optional(),
      retryAfter: z.number().min(0).optional(),
      drop: z.union([z.boolean(), z.literal("after")]).optional(),
    }),
    endCall: z.strictObject({
      account: text.optional(),
      webhooks: z.int().min(0).max(100).optional(),
      isPrivate: z.boolean().optional(),
    }),
    webhooks: z.strictObject({ gong: target.optional(), hubspot: target.optional() }),
    send: z
      .strictObject({
        user: text,
        channel: text,
        text: z.string().default(""),
        threadTs: text.optional(),
        files: z.array(droppedFile).max(10).default([]),
        shared: z.strictObject({ channel: text, ts: text }).optional(),
      })
      .refine(
        (given) => given.text !== "" || given.files.length > 0 || given.shared !== undefined,
        "say text, files, or both, or what is shared",
      ),
    home: z.strictObject({ user: text, tab: z.enum(["home", "messages"]).default("home") }),
    press: z
      .strictObject({
        user: text,
        channel: text.optional(),
        ts: text.optional(),
        viewId: text.optional(),
        actionId: text,
        value: entered.optional(),
        values: values.optional(),
      })
      .refine(({ channel, ts, viewId }) => (viewId ? !channel && !ts : channel && ts), "say channel and ts, or viewId"),
    shortcut: z.strictObject({ user: text, channel: text, ts: text, callbackId: text }),
    submit: z.strictObject({ user: text, viewId: text.optional(), values: values.optional() }),
    close: z.strictObject({ user: text, viewId: text.optional(), clear: z.boolean().optional() }),
    command: z.strictObject({ user: text, channel: text, command: text.startsWith("/"), text: z.string().default("") }),
    edit: z.strictObject({ user: text, channel: text, ts: text, text }),
    changeRecord: z.strictObject({
      properties: z
        .record(text, z.union([z.string(), z.number(), z.boolean(), z.null()]))
        .refine((given) => Object.keys(given).length > 0, "say at least one property"),
      by: text.optional(),
    }),
    /** Asana's own names; what they may hold is for its stand-in to say. */
    changeTask: z.looseObject({ section: text.optional(), comment: text.optional(), by: text.optional() }),
    stop: z.strictObject({ user: text, channel: text, threadTs: text }),
  };
}

export type Bodies = ReturnType<typeof bodiesFor>;

/** The request's JSON, checked; an empty body counts as `{}`. Throws BadRequest. */
export async function readBody<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.output<Schema>> {
  const raw = await c.req.text();
  const type = c.req.header("content-type") ?? "";
  if (raw !== "" && !type.startsWith("application/json")) {
    throw new BadRequest("Send JSON: content-type application/json.");
  }
  const result = schema.safeParse(raw === "" ? {} : parse(raw));
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join(".") || "the body"}: ${message}`);
  throw new BadRequest(problems.join("; "));
}

function parse(raw: string): unknown {
  try {
    return JSON.parse(raw) as unknown;
  } catch (error) {
    throw new BadRequest(`The body is not valid JSON: ${(error as Error).message}`);
  }
}
