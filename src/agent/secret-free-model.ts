import type { Secrets } from "../core/secrets.ts";
import type { Answer, ContentBlock, Model, ModelListener, ModelRequest, Step } from "./ports.ts";

/**
 * The model with the secrets of the process taken out of all that it reads and says. Questions and results have lost theirs
 * before; here is what no other way in leads past, such as a record of a time at which a secret was none yet. What is heard in
 * pieces and what is recorded lose the same.
 */
export function withoutSecrets(model: Model, secrets: Secrets): Model {
  return {
    respond: async (request, listener, signal) => {
      const hearing = hear(listener, secrets);
      const answer = await model.respond(cleanRequest(request, secrets), hearing.listener, signal);
      hearing.end();
      return cleanAnswer(answer, secrets);
    },
  };
}

function hear(listener: ModelListener, secrets: Secrets): { listener: ModelListener; end(): void } {
  const [text, thinking] = [secrets.stream(), secrets.stream()];
  const say = (words: string, tell: (delta: string) => void): void => {
    if (words !== "") tell(words);
  };
  return {
    listener: {
      onText: (delta) => say(text.push(delta), (words) => listener.onText(words)),
      onThinking: (delta) => say(thinking.push(delta), (words) => listener.onThinking(words)),
      onRetry: (waitMs) => listener.onRetry(waitMs),
      onLost: (usage) => listener.onLost(usage),
    },
    end: () => say(text.end(), (words) => listener.onText(words)),
  };
}

function cleanRequest(request: ModelRequest, secrets: Secrets): ModelRequest {
  const steps = request.steps.map((step): Step => {
    return step.kind === "answer" ? cleanAnswer(step, secrets) : secrets.removeIn(step);
  });
  return { ...request, system: secrets.remove(request.system), tools: secrets.removeIn(request.tools), steps };
}

function cleanAnswer(answer: Answer, secrets: Secrets): Answer {
  const content = answer.content.flatMap((block) => cleanBlock(block, secrets));
  return { ...secrets.removeIn({ ...answer, content: [] }), content };
}

/** Thinking is signed: it goes back as it came, or not at all. */
function cleanBlock(block: ContentBlock, secrets: Secrets): ContentBlock[] {
  const clean = secrets.removeIn(block);
  return clean !== block && block.type === "thinking" ? [] : [clean];
}
