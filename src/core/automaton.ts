/** From `start` to before `end`, in UTF-16 units. */
export interface Span {
  start: number;
  end: number;
}

type Edges = Uint16Array | Uint32Array;

/**
 * Finds all of many words in one pass over a text, in a time that does not depend on how many there are (Aho and Corasick).
 * A state is what of the text's end may be the beginning of a word; 0 where nothing may.
 */
export class Automaton {
  /** Of each UTF-16 unit; 0 for those that are in no word. */
  readonly #classes = new Uint16Array(0x10000);
  readonly #width: number;
  /** State times width plus class -> state. */
  readonly #next: Edges;
  readonly #depths: Uint32Array;
  /** State -> length of the longest word that ends there; 0 where none does. */
  readonly #longest: Uint32Array;

  constructor(words: Iterable<string>) {
    const all = [...words].filter((word) => word !== "");
    let width = 1;
    for (const word of all) {
      for (let at = 0; at < word.length; at++) {
        const code = word.charCodeAt(at);
        if (this.#classes[code] === 0) this.#classes[code] = width++;
      }
    }
    this.#width = width;
    const most = all.reduce((sum, word) => sum + word.length, 1);
    // Half the memory where it does: the nearer the states lie together, the faster they are read.
    const next = most > 0xffff ? new Uint32Array(most * width) : new Uint16Array(most * width);
    this.#depths = new Uint32Array(most);
    this.#longest = new Uint32Array(most);
    const states = this.#addWords(all, next);
    this.#next = next.slice(0, states * width);
    this.#link();
  }

  /** How many units at the text's end may be the beginning of a word. */
  depthOf(state: number): number {
    return this.#depths[state] ?? 0;
  }

  /**
   * Reads on from `from` in this state and returns the one at the end. Where words were found is added to `found`, in order;
   * those that touch make one span, which may begin before `from`, and below 0.
   */
  scan(text: string, from: number, state: number, found: Span[]): number {
    const next = this.#next;
    const classes = this.#classes;
    const longest = this.#longest;
    const width = this.#width;
    let now = state;
    for (let at = from; at < text.length; at++) {
      now = next[now * width + (classes[text.charCodeAt(at)] ?? 0)] ?? 0;
      if (now === 0) continue;
      const length = longest[now] ?? 0;
      if (length > 0) addSpan(found, at + 1 - length, at + 1);
    }
    return now;
  }

  /** Returns the number of states. */
  #addWords(words: readonly string[], next: Edges): number {
    let states = 1;
    for (const word of words) {
      let state = 0;
      for (let at = 0; at < word.length; at++) {
        const edge = state * this.#width + (this.#classes[word.charCodeAt(at)] ?? 0);
        if (next[edge] === 0) {
          next[edge] = states;
          this.#depths[states++] = at + 1;
        }
        state = next[edge] ?? 0;
      }
      this.#longest[state] = word.length;
    }
    return states;
  }

  /** Gives each state an edge for every class: where a word goes on no further, that of the longest beginning that is left. */
  #link(): void {
    const next = this.#next;
    const width = this.#width;
    const left = new Uint32Array(next.length / width);
    const queue = [0];
    for (const state of queue) {
      const fallback = left[state] ?? 0;
      if (state !== 0 && this.#longest[state] === 0) this.#longest[state] = this.#longest[fallback] ?? 0;
      for (let unit = 1; unit < width; unit++) {
        const edge = state * width + unit;
        const beyond = state === 0 ? 0 : (next[fallback * width + unit] ?? 0);
        const target = next[edge] ?? 0;
        if (target === 0) next[edge] = beyond;
        else {
          left[target] = beyond;
          queue.push(target);
        }
      }
    }
  }
}

function addSpan(found: Span[], from: number, end: number): void {
  let start = from;
  for (let last = found.at(-1); last !== undefined && last.end >= start; last = found.at(-1)) {
    start = Math.min(start, last.start);
    found.pop();
  }
  found.push({ start, end });
}
