import { UserError } from "../../src/core/errors.ts";
import type { Message } from "./answers.ts";
import type { Place } from "./places.ts";
import type { SlackSession } from "./session.ts";

/** A message as arguments name it: by channel and `ts`, or by its link. */
export interface MessageReference {
  channel: string;
  ts: string;
  /** Where the link says so: the root of the thread that it is a reply in. */
  threadTs: string | undefined;
}

const timestamp = /^\d{10}\.\d{6}$/;
const link = /^https:\/\/[a-z0-9.-]+\.slack\.com\/archives\/([CDG][A-Z0-9]+)\/p(\d{10})(\d{6})(?:\?(\S*))?$/i;

/** `argument`: the one that holds the `ts` or the link. Throws UserError. */
export function messageReference(channel: string | undefined, text: string, argument: string): MessageReference {
  const wanted = text.trim();
  const [, id, whole, fraction, query = ""] = link.exec(wanted) ?? [];
  if (id) {
    const threadTs = new URLSearchParams(query).get("thread_ts") ?? undefined;
    return {
      channel: id,
      ts: `${whole}.${fraction}`,
      threadTs: threadTs && timestamp.test(threadTs) ? threadTs : undefined,
    };
  }
  if (!timestamp.test(wanted)) {
    throw new UserError(`${argument} must be a message's ts, such as 1763485200.000100, or its link in Slack.`);
  }
  if (channel === undefined) throw new UserError(`Send channel as well: a ts alone does not say where the message is.`);
  return { channel, ts: wanted, threadTs: undefined };
}

/** Throws UserError where there is no such message. */
export async function messageAt(
  session: SlackSession,
  place: Place,
  { ts, threadTs }: MessageReference,
  argument: string,
): Promise<Message> {
  if (place.id === "") throw noMessage(place, ts, argument);
  // A reply is not in the channel's history. Of a thread that is asked for by a reply, Slack shows the reply or the root.
  const span = { oldest: ts, latest: ts, limit: 1 };
  const near = (root: string) => session.api.replies(place.id, root, span, session.scope);
  const asked = (await near(threadTs ?? ts))?.items ?? [];
  const root = asked[0]?.thread_ts;
  const isThere = asked.some((message) => message.ts === ts);
  const items = isThere || !root ? asked : ((await near(root))?.items ?? []);
  const found = items.find((message) => message.ts === ts);
  if (found) return found;
  throw noMessage(place, ts, argument);
}

function noMessage({ label }: Place, ts: string, argument: string): UserError {
  return new UserError(`${argument}: there is no message ${ts} in ${label}. Take it from read_channel or read_thread.`);
}

/** The `ts` of the thread that a message is in, or of the one that it would begin. Throws UserError where there is no such message. */
export async function threadOf(
  session: SlackSession,
  place: Place,
  reference: MessageReference,
  argument: string,
): Promise<string> {
  const message = await messageAt(session, place, reference, argument);
  return message.thread_ts ?? message.ts;
}
