import { SlackRefusal, refusalWithReasons } from "../refusal.ts";
import type { SessionStatus } from "../sessions.ts";
import type { Slack } from "../slack.ts";
import type { Conversation } from "../types.ts";
import { threadRoot, visibleConversation, type Method } from "./method.ts";

export const SESSION_STATUSES: ReadonlySet<string> = new Set(["active", "processing", "suspended", "closed"]);
const LOADING_MESSAGES = 10;
const LOADING_LENGTH = 50;
const PROMPTS = 4;
const TITLE_LENGTH = 200;

/** A conversation that Sophia is a member of and the thread's root in it. */
function thread(slack: Slack, channel: string, threadTs: string): { conversation: Conversation; root: string } {
  const conversation = visibleConversation(slack, channel);
  if (!slack.workspace.isMember(conversation)) throw new SlackRefusal("channel_not_found");
  return { conversation, root: threadRoot(conversation, threadTs, "invalid_thread_ts") ?? threadTs };
}

const setStatus: Method = (args, slack) => {
  const { conversation, root } = thread(slack, args.text("channel_id"), args.text("thread_ts"));
  const loadingMessages = readLoadingMessages(args.json("loading_messages"));
  slack.sessions.set(conversation.id, root, { status: args.text("status"), loadingMessages });
  return {};
};

function readLoadingMessages(value: unknown): string[] {
  if (value === undefined) return [];
  const at = "[json-pointer:/loading_messages]";
  if (!Array.isArray(value)) throw refusalWithReasons("invalid_arguments", [`must be an array ${at}`]);
  if (value.length > LOADING_MESSAGES) {
    throw refusalWithReasons("invalid_arguments", [`no more than ${LOADING_MESSAGES} items allowed ${at}`]);
  }
  if (!value.every((message) => typeof message === "string" && message.length <= LOADING_LENGTH)) {
    throw refusalWithReasons("invalid_arguments", [`must be less than ${LOADING_LENGTH + 1} characters ${at}`]);
  }
  return value as string[];
}

const setTitle: Method = (args, slack) => {
  const { conversation, root } = thread(slack, args.text("channel_id"), args.text("thread_ts"));
  slack.sessions.set(conversation.id, root, { title: args.text("title") });
  return {};
};

const setSuggestedPrompts: Method = (args, slack) => {
  const conversation = visibleConversation(slack, args.text("channel_id"));
  const prompts = args.json("prompts");
  if (!Array.isArray(prompts) || prompts.length > PROMPTS || !prompts.every(isPrompt)) {
    throw refusalWithReasons("invalid_arguments", [
      `1 to ${PROMPTS} prompts with title and message [json-pointer:/prompts]`,
    ]);
  }
  const threadTs = args.optional("thread_ts");
  const root = threadRoot(conversation, threadTs, "invalid_thread_ts") ?? "";
  slack.sessions.set(conversation.id, root, { prompts: { title: args.optional("title"), prompts } });
  return {};
};

function isPrompt(value: unknown): boolean {
  const { title, message } = (value ?? {}) as Record<string, unknown>;
  return typeof title === "string" && typeof message === "string";
}

const setSessionStatus: Method = (args, slack) => {
  const conversation = visibleConversation(slack, args.text("channel_id"));
  if (!slack.workspace.isMember(conversation)) throw new SlackRefusal("not_authorized");
  const status = args.text("status");
  if (!SESSION_STATUSES.has(status)) throw new SlackRefusal("invalid_status");
  const threadTs = args.optional("thread_ts");
  if (!threadTs) throw new SlackRefusal("thread_ts_required");
  const initiator = args.optional("initiator_user_id");
  if (initiator && !slack.workspace.users.has(initiator)) throw new SlackRefusal("user_not_found");
  const root = threadRoot(conversation, threadTs, "thread_ts_not_allowed") ?? threadTs;
  const before = slack.sessions.get(conversation.id, root);
  const title = before?.session ? before.title : (args.optional("title") ?? before?.title);
  slack.sessions.set(conversation.id, root, { session: status as SessionStatus, title });
  const answer = { status, title: title ?? "" };
  if (slack.events.subscribedTo("agent_session_stopped")) return answer;
  const warning = "missing_agent_session_stopped_event_subscription";
  return { ...answer, warning, response_metadata: { warnings: [warning] } };
};

const renameSession: Method = (args, slack) => {
  const conversation = visibleConversation(slack, args.text("channel_id"));
  const threadTs = args.optional("thread_ts");
  if (!threadTs) throw new SlackRefusal("thread_ts_required");
  if (!slack.sessions.get(conversation.id, threadTs)?.session) throw new SlackRefusal("session_not_found");
  if (args.text("title").length > TITLE_LENGTH) throw new SlackRefusal("invalid_name");
  slack.sessions.set(conversation.id, threadTs, { title: args.text("title") });
  return { title: args.text("title") };
};

export const assistantMethods: Readonly<Record<string, Method>> = {
  "assistant.threads.setStatus": setStatus,
  "assistant.threads.setTitle": setTitle,
  "assistant.threads.setSuggestedPrompts": setSuggestedPrompts,
  "agents.sessions.setStatus": setSessionStatus,
  "agents.sessions.rename": renameSession,
};
