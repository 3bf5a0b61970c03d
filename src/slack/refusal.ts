import type { RunAgent } from "../turns/run-turn.ts";
import type { Turn } from "../storage/turns.ts";
import type { People, Person } from "./people.ts";

/** Why somebody gets no answer of the agent's. */
type Reason = "external_channel" | "guest" | "unknown" | "nobody";

/** What becomes of the questions of guests, and of those who may be some. */
export type Guests = "refuse" | "answer";

export interface RefusingOptions {
  people: Pick<People, "findAsker">;
  guests: Guests;
}

export const externalChannelWords =
  "This channel is shared with another company, so I do not answer in it. Please ask me in an internal channel or in a direct message.";

/** What is said instead. To a bot and to somebody who has left nothing is: nobody would read it, or a bot would answer. */
const words: Record<Reason, string | undefined> = {
  external_channel: externalChannelWords,
  guest:
    "I answer full members of this workspace only, and you are a guest here. Please ask the colleague who invited you.",
  unknown:
    "I answer full members of this workspace only, and Slack does not tell me just now whether you are one. " +
    "Please ask again in a minute. If I say the same then, tell whoever runs me.",
  nobody: undefined,
};

/**
 * Lets the agent answer its own company alone. A refusal is a turn like any other, so that it is given once however often
 * Slack delivers the question, and neither model nor tool ever hears of it. Of whom Slack tells nothing, even when asked
 * again, may be a guest, and is refused as one.
 */
export function refusing(
  { people, guests }: RefusingOptions,
  answer: (run: Parameters<RunAgent>[0] & { asker: Person }) => ReturnType<RunAgent>,
): RunAgent {
  return async (run) => {
    const asker = await people.findAsker(run.turn.userId, run.signal);
    const reason = reasonToRefuse(run.turn, asker, guests);
    if (!reason) return answer({ ...run, asker });
    const said = words[reason];
    if (said !== undefined) run.reply.write(said);
    await run.reply.finish();
    return { status: "done", reason: `refused_${reason}` };
  };
}

function reasonToRefuse(turn: Turn, { standing }: Person, guests: Guests): Reason | undefined {
  if (standing === "nobody") return "nobody";
  if (turn.refusal) return turn.refusal;
  return standing === "member" || guests === "answer" ? undefined : standing;
}
