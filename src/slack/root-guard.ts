import { type Reply, ReplyRefusedError } from "../agent/ports.ts";
import { ServiceError } from "../core/errors.ts";
import { interruptionOf } from "../turns/interruption.ts";
import type { OpenReply } from "../turns/run-turn.ts";
import { isUnasked } from "../turns/unasked-reply.ts";
import { type ChannelProblem, problemOf } from "../workflows/routes.ts";
import type { Channels } from "./channels.ts";
import { systemWait, type Wait } from "./wait.ts";

export interface RootGuardOptions {
  channels: Pick<Channels, "findNow">;
  wait?: Wait | undefined;
}

/** Slack's own words for it, where it has some. */
const codes: Record<Exclude<ChannelProblem, "away">, string> = {
  not_found: "channel_not_found",
  not_in: "not_in_channel",
  archived: "is_archived",
  shared: "external_channel",
};
/** Milliseconds before each further look at a channel of which Slack does not tell. */
const pausesMs = [1_000, 5_000, 20_000, 60_000];

/**
 * The one place that all answers pass that nobody asked for: right before such an answer is shown, Slack is asked who reads the
 * channel. Where another company does by now, nothing is shown. Where Slack does not say, neither is it, and another attempt follows.
 */
export function guardingRoots(open: OpenReply, { channels, wait = systemWait }: RootGuardOptions): OpenReply {
  return async (turn, attempt, signal, events) => {
    if (!isUnasked(turn)) return open(turn, attempt, signal, events);
    const ending = new AbortController();
    const reply = await open(turn, attempt, AbortSignal.any([signal, ending.signal]), events);
    const isLeft = (): boolean => signal.aborted && interruptionOf(signal) !== "stop";
    const end = <E extends Error>(error: E): E => {
      ending.abort(error);
      return error;
    };
    const look = async (): Promise<void> => {
      for (const pause of [...pausesMs, undefined]) {
        // Nothing is sent by an answer that is left.
        if (isLeft()) return;
        const problem = problemOf(await channels.findNow(turn.channel));
        if (problem === undefined) return;
        if (problem !== "away") {
          const error = new ReplyRefusedError("chat.postMessage", codes[problem]);
          events.refused(error);
          throw end(error);
        }
        if (pause !== undefined) await wait(pause, signal);
      }
      const words = "Slack does not say just now who reads the channel.";
      throw end(new ServiceError(words, { service: "Slack", retryable: true }));
    };
    return lookingBefore(reply, look);
  };
}

/** Looks once, before something is shown: nothing is, before its end. */
function lookingBefore(reply: Reply, look: () => Promise<void>): Reply {
  let isEmpty = true;
  let looked: Promise<void> | undefined;
  const shown = <Given extends unknown[]>(show: (...given: Given) => void) => {
    return (...given: Given): void => {
      isEmpty = false;
      show(...given);
    };
  };
  const ended = (end: () => Promise<void>) => async (): Promise<void> => {
    if (!isEmpty) await (looked ??= look());
    await end();
  };
  return {
    status: (text) => reply.status(text),
    breakPage: () => reply.breakPage(),
    write: shown((markdown) => reply.write(markdown)),
    task: shown((update) => reply.task(update)),
    breakOff: (note) => {
      // Without words it only ends what stands there.
      if (note !== "") isEmpty = false;
      reply.breakOff(note);
    },
    giveUp: shown((sentence) => reply.giveUp(sentence)),
    buttons: shown((buttons) => reply.buttons(buttons)),
    image: shown((image) => reply.image(image)),
    finish: ended(() => reply.finish()),
    suspend: ended(() => reply.suspend()),
  };
}
