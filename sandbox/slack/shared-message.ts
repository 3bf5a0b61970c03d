import { messageBlocks, messageText } from "./entities.ts";
import type { Slack } from "./slack.ts";
import type { User } from "./types.ts";

/** A forwarded message as Slack attaches it. Throws where there is none that the person can see. */
export function sharedMessage(slack: Slack, user: User, { channel, ts }: { channel: string; ts: string }): object {
  const { workspace } = slack;
  const from = workspace.place(channel, user);
  const message = from.byTs.get(ts);
  if (!message || (from.kind !== "public" && !from.members.has(user.id)))
    throw new Error(`There is no message ${ts} to forward`);
  const author = workspace.users.get(message.user);
  const name = author?.name ?? message.username ?? "";
  const text = messageText(message);
  const blocks = messageBlocks(message);
  const team = workspace.identity.teamId;
  const { files } = message;
  return {
    id: 1,
    ts,
    channel_id: from.id,
    channel_team: team,
    is_msg_unfurl: true,
    is_share: true,
    author_id: message.user,
    author_name: name,
    // A message that only its blocks or files make has no `text` here, and this in place of a preview.
    ...(text === ""
      ? { fallback: "[no preview available]" }
      : { text, fallback: `[${new Date(Number(ts) * 1000).toISOString()}] ${name}: ${text}` }),
    ...(blocks && { message_blocks: [{ team, channel: from.id, ts, message: { blocks } }] }),
    ...(files && { files }),
    mrkdwn_in: ["text"],
    from_url: `https://${workspace.domain}.slack.com/archives/${from.id}/p${ts.replace(".", "")}`,
  };
}
