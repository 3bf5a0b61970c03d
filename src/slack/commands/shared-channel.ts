import type { ListenerContext } from "../listeners/context.ts";
import { externalChannelWords } from "../refusal.ts";

export interface Refusal {
  reason: string;
  words: string;
}

/** The question would be posted for all of the channel to read, so this is told apart before it is taken. */
export async function refuseChannel(
  channel: string,
  { people }: Pick<ListenerContext, "people">,
): Promise<Refusal | undefined> {
  if (channel.startsWith("D")) return undefined;
  const isShared = await people.isExternallyShared(channel);
  if (isShared === undefined) {
    const words = "Slack does not tell me just now who reads this channel. Please try again in a minute.";
    return { reason: "unknown_channel", words };
  }
  return isShared ? { reason: "external_channel", words: externalChannelWords } : undefined;
}
