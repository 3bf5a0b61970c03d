import { asObject, asText, lookUp, toolName } from "./calls.ts";
import { type Conversation, type Outcome, readJson } from "./conversation.ts";
import type { Inquiry } from "./inquiry.ts";
import { plain } from "./markdown.ts";
import { type Found, propose, say } from "./move.ts";
import { problemInWords } from "./wording.ts";

type Json = Record<string, unknown>;

export interface Write extends Inquiry {
  thought: string;
  /** Said before the call: what is about to be proposed. */
  proposal: string;
  /** What is not so where it failed: "The task was not created". */
  undone: string;
  /** Where its outcome can be seen: "Asana". */
  service: string;
}

/** What a write gave back. */
export interface Written {
  json: Json;
  /** Whether a person changed the arguments before they approved: what was written is then in the result alone. */
  isEdited: boolean;
}

/** The result of a write, or the move that comes first: the call, or the plain words for why there is no result. */
export function write(conversation: Conversation, { tool, input, thought, ...words }: Write): Found<Written> {
  const name = toolName(conversation, tool);
  if (!name) return say(`${words.undone}: I have no tool here for that (\`${tool}\` is not offered to me).`);
  const { outcome, next } = lookUp(conversation.current.outcomes, { name, input }, conversation.tools);
  // Said once: an answer that was cut off before its call goes on with the call.
  const before = conversation.current.said.includes(words.proposal) ? "" : words.proposal;
  if (next) return propose(thought, before, next);
  return outcome.isError ? say(refusal(outcome, words)) : { value: written(outcome) };
}

/** What came of one of several writes. */
export type OneOfWrites = (Written & { problem?: undefined }) | { problem: string };

/** Several writes of one tool, all in one answer: people are asked about them together. */
export function writeAll(
  conversation: Conversation,
  { tool, inputs, thought, ...words }: Omit<Write, "input"> & { inputs: readonly Json[] },
): Found<OneOfWrites[]> {
  const name = toolName(conversation, tool);
  if (!name) return say(`${words.undone}: I have no tool here for that (\`${tool}\` is not offered to me).`);
  const { outcomes, said } = conversation.current;
  const looked = inputs.map((input) => lookUp(outcomes, { name, input }, conversation.tools));
  const calls = looked.flatMap(({ next }) => next ?? []);
  const before = said.includes(words.proposal) ? "" : words.proposal;
  if (calls.length > 0) return { move: { thinking: thought, before, calls } };
  return {
    value: looked.map(({ outcome }): OneOfWrites => {
      if (!outcome) return { problem: words.undone };
      return outcome.isError ? { problem: refusal(outcome, words) } : written(outcome);
    }),
  };
}

/** How an answer begins that tells of a write. */
export const done = ({ isEdited }: Written): string => (isEdited ? "Done, with your changes" : "Done");

/** How Sophia says in the result that the person changed the arguments; the result itself stands on a line of its own. */
const EDITED = /^The person changed the arguments before they approved\b/mu;

function written({ json, text }: Outcome): Written {
  const lines = json === undefined ? text.split("\n").map(readJson) : [json];
  return { json: asObject(lines.find((line) => line !== undefined)), isEdited: EDITED.test(text) };
}

function refusal({ text }: Outcome, { undone, service }: Pick<Write, "undone" | "service">): string {
  if (/\bit was denied\b/.test(text)) {
    const said = /\bWhat they said to it: (".*")$/mu.exec(text)?.[1];
    const reason = said === undefined ? "" : ` The reason given: “${plain(asText(readJson(said)) ?? "")}”`;
    return `${undone}: you did not approve it. Nothing was changed in ${service}.${reason}`;
  }
  if (/\bnobody decided\b/.test(text)) return `${undone}: nobody approved it in time. Ask again if it is still wanted.`;
  if (/\bnot known\b/.test(text))
    return `I do not know whether it was done: ${plain(problemInWords(text))} Have a look in ${service} before you ask again.`;
  if (/\bnobody can be asked for their consent\b/.test(text))
    return `${undone}: it needs somebody's consent, and nobody can be asked for it here.`;
  if (/\bis switched off here\b/.test(text)) return `${undone}: changes of this kind are switched off here.`;
  return `${undone}: ${plain(problemInWords(text))}`;
}
