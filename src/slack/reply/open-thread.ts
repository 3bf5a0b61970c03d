import { ReplyRefusedError } from "../../agent/ports.ts";
import type { ServiceError } from "../../core/errors.ts";
import type { Turn } from "../../storage/turns.ts";
import type { SlackOutcome } from "../client.ts";
import { safeMarkdown } from "../markdown/safe.ts";
import { toMrkdwn } from "../markdown/mrkdwn.ts";
import { escapeText } from "../message-text.ts";
import type { People } from "../people.ts";
import { metadataTypes } from "../surface.ts";
import { findInChannel } from "./orphans.ts";
import { replyError } from "./reply-error.ts";
import type { PatientCalls } from "./patient-calls.ts";

export interface ThreadOpener {
  calls: PatientCalls;
  people: People;
  /** A link to where the question was asked, if it was moved here because others read along there. */
  movedHere?: string | undefined;
}

const nowhereToPost =
  "Slack lets me post neither here nor in a direct message to you, so I cannot answer. Please invite me to a channel and ask there.";
const mostTries = 5;

/** Whether a turn has no thread yet: before its question is posted, or its answer where that begins at the root. */
export function lacksThread(turn: Pick<Turn, "threadTs" | "sourceKey">): boolean {
  return turn.threadTs === turn.sourceKey;
}

/**
 * Posts a question that stands nowhere, so that there is a thread for the answer. A question that an earlier attempt posted
 * is found by its metadata and not posted again. Where Slack refuses it in the channel, for whatever reason, the person
 * gets it in a direct message. Throws as `replyError` says where Slack takes it neither in the channel nor in
 * a direct message.
 */
export async function openThread(turn: Turn, opener: ThreadOpener): Promise<{ channel: string; threadTs: string }> {
  const here = await postQuestion(turn, turn.channel, opener);
  if (typeof here === "string") return { channel: turn.channel, threadTs: here };
  if (here.kind !== "refused") throw replyError("chat.postMessage", here);
  const opened = await opener.calls.repeat("conversations.open", { users: turn.userId });
  if (opened.kind === "refused") throw await told(turn, opener, replyError("conversations.open", opened));
  const channel = String((opened.data["channel"] as { id?: unknown } | undefined)?.id);
  const direct = await postQuestion(turn, channel, opener);
  if (typeof direct !== "string") throw await told(turn, opener, replyError("chat.postMessage", direct));
  return { channel, threadTs: direct };
}

/** Gives the error back when the person has been told of it, if no other attempt follows and Slack lets them be told. */
async function told(turn: Turn, { calls }: ThreadOpener, error: ServiceError): Promise<ServiceError> {
  const { channel, userId: user } = turn;
  if (error instanceof ReplyRefusedError) await calls.try("chat.postEphemeral", { channel, user, text: nowhereToPost });
  return error;
}

type Failure = Exclude<SlackOutcome, { kind: "ok" }>;

async function postQuestion(turn: Turn, channel: string, opener: ThreadOpener): Promise<string | Failure> {
  const { calls, people, movedHere } = opener;
  let mayExist = turn.attempt > 1;
  const asker = await people.find(turn.userId);
  const asked = movedHere === undefined ? `*${escapeText(asker.name)}* asked` : `From ${movedHere}. You asked`;
  const message = {
    channel,
    text: `${asked}: ${toMrkdwn(safeMarkdown(turn.text))}`.slice(0, 3_000),
    metadata: { event_type: metadataTypes.question, event_payload: { turn_id: turn.id } },
    unfurl_links: false,
    unfurl_media: false,
  };
  for (let tries = 0; ; tries++) {
    const found = mayExist ? await findInChannel({ ...turn, channel }, isQuestion, calls) : undefined;
    if (found !== undefined) return found;
    const outcome = await calls.try("chat.postMessage", message);
    if (outcome.kind === "ok") return String(outcome.data["ts"]);
    if (outcome.kind === "refused" || tries >= mostTries) return outcome;
    mayExist = true;
    await calls.pauseAfter(tries, "chat.postMessage", outcome);
  }
}

function isQuestion(eventType: string): boolean {
  return eventType === metadataTypes.question;
}
