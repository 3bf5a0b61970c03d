import type { CalendarSettings } from "./calendar.ts";
import type { Prices } from "./cost.ts";
import type { ModelRequest } from "./ports.ts";

export interface AgentSettings {
  model: string;
  effort: ModelRequest["effort"];
  /** Most tokens of one model answer; raised for an answer that was cut off before it said anything. */
  maxTokens: number;
  /** Model steps in one turn, before a last one without tools. */
  steps: number;
  /** Tokens in one turn: prompts, cached ones included, and answers. */
  tokens: number;
  /** US dollars that one turn may cost, by `prices`; without a limit unless told. */
  usd?: number | undefined;
  prices: Prices;
  /** Milliseconds of wall time for one turn; then comes the last step, for which there are `graceMs` more. */
  wallMs: number;
  graceMs: number;
  /** Tool calls at a time. */
  parallelCalls: number;
  /** Milliseconds for one tool call. */
  toolDeadlineMs: number;
  /** Characters of one tool result that the model reads at once. */
  resultChars: number;
  /** Estimated tokens of the thread's earlier turns that are kept whole. */
  historyTokens: number;
  calendar: CalendarSettings;
  /** Hosts to which answers may link besides what tools and askers name in full. */
  linkHosts: readonly string[];
  /** Asana's project for tasks with accounts that have none of their own. */
  followUpProject?: string | undefined;
}

export const defaultSettings: AgentSettings = {
  model: "claude-sonnet-5-5",
  effort: "medium",
  maxTokens: 16_000,
  steps: 12,
  tokens: 400_000,
  prices: {},
  wallMs: 240_000,
  graceMs: 45_000,
  parallelCalls: 6,
  toolDeadlineMs: 30_000,
  resultChars: 24_000,
  historyTokens: 100_000,
  calendar: { weekStart: "monday", fiscalYearStartMonth: 1 },
  linkHosts: [],
};
