import type { Decisions } from "../../approvals/decisions.ts";
import type { NewId } from "../../core/ids.ts";
import type { Logger } from "../../observability/log.ts";
import type { SlackClient } from "../client.ts";
import { cleanText, mentionedUsers, unnamedChannels } from "../message-text.ts";
import type { People } from "../people.ts";
import type { SlackTurns } from "../turns-port.ts";
import type { Workspace } from "../workspace.ts";
import type { MessageOrder } from "./message-order.ts";

/** A service that the configuration names. */
export interface Service {
  /** As a person says it: "Gong". */
  name: string;
  offered: boolean;
  /** Why it is not offered: "GONG_API_KEY not set". */
  reason?: string | undefined;
}

/** What every listener works with. */
export interface ListenerContext {
  workspace: Workspace;
  turns: SlackTurns;
  decisions: Decisions;
  people: People;
  /** For calls that answer a click or a command; apart from the replies' client, whose pauses must not delay them. */
  client: SlackClient;
  /** The services that `help` tells of. */
  services: () => readonly Service[];
  newId: NewId;
  order: MessageOrder;
  logger: Logger;
}

/** Names of people, and of channels, that are looked up for one message: each may be a call to Slack. */
const mostNames = 20;

/** A message as a person reads it, with the names of the people and channels in it; past the first few, with their ids. */
export async function readText(text: string, context: ListenerContext): Promise<string> {
  const { workspace, people } = context;
  const { botUserId } = workspace;
  const names = new Map<string, string>();
  const users = mentionedUsers(text).filter((id) => id !== botUserId);
  const channels = unnamedChannels(text);
  await Promise.all([
    ...users.slice(0, mostNames).map(async (id) => names.set(id, (await people.find(id)).name)),
    ...channels.slice(0, mostNames).map(async (id) => names.set(id, (await people.channelName(id)) ?? id)),
  ]);
  return cleanText(text, { botUserId, names });
}

/** Tells one person something that nobody else sees. What is told this way may be lost: it is never the answer. */
export async function whisper(
  target: { channel: string; user: string; threadTs?: string | undefined },
  text: string,
  context: ListenerContext,
): Promise<void> {
  const { channel, user, threadTs } = target;
  const outcome = await context.client.try("chat.postEphemeral", { channel, user, text, thread_ts: threadTs });
  if (outcome.kind !== "ok") context.logger.warn({ channel, outcome: outcome.kind }, "A hint could not be shown");
}
