import type { PrivateAnswers } from "../agent/ports.ts";
import type { NewId } from "../core/ids.ts";
import type { NewTurn } from "../storage/turns.ts";

export interface PrivateAnswersOptions {
  /** A person's own channel with Sophia; undefined where Slack opens none. */
  channelOf: (userId: string) => Promise<string | undefined>;
  submit: (turn: NewTurn) => Promise<boolean>;
  newId: NewId;
}

const prefix = "private:";

/** The turn that a question was moved from. */
export function movedFrom({ source, sourceKey }: Pick<NewTurn, "source" | "sourceKey">): string | undefined {
  return source === "private" ? sourceKey.slice(prefix.length) : undefined;
}

/** A question goes over with nothing but its text, its files and what was forwarded with it, and what it may do: neither the thread it was asked in nor what was found there. */
export function createPrivateAnswers({ channelOf, submit, newId }: PrivateAnswersOptions): PrivateAnswers {
  return {
    move: async ({ turnId, agent, teamId, userId, text, files, forwarded, isReadOnly }) => {
      const channel = await channelOf(userId);
      if (channel === undefined) return false;
      const sourceKey = `${prefix}${turnId}`;
      await submit({
        id: newId("turn"),
        sourceKey,
        source: "private",
        teamId,
        channel,
        // As a command's: it has no thread before Sophia has posted the question.
        threadTs: sourceKey,
        userId,
        text,
        agent,
        audience: "private",
        files,
        forwarded,
        isReadOnly,
      });
      return true;
    },
  };
}
