import { type Agent, type AgentOptions, type AgentOutcome, type AgentRun, createAgent } from "../../src/agent/loop.ts";
import type { Step } from "../../src/agent/ports.ts";
import { createLogger } from "../../src/observability/log.ts";
import { MemorySpending } from "./memory-spending.ts";
import { maya, MemoryTools, RecordingReply } from "./agent-doubles.ts";

/** Saturday 21 November 2026, 15:04 in New York. */
export const NOW = Date.parse("2026-11-21T20:04:00Z");

export const silentLogger = createLogger({ level: "silent" });

export function makeAgent(options: Partial<AgentOptions> & Pick<AgentOptions, "model">): Agent {
  const defaults = {
    tools: new MemoryTools(),
    approvals: { show: async () => {} },
    spending: new MemorySpending(),
    privateAnswers: { move: async () => false },
    clock: { now: () => NOW },
  };
  return createAgent({ ...defaults, logger: silentLogger, ...options });
}

export interface Ran {
  outcome: AgentOutcome;
  reply: RecordingReply;
  /** All steps of the turn: those that were there and those that this attempt recorded. */
  steps: Step[];
  recorded: Step[];
}

export async function runTurn(agent: Agent, question: string, more: Partial<AgentRun> = {}): Promise<Ran> {
  const reply = new RecordingReply();
  const recorded: Step[] = [];
  const outcome = await agent.runAgent({
    turn: {
      id: "turn_1",
      agent: "sophia",
      text: question,
      teamId: "T0NORTHWIND",
      userId: maya.userId,
      channel: "C0SALES0001",
      threadTs: "1795291440.000100",
      audience: "channel",
      askedAt: NOW,
    },
    asker: maya,
    history: [],
    steps: [],
    reply,
    checkpoint: async (steps) => {
      recorded.push(...structuredClone([...steps]));
    },
    signal: new AbortController().signal,
    ...more,
  });
  return { outcome, reply, recorded, steps: [...(more.steps ?? []), ...recorded] };
}
