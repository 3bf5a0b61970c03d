import type { Clock } from "../core/clock.ts";
import type { ChannelBook, ChannelFacts } from "../workflows/routes.ts";
import { createCachedLookup } from "./cached-lookup.ts";
import type { SlackClient, SlackOutcome } from "./client.ts";

/** Channels as they are posted to unasked: known for a minute at most, since Sophia may be taken out of one. */
export interface Channels extends ChannelBook {
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
/** Pages of a list that are read: 10,000 channels, 100,000 members. */
const mostPages = 100;

export function createChannels({ client, clock }: { client: SlackClient; clock: Clock }): Channels {
  const info = createCachedLookup<ChannelFacts | "none">({
    clock,
    ttlMs: minute,
    load: async (channel) => {
      const outcome = await client.try("conversations.info", { channel });
      if (outcome.kind === "refused") return "none";
      return outcome.kind === "ok" ? toFacts(outcome.data["channel"]) : undefined;
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
      const found = await info(id);
      return found === "none" ? undefined : (found ?? "away");
    },
    hasMember: async (channel, userId) => {
      const members = await readAll<string>(
        (cursor) => client.try("conversations.members", { channel, limit: 999, cursor }),
        "members",
      );
      return members?.includes(userId);
    },
  };
}

function toFacts(channel: unknown): ChannelFacts {
  const { id = "", name = "", is_ext_shared, is_private, is_member, is_archived } = channel as SlackChannel;
  const isMember = is_member === true && is_archived !== true;
  return { id, name, isShared: is_ext_shared === true, isPrivate: is_private !== false, isMember };
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
