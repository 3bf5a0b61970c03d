import type { Clock } from "../../core/clock.ts";
import type { Logger } from "../../observability/log.ts";
import type { Replies } from "../../storage/replies.ts";
import type { Turn, Turns } from "../../storage/turns.ts";
import { interruptionOf } from "../../turns/interruption.ts";
import type { OpenReply } from "../../turns/run-turn.ts";
import type { SlackClient } from "../client.ts";
import type { People } from "../people.ts";
import { systemWait, type Wait } from "../wait.ts";
import type { Workspace } from "../workspace.ts";
import { Abilities } from "./abilities.ts";
import { lacksThread, openThread } from "./open-thread.ts";
import { recordedParts } from "./part.ts";
import { PatientCalls } from "./patient-calls.ts";
import { ThreadReply } from "./reply.ts";
import type { ReplyDependencies } from "./types.ts";

export interface ReplyOpenerOptions {
  /** For replies only: its pauses must not delay what a person waits for. */
  client: SlackClient;
  workspace: Workspace;
  replies: Replies;
  turns: Pick<Turns, "setThread">;
  people: People;
  /** A person pressed Stop in Slack, and no event of it may have come. */
  onStopped: (turn: Turn) => void;
  logger: Logger;
  clock: Clock;
  wait?: Wait | undefined;
}

/**
 * Makes the answers of all turns. A slash command's turn is given its thread first, by posting its question. Where the
 * signal says that another attempt follows, the answer is left as it is; at a Stop it is still finished.
 */
export function createReplyOpener(options: ReplyOpenerOptions): OpenReply {
  const { client, workspace, replies, logger, clock, wait = systemWait, onStopped } = options;
  const deps: ReplyDependencies = { client, workspace, replies, logger, clock, wait, abilities: new Abilities(clock) };
  return async (claimed, attempt, signal, { placed, refused: onRefused }) => {
    const turn = lacksThread(claimed) ? await giveThread(claimed, deps, options) : claimed;
    if (turn !== claimed) placed(turn);
    const left = attempt <= 1 && turn.revision === 0 ? [] : recordedParts(await replies.parts(turn.id));
    const reply = new ThreadReply(turn, left, deps, { onStopped: () => onStopped(turn), onRefused });
    const leave = (): void => {
      if (interruptionOf(signal) !== "stop") void reply.leave();
    };
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
    return reply;
  };
}

async function giveThread(turn: Turn, deps: ReplyDependencies, options: ReplyOpenerOptions): Promise<Turn> {
  const calls = new PatientCalls(deps, new AbortController().signal);
  calls.startDeadline();
  const thread = await openThread(turn, { calls, people: options.people });
  await options.turns.setThread(turn.id, thread);
  return { ...turn, ...thread };
}
