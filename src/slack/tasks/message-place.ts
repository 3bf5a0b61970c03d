import type { ListenerContext } from "../listeners/context.ts";
import type { MessagePlace } from "./task-modal.ts";

/** Where an answer to a shortcut goes. */
export interface AnswerPlace {
  channel: string;
  /** Undefined: it begins a thread of its own. */
  threadTs: string | undefined;
  audience: "private" | "channel";
}

/**
 * The message's thread, where Sophia may write and nobody of another company reads; else the person's own direct message.
 * Undefined where Slack opens none.
 */
export async function answerPlace(
  { channel, threadTs }: MessagePlace,
  userId: string,
  { client, directMessages }: Pick<ListenerContext, "client" | "directMessages">,
): Promise<AnswerPlace | undefined> {
  const outcome = await client.try("conversations.info", { channel });
  const info = outcome.kind === "ok" ? (outcome.data["channel"] as ChannelInfo | undefined) : undefined;
  if (info?.is_im) return { channel, threadTs, audience: "private" };
  const isOpen = info && (info.is_member || info.is_mpim) && !info.is_ext_shared && !info.is_archived;
  if (isOpen) return { channel, threadTs, audience: "channel" };
  const own = await directMessages.channelOf(userId);
  return own === undefined ? undefined : { channel: own, threadTs: undefined, audience: "private" };
}

interface ChannelInfo {
  is_im?: boolean;
  is_mpim?: boolean;
  is_member?: boolean;
  is_ext_shared?: boolean;
  is_archived?: boolean;
}

/** A message's page in Slack. */
export function linkTo(channel: string, ts: string, threadTs: string, url: string | undefined): string {
  const inThread = threadTs === ts ? "" : `?thread_ts=${threadTs}&cid=${channel}`;
  return `${url ?? "https://app.slack.com/"}archives/${channel}/p${ts.replace(".", "")}${inThread}`;
}
