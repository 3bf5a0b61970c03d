import type { Arguments } from "../arguments.ts";
import { isStreaming, messagePayload } from "../entities.ts";
import { checkMetadata } from "../poster.ts";
import { SlackRefusal } from "../refusal.ts";
import type { SessionStatus } from "../sessions.ts";
import type { Slack } from "../slack.ts";
import { append, finish, newStream, readContent, type StreamContent } from "../streams.ts";
import type { Conversation, Message, Stream } from "../types.ts";
import { SESSION_STATUSES } from "./assistant.ts";
import { threadRoot, visibleConversation, writableConversation, type Method } from "./method.ts";

const startStream: Method = (args, slack) => {
  const conversation = writableConversation(slack, args.text("channel"));
  if (!args.optional("thread_ts")) throw new SlackRefusal("invalid_arguments", MISSING_THREAD);
  const threadTs = threadRoot(conversation, args.optional("thread_ts"), "message_not_found");
  const recipient = readRecipient(args, slack, conversation);
  const display = args.optional("task_display_mode") ?? "timeline";
  if (display !== "timeline" && display !== "plan") throw new SlackRefusal("invalid_arguments");
  const stream = newStream(display, recipient);
  const content = readContent(args.optional("markdown_text"), args.json("chunks"));
  if (content) append(stream, content);
  const message = slack.poster.post(conversation, { threadTs, stream });
  stream.lifetime = setTimeout(() => expire(slack, message), slack.streamLifetimeMs).unref();
  return { channel: conversation.id, ts: message.ts };
};

const MISSING_THREAD = { response_metadata: { messages: ["[ERROR] missing required field: thread_ts"] } };

/** Who reads along, which Slack must be told in a channel. */
function readRecipient(args: Arguments, slack: Slack, conversation: Conversation): string | undefined {
  const user = args.optional("recipient_user_id");
  const team = args.optional("recipient_team_id");
  if (conversation.kind !== "im") {
    if (!team) throw new SlackRefusal("missing_recipient_team_id");
    if (!user) throw new SlackRefusal("missing_recipient_user_id");
  }
  if (team && team !== slack.workspace.identity.teamId) throw new SlackRefusal("team_not_found");
  if (user && !slack.workspace.users.has(user)) throw new SlackRefusal("user_not_found");
  return user;
}

const appendStream: Method = (args, slack) => {
  const { conversation, message, stream } = ownStream(args, slack);
  if (stream.state === "stopped_by_user") throw new SlackRefusal("stopped_by_user");
  if (stream.state !== "streaming") throw new SlackRefusal("message_not_in_streaming_state");
  const content = readContent(args.optional("markdown_text"), args.json("chunks"));
  if (!content || isEmpty(content)) throw new SlackRefusal("no_text");
  append(stream, content);
  slack.workspace.changed(message);
  return { channel: conversation.id, ts: message.ts };
};

function isEmpty(content: StreamContent): boolean {
  return content.chunks.every((chunk) => chunk.type === "markdown_text" && chunk.text === "");
}

const stopStream: Method = (args, slack) => {
  const { conversation, message, stream } = ownStream(args, slack);
  // After Stop the app may still close the message, but adds nothing to its text.
  const open = stream.state === "streaming";
  if (!open && stream.state !== "stopped_by_user") throw new SlackRefusal("message_not_in_streaming_state");
  const content = readContent(args.optional("markdown_text"), args.json("chunks"));
  const blocks = args.json("blocks") === undefined ? undefined : slack.poster.blocks(args.json("blocks"));
  const metadata = args.json("metadata") === undefined ? undefined : checkMetadata(args.json("metadata"));
  const status = args.optional("session_status");
  if (status !== undefined && !SESSION_STATUSES.has(status)) throw new SlackRefusal("invalid_arguments");
  finish(stream, open ? content : undefined, blocks ?? []);
  slack.poster.change(conversation, message, () => {
    end(stream, "complete");
    if (blocks?.length) message.blocks = blocks;
    message.metadata = metadata ?? message.metadata;
  });
  if (status && message.threadTs) {
    slack.sessions.set(conversation.id, message.threadTs, { session: status as SessionStatus });
  }
  const payload = messagePayload(message, slack.workspace, { metadata: true });
  return { channel: conversation.id, ts: message.ts, message: payload };
};

function ownStream(args: Arguments, slack: Slack): { conversation: Conversation; message: Message; stream: Stream } {
  const conversation = visibleConversation(slack, args.text("channel"));
  const message = conversation.byTs.get(args.text("ts"));
  if (!message) throw new SlackRefusal("message_not_found");
  if (message.botId !== slack.workspace.identity.botId) throw new SlackRefusal("message_not_owned_by_app");
  if (!message.stream) throw new SlackRefusal("message_not_in_streaming_state");
  return { conversation, message, stream: message.stream };
}

function end(stream: Stream, state: Stream["state"]): void {
  clearTimeout(stream.lifetime);
  stream.lifetime = undefined;
  stream.state = state;
}

/** Slack seals a stream after some minutes, whether it was appended to or not; the message stays as it is. */
export function expire(slack: Slack, message: Message): void {
  if (!message.stream || !isStreaming(message)) return;
  end(message.stream, "expired");
  slack.workspace.changed(message);
}

/** A person pressed Stop: the stream takes nothing more. */
export function stopByUser(slack: Slack, message: Message): void {
  if (!message.stream) return;
  end(message.stream, "stopped_by_user");
  slack.workspace.changed(message);
}

export const streamMethods: Readonly<Record<string, Method>> = {
  "chat.startStream": startStream,
  "chat.appendStream": appendStream,
  "chat.stopStream": stopStream,
};
