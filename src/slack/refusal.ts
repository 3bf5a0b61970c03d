import type { Asker } from "../agent/ports.ts";
import type { Clock } from "../core/clock.ts";
import { ServiceError } from "../core/errors.ts";
import type { AuditSink } from "../observability/audit.ts";
import type { Identities } from "../storage/identities.ts";
import type { Turn } from "../storage/turns.ts";
import type { RunAgent } from "../turns/run-turn.ts";
import { isUnasked } from "../turns/unasked-reply.ts";
import { refusalWords } from "./admission.ts";
import { type Gate, isUnsure, type MayNotAsk, notInRoleWords, whyNotAsk } from "./may-ask.ts";
import type { People, Person } from "./people.ts";

/** Why the agent gives no answer. */
type Reason = "external_channel" | MayNotAsk;

export interface RefusingOptions extends Gate {
  people: Pick<People, "findAsker" | "channelName" | "knowsGroups">;
  identities: Pick<Identities, "of">;
  audit: Pick<AuditSink, "append">;
  clock: Clock;
}

export const externalChannelWords =
  "This channel is shared with another company, so I do not answer in it. Please ask me in an internal channel or in a direct message.";

/** What is said instead. To a bot and to somebody who has left nothing is: nobody would read it, or a bot would answer. */
const words: Record<Reason, string | undefined> = {
  external_channel: externalChannelWords,
  ...notInRoleWords,
  ...refusalWords,
  nobody: undefined,
};

/**
 * Lets the agent answer its own company alone. A refusal is a turn like any other, so that it is given once however often
 * Slack delivers the question, and neither model nor tool ever hears of it. Of whom Slack tells nothing, even when asked
 * again, may be a guest, and is refused as one. Where nobody in the channel asked, no refusal is said there: what Slack may say
 * later is left to another attempt, and the rest is its owner's to hear.
 */
export function refusing(
  options: RefusingOptions,
  answer: (run: Parameters<RunAgent>[0] & { asker: Asker; channelName: string | undefined }) => ReturnType<RunAgent>,
): RunAgent {
  const { people, identities, audit, clock } = options;
  return async (run) => {
    const { turn, reply, signal } = run;
    const [person, channelName] = await Promise.all([
      people.findAsker(turn.userId, signal),
      turn.audience === "channel" ? people.channelName(turn.channel) : undefined,
    ]);
    const reason = whyNot(turn, person, options);
    if (!reason) return answer({ ...run, channelName, asker: { ...person, identities: await identities.of(turn) } });
    if (isUnasked(turn) && reason !== "external_channel" && isUnsure(reason)) throw unsure();
    const said = words[reason];
    if (said !== undefined && isUnasked(turn)) reply.giveUp(said);
    else if (said !== undefined) reply.write(said);
    await reply.finish();
    const { id: turnId, userId, agent } = turn;
    const at = new Date(clock.now());
    audit.append({ kind: "refusal", at, outcome: "refused", reason, tool: "question", userId, turnId, agent });
    return { status: "done", reason: `refused_${reason}` };
  };
}

function whyNot({ refusal, agent }: Turn, person: Person, gate: Gate): Reason | undefined {
  const reason = whyNotAsk(person, agent, gate);
  return reason === "nobody" ? reason : (refusal ?? reason);
}

function unsure(): ServiceError {
  return new ServiceError("Slack does not tell me just now whether you may have it.", {
    service: "Slack",
    retryable: true,
  });
}
