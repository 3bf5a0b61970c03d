import { filesIn } from "./context.ts";
import { excerpt, stub } from "./excerpt.ts";
import type { Answer, Step, ToolUseBlock, Usage } from "./ports.ts";

export interface MemoryLimits {
  /** Characters of one tool result that the model reads. */
  resultChars: number;
  /** Estimated tokens of earlier turns; above it their oldest results are left out. */
  historyTokens: number;
}

const noUsage: Usage = { inputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, outputTokens: 0 };

/** The tool calls that an answer asks for, in its order. */
export function callsOf(answer: Answer): ToolUseBlock[] {
  return answer.content.filter((block): block is ToolUseBlock => block.type === "tool_use");
}

/** What an answer says to the person. */
export function textOf(answer: Answer): string {
  return answer.content
    .map((block) => (block.type === "text" ? String((block as { text: unknown }).text) : ""))
    .join("");
}

/** Whether a step holds what others than this person wrote: a tool's result, somebody else's question, or files of theirs. */
export function isOfOthers(step: Step, userId: string): boolean {
  if (step.kind !== "question") return step.kind === "tool_result";
  return step.userId !== userId || filesIn(step).some(({ from }) => from !== undefined);
}

/**
 * The thread's earlier turns as the model reads them: raw blocks in order, whole or repaired, cut to what fits. A pure
 * function of the history, so that each request begins with the same bytes as the one before.
 */
export function shapeHistory(history: readonly Step[], limits: MemoryLimits, model: string): Step[] {
  const turns = splitTurns(history)
    .filter((turn) => !isRefused(turn))
    .map((turn) => repair(turn, model).map((step) => cut(step, limits.resultChars)));
  return fit(turns, limits.historyTokens).flat();
}

/** The running turn as the model reads it: results cut to the limit. */
export function shapeTurn(steps: readonly Step[], limits: MemoryLimits): Step[] {
  return steps.filter((step) => step.kind !== "waiting").map((step) => cut(step, limits.resultChars));
}

/** For a conversation that did not fit: of the results only those of the last calls are kept, and are halved. */
export function compact(history: readonly Step[], turn: readonly Step[], limits: MemoryLimits): Step[] {
  const steps = turn.filter((step) => step.kind !== "waiting");
  const lastCalls = steps.findLastIndex((step) => step.kind === "answer" && callsOf(step).length > 0);
  const recent = { ...limits, resultChars: Math.floor(limits.resultChars / 2) };
  return [
    ...history.map(leaveOut),
    ...steps.map((step, index) => (index < lastCalls ? leaveOut(step) : cut(step, recent.resultChars))),
  ];
}

function splitTurns(history: readonly Step[]): Step[][] {
  const turns: Step[][] = [];
  for (const step of history) {
    if (step.kind === "question") turns.push([step]);
    else turns.at(-1)?.push(step);
  }
  return turns;
}

/** A refused turn left in the conversation makes the model refuse the next question as well. */
function isRefused(turn: readonly Step[]): boolean {
  return turn.some((step) => step.kind === "answer" && step.stopReason === "refusal");
}

/** A turn that was stopped or failed, or that waits for a person, may end anywhere; the service takes only whole ones. */
function repair(turn: readonly Step[], model: string): Step[] {
  const held = new Set(turn.flatMap((step) => (step.kind === "waiting" ? step.toolUseIds : [])));
  const answered = new Set(turn.flatMap((step) => (step.kind === "tool_result" ? [step.toolUseId] : [])));
  const repaired: Step[] = [];
  let orphans: ToolUseBlock[] = [];
  const answerOrphans = () => {
    repaired.push(...orphans.map((call) => notRun(call, held.has(call.id) ? heldText : endedText)));
    orphans = [];
  };
  for (const step of turn) {
    if (step.kind === "waiting") continue;
    if (step.kind !== "tool_result") answerOrphans();
    repaired.push(step);
    if (step.kind === "answer") orphans = callsOf(step).filter((call) => !answered.has(call.id));
  }
  answerOrphans();
  const last = repaired.at(-1);
  if (last?.kind === "answer" && textOf(last).trim() !== "") return repaired;
  const isHeld = [...held].some((id) => !answered.has(id));
  return [...repaired, closing(model, isHeld ? heldClosing : endedClosing)];
}

const endedText = "Not run: the turn ended first.";
const heldText = "Not done: a person was asked for their consent, and had not decided.";
const endedClosing = "(This question was ended before it was answered.)";
const heldClosing = "(Nothing more was said to this question yet: a person's decision was waited for.)";

function notRun(call: ToolUseBlock, text: string): Step {
  const { id: toolUseId, name: tool, input } = call;
  return {
    kind: "tool_result",
    toolUseId,
    tool,
    arguments: input,
    text,
    isError: true,
    ms: 0,
  };
}

function closing(model: string, text: string): Step {
  const content = [{ type: "text", text }];
  return { kind: "answer", content, stopReason: "end_turn", model, usage: noUsage };
}

function cut(step: Step, limit: number): Step {
  return step.kind === "tool_result" ? excerpt(step, limit) : step;
}

function leaveOut(step: Step): Step {
  return step.kind === "tool_result" ? stub(step) : step;
}

/** A rough count, four characters to a token, that needs no tokenizer and is the same on every machine. */
function estimateTokens(steps: readonly Step[]): number {
  let chars = 0;
  for (const step of steps) {
    if (step.kind === "answer") chars += JSON.stringify(step.content).length;
    else if (step.kind !== "waiting") chars += step.text.length + (step.kind === "question" ? step.context.length : 0);
  }
  return Math.ceil(chars / 4);
}

/**
 * The newest turns whole, older ones without their results, the oldest not at all. The two borders move in leaps: between
 * them every request begins with the bytes of the one before, and most of it is read from the cache.
 */
function fit(turns: readonly Step[][], budget: number): Step[][] {
  if (turns.reduce((sum, turn) => sum + estimateTokens(turn), 0) <= budget) return [...turns];
  const whole = turnsBefore(turns, budget * 0.6, budget * 0.3);
  const old = turns.slice(0, whole).map((turn) => turn.map(leaveOut));
  return [...old.slice(turnsBefore(old, budget * 0.4, budget * 0.2)), ...turns.slice(whole)];
}

/** How many turns lie before the last `keep` tokens, counted in leaps from the thread's beginning, which never changes. */
function turnsBefore(turns: readonly Step[][], keep: number, leap: number): number {
  const ends: number[] = [];
  for (const turn of turns) ends.push((ends.at(-1) ?? 0) + estimateTokens(turn));
  const total = ends.at(-1) ?? 0;
  const border = Math.ceil(Math.max(0, total - keep) / leap) * leap;
  return ends.filter((end) => end <= border).length;
}
