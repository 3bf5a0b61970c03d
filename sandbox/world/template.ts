/**
 * The little language of the phrase banks. `{slot}` stands for a fact of the call, `(this|that)` for one of several
 * wordings; both nest. A bank is compiled once, when its module is loaded.
 */
import type { Random } from "./random.ts";

export type Slots = Readonly<Record<string, string>>;
export type Template = readonly Part[];
type Part = string | { slot: string } | { choices: readonly Template[] };

/** Whose line it is: the rep, a colleague, the customer's main contact, and a second one. */
export type Role = "R" | "E" | "C" | "D";

interface Line {
  role: Role;
  text: Template;
}

/** A stretch of dialogue on one subject, whole in itself. */
export interface Exchange {
  topic: string;
  lines: readonly Line[];
  /** What a summary says of it. Its figures are in the lines. */
  point?: Template | undefined;
  /** The objection that it raises. */
  objection?: Template | undefined;
  /** The competitor that it names. */
  competitor?: Template | undefined;
  /** About how many words it takes. */
  words: number;
  /** It speaks of one of the customer's communities, by name. */
  isOfCommunity: boolean;
  /** Roles without whom it makes no sense, since their names are said. */
  needs: readonly Role[];
}

/** The share of a bank's words that is left once the choices are made. */
const WORDS_AFTER_CHOICE = 0.8;
const LINE = /^([RECD]): (.*)$/;
const NOTE = /^@(point|objection|competitor) (.*)$/;

/** Exchanges stand apart by blank lines; `@point`, `@objection` and `@competitor` lines describe the one they are in. */
export function compileBank(topic: string, source: string): Exchange[] {
  return source
    .trim()
    .split(/\n\s*\n/)
    .map((block) => compileExchange(topic, block.split("\n")));
}

function compileExchange(topic: string, rows: readonly string[]): Exchange {
  const lines: Line[] = [];
  const notes: Partial<Record<"point" | "objection" | "competitor", Template>> = {};
  for (const row of rows) {
    const line = LINE.exec(row);
    const note = NOTE.exec(row);
    if (line) lines.push({ role: line[1] as Role, text: compile(line[2] ?? "") });
    else if (note) notes[note[1] as "point" | "objection" | "competitor"] = compile(note[2] ?? "");
    else throw new SyntaxError(`not a line of dialogue: ${row}`);
  }
  const source = rows.join(" ");
  const needs: Role[] = [];
  if (source.includes("{second")) needs.push("D");
  if (source.includes("{engineer}")) needs.push("E");
  const isOfCommunity = source.includes("{community}");
  return {
    topic,
    lines,
    ...notes,
    needs,
    isOfCommunity,
    words: Math.round(source.split(" ").length * WORDS_AFTER_CHOICE),
  };
}

export function compile(source: string): Template {
  const { template, end } = compileUntil(source, 0, "");
  if (end !== source.length) throw new SyntaxError(`unbalanced at ${end}: ${source}`);
  return template;
}

function compileUntil(source: string, from: number, stops: string): { template: Template; end: number } {
  const template: Part[] = [];
  let at = from;
  let plain = from;
  const keepPlain = (): void => {
    if (at > plain) template.push(source.slice(plain, at));
  };
  for (; at < source.length && !stops.includes(source[at] as string); at++) {
    const open = source[at];
    if (open !== "{" && open !== "(") continue;
    keepPlain();
    const part = open === "{" ? compileSlot(source, at) : compileChoices(source, at);
    template.push(part.part);
    at = part.end;
    plain = at + 1;
  }
  keepPlain();
  return { template, end: at };
}

function compileSlot(source: string, open: number): { part: Part; end: number } {
  const end = source.indexOf("}", open);
  if (end < 0) throw new SyntaxError(`unclosed slot: ${source}`);
  return { part: { slot: source.slice(open + 1, end) }, end };
}

function compileChoices(source: string, open: number): { part: Part; end: number } {
  const choices: Template[] = [];
  let at = open;
  do {
    const { template, end } = compileUntil(source, at + 1, "|)");
    choices.push(template);
    at = end;
  } while (source[at] === "|");
  if (source[at] !== ")") throw new SyntaxError(`unclosed choice: ${source}`);
  return { part: { choices }, end: at };
}

/** Throws where a slot has no value: a typing error in a bank must not become a hole in a transcript. */
export function render(template: Template, slots: Slots, random: Random): string {
  let text = "";
  for (const part of template) {
    if (typeof part === "string") text += part;
    else if ("slot" in part) {
      const value = slots[part.slot];
      if (value === undefined) throw new RangeError(`no such slot: ${part.slot}`);
      text += value;
    } else text += render(random.pick(part.choices), slots, random);
  }
  return text;
}
