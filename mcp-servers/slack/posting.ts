import { ServiceError } from "../../src/core/errors.ts";
import type { Timer } from "../shared/timer.ts";
import type { NewMessage } from "./api.ts";
import type { Place } from "./places.ts";
import type { SlackSession } from "./session.ts";

/** Of every message that the tools send: by it they are told from Sophia's answers, and found again. */
export const messageType = "sophia_tool_message";

/** Milliseconds before each look for a message whose outcome is not known: Slack may still be at it. */
const looks = [0, 1_000, 3_000];
/** The newest of a channel, and pages of a thread, of which the newest come last. */
const recent = 50;
const mostThreadPages = 5;

export interface Outgoing {
  place: Place;
  threadTs: string | undefined;
  text: string;
  /** Who had it sent. */
  askedBy: string;
}

interface Sender {
  session: SlackSession;
  timer: Timer;
  id: string;
}

/**
 * Sends it once; the message's `ts`. Where Slack does not say whether it was sent, it is looked for. Throws ServiceError that
 * says so if it cannot be found.
 */
export async function post(outgoing: Outgoing, sender: Sender): Promise<string> {
  const { session, id } = sender;
  return sendOnce(
    () => session.api.post(newMessage(outgoing, id), id, session.scope),
    () => findPosted(outgoing, sender),
    `The message is not in ${outgoing.place.label} so far. Look there before sending it again.`,
    sender,
  );
}

/** The same for a message that is to come. `postAt`: seconds since the epoch. Its id. */
export async function schedule(outgoing: Outgoing, postAt: number, sender: Sender): Promise<string> {
  const { session, id } = sender;
  return sendOnce(
    () => session.api.schedule(newMessage(outgoing, id), postAt, session.scope),
    async () => {
      const due = await session.api.scheduledFor(outgoing.place.id, postAt, session.scope);
      return due.find(({ text }) => text.trim() === outgoing.text.trim())?.id;
    },
    `No such message is scheduled for ${outgoing.place.label} so far. Do not schedule it again unless it stays away at its time.`,
    sender,
  );
}

function newMessage({ place, threadTs, text, askedBy }: Outgoing, id: string): NewMessage {
  const metadata = { event_type: messageType, event_payload: { id, asked_by: askedBy } };
  return { channel: place.id, text, threadTs, metadata };
}

async function sendOnce(
  send: () => Promise<string>,
  find: () => Promise<string | undefined>,
  otherwise: string,
  { session, timer }: Sender,
): Promise<string> {
  try {
    return await send();
  } catch (error) {
    if (!isDoubtful(error)) throw error;
    const found = await look(find, session, timer);
    if (found !== undefined) return found;
    const { service, status } = error;
    const what = status === undefined ? "gave no answer" : `failed on its side (${status})`;
    const message = `Slack ${what}, so that it is not known whether this was carried out. ${otherwise}`;
    throw new ServiceError(message, { service, ...(status && { status }), retried: true, cause: error });
  }
}

/** Nothing came back, or nothing that says that it was not done. */
function isDoubtful(error: unknown): error is ServiceError {
  if (!(error instanceof ServiceError)) return false;
  return error.status === undefined ? error.retryable : error.status >= 500;
}

async function look(
  find: () => Promise<string | undefined>,
  { scope }: SlackSession,
  timer: Timer,
): Promise<string | undefined> {
  for (const pause of looks) {
    if (timer.now() + pause >= scope.until) return undefined;
    await timer.sleep(pause, scope.signal);
    try {
      const found = await find();
      if (found !== undefined) return found;
    } catch (error) {
      // Slack does not let us look either: that the outcome is not known is then all that there is to say.
      if (!(error instanceof ServiceError)) throw error;
      return undefined;
    }
  }
  return undefined;
}

async function findPosted({ place, threadTs }: Outgoing, { session, id }: Sender): Promise<string | undefined> {
  const { api, scope } = session;
  if (threadTs === undefined) {
    const { items } = await api.history(place.id, { limit: recent }, scope);
    return items.find(({ metadata }) => metadata?.event_payload?.id === id)?.ts;
  }
  let cursor: string | undefined;
  for (let pages = 0; pages < mostThreadPages; pages++) {
    const page = await api.replies(place.id, threadTs, { limit: 200, cursor }, scope);
    const found = page?.items.find(({ metadata }) => metadata?.event_payload?.id === id);
    if (found) return found.ts;
    cursor = page?.next;
    if (cursor === undefined) return undefined;
  }
  return undefined;
}
