import { randomId } from "../../src/core/ids.ts";
import type { Step } from "../../src/agent/ports.ts";
import type { NewTurn } from "../../src/storage/turns.ts";

/** A question in a thread of its own, unless told otherwise. */
export function newTurn(fields: Partial<NewTurn> = {}): NewTurn {
  const id = fields.id ?? randomId("turn");
  return {
    id,
    sourceKey: `message:${id}`,
    source: "mention",
    teamId: "T1",
    channel: "C1",
    threadTs: `thread-${id}`,
    userId: "U1",
    text: "summarize yesterday's calls",
    agent: "sophia",
    audience: "channel",
    ...fields,
  };
}

export function question(text: string): Step {
  return { kind: "question", text, context: "Monday" };
}
