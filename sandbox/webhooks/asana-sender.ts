import type { AsanaChange, TaskRecord } from "../asana/records.ts";
import type { AsanaStore } from "../asana/store.ts";
import type { WebhookFilter, WebhookRecord } from "../asana/webhook-book.ts";
import type { HookSender } from "../asana/webhook-routes.ts";
import { Grouping, type Outbox } from "./outbox.ts";
import { asanaSignature } from "./signatures.ts";

interface Thing {
  gid: string;
  resource_type: string;
  resource_subtype?: string | undefined;
}

/** Compact: what happened to what, and hardly anything of how it is now. */
interface AsanaEvent {
  user: Thing;
  created_at: string;
  action: string;
  resource: Thing;
  parent: Thing | null;
  change?: { field: string; action: string; new_value?: Thing; added_value?: Thing };
}

const HEARTBEAT_MS = 8 * 3_600_000;
const MOST_IN_A_BATCH = 100;
const ATTEMPTS = 8;

/** Tells webhooks of changes, each at most once: what nobody answers is tried again for a while and then given up. */
export class AsanaSender implements HookSender {
  readonly #store: AsanaStore;
  readonly #outbox: Outbox;
  readonly #groups = new Map<string, Grouping<AsanaEvent>>();

  constructor(store: AsanaStore, outbox: Outbox) {
    this.#store = store;
    this.#outbox = outbox;
    store.subscribe((change) => this.#tell(change));
  }

  async shakeHands({ target, secret }: WebhookRecord): Promise<boolean> {
    const response = await this.#outbox.post(target, { "x-hook-secret": secret }, "{}");
    return (
      response !== undefined && [200, 204].includes(response.status) && response.headers.get("x-hook-secret") === secret
    );
  }

  begin(webhook: WebhookRecord): void {
    this.#groups.set(webhook.gid, new Grouping(this.#outbox, MOST_IN_A_BATCH, (events) => this.#send(webhook, events)));
    this.#outbox.later(0, () => this.#beat(webhook));
  }

  #beat(webhook: WebhookRecord): void {
    if (!this.#store.webhooks.find(webhook.gid)) return;
    this.#send(webhook, []);
    this.#outbox.later(HEARTBEAT_MS, () => this.#beat(webhook));
  }

  #tell(change: AsanaChange): void {
    const event = eventOf(change, this.#store);
    if (!event) return;
    const places = placesOf(change, event, this.#store);
    for (const { gid, resource, filters } of this.#store.webhooks.all) {
      const fits = filters.length === 0 || filters.some((filter) => passes(event, filter));
      if (fits && places.has(resource.gid)) this.#groups.get(gid)?.add(event);
    }
  }

  #send(webhook: WebhookRecord, events: readonly AsanaEvent[]): void {
    const { webhooks } = this.#store;
    if (!webhooks.find(webhook.gid)) return;
    const body = JSON.stringify({ events });
    const headers = { "x-hook-signature": asanaSignature(webhook.secret, body) };
    this.#outbox.send({
      service: "asana",
      url: webhook.target,
      attempts: ATTEMPTS,
      request: () => ({ headers, body }),
      onAnswer: (status) => webhooks.note(webhook, status >= 200 && status < 300 ? undefined : `Status ${status}`),
    });
  }
}

function passes({ resource, action, change }: AsanaEvent, filter: WebhookFilter): boolean {
  return (
    filter.resourceType === resource.resource_type &&
    (filter.resourceSubtype === undefined || filter.resourceSubtype === resource.resource_subtype) &&
    (filter.action === undefined || filter.action === action) &&
    (filter.fields === undefined || filter.fields.includes(change?.field ?? ""))
  );
}

/** Undefined for what concerns neither a task nor what is said below it, and for what is gone. */
function eventOf(change: AsanaChange, store: AsanaStore): AsanaEvent | undefined {
  const { at, by, action, parentId, field } = change;
  const happened = { user: { gid: by, resource_type: "user" }, created_at: at, action };
  if (change.type === "story") {
    const subtype = store.story(change.id)?.subtype;
    const task = store.task(parentId ?? "");
    const resource = { gid: change.id, resource_type: "story", resource_subtype: subtype };
    return task && subtype ? { ...happened, resource, parent: thingOf(task) } : undefined;
  }
  const task = change.type === "task" ? store.task(change.id) : undefined;
  if (!task) return undefined;
  const resource = thingOf(task);
  if (action === "changed") return { ...happened, resource, parent: null, change: changeOf(field ?? "", task) };
  if (field === "followers") {
    const added_value = { gid: parentId ?? "", resource_type: "user" };
    return { ...happened, action: "changed", resource, parent: null, change: { field, action: "added", added_value } };
  }
  const type = field === "section" ? "section" : "project";
  const parent = field === undefined || parentId === undefined ? null : { gid: parentId, resource_type: type };
  return { ...happened, resource, parent };
}

function thingOf({ gid, subtype }: TaskRecord): Thing {
  return { gid, resource_type: "task", resource_subtype: subtype };
}

/** A new value is told only where it is a record. */
function changeOf(field: string, task: TaskRecord): NonNullable<AsanaEvent["change"]> {
  const isNamed = field === "assignee" && task.assigneeGid !== undefined;
  return {
    field,
    action: "changed",
    ...(isNamed ? { new_value: { gid: task.assigneeGid ?? "", resource_type: "user" } } : {}),
  };
}

/** The gids of all that it happened in: the task, those that it is part of, their projects, and a project that it left. */
function placesOf(change: AsanaChange, { resource, parent }: AsanaEvent, store: AsanaStore): Set<string> {
  const places = new Set(change.parentId === undefined ? [] : [change.parentId]);
  let task = store.task(resource.resource_type === "story" ? (parent?.gid ?? "") : resource.gid);
  while (task) {
    places.add(task.gid);
    for (const { projectGid } of task.memberships) places.add(projectGid);
    task = task.parentGid === undefined ? undefined : store.task(task.parentGid);
  }
  return places;
}
