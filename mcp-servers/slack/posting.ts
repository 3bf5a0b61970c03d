import { ServiceError } from "../../src/core/errors.ts";
import type { SentWrite, ToolContext } from "../shared/define-tool.ts";
import type { Timer } from "../shared/timer.ts";
import type { NewMessage } from "./api.ts";
import type { SlackClient } from "./client.ts";
import { findPosted, lookForScheduled, messageType, type Outgoing } from "./posted.ts";
import type { SlackSession } from "./session.ts";

/** Milliseconds before each look for a message whose outcome is not known: Slack may still be at it. */
const looks = [0, 1_000, 3_000];

interface Sender {
  session: SlackSession;
  timer: Timer;
  write: SentWrite;
  /** Whether the write's id is the ledger's, which looks for it again by that alone. */
  isRecorded: boolean;
}

export function senderOf({ client, clock, writeId }: ToolContext<SlackClient>, session: SlackSession): Sender {
  const write = { id: writeId ?? client.newId(), sentAt: new Date(clock.now()) };
  return { session, timer: client.timer, write, isRecorded: writeId !== undefined };
}

/**
 * Sends it once; the message's `ts`. Where Slack does not say whether it was sent, it is looked for. Throws ServiceError that
 * says so if it cannot be found.
 */
export async function post(outgoing: Outgoing, sender: Sender): Promise<string> {
  const { session, write } = sender;
  return sendOnce(
    () => session.api.post(newMessage(outgoing, sender), write.id, session.scope),
    () => findPosted(outgoing, write, session),
    `The message is not in ${outgoing.place.label} so far. Look there before sending it again.`,
    sender,
  );
}

/** The same for a message that is to come. `postAt`: seconds since the epoch. Its id. */
export async function schedule(outgoing: Outgoing, postAt: number, sender: Sender): Promise<string> {
  const { session, write } = sender;
  return sendOnce(
    () => session.api.schedule(newMessage(outgoing, sender), postAt, session.scope),
    async () => (await lookForScheduled(outgoing, postAt, write, session)).same[0]?.id,
    `No such message is scheduled for ${outgoing.place.label} so far. Do not schedule it again unless it stays away at its time.`,
    sender,
  );
}

function newMessage({ place, threadTs, text, askedBy }: Outgoing, { write, isRecorded }: Sender): NewMessage {
  const payload = { id: write.id, asked_by: askedBy, ...(isRecorded && { recorded: true }) };
  const metadata = { event_type: messageType, event_payload: payload };
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
    throw new ServiceError(message, {
      service,
      ...(status && { status }),
      retried: true,
      outcomeUnknown: true,
      cause: error,
    });
  }
}

/** Nothing came back, or nothing that says that it was not done. */
function isDoubtful(error: unknown): error is ServiceError {
  if (!(error instanceof ServiceError)) return false;
  return error.status === undefined ? error.retryable || error.outcomeUnknown : error.status >= 500;
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
