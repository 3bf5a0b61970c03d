import { asObject, lookUp, toolName } from "./calls.ts";
import type { Conversation, Outcome } from "./conversation.ts";
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

/** The result of a write, or the move that comes first: the call, or the plain words for why there is no result. */
export function write(conversation: Conversation, { tool, input, thought, ...words }: Write): Found<Json> {
  const name = toolName(conversation, tool);
  if (!name) return say(`${words.undone}: I have no tool here for that (\`${tool}\` is not offered to me).`);
  const { outcome, next } = lookUp(conversation.current.outcomes, { name, input }, conversation.tools);
  // Said once: an answer that was cut off before its call goes on with the call.
  const before = conversation.current.said.includes(words.proposal) ? "" : words.proposal;
  if (next) return propose(thought, before, next);
  return outcome.isError ? say(refusal(outcome, words)) : { value: asObject(outcome.json) };
}

function refusal({ text }: Outcome, { undone, service }: Pick<Write, "undone" | "service">): string {
  if (/\bdid not want\b/.test(text)) return `${undone}: you did not approve it.`;
  if (/\bNobody decided\b/.test(text)) return `${undone}: nobody approved it in time. Ask again if it is still wanted.`;
  if (/\bnot known\b/.test(text))
    return `I do not know whether it was done: ${plain(problemInWords(text))} Have a look in ${service} before you ask again.`;
  if (/\bnobody can be asked for their consent\b/.test(text))
    return `${undone}: it needs somebody's consent, and nobody can be asked for it here.`;
  if (/\bis switched off here\b/.test(text)) return `${undone}: changes of this kind are switched off here.`;
  return `${undone}: ${plain(problemInWords(text))}`;
}
