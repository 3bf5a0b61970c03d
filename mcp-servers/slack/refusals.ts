import { ServiceError, UserError } from "../../src/core/errors.ts";

/** What Slack's codes mean to whoever asked; a code that is not here is told as it is. */
const words: Readonly<Record<string, string>> = {
  cant_update_message: "This message cannot be changed: it is not Sophia's.",
  channel_is_limited_access: "This channel is limited to some people, and Sophia is not among them.",
  channel_not_found: "There is no such channel, or Sophia is not in it.",
  edit_window_closed: "This message is too old to be changed; the workspace's settings decide for how long it may be.",
  invalid_cursor: "Slack no longer knows this cursor. Ask again without `cursor`.",
  invalid_name: "There is no such emoji in this workspace. Send the name that stands between the colons: thumbsup.",
  is_archived: "This channel is archived, so that nothing can be added to it.",
  is_inactive: "This message cannot be changed any more: its channel is archived or frozen.",
  message_not_found: "There is no such message any more.",
  messages_tab_disabled: "Messages to Sophia are switched off in her Slack app's settings (App Home > Messages Tab).",
  msg_too_long: "The text is too long for one message: 12,000 characters at most. Send it in parts.",
  no_reaction: "There is no such reaction.",
  no_text: "The text is empty.",
  not_in_channel: "Sophia is not in this channel. Invite her there with /invite @Sophia.",
  not_reactable: "Nobody can react to this message.",
  restricted_action: "The workspace's settings do not let Sophia post here.",
  restricted_action_non_threadable_channel: "There are no threads in this channel. Send it without thread_ts.",
  restricted_action_read_only_channel: "Only some people may post in this channel, and Sophia is not among them.",
  restricted_action_thread_locked: "This thread is locked.",
  restricted_action_thread_only_channel: "Only replies in threads may be posted in this channel. Send thread_ts.",
  restricted_too_many: "Too many messages are scheduled for this channel around that time. Choose another one.",
  streaming_state_conflict: "This message is still being written. Try again when it is finished.",
  thread_locked: "This thread is locked.",
  thread_not_found: "There is no such thread any more.",
  time_in_past: "post_at lies in the past.",
  time_too_far: "post_at lies more than 120 days ahead, which is as far as Slack goes.",
  too_many_emoji: "This message has as many different reactions as Slack allows.",
  too_many_reactions: "Sophia has reacted to this message as often as Slack allows.",
  user_disabled: "This person's account is deactivated.",
  user_not_found: "There is no such person in this workspace.",
  user_not_visible: "Slack does not show this person to Sophia.",
};

/** `code` is Slack's own. Quotes nothing of what was sent. */
export function refused(method: string, code: string): UserError | ServiceError {
  const known = Object.hasOwn(words, code) ? words[code] : undefined;
  if (known !== undefined) return new UserError(known);
  return new ServiceError(`Slack refused ${method}: ${code}.`, { service: "Slack", cause: { code } });
}
