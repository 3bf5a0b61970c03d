import { ServiceError } from "../core/errors.ts";
import { mayBePosted, type Replies } from "../storage/replies.ts";
import type { TurnOutcome } from "../storage/turns.ts";
import type { AgentRun } from "../turns/run-turn.ts";
import { type ChannelBook, type ChannelProblem, problemOf } from "./routes.ts";

/** What is common to messages that code writes, and that another turn may write later. */
export interface PostingOptions {
  /** Tells what an earlier attempt may have posted. */
  replies: Pick<Replies, "parts">;
  channels: ChannelBook;
}

/** Whether an earlier attempt has posted it; all that it said stands in the turn's steps. */
export async function isPosted({ turn, attempt }: AgentRun, { replies }: PostingOptions): Promise<boolean> {
  return attempt > 1 && (await replies.parts(turn.id)).some(({ ts }) => ts !== undefined);
}

/** For before the work, which may be for nothing. Who reads the channel is asked anew right before something is shown (root-guard.ts). */
export async function channelProblem(
  { turn }: AgentRun,
  { channels }: PostingOptions,
): Promise<Exclude<ChannelProblem, "away"> | undefined> {
  const problem = problemOf(await channels.find(turn.channel));
  if (problem !== "away") return problem;
  throw new ServiceError("Slack did not say who reads the channel.", { service: "Slack", retryable: true });
}

/**
 * Where a service stays away, Slack before the message is shown among them, it is put off for another turn. Never twice: where
 * something may have been posted the same turn is carried on.
 */
export async function orPutOff(
  { turn, reply, signal }: AgentRun,
  { replies }: PostingOptions,
  work: () => Promise<TurnOutcome>,
  putOff: (error: ServiceError) => TurnOutcome | Promise<TurnOutcome>,
): Promise<TurnOutcome> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    const mayPass = error instanceof ServiceError && error.retryable;
    if (!mayPass || (await mayBePosted(replies, turn.id))) throw error;
    await reply.finish();
    return putOff(error);
  }
}
