/**
 * Everything that the code asks of Slack, as data. Listeners register and methods are called by these names only (the
 * types see to it), and a test compares manifest.json with them, so that code and manifest cannot drift apart.
 */

import { callButtonIds } from "../workflows/calls/call-actions.ts";
import { noticeButtonIds } from "../workflows/notices/buttons.ts";

/** Web API methods, without those that Bolt calls by itself (apps.connections.open, with the app token). */
export const methods = [
  "agents.sessions.setStatus",
  "assistant.threads.setStatus",
  "assistant.threads.setSuggestedPrompts",
  "auth.test",
  "chat.appendStream",
  "chat.delete",
  "chat.postEphemeral",
  "chat.postMessage",
  "chat.startStream",
  "chat.stopStream",
  "chat.update",
  "conversations.history",
  "conversations.info",
  "conversations.list",
  "conversations.members",
  "conversations.open",
  "conversations.replies",
  "files.completeUploadExternal",
  "files.getUploadURLExternal",
  "files.info",
  "usergroups.list",
  "users.info",
  "users.list",
  "views.open",
  "views.publish",
  "users.lookupByEmail",
] as const;
export type SlackMethod = (typeof methods)[number];

/** Bot events as the manifest names them; all `message.*` reach the code as `message`. */
export const events = [
  "agent_session_stopped",
  "app_context_changed",
  "app_home_opened",
  "app_mention",
  "message.channels",
  "message.groups",
  "message.im",
  "message.mpim",
  "user_change",
] as const;
export type EventType<Name extends string = (typeof events)[number]> = Name extends `${infer Base}.${string}`
  ? Base
  : Name;

/** Scopes that no method or event names by itself, each with what it is for. */
export const furtherScopes = {
  "assistant:write": "agent_view asks for it",
  commands: "the slash command",
  // What mcp-servers/slack needs besides: its methods are its own, and called with the same token.
  "im:read": "the tools read_channel and read_thread: whose a direct message is",
  "mpim:read": "the same, who is in a group direct message",
  "reactions:write": "the tool add_reaction",
  "users:read.email": "the asker's e-mail in users.info, by which the services know the person",
} as const;

export const command = "/sophia";

/** `action_id`s of the buttons that Sophia posts. */
export const actions = {
  feedback: "sophia_feedback",
  approve: "sophia_approve",
  edit: "sophia_edit",
  deny: "sophia_deny",
  denyWithReason: "sophia_deny_reason",
  check: "sophia_check",
  digestPause: "sophia_digest_pause",
  digestResume: "sophia_digest_resume",
  digestRun: "sophia_digest_run",
  digestEdit: "sophia_digest_edit",
  digestDelete: "sophia_digest_delete",
  digestPage: "sophia_digest_page",
  createTasks: callButtonIds.createTasks,
  logCall: callButtonIds.log,
  askAboutCall: callButtonIds.ask,
  refreshHome: "sophia_refresh_home",
  showQuery: "sophia_show_query",
  tellMore: noticeButtonIds.tellMore,
  muteRoute: noticeButtonIds.mute,
} as const;

/** `callback_id`s of Sophia's forms. */
export const modals = {
  edit: "sophia_edit",
  denyWithReason: "sophia_deny_reason",
  digest: "sophia_digest",
  digestConfirm: "sophia_digest_confirm",
  newTask: "sophia_new_task",
  muteRoute: "sophia_mute_route",
} as const;

/** `callback_id`s of what a message's menu offers. */
export const shortcuts = { summarize: "sophia_summarize", createTask: "sophia_create_task" } as const;

/** Metadata of Sophia's messages: by it a message is found again whose `ts` was lost. */
export const metadataTypes = {
  reply: "sophia_reply",
  question: "sophia_question",
  approval: "sophia_approval",
} as const;
