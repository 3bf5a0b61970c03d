import { z } from "zod";

/** The parts of Slack's answers that this server reads; everything else is dropped here. Source: docs.slack.dev. */

const text = z.string().nullish();
const flag = z.boolean().nullish();

export const refusal = z.object({ ok: z.literal(false), error: z.string() });

const nextCursor = z
  .object({ next_cursor: text })
  .nullish()
  .transform((metadata) => metadata?.next_cursor || undefined);

export const identityAnswer = z.object({
  /** With a slash at its end: `https://payready.slack.com/`. */
  url: z.string(),
  team_id: z.string(),
  user_id: z.string(),
  bot_id: text,
});

export type Identity = z.output<typeof identityAnswer>;

const user = z.object({
  id: z.string(),
  team_id: text,
  name: text,
  real_name: text,
  deleted: flag,
  is_bot: flag,
  is_restricted: flag,
  is_ultra_restricted: flag,
  /** Of another company, met in a shared channel. */
  is_stranger: flag,
  tz: text,
  profile: z.object({ real_name: text, display_name: text, email: text, title: text }).nullish(),
  enterprise_user: z.object({ teams: z.array(z.string()).nullish() }).nullish(),
});

export type User = z.output<typeof user>;

export const userAnswer = z.object({ user });
export const userList = z.object({ members: z.array(user), response_metadata: nextCursor });

const channel = z.object({
  id: z.string(),
  name: text,
  is_private: flag,
  is_im: flag,
  is_mpim: flag,
  is_group: flag,
  is_archived: flag,
  is_member: flag,
  is_ext_shared: flag,
  is_pending_ext_shared: flag,
  num_members: z.number().nullish(),
  topic: z.object({ value: text }).nullish(),
  purpose: z.object({ value: text }).nullish(),
  /** Of a direct message: the other side. */
  user: text,
});

export type Channel = z.output<typeof channel>;

export const channelAnswer = z.object({ channel });
export const channelList = z.object({ channels: z.array(channel), response_metadata: nextCursor });
export const openedAnswer = z.object({ channel: z.object({ id: z.string() }) });
export const memberList = z.object({ members: z.array(z.string()), response_metadata: nextCursor });

const file = z.object({ name: text, title: text });

/** What an app attached, or a message that somebody forwarded; of its words `slack-words.ts` reads the rest. */
const attachment = z.object({
  is_share: flag,
  is_msg_unfurl: flag,
  author_id: text,
  author_name: text,
  from_url: text,
  title: text,
  text,
  fallback: text,
  blocks: z.unknown().optional(),
  message_blocks: z.unknown().optional(),
  fields: z.unknown().optional(),
  attachments: z.unknown().optional(),
  files: z.array(file).nullish(),
});

export type Attached = z.output<typeof attachment>;

const message = z.object({
  ts: z.string(),
  text,
  user: text,
  bot_id: text,
  username: text,
  bot_profile: z.object({ name: text }).nullish(),
  subtype: text,
  thread_ts: text,
  reply_count: z.number().nullish(),
  edited: z.object({ ts: text }).nullish(),
  reactions: z
    .array(z.object({ name: z.string(), count: z.number().nullish(), users: z.array(z.string()).nullish() }))
    .nullish(),
  files: z.array(file).nullish(),
  attachments: z.array(attachment).nullish(),
  blocks: z.array(z.record(z.string(), z.unknown())).nullish(),
  metadata: z.object({ event_type: text, event_payload: z.record(z.string(), z.unknown()).nullish() }).nullish(),
});

export type Message = z.output<typeof message>;

export const messageList = z.object({ messages: z.array(message), response_metadata: nextCursor });
export const postedAnswer = z.object({ channel: z.string(), ts: z.string() });
export const scheduledAnswer = z.object({ scheduled_message_id: z.string() });
export const scheduledList = z.object({
  scheduled_messages: z.array(
    z.object({ id: z.coerce.string(), post_at: z.coerce.number(), date_created: z.coerce.number().nullish(), text }),
  ),
  response_metadata: nextCursor,
});
export const doneAnswer = z.object({ ok: z.literal(true) });
