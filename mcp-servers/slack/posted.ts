import type { SentWrite } from "../shared/define-tool.ts";
import { earliestOf, type Found } from "../shared/look-up.ts";
import type { Message } from "./answers.ts";
import type { ScheduledMessage } from "./api.ts";
import { plainText } from "./incoming.ts";
import type { Place } from "./places.ts";
import type { SlackSession } from "./session.ts";

/** Of every message that the tools send: by it they are told from Sophia's answers, and found again. */
export const messageType = "sophia_tool_message";

export interface Outgoing {
  place: Place;
  threadTs: string | undefined;
  text: string;
  /** Who had it sent. */
  askedBy: string;
}

const pageSize = 200;
const mostPages = 5;

/** What stands in the channel, or in the thread, since a write was sent. `isCut`: there is more than was read. */
async function messagesSince(
  { place, threadTs }: Outgoing,
  write: SentWrite,
  { api, scope }: SlackSession,
): Promise<{ items: Message[]; isCut: boolean }> {
  const items: Message[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < mostPages; pages++) {
    const span = { oldest: (earliestOf(write) / 1000).toFixed(6), limit: pageSize, cursor };
    const reading =
      threadTs === undefined ? api.history(place.id, span, scope) : api.replies(place.id, threadTs, span, scope);
    const page = await reading;
    items.push(...(page?.items ?? []));
    cursor = page?.next;
    if (cursor === undefined) return { items, isCut: false };
  }
  return { items, isCut: true };
}

/** The `ts` of the message that this write sent. */
export async function findPosted(
  outgoing: Outgoing,
  write: SentWrite,
  session: SlackSession,
): Promise<string | undefined> {
  const { items } = await messagesSince(outgoing, write, session);
  return items.find((message) => isOf(message, write))?.ts;
}

/** The same by contents too, for what was sent without the ledger's id. `isCut`: not all was read, and nothing was found. */
export async function lookForPosted(
  outgoing: Outgoing,
  write: SentWrite,
  session: SlackSession,
): Promise<Found<Message> & { isCut: boolean }> {
  // A direct message that was never opened.
  if (outgoing.place.id === "") return { same: [], isCut: false };
  const { items, isCut } = await messagesSince(outgoing, write, session);
  const own = items.find((message) => isOf(message, write));
  const same = own ? [own] : items.filter((message) => isLike(message, outgoing));
  return { same, isCut: isCut && same.length === 0 };
}

/** Slack shows no metadata of what is scheduled: it is known by place, second and words. */
export async function lookForScheduled(
  { place, text }: Outgoing,
  postAt: number,
  write: SentWrite,
  { api, scope }: SlackSession,
): Promise<Found<ScheduledMessage>> {
  if (place.id === "") return { same: [] };
  const due = await api.scheduledFor(place.id, postAt, scope);
  const since = due.filter(({ createdAt }) => createdAt === undefined || createdAt * 1000 >= earliestOf(write));
  const { same = [], alike = [] } = Object.groupBy(since, (one) => (sameWords(one.text, text) ? "same" : "alike"));
  return { same, alike };
}

function isOf({ metadata }: Message, { id }: SentWrite): boolean {
  return metadata?.event_type === messageType && metadata.event_payload?.id === id;
}

function isLike({ metadata, text }: Message, outgoing: Outgoing): boolean {
  const { event_type: type, event_payload: payload } = metadata ?? {};
  const isUnrecorded = type === messageType && payload?.recorded !== true && payload?.asked_by === outgoing.askedBy;
  return isUnrecorded && sameWords(text ?? "", outgoing.text);
}

/** Slack writes Markdown in its own way: what is bold there has other marks. */
function sameWords(left: string, right: string): boolean {
  const words = (text: string) =>
    plainText(text, unnamed)
      .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
      .trim();
  return words(left) === words(right);
}

const unnamed = { person: () => undefined, channel: () => undefined };
