import type { Reply } from "./ports.ts";

/** From so many repeated characters on, an answer that should carry on has begun again instead. */
const RESTART_CHARS = 30;

/**
 * The answer's text on its way to the person. Answers of one turn are set apart as paragraphs. An answer that carries on
 * one that was cut off is joined to it; if the model begins again from the start instead, what was already said is held
 * back, so that no text ever stands there twice.
 */
export class AnswerView {
  /** A continuation said the beginning again in other words: it was not shown, and the answer cannot be completed. */
  diverged = false;
  readonly #reply: Reply;
  /** What the answers of the present chain of continuations have said. */
  #said = "";
  /** Said again so far, while it may still turn out to be a repetition. */
  #held: string | undefined;
  #preface = "";
  #breakBefore = false;
  #endsWithBreak = true;

  constructor(reply: Reply) {
    this.#reply = reply;
  }

  /** A line of Sophia's own above the answer, shown with its first words. */
  preface(text: string): void {
    this.#preface = text;
  }

  begin(isContinuation: boolean): void {
    this.#held = isContinuation && this.#said !== "" ? "" : undefined;
    if (isContinuation) return;
    this.#said = "";
    this.#breakBefore = !this.#endsWithBreak;
  }

  text(delta: string): void {
    if (this.diverged) return;
    if (this.#held === undefined) this.#write(delta);
    else this.#compare(this.#held + delta);
  }

  end(): void {
    const held = this.#held ?? "";
    this.#held = undefined;
    if (held.length < RESTART_CHARS) this.#write(held);
  }

  /** There is no more of the answer: a sentence of Sophia's own says why, as a paragraph. */
  giveUp(sentence: string): void {
    this.begin(false);
    this.#reply.giveUp(this.#lead() + sentence);
  }

  #compare(again: string): void {
    if (this.#said.startsWith(again)) {
      this.#held = again;
      return;
    }
    this.#held = undefined;
    if (again.startsWith(this.#said)) this.#write(again.slice(this.#said.length));
    else if (commonPrefix(again, this.#said) < RESTART_CHARS) this.#write(again);
    else this.diverged = true;
  }

  #write(text: string): void {
    if (text === "") return;
    const lead = this.#lead();
    if (lead !== "") this.#reply.write(lead);
    this.#said += text;
    this.#endsWithBreak = text.endsWith("\n");
    this.#reply.write(text);
  }

  /** What stands before the next text, once. */
  #lead(): string {
    const lead = (this.#preface === "" ? "" : `${this.#preface}\n\n`) + (this.#breakBefore ? "\n\n" : "");
    this.#preface = "";
    this.#breakBefore = false;
    return lead;
  }
}

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
