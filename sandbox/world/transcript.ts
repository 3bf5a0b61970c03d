import type { Random } from "./random.ts";
import { type Exchange, type Line, type Role, render, type Slots } from "./template.ts";
import type { Monologue } from "./types.ts";

const PAUSE_MS = 350;

/** Puts rendered exchanges into the mouths of the parties and on the clock. */
export class TranscriptWriter {
  readonly #speakers: Readonly<Record<Role, string>>;
  readonly #slots: Slots;
  readonly #random: Random;
  readonly #monologues: Monologue[] = [];
  #words = 0;

  constructor(speakers: Readonly<Record<Role, string>>, slots: Slots, random: Random) {
    this.#speakers = speakers;
    this.#slots = slots;
    this.#random = random;
  }

  get words(): number {
    return this.#words;
  }

  play(exchange: Exchange): void {
    for (const line of exchange.lines) this.#speak(line, exchange.topic);
  }

  say(role: Role, text: string, topic: string): void {
    const last = this.#monologues.at(-1);
    const speakerId = this.#speakers[role];
    const sentences = splitSentences(text).map((sentence) => ({ start: 0, end: 0, text: sentence }));
    if (last?.speakerId === speakerId && last.topic === topic) last.sentences.push(...sentences);
    else this.#monologues.push({ speakerId, topic, sentences });
    this.#words += countWords(text);
  }

  #speak(line: Line, topic: string): void {
    this.say(line.role, render(line.text, this.#slots, this.#random), topic);
  }

  /** The whole conversation, spread so that its last word falls at `durationMs`. */
  finish(durationMs: number): Monologue[] {
    const sentences = this.#monologues.flatMap((m) => m.sentences);
    const pauses = sentences.length * PAUSE_MS;
    const letters = sentences.reduce((sum, s) => sum + s.text.length, 0);
    const perLetter = Math.max(1, durationMs - pauses) / letters;
    let at = 0;
    for (const sentence of sentences) {
      at += PAUSE_MS;
      sentence.start = Math.round(at);
      at += sentence.text.length * perLetter;
      sentence.end = Math.round(at);
    }
    return this.#monologues;
  }
}

function countWords(text: string): number {
  let words = 1;
  for (let at = text.indexOf(" "); at >= 0; at = text.indexOf(" ", at + 1)) words++;
  return words;
}

/** Splits behind `.`, `?` and `!` where a capital, a digit or a quotation follows. */
export function splitSentences(text: string): string[] {
  return text.split(/(?<=[.?!]) (?=[\p{Lu}"“¿€£$])/u);
}
