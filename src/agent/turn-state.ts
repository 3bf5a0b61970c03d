import { callsOf, textOf } from "./memory.ts";
import type { Answer, NoteReason, Step, ToolUseBlock, Usage } from "./ports.ts";
import { privateEnd } from "./private-part.ts";

/** What a turn does next. It follows from the recorded steps alone, so that another attempt goes on in the same way. */
export type Move =
  | { do: "ask_model" }
  | { do: "run_tools"; calls: ToolUseBlock[] }
  | { do: "add_note"; reason: "continue" | "empty" }
  | { do: "finish" }
  | { do: "give_up"; why: GiveUp; detail?: string | undefined };

export type GiveUp = "refusal" | "empty" | "too_long" | "context" | "context_cut" | "interrupted" | "budget";

/** How often an answer that was cut off is carried on. */
const MAX_CONTINUATIONS = 3;

export function nextMove(steps: readonly Step[]): Move {
  const answer = steps.findLast((step) => step.kind === "answer");
  const last = steps.at(-1);
  if (privateEnd(steps)) return { do: "finish" };
  if (!answer || last?.kind === "note" || last?.kind === "question") return { do: "ask_model" };
  if (isLastCall(steps)) return afterLastCall(answer);
  if (answer.stopReason === "tool_use") return afterToolUse(steps, answer);
  return afterAnswer(steps, answer);
}

function afterLastCall(answer: Answer): Move {
  const { stopReason, refusal: detail } = answer;
  if (stopReason === "refusal") return { do: "give_up", why: "refusal", detail };
  if (textOf(answer).trim() === "") return { do: "give_up", why: "budget" };
  const why = whyCut(answer);
  return why ? { do: "give_up", why } : { do: "finish" };
}

/** What to say of an answer that ends before its time, where nothing follows; undefined for a whole one. */
function whyCut({ stopReason }: Answer): GiveUp | undefined {
  switch (stopReason) {
    case "max_tokens":
      return "too_long";
    case "interrupted":
      return "interrupted";
    case "model_context_window_exceeded":
      return "context_cut";
    default:
      return undefined;
  }
}

function afterToolUse(steps: readonly Step[], answer: Answer): Move {
  const calls = callsOf(answer);
  if (calls.length === 0) return emptyAnswer(steps);
  const answered = new Set(steps.flatMap((step) => (step.kind === "tool_result" ? [step.toolUseId] : [])));
  const pending = calls.filter((call) => !answered.has(call.id));
  return pending.length > 0 ? { do: "run_tools", calls: pending } : { do: "ask_model" };
}

function afterAnswer(steps: readonly Step[], answer: Answer): Move {
  const { stopReason, refusal: detail } = answer;
  if (stopReason === "pause_turn") return { do: "ask_model" };
  if (stopReason === "refusal") return { do: "give_up", why: "refusal", detail };
  const why = whyCut(answer);
  if (why) return carryOn(steps, why);
  return textOf(answer).trim() === "" ? emptyAnswer(steps) : { do: "finish" };
}

/** Why the answer that was last cut off stays incomplete. */
export function whyIncomplete(steps: readonly Step[]): GiveUp {
  const cut = steps.flatMap((step) => (step.kind === "answer" ? (whyCut(step) ?? []) : []));
  return cut.at(-1) ?? "interrupted";
}

/**
 * Whether an answer in words was cut off because the conversation is too long. It goes on with a shortened one and without
 * tools: what they brought would not fit either, and an answer after them would begin anew below its first half.
 */
export function isOverfull(steps: readonly Step[]): boolean {
  return steps.some((step) => step.kind === "answer" && step.stopReason === "model_context_window_exceeded");
}

function carryOn(steps: readonly Step[], why: GiveUp): Move {
  return notes(steps, "continue") < MAX_CONTINUATIONS ? { do: "add_note", reason: "continue" } : { do: "give_up", why };
}

function emptyAnswer(steps: readonly Step[]): Move {
  return notes(steps, "empty") === 0 ? { do: "add_note", reason: "empty" } : { do: "give_up", why: "empty" };
}

function notes(steps: readonly Step[], reason: NoteReason): number {
  return steps.filter((step) => step.kind === "note" && step.reason === reason).length;
}

/** Whether the budget has run out and the model has been told to answer with what it has. */
export function isLastCall(steps: readonly Step[]): boolean {
  return notes(steps, "budget") > 0;
}

/** What the person is told below the answer, where a cap of the day has ended the turn. */
export function stopNotice(steps: readonly Step[]): string | undefined {
  const note = steps.findLast((step) => step.kind === "note" && step.reason === "budget");
  return note?.kind === "note" ? note.notice : undefined;
}

/** Whether an answer may be carried on where it stops. */
export function isCut(answer: Answer): boolean {
  return answer.stopReason === "pause_turn" || whyCut(answer) !== undefined;
}

/** Whether the answer that follows these steps carries on the text of the one before it. */
export function isContinuation(steps: readonly Step[]): boolean {
  const last = steps.at(-1);
  if (last?.kind === "note") return last.reason === "continue";
  return last?.kind === "answer" && last.stopReason === "pause_turn";
}

/** An answer that was cut off, without what must not be replayed: calls that may be half, thinking without its signature. */
export function withoutCutOff(answer: Answer): Answer {
  const content = answer.content.filter((block) => {
    if (block.type === "thinking") return Boolean((block as { signature?: unknown }).signature);
    return block.type !== "tool_use";
  });
  return { ...answer, content };
}

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    outputTokens: a.outputTokens + b.outputTokens,
  };
}

export function totalTokens(usage: Usage): number {
  return usage.inputTokens + usage.cacheWriteTokens + usage.cacheReadTokens + usage.outputTokens;
}

const carryOnText =
  "The person has read what stands above. Carry on exactly where it stops, in the middle of the word if need be; do not " +
  "repeat or announce anything.";

/** What the model is told before it is asked again. */
export function noteText(reason: Extract<Move, { do: "add_note" }>["reason"], steps: readonly Step[]): string {
  if (reason === "empty") return "Your answer held no words. Answer the person now, in words, with what you know.";
  if (!isOverfull(steps)) return `Your answer was cut off. ${carryOnText}`;
  return (
    "Your answer was cut off, as the conversation is longer than you can read at once. Results above are shortened now, and " +
    `tools are no longer available. ${carryOnText} Say plainly at the end what you could not look at.`
  );
}

export function budgetNote(what: string): string {
  return (
    `The budget of this question has run out (${what}). Tools are no longer available. Answer now with what you have, and ` +
    "say plainly what you could not look at."
  );
}

export const giveUpSentences: Record<GiveUp, string> = {
  refusal: "Claude declined to answer this.",
  empty: "Claude gave no answer to this. Ask again, perhaps in other words.",
  too_long:
    "The answer is longer than I can write in one go and ends here. Ask for a part of it, such as one account or one day.",
  context:
    "This is more than I can read at once. Ask for less, such as fewer calls or one account, or start a new thread.",
  context_cut:
    "This answer is not complete: it rests on more than I can read at once. Ask for less, such as fewer calls or one " +
    "account, or start a new thread.",
  interrupted:
    "The connection to Claude broke in the middle of this answer, and it is not complete. Ask again to get it whole.",
  budget:
    "I ran out of the time or the number of steps that one question may take before I had an answer. Ask for less at once.",
};
