import type { Asker } from "../agent/ports.ts";
import type { Clock } from "../core/clock.ts";
import { isAmong } from "../core/people-lists.ts";
import type { AuditSink } from "../observability/audit.ts";
import type { Identities } from "../storage/identities.ts";
import type { Turn } from "../storage/turns.ts";
import type { RunAgent } from "../turns/run-turn.ts";
import { type Guests, type Refused, reasonToRefuse, refusalWords } from "./admission.ts";
import type { People, Person } from "./people.ts";

/** Why the agent gives no answer. */
type Reason = "external_channel" | "role" | Refused;

export interface RefusingOptions {
  people: Pick<People, "findAsker" | "channelName">;
  guests: Guests;
  /** Who may ask in a role; everybody in one that names nobody. */
  roles: Readonly<Record<string, { people?: readonly string[] | undefined }>>;
  identities: Pick<Identities, "of">;
  audit: Pick<AuditSink, "append">;
  clock: Clock;
}

export const externalChannelWords =
  "This channel is shared with another company, so I do not answer in it. Please ask me in an internal channel or in a direct message.";

export const roleWords =
  "I am set up to answer certain colleagues here, and you are not among them. Whoever runs me can add you (agents in sophia.config.json).";

/** What is said instead. To a bot and to somebody who has left nothing is: nobody would read it, or a bot would answer. */
const words: Record<Reason, string | undefined> = {
  external_channel: externalChannelWords,
  role: roleWords,
  ...refusalWords,
  nobody: undefined,
};

/**
 * Lets the agent answer its own company alone. A refusal is a turn like any other, so that it is given once however often
 * Slack delivers the question, and neither model nor tool ever hears of it. Of whom Slack tells nothing, even when asked
 * again, may be a guest, and is refused as one.
 */
export function refusing(
  { people, guests, roles, identities, audit, clock }: RefusingOptions,
  answer: (run: Parameters<RunAgent>[0] & { asker: Asker; channelName: string | undefined }) => ReturnType<RunAgent>,
): RunAgent {
  return async (run) => {
    const { turn, signal } = run;
    const [person, channelName] = await Promise.all([
      people.findAsker(turn.userId, signal),
      turn.audience === "channel" ? people.channelName(turn.channel) : undefined,
    ]);
    const reason = whyNot(turn, person, guests, roles);
    if (!reason) return answer({ ...run, channelName, asker: { ...person, identities: await identities.of(turn) } });
    const said = words[reason];
    if (said !== undefined) run.reply.write(said);
    await run.reply.finish();
    const { id: turnId, userId, agent } = turn;
    const at = new Date(clock.now());
    audit.append({ kind: "refusal", at, outcome: "refused", reason, tool: "question", userId, turnId, agent });
    return { status: "done", reason: `refused_${reason}` };
  };
}

function whyNot(
  { refusal, agent }: Turn,
  person: Person,
  guests: Guests,
  roles: RefusingOptions["roles"],
): Reason | undefined {
  const reason = reasonToRefuse(person, guests);
  if (reason === "nobody") return reason;
  const people = roles[agent]?.people;
  return refusal ?? reason ?? (people && !isAmong(people, person) ? "role" : undefined);
}
