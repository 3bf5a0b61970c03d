import type { ListenerContext } from "../listeners/context.ts";
import { externalChannelWords } from "../refusal.ts";

export interface Refusal {
  reason: string;
  words: string;
}

/** The question would be posted for all of the channel to read, so this is told apart before it is taken. */
export async function refuseChannel(
  channel: string,
  { channels }: Pick<ListenerContext, "channels">,
): Promise<Refusal | undefined> {
  if (channel.startsWith("D")) return undefined;
  const found = await channels.find(channel);
  if (found === "away") {
    const words = "Slack does not tell me just now who reads this channel. Please try again in a minute.";
    return { reason: "unknown_channel", words };
  }
  return found?.isShared ? { reason: "external_channel", words: externalChannelWords } : undefined;
}
