import { z } from "zod";
import { checkTimeZone, isoFormatter } from "../shared/date-range.ts";
import { defineTool } from "../shared/define-tool.ts";
import type { Identity, Message } from "./answers.ts";
import type { SlackClient } from "./client.ts";
import { fileNames, forwardedIn, type Names, readableText } from "./incoming.ts";
import { linkTo, type Place } from "./places.ts";
import type { SlackSession } from "./session.ts";

export const slackTool = defineTool<SlackClient>();

export const readsSlack = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true };
/** Each call sends something new. */
export const sendsToSlack = { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true };
/** Takes the place of what stood there. */
export const replacesInSlack = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: true,
  openWorldHint: true,
};
/** A second call leaves what the first one left. */
export const setsInSlack = { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true };

export const channelArgument = z.string().min(1).max(254).describe("The channel's name ('sales') or id");
export const targetArgument = z
  .string()
  .min(1)
  .max(254)
  .describe("The channel's name ('sales') or id; a colleague's e-mail address for a direct message");
export const messageArgument = (what: string) =>
  z.string().min(1).max(500).describe(`${what}: its ts, or its link in Slack`);
export const textArgument = z
  .string()
  .min(1)
  .max(12_000)
  .describe(
    "Markdown. <@ID> mentions a person, by the id that find_user gives; calls to a whole channel or group are refused",
  );
export const timeZoneArgument = z
  .string()
  .max(64)
  .optional()
  .describe(
    "IANA zone, such as America/New_York, in which days are counted and times returned; the asker's own unless sent",
  );
export const limitArgument = (usual: number) =>
  z.int().min(1).max(100).default(usual).describe("Most of them on a page");
export const cursorArgument = z
  .string()
  .max(4000)
  .optional()
  .describe("`cursor` of the previous page, for the next one");

export const urlOutput = z.string().describe("Its place in Slack");
export const placeOutput = z.strictObject({
  id: z.string(),
  name: z.string().describe("#sales, or what kind of direct message it is"),
  is_private: z.boolean(),
});

export const messageOutput = z.strictObject({
  ts: z.string().describe("What the other tools call the message by, together with its channel"),
  at: z.string(),
  author: z.strictObject({ id: z.string().nullable(), name: z.string(), is_sophia: z.boolean(), is_bot: z.boolean() }),
  text: z.string(),
  forwarded: z
    .array(
      z.strictObject({ author: z.string(), text: z.string(), files: z.array(z.string()), url: urlOutput.optional() }),
    )
    .optional()
    .describe("Messages of others that stand in it, forwarded or linked: their authors' words, not its own"),
  replies: z.int().describe("In its thread: read them with read_thread"),
  reactions: z.array(z.strictObject({ name: z.string(), count: z.int() })),
  files: z.array(z.string()).describe("Names of files; this tool does not read what is in them"),
  edited: z.boolean(),
  url: urlOutput,
});

export function presentPlace({ id, kind, label }: Place): z.output<typeof placeOutput> {
  return { id, name: label, is_private: kind !== "public" };
}

export interface Presenting {
  place: Place;
  names: Names;
  identity: Identity;
  timeZone: string;
}

export function presentMessage(
  message: Message,
  { place, names, identity, timeZone }: Presenting,
): z.output<typeof messageOutput> {
  const { ts, user, bot_id: botId, bot_profile: profile, username, thread_ts: threadTs } = message;
  const isSophia = user === identity.user_id || (botId !== undefined && botId !== null && botId === identity.bot_id);
  const name = isSophia ? "Sophia" : (user ? names.person(user) : undefined) || username || profile?.name;
  const forwarded = forwardedIn(message, names).map(({ url, ...one }) => ({
    ...one,
    // Whoever posted it has written its address as well.
    ...(url?.startsWith(`${identity.url}archives/`) && { url }),
  }));
  return {
    ts,
    at: isoFormatter(timeZone)(Math.floor(Number(ts) * 1000)),
    author: { id: user || null, name: name || user || "unknown", is_sophia: isSophia, is_bot: Boolean(botId) },
    text: readableText(message, names),
    ...(forwarded.length > 0 && { forwarded }),
    replies: message.reply_count ?? 0,
    reactions: (message.reactions ?? []).map((reaction) => ({ name: reaction.name, count: reaction.count ?? 1 })),
    files: fileNames(message),
    edited: Boolean(message.edited),
    url: linkTo(place, ts, threadTs ?? null, identity),
  };
}

/** The one that was sent, the asker's, or UTC. Throws UserError for what is no zone. */
export async function timeZoneFor(sent: string | undefined, session: SlackSession): Promise<string> {
  if (sent !== undefined) return checkTimeZone("time_zone", sent);
  return (await session.asker())?.person.timeZone ?? "UTC";
}
