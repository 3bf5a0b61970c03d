import type { Reply } from "./ports.ts";
import type { SafeLinks } from "./safe-links.ts";

/** From so many repeated characters on, an answer that should carry on has begun again instead. */
const RESTART_CHARS = 30;

/**
 * The answer's text on its way to the person. Answers of one turn are set apart as paragraphs. An answer that carries on
 * one that was cut off is joined to it; if the model begins again from the start instead, what was already said is held
 * back, so that no text ever stands there twice. Of links only those pass that may be pressed.
 */
export class AnswerView {
  /** A continuation said the beginning again in other words: it was not shown, and the answer cannot be completed. */
  diverged = false;
  readonly #reply: Reply;
  readonly #links: SafeLinks;
  /** What the answers of the present chain of continuations have said. */
  #said = "";
  /** Said again so far, while it may still turn out to be a repetition. */
  #held: string | undefined;
  #preface = "";
  #breakBefore = false;
  #endsWithBreak = true;

  constructor(reply: Reply, links: SafeLinks) {
    this.#reply = reply;
    this.#links = links;
  }

  /** A line of Sophia's own above the answer, shown with its first words. */
  preface(text: string): void {
    this.#preface = text;
  }

  begin(isContinuation: boolean): void {
    this.#held = isContinuation && this.#said !== "" ? "" : undefined;
    if (isContinuation) return;
    this.#show(this.#links.flush());
    this.#said = "";
    this.#breakBefore = !this.#endsWithBreak;
  }

  text(delta: string): void {
    if (this.diverged) return;
    if (this.#held === undefined) this.#write(delta);
    else this.#compare(this.#held + delta);
  }

  /** `isCut`: the next answer may carry this one on, in the middle of a link if need be. */
  end(isCut: boolean): void {
    const held = this.#held ?? "";
    this.#held = undefined;
    if (held.length < RESTART_CHARS) this.#write(held);
    if (!isCut) this.#show(this.#links.flush());
  }

  /** There is no more of the answer: a sentence of Sophia's own says why, as a paragraph. */
  giveUp(sentence: string): void {
    this.begin(false);
    this.#reply.giveUp(this.#lead() + sentence);
  }

  /** A line of Sophia's own below the answer, as a paragraph. */
  close(line: string): void {
    this.begin(false);
    this.#reply.write(this.#lead() + line);
    this.#endsWithBreak = false;
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
    this.#said += text;
    this.#show(this.#links.push(text));
  }

  #show(text: string): void {
    if (text === "") return;
    const lead = this.#lead();
    if (lead !== "") this.#reply.write(lead);
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
