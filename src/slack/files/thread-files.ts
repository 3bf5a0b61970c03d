import type { QuestionFile } from "../../agent/ports.ts";
import type { Logger } from "../../observability/log.ts";
import type { Turn } from "../../storage/turns.ts";
import type { SlackClient, SlackOutcome } from "../client.ts";
import { filesOfShared, sharedIn, type SharedMessage } from "../forwarded.ts";
import { systemWait, type Wait } from "../wait.ts";
import { droppedFiles, type SharedFile } from "./dropped-files.ts";

export interface ThreadFilesOptions {
  client: Pick<SlackClient, "try">;
  logger: Logger;
  wait?: Wait;
}

/** The files that a question's turn can read: its own, and those of its thread. */
export type ThreadFiles = (
  turn: Pick<Turn, "id" | "source" | "userId" | "channel" | "threadTs" | "messageTs" | "task" | "files">,
  signal: AbortSignal,
) => Promise<QuestionFile[]>;

interface ThreadMessage {
  user?: string;
  bot_id?: string;
  files?: SharedFile[];
  attachments?: SharedMessage[];
}

const messagesAtOnce = 200;
const mostPages = 5;
/** The latest are kept: what was dropped last is what is asked about. */
const mostInThread = 20;
/** Calls for one page, and the longest pause between them: an answer does not wait for files that may not be there. */
const mostTries = 3;
const longestPauseMs = 3_000;
const shortPauseMs = 250;

/**
 * Looks through the question's own thread for what anybody dropped in it, since only messages that were questions reach Sophia
 * otherwise. Where Slack does not show the thread, the answer goes on with the question's own files.
 */
export function createThreadFiles({ client, logger, wait = systemWait }: ThreadFilesOptions): ThreadFiles {
  const page = async (args: Record<string, unknown>, signal: AbortSignal): Promise<SlackOutcome> => {
    for (let tries = 1; ; tries++) {
      const outcome = await client.try("conversations.replies", args);
      if (outcome.kind === "ok" || outcome.kind === "refused" || tries >= mostTries) return outcome;
      const asked = outcome.kind === "limited" ? outcome.retryAfterSeconds * 1_000 : shortPauseMs;
      await wait(Math.min(longestPauseMs, asked), signal);
      signal.throwIfAborted();
    }
  };
  return async (turn, signal) => {
    const own = turn.files ?? [];
    if (!standsInThread(turn)) return [...own];
    const found = new Map<string, QuestionFile>();
    let cursor: string | undefined;
    for (let count = 0; count < mostPages; count++) {
      const { channel, threadTs: ts } = turn;
      const outcome = await page({ channel, ts, limit: messagesAtOnce, cursor }, signal);
      if (outcome.kind !== "ok") {
        const reason = outcome.kind === "refused" ? outcome.code : outcome.kind;
        logger.warn({ turnId: turn.id, reason }, "The files of a thread could not be looked up");
        break;
      }
      for (const message of (outcome.data["messages"] as ThreadMessage[] | undefined) ?? [])
        for (const file of filesOf(message, turn.userId)) found.set(file.id, file);
      cursor = (outcome.data["response_metadata"] as { next_cursor?: string } | undefined)?.next_cursor;
      if (!cursor) break;
    }
    for (const { id } of own) found.delete(id);
    return [...own, ...[...found.values()].slice(-mostInThread)];
  };
}

/**
 * What was dropped with a message, and what its forwards hold where the asker made them: Slack shows a file to who may see it, and
 * that somebody else may does not say that the asker does.
 */
function filesOf({ user, bot_id: botId, files, attachments }: ThreadMessage, asker: string): QuestionFile[] {
  const dropped = droppedFiles(files).map((file) => ({ ...file, from: "thread" as const }));
  const isAskers = user === asker && botId === undefined;
  return isAskers ? [...dropped, ...filesOfShared(sharedIn(attachments))] : dropped;
}

/** Whether others may have dropped something above it; a message that begins its thread has nothing above. */
function standsInThread({ source, messageTs, threadTs, task }: Parameters<ThreadFiles>[0]): boolean {
  if (task !== undefined) return false;
  const isMessage = source === "mention" || source === "direct" || source === "follow_up";
  return isMessage ? messageTs !== threadTs : source === "button";
}
