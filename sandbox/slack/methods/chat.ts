import type { Arguments } from "../arguments.ts";
import { isStreaming, messagePayload } from "../entities.ts";
import type { GivenContent } from "../poster.ts";
import { SlackRefusal } from "../refusal.ts";
import { knownUser, ownMessage, threadRoot, visibleConversation, writableConversation, type Method } from "./method.ts";

const UPDATE_TEXT_LIMIT = 4_000;

export function given(args: Arguments): GivenContent {
  return {
    text: args.optional("text"),
    markdownText: args.optional("markdown_text"),
    blocks: args.json("blocks"),
    attachments: args.json("attachments"),
    metadata: args.json("metadata"),
  };
}

const postMessage: Method = (args, slack) => {
  const conversation = writableConversation(slack, args.text("channel"));
  const clientMsgId = args.optional("client_msg_id");
  const known = clientMsgId ? slack.workspace.byClientMsgId(conversation, clientMsgId) : undefined;
  if (known) {
    const message = messagePayload(known, slack.workspace);
    return { channel: conversation.id, ts: known.ts, is_duplicate: true, message };
  }
  const { truncated, ...content } = slack.poster.check(given(args));
  const threadTs = threadRoot(conversation, args.optional("thread_ts"), "thread_not_found");
  const message = slack.poster.post(conversation, { ...content, threadTs, clientMsgId }, args.flag("reply_broadcast"));
  const payload = messagePayload(message, slack.workspace, { metadata: true });
  const answer = { channel: conversation.id, ts: message.ts, message: payload };
  if (!truncated) return answer;
  return { ...answer, warning: "message_truncated", response_metadata: { warnings: ["message_truncated"] } };
};

const update: Method = (args, slack) => {
  const conversation = visibleConversation(slack, args.text("channel"));
  const message = ownMessage(slack, conversation, args.text("ts"), "cant_update_message");
  if (isStreaming(message)) throw new SlackRefusal("streaming_state_conflict");
  if ((args.optional("text")?.length ?? 0) > UPDATE_TEXT_LIMIT) throw new SlackRefusal("msg_too_long");
  const { truncated: _, ...content } = slack.poster.check(given(args), "msg_too_long");
  // Metadata stays unless other metadata is given; blocks and attachments go with the text that they came with.
  const metadata = content.metadata ?? message.metadata;
  slack.poster.edit(conversation, message, { ...content, metadata });
  const payload = messagePayload(message, slack.workspace, { metadata: true });
  return { channel: conversation.id, ts: message.ts, text: message.text, message: payload };
};

const remove: Method = (args, slack) => {
  const conversation = visibleConversation(slack, args.text("channel"));
  const message = ownMessage(slack, conversation, args.text("ts"), "cant_delete_message");
  slack.poster.remove(conversation, message);
  return { channel: conversation.id, ts: message.ts };
};

const postEphemeral: Method = (args, slack) => {
  const conversation = writableConversation(slack, args.text("channel"));
  const user = knownUser(slack, args.text("user"));
  if (!conversation.members.has(user.id)) throw new SlackRefusal("user_not_in_channel");
  const { truncated, ...content } = slack.poster.check(given(args), "msg_too_long");
  if (truncated) throw new SlackRefusal("msg_too_long");
  const threadTs = threadRoot(conversation, args.optional("thread_ts"), "cannot_reply_to_message");
  const message = slack.poster.post(conversation, { ...content, threadTs, ephemeralFor: user.id });
  return { message_ts: message.ts };
};

const getPermalink: Method = (args, slack) => {
  const conversation = visibleConversation(slack, args.text("channel"));
  const message = conversation.byTs.get(args.text("message_ts"));
  if (!message) throw new SlackRefusal("message_not_found");
  const thread = message.threadTs ? `?thread_ts=${message.threadTs}&cid=${conversation.id}` : "";
  const path = `archives/${conversation.id}/p${message.ts.replace(".", "")}${thread}`;
  return { channel: conversation.id, permalink: `https://${slack.workspace.domain}.slack.com/${path}` };
};

export const chatMethods: Readonly<Record<string, Method>> = {
  "chat.postMessage": postMessage,
  "chat.update": update,
  "chat.delete": remove,
  "chat.postEphemeral": postEphemeral,
  "chat.getPermalink": getPermalink,
};
