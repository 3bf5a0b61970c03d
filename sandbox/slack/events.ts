import { VERIFICATION_TOKEN, type Delivery } from "./delivery.ts";
import { messagePayload } from "./entities.ts";
import type { Conversation, Message } from "./types.ts";
import type { Workspace } from "./workspace.ts";

export type SlackEvent = { type: string; [field: string]: unknown };

/** An event as it is delivered: the same `event_id` however often. */
export interface EventCallback extends Record<string, unknown> {
  type: "event_callback";
  event_id: string;
  event: SlackEvent;
}

const CHANNEL_TYPES = { public: "channel", private: "group", im: "im", mpim: "mpim" } as const;
const KEPT = 5_000;

const afterAnswer = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Makes events and hands those that the app subscribed to over to delivery. */
export class EventFeed {
  readonly #workspace: Workspace;
  readonly #delivery: Delivery;
  readonly #subscriptions: ReadonlySet<string> | undefined;
  /** The latest events in the order they were made, for delivering one again. */
  readonly recent: EventCallback[] = [];
  readonly #inFlight = new Set<Promise<boolean>>();

  constructor(workspace: Workspace, delivery: Delivery, subscriptions: readonly string[] | undefined) {
    this.#workspace = workspace;
    this.#delivery = delivery;
    this.#subscriptions = subscriptions && new Set(subscriptions);
  }

  subscribedTo(name: string): boolean {
    return this.#subscriptions?.has(name) ?? true;
  }

  /** Wraps an event with an `event_id` of its own; undefined where the app did not subscribe to it. */
  wrap(event: SlackEvent): EventCallback | undefined {
    if (!this.subscribedTo(subscriptionName(event))) return undefined;
    const { teamId, appId, userId } = this.#workspace.identity;
    const callback: EventCallback = {
      token: VERIFICATION_TOKEN,
      team_id: teamId,
      context_team_id: teamId,
      context_enterprise_id: null,
      api_app_id: appId,
      event,
      type: "event_callback",
      event_id: this.#workspace.newId("Ev"),
      event_time: Math.floor(this.#workspace.now() / 1000),
      authorizations: [
        { enterprise_id: null, team_id: teamId, user_id: userId, is_bot: true, is_enterprise_install: false },
      ],
      is_ext_shared_channel: this.#isExternallyShared(event),
      event_context: this.#workspace.newId("4-"),
    };
    this.recent.push(callback);
    if (this.recent.length > 2 * KEPT) this.recent.splice(0, KEPT);
    return callback;
  }

  /** Whether it was acknowledged in the end. */
  deliver(callback: EventCallback): Promise<boolean> {
    return this.#track(this.#delivery.event(callback));
  }

  /** What a Web API call leads to: its events leave after its answer. */
  emit(events: readonly SlackEvent[]): EventCallback[] {
    const callbacks = this.wrapAll(events);
    for (const callback of callbacks) void this.#track(this.#deliverLater(callback));
    return callbacks;
  }

  async #deliverLater(callback: EventCallback): Promise<boolean> {
    await afterAnswer();
    return this.#delivery.event(callback);
  }

  #track(delivery: Promise<boolean>): Promise<boolean> {
    this.#inFlight.add(delivery);
    void delivery.finally(() => this.#inFlight.delete(delivery));
    return delivery;
  }

  #isExternallyShared({ channel }: SlackEvent): boolean {
    return this.#workspace.conversations.get(String(channel))?.isExternallyShared === true;
  }

  wrapAll(events: readonly SlackEvent[]): EventCallback[] {
    return events.flatMap((event) => this.wrap(event) ?? []);
  }

  /** Resolves when every event made so far is acknowledged or given up. */
  async settled(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  /** A new message: as `message` where Sophia is a member, and as `app_mention` as well where she is mentioned. */
  posted(conversation: Conversation, message: Message): SlackEvent[] {
    if (!this.#workspace.isMember(conversation) || message.ephemeralFor) return [];
    const base = messagePayload(message, this.#workspace, { metadata: true });
    const place = { channel: conversation.id, event_ts: message.ts };
    const parent = message.threadTs ? conversation.byTs.get(message.threadTs)?.user : undefined;
    const whole = { ...base, ...place, ...(parent ? { parent_user_id: parent } : {}) };
    const event = { ...whole, type: "message", channel_type: CHANNEL_TYPES[conversation.kind] };
    return this.#mentioned(conversation, message) ? [{ ...whole, type: "app_mention" }, event] : [event];
  }

  /** An edit; one that brings a first mention of Sophia is an `app_mention` as well. */
  changed(conversation: Conversation, message: Message, previous: Message): SlackEvent[] {
    if (!this.#workspace.isMember(conversation)) return [];
    const [after, before] = [message, previous].map((m) => messagePayload(m, this.#workspace, { conversation }));
    const ts = this.#workspace.eventTs();
    const event = this.#hidden(conversation, ts, {
      subtype: "message_changed",
      message: after,
      previous_message: before,
    });
    const isNew = this.#mentioned(conversation, message) && !this.#mentioned(conversation, previous);
    return isNew ? [{ ...after, type: "app_mention", channel: conversation.id, event_ts: ts }, event] : [event];
  }

  deleted(conversation: Conversation, message: Message): SlackEvent[] {
    if (!this.#workspace.isMember(conversation)) return [];
    const previous = messagePayload(message, this.#workspace, { conversation });
    const fields = { subtype: "message_deleted", deleted_ts: message.ts, previous_message: previous };
    return [this.#hidden(conversation, this.#workspace.eventTs(), fields)];
  }

  #hidden(conversation: Conversation, ts: string, fields: Record<string, unknown>): SlackEvent {
    const channelType = CHANNEL_TYPES[conversation.kind];
    return {
      type: "message",
      ...fields,
      channel: conversation.id,
      hidden: true,
      ts,
      event_ts: ts,
      channel_type: channelType,
    };
  }

  #mentioned(conversation: Conversation, message: Message): boolean {
    const { userId } = this.#workspace.identity;
    return conversation.kind !== "im" && message.user !== userId && message.text.includes(`<@${userId}>`);
  }
}

/** The name under which an app subscribes: `message` events go by the kind of conversation. */
function subscriptionName(event: SlackEvent): string {
  if (event.type !== "message") return event.type;
  return SUBSCRIPTIONS[String(event["channel_type"])] ?? "message";
}

const SUBSCRIPTIONS: Readonly<Record<string, string>> = {
  channel: "message.channels",
  group: "message.groups",
  im: "message.im",
  mpim: "message.mpim",
};
