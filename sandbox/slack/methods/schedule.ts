import type { Arguments } from "../arguments.ts";
import { SlackRefusal } from "../refusal.ts";
import type { Slack } from "../slack.ts";
import { given } from "./chat.ts";
import { paginate, threadRoot, visibleConversation, writableConversation, type Method } from "./method.ts";

const FURTHEST_SECONDS = 120 * 24 * 3600;
/** So many in one channel within five minutes, and no more. */
const WINDOW_LIMIT = 30;
const WINDOW_SECONDS = 300;

const scheduleMessage: Method = (args, slack) => {
  const conversation = writableConversation(slack, args.text("channel"));
  const now = Math.floor(slack.workspace.now() / 1000);
  const postAt = readPostAt(args, now);
  checkWindow(slack, conversation.id, postAt);
  const { truncated, ...content } = slack.poster.check(given(args), "msg_too_long");
  if (truncated) throw new SlackRefusal("msg_too_long");
  const threadTs = threadRoot(conversation, args.optional("thread_ts"), "thread_not_found");
  const id = slack.workspace.newId("Q");
  const broadcast = args.flag("reply_broadcast");
  slack.schedule.add({
    id,
    channel: conversation.id,
    postAt,
    createdAt: now,
    content: { ...content, threadTs },
    broadcast,
  });
  const { text, blocks } = content;
  const message = { text, ...(blocks && { blocks }), bot_id: slack.workspace.identity.botId, ...DELAYED };
  return { channel: conversation.id, scheduled_message_id: id, post_at: postAt, message };
};

const DELAYED = { type: "delayed_message", subtype: "bot_message" };

function readPostAt(args: Arguments, now: number): number {
  const postAt = args.number("post_at") ?? 0;
  if (!Number.isInteger(postAt) || postAt <= 0) throw new SlackRefusal("invalid_time");
  if (postAt <= now) throw new SlackRefusal("time_in_past");
  if (postAt > now + FURTHEST_SECONDS) throw new SlackRefusal("time_too_far");
  return postAt;
}

function checkWindow(slack: Slack, channel: string, postAt: number): void {
  const near = slack.schedule.pending.filter((one) => {
    return one.channel === channel && Math.abs(one.postAt - postAt) < WINDOW_SECONDS;
  });
  if (near.length >= WINDOW_LIMIT) throw new SlackRefusal("restricted_too_many");
}

const list: Method = (args, slack) => {
  const channel = args.optional("channel");
  if (channel && !slack.workspace.conversations.has(channel)) throw new SlackRefusal("invalid_channel");
  const oldest = Number(args.optional("oldest") ?? 0);
  const latest = Number(args.optional("latest") ?? Number.POSITIVE_INFINITY);
  const all = slack.schedule.pending.filter((one) => {
    return (!channel || one.channel === channel) && one.postAt >= oldest && one.postAt <= latest;
  });
  const { items, nextCursor } = paginate(all, args, { limit: 100 });
  return {
    scheduled_messages: items.map(({ id, channel: channelId, postAt, createdAt, content }) => {
      return { id, channel_id: channelId, post_at: postAt, date_created: createdAt, text: content.text };
    }),
    response_metadata: { next_cursor: nextCursor },
  };
};

const remove: Method = (args, slack) => {
  const conversation = visibleConversation(slack, args.text("channel"));
  const removed = slack.schedule.remove(args.text("scheduled_message_id"), conversation.id);
  if (!removed) throw new SlackRefusal("invalid_scheduled_message_id");
  return {};
};

export const scheduleMethods: Readonly<Record<string, Method>> = {
  "chat.scheduleMessage": scheduleMessage,
  "chat.scheduledMessages.list": list,
  "chat.deleteScheduledMessage": remove,
};
