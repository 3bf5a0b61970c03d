import type { MessagesRequest, ScriptBlock } from "../wire.ts";
import { wordsOf } from "./ask.ts";
import { asksForSummary, summaryJson } from "./call-summary.ts";
import { readConversation } from "./conversation.ts";
import { INTENTS } from "./intents.ts";
import { blocksOfMove } from "./move.ts";

const CONFESSION = "_Scripted model: no Claude was asked._";
const STOPPED = "I had to stop before I had looked everything up. Ask again, please.";

/**
 * The scripted model. It knows the request and nothing else: the question, the context message after it, and what the
 * tools have answered; each of its sentences is computed from those.
 */
export function salesScript(request: MessagesRequest): ScriptBlock[] {
  if (request.output_config?.format)
    return [{ type: "text", text: asksForSummary(request) ? summaryJson(request) : "{}" }];
  const conversation = readConversation(request);
  const question = wordsOf(conversation.current.question);
  const intent = INTENTS.find((candidate) => candidate.matches(question, conversation));
  if (!intent) return [{ type: "text", text: CONFESSION }];
  const move = intent.run(conversation);
  if (!("text" in move)) return conversation.mayCall ? blocksOfMove(move) : [{ type: "text", text: STOPPED }];
  const firstAnswer = conversation.earlier.length === 0 && intent.name !== "bench";
  const text = firstAnswer ? `${move.text}\n\n${CONFESSION}` : move.text;
  const { said } = conversation.current;
  return blocksOfMove({ text: text.startsWith(said) ? text.slice(said.length) : text });
}
