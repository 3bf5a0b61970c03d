import { isStreaming, messageBlocks, messageText } from "./entities.ts";
import { readableText } from "./people.ts";
import type { Slack } from "./slack.ts";
import type { Block, Conversation, Message, Metadata, TaskCard } from "./types.ts";

/** A message as plain JSON, as the page draws it and tests read it. */
export interface MessageView {
  channel: string;
  ts: string;
  threadTs: string | null;
  author: { id: string; name: string; handle: string; isBot: boolean };
  /** As Slack keeps it, with `<@U...>` and the like. */
  text: string;
  /** With names in the place of ids. */
  readable: string;
  blocks: Block[];
  /** What was dropped with it, by name. */
  files: { id: string; name: string }[];
  streaming: boolean;
  stoppedByUser: boolean;
  tasks: TaskCard[];
  edited: boolean;
  reactions: { name: string; users: string[] }[];
  metadata: Metadata | null;
  /** The one person who sees it; null where everybody does. */
  ephemeralFor: string | null;
  replyCount: number;
}

export function messageView(slack: Slack, conversation: Conversation, message: Message): MessageView {
  const author = slack.workspace.users.get(message.user);
  const name = author?.name ?? message.username ?? "";
  return {
    channel: message.channel,
    ts: message.ts,
    threadTs: message.threadTs ?? null,
    author: { id: message.user, name, handle: author?.handle ?? name, isBot: message.botId !== undefined },
    text: messageText(message),
    readable: readableText(slack, message),
    blocks: messageBlocks(message) ?? [],
    files: (message.files ?? []).map(({ id, name: fileName }) => ({ id: String(id), name: String(fileName) })),
    streaming: isStreaming(message),
    stoppedByUser: message.stream?.state === "stopped_by_user",
    tasks: message.stream ? [...message.stream.tasks.values()] : [],
    edited: message.edited !== undefined,
    reactions: [...(message.reactions ?? [])].map(([reaction, users]) => ({ name: reaction, users: [...users] })),
    metadata: message.metadata ?? null,
    ephemeralFor: message.ephemeralFor ?? null,
    replyCount: conversation.threads.get(message.ts)?.length ?? 0,
  };
}
