import type { ScriptBlock } from "../wire.ts";

export interface ToolCall {
  name: string;
  input: Record<string, unknown>;
}

/** What the script does next: think and call tools, `before` being said to the person first, or say something and be done. */
export type Move = { calls: readonly ToolCall[]; thinking: string; before?: string } | { text: string };

/** What was looked for, or the move that is to come first. */
export type Found<T> = { value: T } | { move: Move };

export function call(thinking: string, ...calls: ToolCall[]): { move: Move } {
  return { move: { thinking, calls } };
}

/** A write: the person reads what is about to be proposed, and is then asked for consent by others than the script. */
export function propose(thinking: string, before: string, write: ToolCall): { move: Move } {
  return { move: { thinking, before, calls: [write] } };
}

export function say(text: string): { move: Move } {
  return { move: { text } };
}

export function blocksOfMove(move: Move): ScriptBlock[] {
  if ("text" in move) return move.text ? [{ type: "text", text: move.text }] : [];
  // A deferred tool is found by the reason, not by the proposal that stands between the two.
  const uses = move.calls.map(
    ({ name, input }): ScriptBlock => ({ type: "tool_use", name, input, search: move.thinking }),
  );
  const before: ScriptBlock[] = move.before ? [{ type: "text", text: move.before }] : [];
  return [{ type: "thinking", thinking: move.thinking }, ...before, ...uses];
}
