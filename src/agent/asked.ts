import { buildContext } from "./context.ts";
import type { AgentRun } from "./loop.ts";
import { isOfOthers } from "./memory.ts";
import type { Caller, Step } from "./ports.ts";
import type { AgentSettings } from "./settings.ts";

type Run = Pick<AgentRun, "turn" | "asker" | "history">;

/** The question with its context, as it is recorded before anything comes of it. */
export function questionStep({ turn, asker }: Run, { calendar }: Pick<AgentSettings, "calendar">): Step {
  const { text, channel, audience, askedAt: now, files, forwarded, viewing } = turn;
  const brought = { files, forwarded, viewing };
  const context = buildContext({ question: text, asker, channel, audience, ...brought, now, calendar });
  const known = files && files.length > 0 ? { files } : {};
  return { kind: "question", text, context, userId: asker.userId, ...known };
}

/** For whom the turn's tools are called; `steps` are what was read and done in it so far. */
export function callerOf({ turn, asker, history }: Run, steps: readonly Step[]): Caller {
  const { id: turnId, text: question, agent, teamId, userId, channel, threadTs, audience, channelName } = turn;
  const place = { agent, teamId, userId, channel, threadTs, audience, channelName };
  const limits = turn.isReadOnly ? { isReadOnly: true } : {};
  const { email, groups, identities } = asker;
  const hasReadOthers = [...history, ...steps].some((step) => isOfOthers(step, userId));
  return { turnId, ...place, ...limits, email, groups, identities, question, hasReadOthers };
}
