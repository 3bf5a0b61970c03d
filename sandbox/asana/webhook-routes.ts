import { randomBytes } from "node:crypto";
import type { Hono } from "hono";
import type { Answers } from "./answers.ts";
import { AsanaRefusal, missing, unknownObject } from "./errors.ts";
import { findProject, findTask, findWorkspace } from "./lookups.ts";
import { Ref } from "./representation.ts";
import { type Fields, isFields, readData, readGid, readList, readText } from "./requests.ts";
import type { AsanaEnv, AsanaStore } from "./store.ts";
import type { WebhookFilter, WebhookRecord } from "./webhook-book.ts";

/** What sends: a part of its own, which is given to the routes. */
export interface HookSender {
  /** Whether the target echoes the secret. */
  shakeHands(webhook: WebhookRecord): Promise<boolean>;
  /** It is made: from now on it is told of what happens. */
  begin(webhook: WebhookRecord): void;
}

/** Webhooks of projects and of tasks. */
export function webhookRoutes(app: Hono<AsanaEnv>, store: AsanaStore, answers: Answers, sender: HookSender): void {
  const find = (value: string): WebhookRecord => {
    const gid = readGid("webhook", value);
    const webhook = store.webhooks.find(gid);
    if (!webhook || webhook.ownerGid !== store.me.gid) throw unknownObject("webhook", gid);
    return webhook;
  };

  app.get("/webhooks", (c) => {
    const { workspace, resource } = c.req.query();
    findWorkspace(store, workspace, 400);
    const own = store.webhooks.all.filter(({ ownerGid }) => ownerGid === store.me.gid);
    const wanted = own.filter((webhook) => resource === undefined || webhook.resource.gid === resource);
    return answers.list(
      c,
      wanted.map(({ gid }) => new Ref("webhook", gid)),
    );
  });
  app.post("/webhooks", async (c) => {
    const data = await readData(c);
    const webhook = store.webhooks.add({
      resource: readResource(data, store),
      target: readTarget(data),
      filters: data.filters === undefined ? [] : readList("filters", data.filters).map(readFilter),
      secret: randomBytes(32).toString("hex"),
      ownerGid: store.me.gid,
    });
    if (!(await sender.shakeHands(webhook))) {
      store.webhooks.remove(webhook.gid);
      throw new AsanaRefusal(400, "The remote server did not respond with the handshake secret");
    }
    webhook.isActive = true;
    sender.begin(webhook);
    return answers.created(c, new Ref("webhook", webhook.gid), "webhooks", { "X-Hook-Secret": webhook.secret });
  });
  app.get("/webhooks/:webhook", (c) => answers.one(c, new Ref("webhook", find(c.req.param("webhook")).gid)));
  app.put("/webhooks/:webhook", async (c) => {
    const webhook = find(c.req.param("webhook"));
    const { filters } = await readData(c);
    if (filters !== undefined) webhook.filters = readList("filters", filters).map(readFilter);
    return answers.one(c, new Ref("webhook", webhook.gid));
  });
  app.delete("/webhooks/:webhook", (c) => {
    store.webhooks.remove(find(c.req.param("webhook")).gid);
    return answers.empty(c);
  });
}

function readResource({ resource }: Fields, store: AsanaStore): WebhookRecord["resource"] {
  if (resource === undefined) throw missing("resource");
  const gid = readGid("resource", resource);
  if (store.project(gid)) return { kind: "project", gid: findProject(store, gid).gid };
  if (store.task(gid)) return { kind: "task", gid: findTask(store, gid).gid };
  throw unknownObject("resource", gid, 400);
}

/** Asana refuses this machine's own names, which are all that there is in a sandbox. */
function readTarget({ target }: Fields): string {
  if (target === undefined) throw missing("target");
  const text = readText("target", target);
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new AsanaRefusal(400, `target: Not a valid URL: ${text}`);
}

function readFilter(value: unknown): WebhookFilter {
  if (!isFields(value)) throw new AsanaRefusal(400, `filters: Value is not an object: ${String(value)}`);
  const { resource_type, resource_subtype, action, fields } = value;
  if (resource_type === undefined) throw missing("filters.resource_type");
  if (fields !== undefined && action !== "changed") {
    throw new AsanaRefusal(400, "filters.fields: fields may only be given where the action is changed");
  }
  return {
    resourceType: readText("filters.resource_type", resource_type),
    ...(resource_subtype === undefined
      ? {}
      : { resourceSubtype: readText("filters.resource_subtype", resource_subtype) }),
    ...(action === undefined ? {} : { action: readText("filters.action", action) }),
    ...(fields === undefined
      ? {}
      : { fields: readList("filters.fields", fields).map((f) => readText("filters.fields", f)) }),
  };
}
