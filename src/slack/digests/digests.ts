import type { Logger } from "../../observability/log.ts";
import type { Schedule, Schedules } from "../../storage/schedules.ts";
import type { Turn } from "../../storage/turns.ts";
import { digestOf, type MayPost } from "../../workflows/digests/run-digests.ts";
import { type ChannelProblem, problemOf } from "../../workflows/routes.ts";
import type { Channels } from "../channels.ts";
import type { SlackClient } from "../client.ts";
import type { DirectMessages } from "../direct-messages.ts";
import { createMayAsk, type Gate, isUnsure, type MayNotAsk } from "../may-ask.ts";
import { escapeText } from "../message-text.ts";
import type { People } from "../people.ts";
import { findAdmin } from "../find-admin.ts";

type Place = Pick<Schedule, "ownerId" | "channel" | "isPrivate">;

/** What digests need of Slack, and where they are kept. */
export interface Digests {
  schedules: Schedules;
  /** Whether its owner may have it posted there: they may use Sophia, both are in the channel, and nobody outside the company reads it. */
  mayPost(place: Place): Promise<MayPost>;
  /** Tells the owner, unless they have left, and one admin. It may be lost: the list says it as well. */
  tellPaused(schedule: Schedule, reason: string): Promise<void>;
  /** Tells its owner that it is missed until Slack says whether it may be posted. It may be lost. */
  tellMissed(schedule: Schedule): Promise<void>;
  /** Tells its owner why the channel did not get it: it is theirs, and nobody else there has asked. It may be lost. */
  tellFailed(turn: Pick<Turn, "id" | "source" | "sourceKey">, why: string): Promise<void>;
  /** Tells its owner, as it was before, that it is this person's from now on. It may be lost. */
  tellTaken(before: Schedule, userId: string): Promise<void>;
}

export interface DigestsOptions extends Gate {
  schedules: Schedules;
  client: SlackClient;
  people: People;
  channels: Pick<Channels, "findNow" | "hasMember">;
  /** Whom the configuration makes admins. */
  admins: readonly string[];
  directMessages: DirectMessages;
  logger: Logger;
}

const refused = (code: string, reason: string): MayPost => ({ kind: "refused", code, reason });
/** `pausedReason` of a digest whose owner is gone. */
export const ownerHasLeft = "its owner has left";

const problems: Record<Exclude<ChannelProblem, "away">, MayPost> = {
  not_found: refused("not_in_channel", "its channel is gone, or I am not in it"),
  not_in: refused("not_in_channel", "I am not in its channel"),
  archived: refused("is_archived", "its channel is archived"),
  shared: refused("external_channel", "its channel is shared with another company"),
};

export function createDigests(options: DigestsOptions): Digests {
  const { schedules, channels, directMessages, logger } = options;
  const mayAsk = createMayAsk(options);
  const mayUse = async (ownerId: string): Promise<MayPost> => verdictOn(await mayAsk(ownerId));
  return {
    schedules,
    mayPost: async ({ ownerId, channel, isPrivate }) => {
      if (isPrivate) return mayUse(ownerId);
      const [owner, found] = await Promise.all([mayUse(ownerId), channels.findNow(channel)]);
      if (owner.kind !== "fine") return owner;
      const problem = problemOf(found);
      if (problem !== undefined) return problem === "away" ? { kind: "unknown" } : problems[problem];
      const isIn = await channels.hasMember(channel, ownerId);
      if (isIn === undefined) return { kind: "unknown" };
      return isIn ? { kind: "fine" } : refused("owner_not_in_channel", "its owner is not in its channel");
    },
    tellPaused: async (schedule, reason) => {
      const { ownerId, title, channel, isPrivate } = schedule;
      const place = isPrivate ? "in their direct message" : `in <#${channel}>`;
      const words = (whose: string) =>
        `The digest *${escapeText(title)}* ${whose} ${place} is paused: ${reason}. \`/sophia digest list\` shows it.`;
      const admin = await findAdmin(options);
      if (reason !== ownerHasLeft) await directMessages.send(ownerId, words("of yours").replace("in their", "in our"));
      if (admin === undefined)
        logger.warn({ scheduleId: schedule.id, reason }, "no admin could be told of a paused digest");
      else if (admin !== ownerId || reason === ownerHasLeft)
        await directMessages.send(admin, words(`of <@${ownerId}>`));
    },
    tellMissed: async ({ ownerId, title, channel, isPrivate }) => {
      const place = isPrivate ? "here" : `to <#${channel}>`;
      const unsaid = isPrivate
        ? "whether you may have it"
        : "who reads that channel, or whether you may have it posted there";
      const words = `The digest *${escapeText(title)}* of yours did not come ${place}: Slack does not tell me ${unsaid}.`;
      await directMessages.send(
        ownerId,
        `${words} I try again each time it is due. If it stays away, tell whoever runs me.`,
      );
    },
    tellFailed: async ({ id, source, sourceKey }, why) => {
      const schedule = source === "digest" ? await schedules.get(digestOf(sourceKey)) : undefined;
      if (!schedule) return logger.warn({ turnId: id }, "nobody is told of a message that could not be written");
      const words = `The digest *${escapeText(schedule.title)}* of yours did not come to <#${schedule.channel}> this time.`;
      await directMessages.send(schedule.ownerId, `${words} ${escapeText(why)} \`/sophia digest list\` runs it again.`);
    },
    tellTaken: async ({ ownerId, title }, userId) => {
      const words = `<@${userId}>, an admin, changed the digest *${escapeText(title)}* of yours, so it is theirs from now on.`;
      await directMessages.send(ownerId, `${words} It no longer runs in your name.`);
    },
  };
}

function verdictOn(reason: MayNotAsk | undefined): MayPost {
  if (reason === undefined) return { kind: "fine" };
  if (isUnsure(reason)) return { kind: "unknown" };
  if (reason === "role") return refused("role", "its owner is not among those whom I answer");
  return reason === "nobody"
    ? refused("owner_left", ownerHasLeft)
    : refused("owner_refused", "its owner is no full member of this workspace any more");
}
