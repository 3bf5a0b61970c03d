import type { Approvals as AgentApprovals } from "../../agent/ports.ts";
import type { NewId } from "../../core/ids.ts";
import type { Approvals } from "../../storage/approvals.ts";
import { PatientCalls, type PatientCallsOptions } from "../reply/patient-calls.ts";
import { replyError } from "../reply/reply-error.ts";
import { metadataTypes } from "../surface.ts";
import { type CardMessage, renderCard, writesOnCard } from "./card.ts";

export interface ShowCardsOptions extends PatientCallsOptions {
  approvals: Approvals;
  newId: NewId;
}

interface Thread {
  channel: string;
  threadTs: string;
}

const mostTries = 5;

/** Posts the card of what a turn waits for into its thread, once: one that was posted before is found by its metadata. */
export function createCards(options: ShowCardsOptions): AgentApprovals {
  const { approvals, newId } = options;
  return {
    show: async (turn, signal) => {
      const undecided = (await approvals.ofTurn(turn.id)).filter(({ status }) => status === "pending");
      const together = writesOnCard(undecided.map(({ preview }) => preview));
      const waiting = await approvals.onCards(turn.id, newId("card"), together);
      for (const [cardId, ofCard] of Map.groupBy(waiting, (approval) => approval.cardId ?? "")) {
        if (ofCard.every(({ cardTs }) => cardTs !== undefined)) continue;
        await approvals.shown(cardId, await post(cardId, renderCard(ofCard, { buttons: true }), turn, options, signal));
      }
    },
  };
}

async function post(
  cardId: string,
  message: CardMessage,
  { channel, threadTs }: Thread,
  options: PatientCallsOptions,
  signal: AbortSignal,
): Promise<string> {
  const calls = new PatientCalls(options, signal);
  calls.startDeadline();
  const unfurl = { unfurl_links: false, unfurl_media: false };
  for (let tries = 0; ; tries++) {
    const found = await find(cardId, { channel, threadTs }, calls);
    if (found !== undefined) return found;
    signal.throwIfAborted();
    const outcome = await calls.try("chat.postMessage", { channel, thread_ts: threadTs, ...message, ...unfurl });
    if (outcome.kind === "ok") return String(outcome.data["ts"]);
    if (outcome.kind === "refused" || tries >= mostTries) throw replyError("chat.postMessage", outcome);
    await calls.pauseAfter(tries, "chat.postMessage", outcome);
  }
}

interface ThreadMessage {
  ts: string;
  metadata?: { event_type?: string; event_payload?: { card_id?: string } };
}

async function find(cardId: string, { channel, threadTs }: Thread, calls: PatientCalls): Promise<string | undefined> {
  let cursor: string | undefined;
  do {
    const outcome = await calls.repeat("conversations.replies", {
      channel,
      ts: threadTs,
      include_all_metadata: true,
      limit: 200,
      cursor,
    });
    // A thread without any answer yet may be unknown to Slack.
    if (outcome.kind === "refused") return undefined;
    const messages = (outcome.data["messages"] as ThreadMessage[] | undefined) ?? [];
    const card = messages.find(
      ({ metadata }) => metadata?.event_type === metadataTypes.approval && metadata.event_payload?.card_id === cardId,
    );
    if (card) return card.ts;
    cursor = (outcome.data["response_metadata"] as { next_cursor?: string } | undefined)?.next_cursor || undefined;
  } while (cursor !== undefined);
  return undefined;
}
