import { createHmac } from "node:crypto";
import { z } from "zod";
import type { InboundEvent } from "../storage/events.ts";
import { idText, isPlausible } from "./bounds.ts";
import { type Delivery, isSame, parseBody, RefusedWebhook, type Source, type Told } from "./delivery.ts";
import { createKnownHooks, type KnownHooks, type KnownHooksOptions } from "./known-hooks.ts";

const secretHeader = "x-hook-secret";
const resource = z.object({ gid: idText, resource_type: z.string(), resource_subtype: z.string().nullish() });
const eventSchema = z.object({
  resource,
  action: z.string(),
  /** Null for what Asana itself did. */
  user: z.object({ gid: idText }).nullish(),
  parent: resource.nullish(),
  created_at: z.iso
    .datetime({ offset: true })
    .max(40)
    .refine((at) => isPlausible(Date.parse(at))),
  change: z.object({ field: z.string() }).nullish(),
});
const bodySchema = z.object({ events: z.array(z.unknown()) });
type AsanaEvent = z.output<typeof eventSchema>;

/** Asana's webhooks, one for each project that we have asked for; the hook's id is the last part of the address. */
export function createAsanaSource(options: KnownHooksOptions): Source {
  const known = createKnownHooks(options);
  return async (delivery) => {
    const id = /\/([0-9a-f]{32})(?:\?|$)/.exec(delivery.url)?.[1];
    if (id === undefined) throw new RefusedWebhook(401, "its address is none of ours");
    const secret = delivery.header(secretHeader);
    if (secret !== undefined) return shakeHands(id, secret, known);
    const body = await verified(delivery, await known.secretOf(id));
    const told = bodySchema.safeParse(parseBody(body));
    if (!told.success) throw new RefusedWebhook(400, "it does not tell of events");
    // Without any it is Asana's heartbeat.
    const events = told.data.events.flatMap((event) => inboundOf(event) ?? []);
    return { events, ignored: told.data.events.length - events.length };
  };
}

/** Only of a hook that we are making at this moment, and once: else anybody could have us believe their signature. */
async function shakeHands(id: string, secret: string, known: KnownHooks): Promise<Told> {
  if (!(await known.offer(id, secret)))
    throw new RefusedWebhook(401, "it offers a secret for a hook that is not being made");
  return { events: [], ignored: 0, headers: { [secretHeader]: secret } };
}

async function verified(delivery: Delivery, secret: string): Promise<Buffer> {
  const signature = delivery.header("x-hook-signature");
  if (!signature) throw new RefusedWebhook(401, "it has no signature");
  const body = await delivery.body();
  const expected = createHmac("sha256", secret).update(body).digest("hex");
  if (!isSame(signature, expected)) throw new RefusedWebhook(401, "its signature is not that of its hook");
  return body;
}

function inboundOf(told: unknown): InboundEvent | undefined {
  const read = eventSchema.safeParse(told);
  if (!read.success) return undefined;
  const { resource: changed, user, parent, created_at } = read.data;
  const kind = kindOf(read.data);
  const task = kind === "task.commented" ? parent?.gid : changed.gid;
  if (kind === undefined || task === undefined) return undefined;
  return {
    // Asana's events have no id. The kind, not the field: a new due time is told of as a day and as a moment.
    key: ["asana", kind, changed.gid, created_at, user?.gid ?? ""].join(":"),
    source: "asana",
    kind,
    objectId: task,
    occurredAt: new Date(created_at),
    data: {
      user: user?.gid ?? null,
      ...(kind === "task.commented" ? { storyGid: changed.gid } : {}),
    },
  };
}

const kindsByField: Readonly<Record<string, string>> = {
  completed: "task.completed",
  assignee: "task.reassigned",
  due_on: "task.due_changed",
  due_at: "task.due_changed",
};

/** Events are compact: whether a task was completed or reopened is for whoever looks it up. */
function kindOf({ resource: changed, action, parent, change }: AsanaEvent): string | undefined {
  if (changed.resource_type === "task" && action === "changed") {
    const field = change?.field ?? "";
    return Object.hasOwn(kindsByField, field) ? kindsByField[field] : undefined;
  }
  const isComment = changed.resource_type === "story" && changed.resource_subtype === "comment_added";
  return isComment && action === "added" && parent?.resource_type === "task" ? "task.commented" : undefined;
}
