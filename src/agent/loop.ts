import { type Clock, systemClock } from "../core/clock.ts";
import { type ArgumentsCheck, createArgumentsCheck } from "../mcp/arguments-check.ts";
import type { Logger } from "../observability/log.ts";
import type {
  Approvals,
  Asker,
  Caller,
  Files,
  Model,
  PrivateAnswers,
  ForwardedMessage,
  Viewing,
  QuestionFile,
  Reply,
  Spending,
  Step,
  Tools,
  Usage,
} from "./ports.ts";
import { builtinRoles, type Role } from "./roles.ts";
import { type AgentSettings, defaultSettings } from "./settings.ts";

import { TurnRun } from "./turn-run.ts";

export interface AgentOptions {
  model: Model;
  tools: Tools;
  approvals: Approvals;
  spending: Spending;
  privateAnswers: PrivateAnswers;
  /** Without it nobody's files are read. */
  files?: Files | undefined;
  settings?: Partial<AgentSettings>;
  /** Beside the built-in ones; one of the same name takes its place. */
  roles?: readonly Role[];
  clock?: Clock;
  logger: Logger;
}

/** One attempt at a turn. */
export interface AgentRun {
  turn: Pick<Caller, "agent" | "teamId" | "userId" | "channel" | "threadTs" | "audience" | "channelName"> & {
    id: string;
    text: string;
    /** Only reads are offered, and the gateway refuses writes. */
    isReadOnly?: boolean | undefined;
    /** Dropped with the question. */
    files?: readonly QuestionFile[] | undefined;
    /** Messages of others that came with the question. */
    forwarded?: readonly ForwardedMessage[] | undefined;
    /** Only in a direct message. */
    viewing?: Viewing | undefined;
    /** When the question was asked, in epoch milliseconds: what its days are counted from, however late it runs. */
    askedAt: number;
  };
  asker: Asker;
  /** In place of Claude. */
  model?: Model | undefined;
  /** Steps of the thread's earlier turns, oldest first. */
  history: readonly Step[];
  /** Steps of this turn that earlier attempts have recorded. */
  steps: readonly Step[];
  reply: Reply;
  /** Records the steps that follow on those before; called for one lot at a time. What it throws ends the run. */
  checkpoint(steps: readonly Step[]): Promise<void>;
  /** Ends the model and the tools at once; `runAgent` throws its reason. */
  signal: AbortSignal;
}

export interface AgentOutcome {
  /** `suspended`: it goes on, from here, once a person has decided. */
  status: "done" | "failed" | "suspended";
  /** For the operator, where the turn did not end with an answer of the model: no personal data. */
  reason?: string | undefined;
  /** Of the whole turn, as far as it is recorded. */
  usage: Usage;
  /** What that cost, in US dollars. */
  costUsd: number;
}

export interface Agent {
  /**
   * Runs a turn to its end, from wherever its steps stand: what is recorded is replayed into the reply, not repeated. The
   * reply is finished when this resolves, with an honest sentence where there is no answer.
   */
  runAgent(run: AgentRun): Promise<AgentOutcome>;
}

export interface AgentParts {
  model: Model;
  tools: Tools;
  settings: AgentSettings;
  roles: ReadonlyMap<string, Role>;
  approvals: Approvals;
  spending: Spending;
  privateAnswers: PrivateAnswers;
  files: Files | undefined;
  check: ArgumentsCheck;
  clock: Clock;
  logger: Logger;
}

export function createAgent(options: AgentOptions): Agent {
  const {
    model,
    tools,
    approvals,
    spending,
    privateAnswers,
    files,
    settings,
    roles = [],
    clock = systemClock,
    logger,
  } = options;
  const parts: AgentParts = {
    model,
    tools,
    settings: { ...defaultSettings, ...settings },
    roles: new Map([...builtinRoles, ...roles].map((role) => [role.name, role])),
    approvals,
    spending,
    privateAnswers,
    files,
    check: createArgumentsCheck(logger),
    clock,
    logger,
  };
  return { runAgent: (run) => new TurnRun(parts, run).run() };
}
