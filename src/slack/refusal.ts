import type { RunAgent } from "../turns/run-turn.ts";
import type { Turn } from "../storage/turns.ts";
import type { People, Person } from "./people.ts";

/** Why somebody gets no answer of the agent's. */
type Reason = "external_channel" | "guest" | "nobody";

export const externalChannelWords =
  "This channel is shared with another company, so I do not answer in it. Please ask me in an internal channel or in a direct message.";

/** What is said instead. To a bot and to somebody who has left nothing is: nobody would read it, or a bot would answer. */
const words: Record<Reason, string | undefined> = {
  external_channel: externalChannelWords,
  guest:
    "I answer full members of this workspace only, and you are a guest here. Please ask the colleague who invited you.",
  nobody: undefined,
};

/**
 * Lets the agent answer its own company alone. A refusal is a turn like any other, so that it is given once however often
 * Slack delivers the question, and neither model nor tool ever hears of it. Of whom Slack tells nothing is taken for a
 * member: that an event's author belongs to this workspace at all was seen when it came.
 */
export function refusing(
  people: Pick<People, "findAsker">,
  answer: (run: Parameters<RunAgent>[0] & { asker: Person }) => ReturnType<RunAgent>,
): RunAgent {
  return async (run) => {
    const asker = await people.findAsker(run.turn.userId, run.signal);
    const reason = reasonToRefuse(run.turn, asker);
    if (!reason) return answer({ ...run, asker });
    const said = words[reason];
    if (said !== undefined) run.reply.write(said);
    await run.reply.finish();
    return { status: "done", reason: `refused_${reason}` };
  };
}

function reasonToRefuse(turn: Turn, asker: Person): Reason | undefined {
  if (asker.standing === "nobody") return "nobody";
  return turn.refusal ?? (asker.standing === "guest" ? "guest" : undefined);
}
