import { Automaton, type Span } from "./automaton.ts";

/** Takes the secrets of this process out of texts, whoever wrote them there. */
export interface Secrets {
  /** The text with `[secret removed]` in place of each; the text itself where there is none. */
  remove(text: string): string;
  /** The same for every text in a JSON value, the names of fields included; the value itself where there is none. */
  removeIn<Value>(value: Value): Value;
  /** For one text that comes in pieces. */
  stream(): SecretStream;
}

export interface SecretStream {
  /** What can be shown now: what may be the beginning of a secret is held back. */
  push(piece: string): string;
  /** What was held back; then another text may begin. */
  end(): string;
}

/** Shorter values are words that stand in any text. */
const SHORTEST = 8;
/** From this length on a half of a value is known for one, and so is what a cut in the middle has left of it. */
const SHORTEST_IN_PIECES = 24;
const LONGEST_PIECE = 32;
const MAX_DEPTH = 200;
const PUT = "[secret removed]";

/**
 * Knows each value as it is, and as it travels: in a URL, a form, JSON, Slack's escapes, and base64 wherever in the encoded
 * bytes it begins (`Basic` encodes a pair). Values under 8 characters are not looked for.
 */
export function createSecrets(values: Iterable<string>): Secrets {
  const forms = [...new Set(values)].filter((value) => value.length >= SHORTEST).flatMap(formsOf);
  return forms.length === 0 ? noSecrets : new KnownSecrets(new Automaton(new Set(forms.flatMap(piecesOf))));
}

/** For a process that has none. */
export const noSecrets: Secrets = {
  remove: (text) => text,
  removeIn: (value) => value,
  stream: () => ({ push: (piece) => piece, end: () => "" }),
};

class KnownSecrets implements Secrets {
  readonly #automaton: Automaton;

  constructor(automaton: Automaton) {
    this.#automaton = automaton;
  }

  remove(text: string): string {
    const found: Span[] = [];
    this.#automaton.scan(text, 0, 0, found);
    if (found.length === 0) return text;
    const stream = this.stream();
    return stream.push(text) + stream.end();
  }

  removeIn<Value>(value: Value): Value {
    return this.#removeIn(value, 0) as Value;
  }

  stream(): SecretStream {
    return new HoldingStream(this.#automaton);
  }

  #removeIn(value: unknown, depth: number): unknown {
    if (typeof value === "string") return this.remove(value);
    if (typeof value !== "object" || value === null) return value;
    if (depth >= MAX_DEPTH) return "[nested too deeply]";
    if (Array.isArray(value)) {
      const items = value.map((item) => this.#removeIn(item, depth + 1));
      return items.every((item, index) => item === value[index]) ? value : items;
    }
    const entries = Object.entries(value);
    const cleaned = entries.map(([name, field]) => [this.remove(name), this.#removeIn(field, depth + 1)] as const);
    const isSame = cleaned.every(
      ([name, field], index) => name === entries[index]?.[0] && field === entries[index]?.[1],
    );
    return isSame ? value : Object.fromEntries(cleaned);
  }
}

class HoldingStream implements SecretStream {
  readonly #automaton: Automaton;
  #state = 0;
  /** What was not given out yet. */
  #text = "";
  #found: Span[] = [];
  /** What was given out ends with a removed secret: what goes on it is not told again. */
  #endsRemoved = false;

  constructor(automaton: Automaton) {
    this.#automaton = automaton;
  }

  push(piece: string): string {
    const from = this.#text.length;
    this.#text += piece;
    this.#state = this.#automaton.scan(this.#text, from, this.#state, this.#found);
    return this.#give(this.#text.length - this.#automaton.depthOf(this.#state));
  }

  end(): string {
    const rest = this.#give(this.#text.length);
    this.#state = 0;
    this.#endsRemoved = false;
    return rest;
  }

  #give(wanted: number): string {
    let shown = "";
    let at = 0;
    while (this.#found[0] && this.#found[0].start < wanted) {
      const { start, end } = this.#found[0];
      this.#found.shift();
      shown += this.#text.slice(at, Math.max(at, start));
      if (start > at || !this.#endsRemoved) shown += PUT;
      this.#endsRemoved = true;
      at = end;
    }
    if (wanted > at) {
      shown += this.#text.slice(at, wanted);
      this.#endsRemoved = false;
      at = wanted;
    }
    this.#text = this.#text.slice(at);
    this.#found = this.#found.map(({ start, end }) => ({ start: start - at, end: end - at }));
    return shown;
  }
}

function formsOf(value: string): string[] {
  const form = new URLSearchParams({ value }).toString().slice("value=".length);
  const slack = value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return [value, encodeURIComponent(value), form, JSON.stringify(value).slice(1, -1), slack, ...inBase64(value)];
}

/** The characters that stand for these bytes alone, for each of the three places in which they can begin. */
function inBase64(value: string): string[] {
  const bytes = Buffer.from(value);
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const own = encoded.slice(before === 0 ? 0 : before + 1, Math.floor(((before + bytes.length) * 8) / 6));
    return [own, own.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

function piecesOf(form: string): string[] {
  if (form.length < SHORTEST_IN_PIECES) return [form];
  const count = Math.max(2, Math.ceil(form.length / LONGEST_PIECE));
  const border = (index: number): number => Math.round((index * form.length) / count);
  return Array.from({ length: count }, (_, index) => form.slice(border(index), border(index + 1)));
}
