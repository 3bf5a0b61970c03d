import type { Reply } from "./ports.ts";

const MOST_CHARS = 90;
/** What the model's tools speak and people do not: instants, JSON, names with underscores, long ids. */
const machineWords = /\d-\d\dT\d|[{}]|[a-z0-9]_[a-z0-9]|\b\d{9,}\b|\b(?=[A-Z]*\d)[A-Z0-9]{9,}\b/;

/** Shows what the model thinks about, a sentence at a time, in the line that says what goes on. */
export class ThinkingStatus {
  readonly #reply: Reply;
  #pending = "";

  constructor(reply: Reply) {
    this.#reply = reply;
  }

  hear(delta: string): void {
    this.#pending += delta;
    const end = lastSentenceEnd(this.#pending);
    if (end < 0) return;
    const sentences = this.#pending.slice(0, end).split(/(?<=[.!?])\s+|\n+/);
    this.#pending = this.#pending.slice(end);
    const last = sentences.map(plain).findLast((sentence) => sentence !== "");
    if (last) this.#reply.status(`is thinking: ${last}`);
  }

  reset(): void {
    this.#pending = "";
  }
}

function lastSentenceEnd(text: string): number {
  const match = /^[\s\S]*(?:\n|[.!?](?=\s))/.exec(text);
  return match ? match[0].length : -1;
}

/** A sentence without its marks; empty where a person could not read it. */
function plain(sentence: string): string {
  const told = sentence.replaceAll(/\s*\([^()]*\)/g, (aside) => (machineWords.test(aside) ? "" : aside));
  if (machineWords.test(told)) return "";
  const text = told
    .replaceAll(/[*_#`>]/g, "")
    .trim()
    .replace(/[.]$/, "");
  return text.length <= MOST_CHARS ? text : `${text.slice(0, MOST_CHARS - 1)}…`;
}
