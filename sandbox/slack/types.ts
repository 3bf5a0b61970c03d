/** What the stand-in keeps of a workspace. Names are Slack's; instants are milliseconds, `ts` strings are Slack's. */

export interface Block {
  type: string;
  block_id?: string | undefined;
  [field: string]: unknown;
}

export interface Metadata {
  event_type: string;
  event_payload: Record<string, unknown>;
}

export interface Identity {
  userId: string;
  botId: string;
  appId: string;
  teamId: string;
}

export interface User {
  id: string;
  handle: string;
  name: string;
  email?: string | undefined;
  title: string;
  /** IANA zone. */
  timeZone: string;
  /** Set for bots. */
  botId?: string | undefined;
  appId?: string | undefined;
  /** A full member unless told. */
  standing?: Standing | undefined;
  isAdmin?: boolean | undefined;
}

/** A guest of several channels or of one, somebody who has left, or somebody of another company's workspace. */
export type Standing = "guest" | "single-channel guest" | "deleted" | "external";

export interface UserGroup {
  /** `S` and more of [A-Z0-9]. */
  id: string;
  handle: string;
  name: string;
  description: string;
  memberIds: readonly string[];
}

export type ConversationKind = "public" | "private" | "im" | "mpim";

export interface Conversation {
  id: string;
  name: string;
  kind: ConversationKind;
  topic: string;
  createdAt: number;
  members: Set<string>;
  /** The other side of a DM with Sophia. */
  userId?: string | undefined;
  isArchived?: boolean | undefined;
  /** Another company reads along. */
  isExternallyShared?: boolean | undefined;
  byTs: Map<string, Message>;
  /** Whatever stands in the channel itself (not in a thread alone), oldest first. */
  timeline: Message[];
  /** Replies by the `ts` of their root, oldest first. */
  threads: Map<string, Message[]>;
  /** Messages that one member alone sees, oldest first; never in the history. */
  ephemerals: Message[];
  /** The last `ts` given out here, in microseconds. */
  lastTs: number;
}

export interface TaskCard {
  id: string;
  title: string;
  status: "pending" | "in_progress" | "complete" | "error";
  details?: string | undefined;
  output?: string | undefined;
  sources?: unknown[] | undefined;
}

type StreamPart = { kind: "text"; text: string } | { kind: "task"; id: string } | { kind: "blocks"; blocks: Block[] };

export interface Stream {
  state: "streaming" | "stopped_by_user" | "complete" | "expired";
  /** Slack refuses a stream that was begun with one and goes on with the other. */
  mode: "markdown_text" | "chunks" | undefined;
  display: "timeline" | "plan";
  recipientUserId: string | undefined;
  parts: StreamPart[];
  tasks: Map<string, TaskCard>;
  planTitle: string | undefined;
  /** UTF-8 bytes of the text so far. */
  textBytes: number;
  lifetime: NodeJS.Timeout | undefined;
}

export interface Message {
  ts: string;
  channel: string;
  user: string;
  text: string;
  /** For another app's message in the old style (`bot_message`): it has a name and no user. */
  username?: string | undefined;
  subtype?: string | undefined;
  botId?: string | undefined;
  appId?: string | undefined;
  blocks?: Block[] | undefined;
  attachments?: unknown[] | undefined;
  /** As Slack shows them: what was dropped with the message. */
  files?: Record<string, unknown>[] | undefined;
  threadTs?: string | undefined;
  clientMsgId?: string | undefined;
  edited?: { user: string; ts: string } | undefined;
  metadata?: Metadata | undefined;
  /** Emoji name to the people who added it, in order. */
  reactions?: Map<string, Set<string>> | undefined;
  ephemeralFor?: string | undefined;
  stream?: Stream | undefined;
}
