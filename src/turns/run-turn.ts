import { type Reply, ReplyRefusedError, type Step } from "../agent/ports.ts";
import { ServiceError, SophiaError } from "../core/errors.ts";
import type { Logger } from "../observability/log.ts";
import { elapsed } from "../storage/deadline.ts";
import { type Claim, type Turn, TurnLostError, type TurnOutcome, type Turns } from "../storage/turns.ts";
import { interruptionOf, stoppedNote } from "./interruption.ts";
import { patienceMs } from "./patience.ts";
import type { RunningTurn, RunningTurns } from "./running-turns.ts";
import { isUnasked, UnaskedReply } from "./unasked-reply.ts";

/** One attempt at a turn, as the agent gets it. */
export interface AgentRun {
  turn: Turn;
  attempt: number;
  /** Steps of the thread's earlier turns, oldest first. */
  history: readonly Step[];
  /** Steps of this turn that earlier attempts have recorded. */
  steps: readonly Step[];
  reply: Reply;
  /** Records the steps that follow on those before. Called for one lot at a time; what it throws must end the run. */
  checkpoint: (steps: readonly Step[]) => Promise<void>;
  /**
   * Its reason is a TurnInterrupted, or a ReplyRefusedError. The agent ends at once, throwing it; what is still to be said
   * is said here.
   */
  signal: AbortSignal;
}

/** Runs a turn to its end. The reply is finished when it resolves; when it throws, it is finished here. */
export type RunAgent = (run: AgentRun) => Promise<TurnOutcome>;

/** What a reply tells of itself before it is finished. */
export interface ReplyEvents {
  /** A turn that had no thread has one, before its reply is open: a slash command's, whose question was posted. */
  placed: (thread: Pick<Turn, "channel" | "threadTs">) => void;
  /** Nobody will read the answer, whatever is still written: there is no use in going on. */
  refused: (error: ReplyRefusedError) => void;
}

/**
 * Opens the reply of a turn; from the second attempt on it continues whatever the earlier ones have sent. `signal` aborts
 * with a TurnInterrupted: where that is `lost`, another worker writes now, and this reply may send nothing more.
 */
export type OpenReply = (turn: Turn, attempt: number, signal: AbortSignal, events: ReplyEvents) => Promise<Reply>;

export interface RunnerOptions {
  turns: Turns;
  running: RunningTurns;
  workerId: string;
  leaseMs: number;
  /** Milliseconds that an interrupted agent or reply has to come to its end. */
  settleMs: number;
  runAgent: RunAgent;
  openReply: OpenReply;
  /** Tells the person whose turn it is, if anybody's, why a channel was not given the answer that nobody there asked for. It may be lost. */
  tellOwner: (turn: Turn, why: string) => Promise<void>;
  /** Called when an attempt has ended the turn, with its thread's next one, if any. */
  onFinished: (claim: Claim, outcome: TurnOutcome, next: string | undefined) => void;
  /** Called when an attempt has given a turn back for others to carry on. */
  onReleased: (claim: Claim) => void;
  logger: Logger;
}

/** So often may a turn be taken from a worker that died with it: then it is the turn that kills them. */
const maxTakeovers = 5;
/** Past this, not even the reply is opened, which may be what kills them. */
const maxTakeoversWithReply = maxTakeovers + 2;

const failed = "\n\nSomething went wrong on my side, so I had to stop here. It is logged; please ask me again.";
const givenUp =
  "\n\nI was cut off each time I tried to answer this, so I have given up. Please ask again, perhaps in smaller steps.";

/** What an attempt leaves to be done once its turn has ended. */
interface Ending {
  /** Why a channel was not given the answer that nobody there asked for. */
  unsaid?: string;
}

/** The records could not be reached: the turn is carried on from its last step once they can be. */
class CheckpointError extends Error {
  override name = "CheckpointError";
}

/** The reply cannot be opened, however often it is tried. */
class OpeningError extends Error {
  override name = "OpeningError";
}

/** Returns a function that claims and runs one turn, as often as its question is edited. It never rejects. */
export function createTurnRunner(options: RunnerOptions): (turnId: string) => Promise<void> {
  const { turns, running, workerId, leaseMs, logger } = options;

  /** Whether the turn is to be claimed and run again. */
  const attempt = async (claim: Claim, leasedAt: number): Promise<boolean> => {
    const run = running.start(claim, leasedAt);
    const ending: Ending = {};
    try {
      const outcome = await outcomeOf(run, options, ending)
        .catch((error: unknown) => refusedOutcome(error, claim, logger))
        .catch((error: unknown) => leftOutcome(error, run, options, ending));
      if (outcome) options.onFinished(claim, outcome, await turns.finish(claim, outcome));
      // Only now: an attempt that follows would tell it again.
      if (outcome && ending.unsaid !== undefined) await tellOwner(claim.turn, ending.unsaid, options);
      return !outcome && interruptionOf(run.signal) === "edited";
    } catch (error) {
      // Edited after its answer had been given, or taken over: the claim that follows tells.
      if (error instanceof TurnLostError) return true;
      // Whoever claims the turn once its lease has ended carries on from its last step.
      logger.error({ err: error, turnId: claim.turn.id, attempt: claim.attempt }, "a turn was left to another attempt");
      return false;
    } finally {
      running.end(run);
    }
  };

  return async (turnId) => {
    try {
      let again = true;
      while (again) {
        const leasedAt = performance.now();
        const claim = await turns.claim(turnId, workerId, leaseMs);
        again = claim !== undefined && (await attempt(claim, leasedAt));
      }
    } catch (error) {
      logger.error({ err: error, turnId }, "a turn could not be claimed; the sweep finds it");
    }
  };
}

/** How the attempt ended the turn; undefined where it leaves it to another attempt. */
async function outcomeOf(run: RunningTurn, options: RunnerOptions, ending: Ending): Promise<TurnOutcome | undefined> {
  const { claim, signal } = run;
  const { attempt, takeovers } = claim;
  let { turn } = claim;
  const gaveUp = { status: "failed", reason: "too_many_attempts" } as const;
  if (takeovers > maxTakeoversWithReply) return gaveUp;

  const events: ReplyEvents = {
    placed: ({ channel, threadTs }) => {
      turn = { ...turn, channel, threadTs };
    },
    refused: (error) => run.abandon(error),
  };
  const opened = await options.openReply(turn, attempt, signal, events).catch(rejectOpening);
  const onUnsaid = (why: string): void => {
    ending.unsaid = why;
  };
  const reply = isUnasked(turn) ? new UnaskedReply(opened, { mayStand: attempt > 1, onUnsaid }) : opened;
  if (takeovers > maxTakeovers) {
    await conclude(reply, givenUp);
    return gaveUp;
  }
  if (turn.stopRequested) {
    await conclude(reply, stoppedNote);
    return { status: "stopped" };
  }
  const agentsReply = severable(reply);
  const recorder = createRecorder(claim, options.turns);
  try {
    const { history, steps } = claim;
    const { checkpoint } = recorder;
    const work = options.runAgent({ turn, attempt, history, steps, reply: agentsReply, checkpoint, signal });
    return await settled(work, signal, options.settleMs);
  } catch (error) {
    agentsReply.sever();
    if (signal.reason instanceof ReplyRefusedError) throw signal.reason;
    if (error instanceof ReplyRefusedError) throw error;
    if (recorder.failure instanceof CheckpointError) throw recorder.failure;
    if (recorder.failure) await learnWhy(run, options);
    return await interrupted(run, reply, options, error);
  }
}

/** A fault of our own is met again by every attempt; what the records or Slack throw may pass. */
function rejectOpening(cause: unknown): never {
  throw isFault(cause) ? new OpeningError("A reply could not be opened.", { cause }) : cause;
}

function isFault(error: unknown): boolean {
  return [TypeError, RangeError, ReferenceError, SyntaxError].some((type) => error instanceof type);
}

/** Whether another attempt may do better: a service may come back, and so may the records. */
function mayPass(error: unknown): boolean {
  return error instanceof SophiaError ? error instanceof ServiceError && error.retryable : !isFault(error);
}

/** Nobody can be told, so the turn ends here and its thread goes on. Throws what another attempt may mend. */
function refusedOutcome(error: unknown, { turn, attempt }: Claim, logger: Logger): TurnOutcome {
  if (error instanceof OpeningError) {
    logger.error({ err: error, turnId: turn.id, attempt }, "an answer cannot be opened; the turn has failed");
    return { status: "failed", reason: "reply: not opened" };
  }
  if (!(error instanceof ReplyRefusedError)) throw error;
  const { code } = error;
  logger.warn({ turnId: turn.id, attempt, code }, "Slack takes no answer there; the turn has failed");
  return { status: "failed", reason: `reply: ${code}` };
}

/**
 * Nobody waits for what nobody asked for: where it failed of what may pass it is left for minutes, which does not count as a crash, and
 * no words are lost on the channel. It fails where that has gone on for too long.
 */
async function leftOutcome(
  error: unknown,
  run: RunningTurn,
  { turns, logger }: RunnerOptions,
  ending: Ending,
): Promise<TurnOutcome> {
  const { turn, attempt } = run.claim;
  if (!isUnasked(turn) || !mayPass(error)) throw error;
  // Its reply sends nothing more.
  run.interrupt("lost");
  if (await leave(run.claim, turns, logger)) throw error;
  logger.error({ err: error, turnId: turn.id, attempt }, "a turn failed");
  ending.unsaid = sentenceOf(error).trim();
  return failedBy(error);
}

/** False where it was left too often already. */
async function leave(claim: Claim, turns: Turns, logger: Logger): Promise<boolean> {
  try {
    return await turns.leave(claim, patienceMs(claim.turn));
  } catch (error) {
    logger.warn({ err: error, turnId: claim.turn.id }, "a turn could not be left, so its lease has to run out");
    return true;
  }
}

async function tellOwner(turn: Turn, why: string, options: RunnerOptions): Promise<void> {
  await options.tellOwner(turn, why).catch((error: unknown) => {
    options.logger.warn({ err: error, turnId: turn.id }, "nobody could be told of an answer that was not given");
  });
}

function sentenceOf(error: unknown): string {
  return error instanceof SophiaError ? `\n\n${error.message}` : failed;
}

function failedBy(error: unknown): TurnOutcome {
  return { status: "failed", reason: error instanceof Error ? error.name : "unknown" };
}

/** A step was refused before word came of an edit or of another worker: which of them it was decides about the reply. */
async function learnWhy(run: RunningTurn, { turns, workerId, leaseMs }: RunnerOptions): Promise<void> {
  const { id } = run.claim.turn;
  const { edited } = await turns.renew(workerId, [id], leaseMs);
  run.interrupt(edited.includes(id) ? "edited" : "lost");
}

async function interrupted(
  run: RunningTurn,
  reply: Reply,
  { turns, logger, onReleased, settleMs }: RunnerOptions,
  error: unknown,
): Promise<TurnOutcome | undefined> {
  const { claim, signal } = run;
  switch (interruptionOf(signal)) {
    case "stop":
      await conclude(reply, stoppedNote);
      return { status: "stopped" };
    case "edited":
      // What stands in Slack is whole before the next attempt begins to change it.
      await reply.finish();
      return undefined;
    case "shutdown":
      await Promise.race([reply.finish(), elapsed(settleMs)]);
      await turns.release(claim);
      onReleased(claim);
      return undefined;
    case "lost":
      return undefined;
    default:
      if (isUnasked(claim.turn) && mayPass(error)) throw error;
      logger.error({ err: error, turnId: claim.turn.id, attempt: claim.attempt }, "a turn failed");
      await conclude(reply, sentenceOf(error));
      return failedBy(error);
  }
}

async function conclude(reply: Reply, text: string): Promise<void> {
  reply.breakOff(text);
  await reply.finish();
}

interface Recorder {
  checkpoint: (steps: readonly Step[]) => Promise<void>;
  /** Why a step could not be recorded: whatever the agent made of it, this is what ended the attempt. */
  failure: Error | undefined;
}

function createRecorder(claim: Claim, turns: Turns): Recorder {
  let position = claim.steps.length;
  const recorder: Recorder = {
    failure: undefined,
    checkpoint: async (steps) => {
      try {
        await turns.addSteps(claim, position, steps);
        position += steps.length;
      } catch (cause) {
        recorder.failure =
          cause instanceof TurnLostError ? cause : new CheckpointError("A step could not be recorded.", { cause });
        throw recorder.failure;
      }
    },
  };
  return recorder;
}

/** The agent's result; where it does not heed an interruption, that comes in its place after a while. */
async function settled(work: Promise<TurnOutcome>, signal: AbortSignal, settleMs: number): Promise<TurnOutcome> {
  const cut = Promise.withResolvers<never>();
  const onAbort = () => {
    // Aborts come with work in hand that takes a moment to end; the late result, if any, is nobody's.
    void elapsed(settleMs).then(() => cut.reject(signal.reason as Error));
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, cut.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    cut.promise.catch(() => {});
  }
}

/** The reply as the agent has it: an attempt that is over, but not yet at its end, cannot write into what follows. */
function severable(reply: Reply): Reply & { sever(): void } {
  let open = true;
  return {
    status: (text) => {
      if (open) reply.status(text);
    },
    write: (markdown) => {
      if (open) reply.write(markdown);
    },
    task: (update) => {
      if (open) reply.task(update);
    },
    breakOff: (note) => {
      if (open) reply.breakOff(note);
    },
    giveUp: (sentence) => {
      if (open) reply.giveUp(sentence);
    },
    breakPage: () => {
      if (open) reply.breakPage();
    },
    buttons: (buttons) => {
      if (open) reply.buttons(buttons);
    },
    image: (image) => {
      if (open) reply.image(image);
    },
    finish: async () => {
      if (open) await reply.finish();
    },
    suspend: async () => {
      if (open) await reply.suspend();
    },
    sever: () => {
      open = false;
    },
  };
}
