import type { NoteReason, PrivateAnswers, Step, ToolDefinition } from "./ports.ts";

type Note = Extract<Step, { kind: "note" }>;

const reasons: readonly NoteReason[] = ["moved_to_dm", "private"];

const notForAll = "Part of this is not for everybody here";
const moved = `${notForAll}, so I answer you in a direct message.`;
const noDirectMessage = `${notForAll}, and Slack opens no direct message with you for me. Please ask me in one.`;
const planned = `${notForAll}, so it is not done. Please do it in a direct message with me.`;
const begun = `${notForAll}. Something was done for this question already, so I do not begin it anew elsewhere: please ask me for the rest in a direct message.`;

/** What ended the turn, where a part of its answer is for the asker alone. */
export function privateEnd(steps: readonly Step[]): Note | undefined {
  return steps.find((step) => step.kind === "note" && reasons.includes(step.reason)) as Note | undefined;
}

/** Whether something was written for the question, or may have been: what was asked about once is not asked again elsewhere. */
export function hasWritten(steps: readonly Step[], tools: ReadonlyMap<string, ToolDefinition>): boolean {
  return steps.some(
    (step) => step.kind === "waiting" || (step.kind === "tool_result" && !tools.get(step.tool)?.readOnly),
  );
}

/**
 * Has the question answered to its asker alone. One for which something has been written already (`begun`) is not asked anew: that
 * would be written twice; nor one whose calls were decided on before (`planned`): its words alone are not what was meant. The step tells later questions of the thread as much as it tells the people in it.
 */
export async function endPrivately(
  question: Parameters<PrivateAnswers["move"]>[0],
  stays: "begun" | "planned" | undefined,
  privateAnswers: PrivateAnswers,
): Promise<Note> {
  if (stays) return note("private", stays === "begun" ? begun : planned);
  return (await privateAnswers.move(question)) ? note("moved_to_dm", moved) : note("private", noDirectMessage);
}

function note(reason: NoteReason, notice: string): Note {
  return { kind: "note", reason, text: `(This question ended here. The person was told: ${notice})`, notice };
}
