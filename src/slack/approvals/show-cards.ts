import type { Approvals as AgentApprovals } from "../../agent/ports.ts";
import type { NewId } from "../../core/ids.ts";
import type { Approval, Approvals } from "../../storage/approvals.ts";
import type { People } from "../people.ts";
import { PatientCalls, type PatientCallsOptions } from "../reply/patient-calls.ts";
import { replyError } from "../reply/reply-error.ts";
import { metadataTypes } from "../surface.ts";
import { type CardMessage, type Names, renderCard, writesOnCard } from "./card.ts";

export interface ShowCardsOptions extends PatientCallsOptions {
  approvals: Approvals;
  people: Pick<People, "find">;
  newId: NewId;
}

export interface Cards extends AgentApprovals {
  /** Makes a card show what is so. */
  update(cardId: string): Promise<void>;
  /** The same for every card that shows something else. */
  refresh(): Promise<void>;
}

interface Thread {
  channel: string;
  threadTs: string;
}

const mostTries = 5;
const postWithinMs = 60_000;

/** Posts the card of what a turn waits for into its thread, once: one that was posted before is found by its metadata. */
export function createCards(options: ShowCardsOptions): Cards {
  const { approvals, people, newId } = options;
  const update = oneByOne((cardId) => show(cardId, options));
  return {
    show: async (turn, signal) => {
      const undecided = (await approvals.ofTurn(turn.id)).filter(({ status }) => status === "planned");
      const waiting = await approvals.onCards(turn.id, newId("card"), writesOnCard(undecided));
      for (const [cardId, ofCard] of Map.groupBy(waiting, (approval) => approval.cardId ?? "")) {
        // Where the turn stands by now: it may have had no thread when it was begun.
        const place = ofCard.find(({ cardTs }) => cardTs === undefined);
        if (!place) continue;
        const message = renderCard(ofCard, await namesOf(ofCard, people));
        await approvals.posted(cardId, await post(cardId, message, place, options, signal));
      }
    },
    update,
    refresh: async () => {
      await Promise.all((await approvals.stale()).map(update));
    },
  };
}

/** One card at a time, or what was rendered first could arrive last. */
function oneByOne(work: (cardId: string) => Promise<void>): (cardId: string) => Promise<void> {
  const last = new Map<string, Promise<void>>();
  return (cardId) => {
    const next = (last.get(cardId) ?? Promise.resolve()).then(() => work(cardId));
    // Whoever asked hears how it ended; who comes next waits for the end alone.
    const forget = (): void => {
      if (last.get(cardId) === ended) last.delete(cardId);
    };
    const ended = next.then(forget, forget);
    last.set(cardId, ended);
    return next;
  };
}

/** Where Slack will never take it, it is not tried again; a write that nobody was asked about gets its card now. */
async function show(cardId: string, options: ShowCardsOptions): Promise<void> {
  const { approvals, people, client, logger } = options;
  const ofCard = await approvals.ofCard(cardId);
  const [first] = ofCard;
  if (!first) return;
  const message = renderCard(ofCard, await namesOf(ofCard, people));
  if (first.cardTs === undefined) {
    await approvals.posted(cardId, await post(cardId, message, first, options, AbortSignal.timeout(postWithinMs)));
  } else {
    const outcome = await client.try("chat.update", { channel: first.channel, ts: first.cardTs, ...message });
    if (outcome.kind === "refused") logger.warn({ cardId, code: outcome.code }, "a card could not be changed");
    else if (outcome.kind !== "ok") return;
  }
  await approvals.shown(cardId, ofCard);
}

async function namesOf(approvals: readonly Approval[], people: Pick<People, "find">): Promise<Names> {
  const ids = new Set(approvals.flatMap(({ decidedBy, editedBy }) => [decidedBy ?? [], editedBy ?? []].flat()));
  return new Map(await Promise.all([...ids].map(async (id) => [id, (await people.find(id)).name] as const)));
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
