import type { Random } from "./random.ts";
import { type Exchange, type Role, render, type Slots } from "./template.ts";
import type { Monologue, Sentence } from "./types.ts";

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

  /** `own` are facts of this exchange alone. */
  play(exchange: Exchange, own?: Slots): void {
    const slots = own ? { ...this.#slots, ...own } : this.#slots;
    for (const { role, text } of exchange.lines) this.say(role, render(text, slots, this.#random), exchange.topic);
  }

  say(role: Role, text: string, topic: string): void {
    const last = this.#monologues.at(-1);
    const speakerId = this.#speakers[role];
    const sentences = splitSentences(text).map((part): Sentence => ({ start: 0, end: 0, text: part }));
    if (last?.speakerId === speakerId && last.topic === topic) last.sentences.push(...sentences);
    else this.#monologues.push({ speakerId, topic, sentences });
    this.#words += countWords(text);
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

const ENDS = new Set([".", "?", "!"].map((mark) => mark.charCodeAt(0)));
const OPENERS = new Set(['"', "<", "$"].map((mark) => mark.charCodeAt(0)));

/** Splits behind `.`, `?` and `!` where a capital, a quotation or a letter outside of ASCII follows. */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  let start = 0;
  for (let space = text.indexOf(" "); space >= 0; space = text.indexOf(" ", space + 1)) {
    if (!ENDS.has(text.charCodeAt(space - 1)) || !opensSentence(text.charCodeAt(space + 1))) continue;
    sentences.push(text.slice(start, space));
    start = space + 1;
  }
  sentences.push(text.slice(start));
  return sentences;
}

function opensSentence(code: number): boolean {
  return (code >= 65 && code <= 90) || code > 127 || OPENERS.has(code);
}
