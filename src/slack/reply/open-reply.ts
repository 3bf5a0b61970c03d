import type { Clock } from "../../core/clock.ts";
import type { Secrets } from "../../core/secrets.ts";
import type { Logger } from "../../observability/log.ts";
import type { Replies } from "../../storage/replies.ts";
import type { Turn, Turns } from "../../storage/turns.ts";
import { interruptionOf } from "../../turns/interruption.ts";
import { movedFrom } from "../../turns/private-answers.ts";
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
  turns: Pick<Turns, "get" | "setThread">;
  people: People;
  /** A person pressed Stop in Slack, and no event of it may have come. */
  onStopped: (turn: Turn) => void;
  logger: Logger;
  clock: Clock;
  wait?: Wait | undefined;
  secrets?: Secrets | undefined;
}

/**
 * Makes the answers of all turns. One that has no thread is given one first, by posting its question. Where the
 * signal says that another attempt follows, the answer is left as it is; at a Stop it is still finished.
 */
export function createReplyOpener(options: ReplyOpenerOptions): OpenReply {
  const { client, workspace, replies, logger, clock, wait = systemWait, onStopped, secrets } = options;
  const abilities = new Abilities(clock);
  const deps: ReplyDependencies = { client, workspace, replies, logger, clock, wait, abilities, secrets };
  return async (claimed, attempt, signal, { placed, refused: onRefused }) => {
    const lacksQuestion = lacksThread(claimed) && !claimed.isRoot;
    const turn = lacksQuestion ? await giveThread(claimed, deps, options) : { ...claimed };
    if (lacksQuestion) placed(turn);
    const onPlaced = async (threadTs: string): Promise<void> => {
      await options.turns.setThread(turn.id, { channel: turn.channel, threadTs });
      turn.threadTs = threadTs;
      placed(turn);
    };
    const left = attempt <= 1 && turn.revision === 0 ? [] : recordedParts(await replies.parts(turn.id));
    const reply = new ThreadReply(turn, left, deps, { onStopped: () => onStopped(turn), onRefused, onPlaced });
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
  const originId = movedFrom(turn);
  const origin = originId === undefined ? undefined : await options.turns.get(originId);
  const movedHere = origin && linkTo(origin, options.workspace);
  const thread = await openThread(turn, { calls, people: options.people, movedHere });
  await options.turns.setThread(turn.id, thread);
  return { ...turn, ...thread };
}

/** The question in its thread, in Slack's own syntax; the channel where the address of its messages is not known. */
function linkTo({ channel, threadTs, messageTs = threadTs }: Turn, { url }: Workspace): string {
  if (url === undefined) return `<#${channel}>`;
  const inThread = messageTs === threadTs ? "" : `?thread_ts=${threadTs}&cid=${channel}`;
  return `<${url}archives/${channel}/p${messageTs.replace(".", "")}${inThread.replace("&", "&amp;")}|this thread>`;
}
