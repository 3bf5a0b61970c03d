import type { SlackEvent } from "./events.ts";
import type { Slack } from "./slack.ts";
import type { Conversation, User } from "./types.ts";

type Json = Record<string, unknown>;

/** The event with which an app asks to be told, with messages as well. */
const ASKED_BY = "app_context_changed";

/** What each person has open in Slack's main window, beside a conversation with Sophia. */
export class ActiveViews {
  readonly #entities = new Map<string, readonly Json[]>();

  set(user: User, entities: readonly Json[]): void {
    this.#entities.set(user.id, entities);
  }

  /** As Slack puts it into events: empty where nothing is open. */
  context(userId: string): Json {
    const entities = this.#entities.get(userId) ?? [];
    return entities.length > 0 ? { entities } : {};
  }

  reset(): void {
    this.#entities.clear();
  }
}

export interface Looking {
  user: string;
  /** Undefined closes what was open. */
  channel?: string | undefined;
  /** The thread that is open beside it. */
  threadTs?: string | undefined;
}

/** A person opens a channel, or a thread in it. Throws where it is not theirs to see. */
export function look(slack: Slack, { user: who, channel, threadTs }: Looking): void {
  const { workspace, events, activeViews } = slack;
  const user = workspace.person(who);
  activeViews.set(user, channel === undefined ? [] : entitiesOf(slack, visible(slack, user, channel), threadTs));
  const place = { user: user.id, channel: workspace.openDm(user).id, event_ts: workspace.eventTs() };
  events.emit([{ type: ASKED_BY, ...place, context: activeViews.context(user.id) }]);
}

function visible({ workspace }: Slack, user: User, channel: string): Conversation {
  const conversation = workspace.place(channel, user);
  if (conversation.kind !== "public" && !conversation.members.has(user.id))
    throw new Error(`${user.name} does not see ${conversation.name || conversation.id}`);
  return conversation;
}

function entitiesOf({ workspace }: Slack, conversation: Conversation, threadTs: string | undefined): Json[] {
  const team = { team_id: workspace.identity.teamId };
  const channel = { type: "slack#/types/channel_id", value: conversation.id, ...team };
  if (threadTs === undefined) return [channel];
  if (!conversation.byTs.has(threadTs)) throw new Error(`There is no message ${threadTs} here`);
  const value = { channel_id: conversation.id, message_ts: threadTs };
  return [{ type: "slack#/types/message_context", value, ...team }, channel];
}

/** A person's direct message tells what they have open, to an app that subscribed to changes of it. */
export function withActiveView({ events, activeViews }: Slack, userId: string, event: SlackEvent): SlackEvent {
  const context = activeViews.context(userId);
  if (event["channel_type"] !== "im" || !events.subscribedTo(ASKED_BY) || !("entities" in context)) return event;
  return { ...event, app_context: context };
}
