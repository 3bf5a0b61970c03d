import type { GatewayTools } from "../agent/gateway-tools.ts";
import type { Caller } from "../agent/ports.ts";
import { createDecisions, type Decisions } from "../approvals/decisions.ts";
import { createOutcomes, type Outcomes } from "../approvals/outcomes.ts";
import type { Clock } from "../core/clock.ts";
import type { NewId } from "../core/ids.ts";
import type { AuditSink } from "../observability/audit.ts";
import type { Logger } from "../observability/log.ts";
import type { InputSchema } from "../slack/approvals/edit-modal.ts";
import { type Cards, createCards } from "../slack/approvals/show-cards.ts";
import type { SlackClient } from "../slack/client.ts";
import type { People } from "../slack/people.ts";
import { systemWait } from "../slack/wait.ts";
import type { Approval, Approvals } from "../storage/approvals.ts";
import type { Identities } from "../storage/identities.ts";
import type { Turns } from "../storage/turns.ts";
import { type Repetition, repeatedly } from "../turns/repeatedly.ts";

export interface LedgerOptions {
  approvals: Approvals;
  turns: Pick<Turns, "get">;
  tools: GatewayTools;
  people: People;
  identities: Pick<Identities, "of">;
  client: SlackClient;
  clock: Clock;
  newId: NewId;
  logger: Logger;
  resume: (turnId: string) => Promise<void>;
  audit: AuditSink;
}

/** What is done with writes besides sending them: who decides, what came of them, and the cards that say so. */
export interface Ledger {
  decisions: Decisions;
  outcomes: Outcomes;
  cards: Cards;
  inputSchema: (agent: string, tool: string) => Promise<InputSchema>;
  /** Lost writes are looked up, what nobody can decide any more is closed, and cards show what is so. */
  sweep: Repetition;
}

const sweepEveryMs = 2_000;

export function createLedger(options: LedgerOptions): Ledger {
  const { approvals, tools, client, people, clock, newId, logger, resume, audit } = options;
  const callerOf = createCallerOf(options);
  const cards = createCards({ client, approvals, people, clock, logger, wait: systemWait, newId });
  const outcomes = createOutcomes({ approvals, probe: tools, callerOf, resume, audit, clock, logger });
  const sweep = async (): Promise<void> => {
    await outcomes.sweep();
    await cards.refresh();
  };
  return {
    decisions: createDecisions({ approvals, probe: tools, callerOf, resume, audit, clock }),
    outcomes,
    cards,
    inputSchema: async (agent, tool) => {
      const definition = (await tools.list(agent)).find(({ name }) => name === tool);
      return definition?.inputSchema ?? {};
    },
    sweep: repeatedly(sweepEveryMs, sweep, logger),
  };
}

/** As whom a turn's calls are made, long after it was asked. */
function createCallerOf({ turns, people, identities }: LedgerOptions): (approval: Approval) => Promise<Caller> {
  return async ({ turnId, teamId, channel, threadTs, userId, agent }) => {
    const [turn, { email, groups }, known, channelName] = await Promise.all([
      turns.get(turnId),
      people.find(userId),
      identities.of({ teamId, userId }),
      people.channelName(channel),
    ]);
    const question = turn?.text ?? "";
    const audience = turn?.audience ?? "channel";
    const place = { teamId, channel, threadTs, channelName, audience };
    // Whom the asker names may be written to; everybody else may not, whatever a person puts into the form.
    return { turnId, agent, userId, email, groups, identities: known, ...place, question, hasReadOthers: true };
  };
}
