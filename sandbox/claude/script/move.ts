import type { ScriptBlock } from "../wire.ts";

export interface ToolCall {
  name: string;
  input: Record<string, unknown>;
}

/** What the script does next: think and call tools, or say something. */
export type Move = { calls: readonly ToolCall[]; thinking: string } | { text: string };

/** What was looked for, or the move that is to come first. */
export type Found<T> = { value: T } | { move: Move };

export function call(thinking: string, ...calls: ToolCall[]): { move: Move } {
  return { move: { thinking, calls } };
}

export function say(text: string): { move: Move } {
  return { move: { text } };
}

export function blocksOfMove(move: Move): ScriptBlock[] {
  if ("text" in move) return move.text ? [{ type: "text", text: move.text }] : [];
  const uses = move.calls.map(({ name, input }): ScriptBlock => ({ type: "tool_use", name, input }));
  return [{ type: "thinking", thinking: move.thinking }, ...uses];
}
