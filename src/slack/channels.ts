import type { Clock } from "../core/clock.ts";
import type { Logger } from "../observability/log.ts";
import type { ChannelBook, ChannelFacts } from "../workflows/routes.ts";
import { createCachedLookup } from "./cached-lookup.ts";
import type { SlackClient, SlackOutcome } from "./client.ts";

/**
 * Channels as they are posted to: known for a minute at most, since another company may come to read one, and Sophia be taken out
 * of it. What was known before counts for nothing while Slack does not answer.
 */
export interface Channels extends ChannelBook {
  /** As `find`, of an id, asked of Slack now: for what is about to be posted. */
  findNow(channel: string): ReturnType<ChannelBook["find"]>;
  /** Whether this person is in it; undefined where Slack did not say. */
  hasMember(channel: string, userId: string): Promise<boolean | undefined>;
}

interface SlackChannel {
  id?: string;
  name?: string;
  is_ext_shared?: boolean;
  is_private?: boolean;
  is_member?: boolean;
  is_archived?: boolean;
}

const minute = 60_000;
/** By these words Slack says that there is no such channel, or none that Sophia may see; by any other, nothing about it. */
const goneCodes = new Set(["channel_not_found", "not_in_channel"]);
/** Pages of a list that are read: 10,000 channels, 100,000 members. */
const mostPages = 100;

interface ChannelsOptions {
  client: SlackClient;
  clock: Clock;
  logger: Logger;
}

export function createChannels({ client, clock, logger }: ChannelsOptions): Channels {
  /** What Slack refused to say of a channel with, and was logged: a sweep asks every second. */
  const refusals = new Map<string, string>();
  const info = createCachedLookup<ChannelFacts | "none">({
    clock,
    ttlMs: minute,
    load: async (channel) => {
      const outcome = await client.try("conversations.info", { channel });
      if (outcome.kind === "refused" && goneCodes.has(outcome.code)) return "none";
      if (outcome.kind === "refused" && refusals.get(channel) !== outcome.code) {
        refusals.set(channel, outcome.code);
        logger.warn({ channel, code: outcome.code }, "Slack refuses to say who reads a channel");
      }
      if (outcome.kind !== "ok") return undefined;
      refusals.delete(channel);
      return toFacts(outcome.data["channel"]);
    },
  });
  // One answer for all names: a workspace has few routes, and their channels keep their names.
  const ids = createCachedLookup<ReadonlyMap<string, string>>({
    clock,
    ttlMs: 10 * minute,
    load: async () => {
      const args = { types: "public_channel,private_channel", exclude_archived: true, limit: 999 };
      const listed = await readAll<SlackChannel>(
        (cursor) => client.try("conversations.list", { ...args, cursor }),
        "channels",
      );
      return listed && new Map(listed.flatMap(({ id, name }) => (id && name ? [[name, id] as const] : [])));
    },
  });
  return {
    find: async (channel) => {
      const id = channel.startsWith("#") ? (await ids("all"))?.get(channel.slice(1)) : channel;
      if (id === undefined) return (await ids("all")) ? undefined : "away";
      return told(await info.current(id));
    },
    findNow: async (channel) => told(await info.anew(channel)),
    hasMember: async (channel, userId) => {
      const members = await readAll<string>(
        (cursor) => client.try("conversations.members", { channel, limit: 999, cursor }),
        "members",
      );
      return members?.includes(userId);
    },
  };
}

function told(found: ChannelFacts | "none" | undefined): ChannelFacts | "away" | undefined {
  return found === "none" ? undefined : (found ?? "away");
}

function toFacts(channel: unknown): ChannelFacts {
  const { id = "", name = "", is_ext_shared, is_private, is_member, is_archived } = channel as SlackChannel;
  const isArchived = is_archived === true;
  return {
    id,
    name,
    isShared: is_ext_shared === true,
    isPrivate: is_private !== false,
    isMember: is_member === true,
    ...(isArchived && { isArchived }),
  };
}

/** Undefined where Slack did not say, or refused. */
async function readAll<Item>(
  ask: (cursor: string | undefined) => Promise<SlackOutcome>,
  field: string,
): Promise<Item[] | undefined> {
  const items: Item[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const outcome = await ask(cursor);
    if (outcome.kind !== "ok") return undefined;
    items.push(...((outcome.data[field] ?? []) as Item[]));
    cursor = (outcome.data["response_metadata"] as { next_cursor?: string } | undefined)?.next_cursor || undefined;
    if (cursor === undefined) break;
  }
  return items;
}
