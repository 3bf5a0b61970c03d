import { type Entered, inputProblem, inputState, isInput } from "./inputs.ts";
import type { Block } from "./types.ts";

/** What a person has entered in a view, by `block_id` and `action_id`; what is not named stands as the app put it there. */
export type EnteredValues = Readonly<Record<string, Readonly<Record<string, Entered>>>>;

type Json = Record<string, unknown>;

interface Input {
  block: Block;
  element: Json;
  actionId: string;
}

function inputsOf(blocks: readonly Block[]): Input[] {
  return blocks.flatMap((block) =>
    [block["element"], block["accessory"], block["elements"]].flat().flatMap((candidate) => {
      const element = candidate as Json | undefined;
      return element && isInput(element["type"]) ? [{ block, element, actionId: String(element["action_id"]) }] : [];
    }),
  );
}

/** `state.values` of a view. Throws where an option is chosen that is not there. */
export function viewState(blocks: readonly Block[], entered: EnteredValues): Record<string, Json> {
  const state: Record<string, Json> = {};
  for (const { block, element, actionId } of inputsOf(blocks)) {
    const value = entered[String(block.block_id)]?.[actionId];
    state[String(block.block_id)] = {
      ...state[String(block.block_id)],
      [actionId]: inputState(element, value),
    };
  }
  return state;
}

/** What Slack itself finds wrong with what was entered, by `block_id`. */
export function viewProblems(blocks: readonly Block[], entered: EnteredValues): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const { block, element, actionId } of inputsOf(blocks)) {
    if (block.type !== "input") continue;
    const state = inputState(element, entered[String(block.block_id)]?.[actionId]);
    const problem = inputProblem(element, block["optional"] === true, state);
    if (problem !== undefined) problems[String(block.block_id)] = problem;
  }
  return problems;
}

/** Both together, the later on top. Throws where the view has no such input. */
export function withEntered(blocks: readonly Block[], before: EnteredValues, given: EnteredValues): EnteredValues {
  const known = inputsOf(blocks).map(({ block, actionId }) => `${String(block.block_id)}/${actionId}`);
  const merged: Record<string, Record<string, Entered>> = {};
  for (const values of [before, given]) {
    for (const [blockId, actions] of Object.entries(values)) merged[blockId] = { ...merged[blockId], ...actions };
  }
  for (const [blockId, actions] of Object.entries(given)) {
    const missing = Object.keys(actions).find((actionId) => !known.includes(`${blockId}/${actionId}`));
    if (missing !== undefined)
      throw new Error(`The view has no input "${missing}" in block "${blockId}"; it has ${known.join(", ") || "none"}`);
  }
  return merged;
}
