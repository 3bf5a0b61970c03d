import type { Logger } from "../observability/log.ts";
import type { SlackClient } from "./client.ts";

export interface DirectMessages {
  /** A person's own channel with Sophia; undefined where Slack does not say. */
  channelOf(userId: string): Promise<string | undefined>;
  /** Tells somebody something there. It may be lost: it is never the answer to a question. */
  send(userId: string, text: string): Promise<void>;
}

export function createDirectMessages(client: SlackClient, logger: Logger): DirectMessages {
  const channelOf = async (userId: string): Promise<string | undefined> => {
    const outcome = await client.try("conversations.open", { users: userId });
    if (outcome.kind !== "ok") return undefined;
    return (outcome.data["channel"] as { id?: string } | undefined)?.id;
  };
  return {
    channelOf,
    send: async (userId, text) => {
      const channel = await channelOf(userId);
      const outcome = channel === undefined ? undefined : await client.try("chat.postMessage", { channel, text });
      if (outcome?.kind !== "ok") logger.warn({ userId, outcome: outcome?.kind }, "A direct message could not be sent");
    },
  };
}
