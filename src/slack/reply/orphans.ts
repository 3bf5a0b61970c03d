import { metadataTypes } from "../surface.ts";
import type { PatientCalls } from "./patient-calls.ts";
import type { ReplyDependencies, ReplyTarget } from "./types.ts";

export interface ThreadMessage {
  ts: string;
  text?: string;
  blocks?: { type: string; [field: string]: unknown }[];
  user?: string;
  bot_id?: string;
  metadata?: { event_type?: string; event_payload?: { turn_id?: string; part?: number } };
}

const mostPages = 10;
/** Slack's clock and the database's may differ by so much. */
const lookBackMs = 60_000;

/**
 * The message of a part whose `ts` was lost with a crash or a cut connection; undefined if it never reached Slack. It is
 * ours, stands in the thread after the question, and is in no row; its metadata says which part it is, where it has any.
 */
export async function findOrphan(
  target: ReplyTarget,
  part: number,
  calls: PatientCalls,
  deps: ReplyDependencies,
): Promise<string | undefined> {
  const { botUserId, botId } = deps.workspace;
  const messages = (await threadMessages(target, calls)).filter(
    (message) =>
      message.ts !== target.threadTs &&
      (message.user === botUserId || (botId !== undefined && message.bot_id === botId)) &&
      mayBe(message, target.id, part),
  );
  if (messages.length === 0) return undefined;
  const known = await deps.replies.known(
    target.channel,
    messages.map((message) => message.ts),
  );
  const orphans = messages.filter((message) => !known.has(message.ts));
  return (orphans.find((message) => message.metadata?.event_payload?.part === part) ?? orphans[0])?.ts;
}

/** A stream has its metadata only from its end on, so none says nothing. */
function mayBe({ metadata }: ThreadMessage, turnId: string, part: number): boolean {
  if (!metadata?.event_type) return true;
  const { turn_id, part: itsPart } = metadata.event_payload ?? {};
  return metadata.event_type === metadataTypes.reply && turn_id === turnId && Number(itsPart) === part;
}

/** What stands in the thread from the question on; nothing where Slack does not show it. */
export async function threadMessages(target: ReplyTarget, calls: PatientCalls): Promise<ThreadMessage[]> {
  const found: ThreadMessage[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const outcome = await calls.repeat("conversations.replies", {
      channel: target.channel,
      ts: target.threadTs,
      oldest: target.messageTs ?? target.threadTs,
      include_all_metadata: true,
      limit: 200,
      cursor,
    });
    // A thread without any answer yet may be unknown to Slack.
    if (outcome.kind === "refused") return found;
    found.push(...((outcome.data["messages"] as ThreadMessage[] | undefined) ?? []));
    cursor = (outcome.data["response_metadata"] as { next_cursor?: string } | undefined)?.next_cursor;
    if (!cursor) return found;
  }
  return found;
}

/** The first message of an answer at the root whose `ts` was lost; undefined if it never reached Slack. */
export function findRoot(target: ReplyTarget, calls: PatientCalls): Promise<string | undefined> {
  return findInChannel(target, (type, part) => type === metadataTypes.reply && Number(part) === 0, calls);
}

/** A message that stands for a turn in the channel itself, by its metadata. */
export async function findInChannel(
  { id, channel, createdAt }: Pick<ReplyTarget, "id" | "channel" | "createdAt">,
  isMeant: (eventType: string, part: number | undefined) => boolean,
  calls: PatientCalls,
): Promise<string | undefined> {
  const oldest = String((createdAt.getTime() - lookBackMs) / 1_000);
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const args = { channel, oldest, include_all_metadata: true, limit: 200, cursor };
    const outcome = await calls.repeat("conversations.history", args);
    if (outcome.kind === "refused") return undefined;
    const messages = (outcome.data["messages"] as ThreadMessage[] | undefined) ?? [];
    const found = messages.find(({ metadata: { event_type = "", event_payload = {} } = {} }) => {
      return event_payload.turn_id === id && isMeant(event_type, event_payload.part);
    });
    if (found) return found.ts;
    cursor = (outcome.data["response_metadata"] as { next_cursor?: string } | undefined)?.next_cursor;
    if (!cursor) return undefined;
  }
  return undefined;
}
