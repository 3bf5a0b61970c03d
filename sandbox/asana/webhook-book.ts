import { createRandom, type Random } from "../world/random.ts";
import { type Kind, Ref, type View } from "./representation.ts";

export interface WebhookFilter {
  resourceType: string;
  resourceSubtype?: string | undefined;
  action?: string | undefined;
  fields?: readonly string[] | undefined;
}

export interface WebhookRecord {
  gid: string;
  /** What it tells of, with all that is in it. */
  resource: { kind: Extract<Kind, "project" | "task">; gid: string };
  target: string;
  filters: readonly WebhookFilter[];
  /** Signs what is sent. */
  secret: string;
  /** The gid of the account that made it. */
  ownerGid: string;
  createdAt: string;
  /** Whether the target has shaken hands. */
  isActive: boolean;
  lastSuccessAt?: string;
  lastFailureAt?: string;
  lastFailure?: string;
}

/** Who is told of changes. */
export class WebhookBook {
  readonly #records = new Map<string, WebhookRecord>();
  readonly #random: Random;
  readonly #now: () => string;

  constructor(seed: number, now: () => string) {
    this.#random = createRandom(seed, "asana-webhooks");
    this.#now = now;
  }

  get all(): WebhookRecord[] {
    return [...this.#records.values()];
  }

  find(gid: string): WebhookRecord | undefined {
    return this.#records.get(gid);
  }

  add(record: Pick<WebhookRecord, "resource" | "target" | "filters" | "secret" | "ownerGid">): WebhookRecord {
    const added = { ...record, gid: `122${this.#random.digits(13)}`, createdAt: this.#now(), isActive: false };
    this.#records.set(added.gid, added);
    return added;
  }

  remove(gid: string): void {
    this.#records.delete(gid);
  }

  /** What became of a delivery. */
  note(record: WebhookRecord, failure: string | undefined): void {
    if (failure === undefined) record.lastSuccessAt = this.#now();
    else Object.assign(record, { lastFailureAt: this.#now(), lastFailure: failure });
  }
}

export function webhookView(webhook: WebhookRecord): View {
  const { gid, resource, target, filters, createdAt, isActive } = webhook;
  return {
    gid,
    resource_type: "webhook",
    resource: new Ref(resource.kind, resource.gid),
    target,
    active: isActive,
    created_at: createdAt,
    last_success_at: webhook.lastSuccessAt ?? null,
    last_failure_at: webhook.lastFailureAt ?? null,
    last_failure_content: webhook.lastFailure ?? null,
    filters: filters.map(({ resourceType, resourceSubtype, action, fields }) => ({
      resource_type: resourceType,
      ...(resourceSubtype === undefined ? {} : { resource_subtype: resourceSubtype }),
      ...(action === undefined ? {} : { action }),
      ...(fields === undefined ? {} : { fields: [...fields] }),
    })),
  };
}
