import type { TaskUpdate } from "../../agent/ports.ts";
import { breakAt, findBreak, lastBoundary, type Reopen, reopened } from "../markdown/breaks.ts";
import { soundEnd } from "../markdown/sound-end.ts";

/** What Slack's streams take, and what a message of the answer is made of. */
export type Chunk = TextChunk | TaskChunk;

interface TextChunk {
  type: "markdown_text";
  text: string;
}

export interface TaskChunk {
  type: "task_update";
  id: string;
  title: string;
  status: TaskUpdate["status"];
  output?: string;
}

/** UTF-8 bytes of text and cards in one message. Slack refuses more than 12,000, and counts cards in ways of its own. */
const pageBytes = 10_500;
const pageCards = 25;
const titleLength = 200;
const outputLength = 250;
/** Room kept for a card: its title, its output to come, and the JSON around them. */
const cardBytes = 800;

const moreBelow = "_More below._";

/** What belongs on the page after a cut. */
export interface Carry {
  text: string;
  reopen: Reopen | undefined;
}

/** One Slack message of the answer. */
export class Page {
  readonly part: number;
  /** What Slack has. */
  readonly sent: Chunk[] = [];
  /** What it is still to get, in order. */
  pending: Chunk[] = [];
  /** Nothing more goes on this page. */
  isEnded = false;
  /** The text since the last new card; a cut may be in that part of it which nobody has taken to send it. */
  #run = "";
  #runConfirmed = 0;
  #runPending = 0;
  #bytes = 0;
  /** Some text was put on it; it may be on its way to Slack, and then stands neither in `sent` nor in `pending`. */
  #hasWords = false;
  readonly #cards = new Map<string, TaskChunk>();

  constructor(part: number) {
    this.part = part;
  }

  get isEmpty(): boolean {
    return this.sent.length === 0 && this.pending.length === 0 && this.#run === "";
  }

  /** Everything on the page: text and cards in the order in which they first came. */
  content(): Chunk[] {
    const content: Chunk[] = [];
    for (const chunk of [...this.sent, ...this.pending]) push(content, chunk);
    return content;
  }

  /** Adds text, and ends the page where it is full. */
  write(text: string): Carry | undefined {
    const start = this.#run.length;
    const whole = this.#run + text;
    const room = Math.max(1_000, pageBytes - (this.#bytes - Buffer.byteLength(this.#run)));
    const cut = findBreak(whole, start - this.#runPending, room);
    if (!cut) {
      this.#append(text);
      return undefined;
    }
    // A cut in text that waits to be sent takes its tail back.
    if (cut.at < start) this.#takeBack(start - cut.at);
    else this.#append(whole.slice(start, cut.at));
    this.#append(cut.close);
    this.end();
    return { text: whole.slice(cut.at), reopen: cut.reopen };
  }

  hasRoomForCard(card: TaskChunk): boolean {
    if (this.#cards.has(card.id)) return true;
    return this.#cards.size < pageCards && this.#bytes + cardBytes < pageBytes * 0.75;
  }

  place(card: TaskChunk): void {
    const known = this.#cards.get(card.id);
    if (!known) {
      this.#run = "";
      this.#runConfirmed = 0;
      this.#runPending = 0;
      this.#bytes += cardBytes;
    }
    // Slack appends a second `output` to the first instead of replacing it.
    const { output, ...rest } = card;
    push(this.pending, output === undefined || output === known?.output ? rest : card);
    this.#cards.set(card.id, { ...known, ...card });
  }

  /** Takes what is to be sent; `confirm` or `giveBack` follows. */
  take(): Chunk[] {
    const batch = this.pending;
    this.pending = [];
    this.#runPending = 0;
    return batch;
  }

  confirm(batch: readonly Chunk[]): void {
    for (const chunk of batch) push(this.sent, chunk);
    this.#runConfirmed = this.#run.length - this.#runPending;
  }

  giveBack(batch: readonly Chunk[]): void {
    const later = this.pending;
    this.pending = [];
    for (const chunk of [...batch, ...later]) push(this.pending, chunk);
    this.#runPending = this.#run.length - this.#runConfirmed;
  }

  /** Ends the page at a line or word of what waits to be sent, else where it is. */
  cutShort(): Carry {
    const at = lastBoundary(this.#run, this.#run.length - this.#runPending);
    const text = this.#run.slice(at);
    const { close, reopen } = breakAt(this.#run, at);
    this.#takeBack(text.length);
    this.#append(close);
    this.end();
    return { text, reopen };
  }

  /** Slack takes no more on this page: what it did not take belongs on the next one. What still waits then are ends of cards. */
  moveOn(): { chunks: Chunk[]; reopen: Reopen | undefined } {
    const { reopen } = breakAt(this.#run, this.#runConfirmed);
    const chunks = this.take();
    this.isEnded = true;
    for (const card of this.sent) if (card.type === "task_update") this.#leaveBehind(card);
    return { chunks, reopen };
  }

  /** Takes back what Slack does not have, but for changes of cards that it has. */
  dropPending(): void {
    const pending = this.pending.filter((chunk) => chunk.type === "task_update" && this.shows(chunk.id));
    this.pending = [];
    this.#readRun();
    this.pending = pending;
    this.isEnded = false;
  }

  /** Whether Slack has this card. */
  shows(cardId: string): boolean {
    return this.sent.some((chunk) => chunk.type === "task_update" && chunk.id === cardId);
  }

  /** Takes back what would stand half at the end of the text, from what Slack has as well: it is to be edited then. */
  cutBack(): void {
    const { at, close } = soundEnd(this.#run);
    const unsent = Math.min(this.#run.length - at, this.#runPending);
    this.#takeBack(unsent);
    const last = this.sent.at(-1);
    const surplus = this.#run.length - at;
    if (surplus > 0 && last?.type === "markdown_text") {
      this.sent.pop();
      if (last.text.length > surplus) this.sent.push({ ...last, text: last.text.slice(0, -surplus) });
      this.#readRun();
    }
    this.#append(close);
  }

  /** Finds out anew which text stands last and how much there is, where all of it was sent. */
  #readRun(): void {
    const last = this.sent.at(-1);
    this.#run = last?.type === "markdown_text" ? last.text : "";
    const texts = this.sent.map((chunk) => (chunk.type === "markdown_text" ? Buffer.byteLength(chunk.text) : 0));
    this.#bytes = texts.reduce((sum, bytes) => sum + bytes, this.#cards.size * cardBytes);
    this.#runConfirmed = this.#run.length;
    this.#runPending = 0;
  }

  /**
   * Ends the page. A card that still runs would turn for ever: it says where it goes on. A stream's text for notifications is
   * what it has in words; a page of cards alone would be announced with nothing.
   */
  end(): void {
    if (this.#cards.size > 0 && !this.#hasWords) this.#append(moreBelow);
    for (const card of this.#cards.values()) this.#leaveBehind(card);
    this.isEnded = true;
  }

  #leaveBehind(card: TaskChunk): void {
    if (card.status === "in_progress") push(this.pending, { ...card, status: "complete", output: "Goes on below" });
  }

  #append(text: string): void {
    if (text === "") return;
    this.#hasWords = true;
    this.#run += text;
    this.#runPending += text.length;
    this.#bytes += Buffer.byteLength(text);
    push(this.pending, { type: "markdown_text", text });
  }

  #takeBack(length: number): void {
    let left = length;
    this.#bytes -= Buffer.byteLength(this.#run.slice(this.#run.length - length));
    this.#run = this.#run.slice(0, this.#run.length - length);
    this.#runPending -= length;
    while (left > 0) {
      const index = this.pending.findLastIndex((chunk) => chunk.type === "markdown_text");
      const chunk = this.pending[index];
      if (chunk?.type !== "markdown_text") return;
      const kept = Math.max(0, chunk.text.length - left);
      left -= chunk.text.length - kept;
      if (kept === 0) this.pending.splice(index, 1);
      else this.pending[index] = { type: "markdown_text", text: chunk.text.slice(0, kept) };
    }
  }
}

function push(chunks: Chunk[], chunk: Chunk): void {
  const last = chunks.at(-1);
  if (chunk.type === "markdown_text") {
    if (last?.type === "markdown_text") chunks[chunks.length - 1] = { ...last, text: last.text + chunk.text };
    else chunks.push(chunk);
    return;
  }
  const index = chunks.findIndex((other) => other.type === "task_update" && other.id === chunk.id);
  if (index === -1) chunks.push(chunk);
  else chunks[index] = { ...(chunks[index] as TaskChunk), ...chunk };
}

/** The whole answer, cut into messages as it comes. */
export class Pages {
  readonly list: Page[] = [];
  /** Cards whose end has not come yet. */
  readonly #running = new Map<string, TaskUpdate>();
  #reopen: Reopen | undefined;

  write(text: string): void {
    let rest = text;
    while (rest !== "") {
      const page = this.#current();
      const text = reopened(this.#reopen, rest) + rest;
      const carry = page.write(page.isEmpty ? text.replace(/^\n+/, "") : text);
      this.#reopen = carry?.reopen;
      rest = carry?.text ?? "";
    }
  }

  place(update: TaskUpdate): void {
    if (update.status === "in_progress") this.#running.set(update.id, update);
    else this.#running.delete(update.id);
    const card: TaskChunk = {
      type: "task_update",
      id: update.id,
      title: cut(update.title, titleLength),
      status: update.status,
      ...(update.output ? { output: cut(update.output, outputLength) } : {}),
    };
    const page = this.#current();
    if (!page.hasRoomForCard(card)) page.end();
    this.#current().place(card);
  }

  /** What stands there in words, without the cards. */
  words(): string {
    const chunks = this.list.flatMap((page) => page.content());
    return chunks.map((chunk) => (chunk.type === "markdown_text" ? chunk.text : "")).join("");
  }

  /** Begins anew below so many messages that stay as they are. */
  startBelow(messages: number): void {
    this.list.splice(0);
    this.#running.clear();
    this.#reopen = undefined;
    for (let part = 0; part < messages; part++) {
      const page = new Page(part);
      page.end();
      this.list.push(page);
    }
  }

  isRunning(cardId: string): boolean {
    return this.#running.has(cardId);
  }

  /** The answer ends: a card that still runs would turn for ever. Whether there was one. */
  endCards(): boolean {
    const unfinished = [...this.#running.values()];
    for (const card of unfinished) this.place({ ...card, status: "error", output: "Not finished" });
    return unfinished.length > 0;
  }

  /** Nobody wants to read on: what was not sent of this page and of all later pages is dropped. */
  stopAt(page: Page): void {
    this.list.splice(page.part + 1);
    page.dropPending();
    for (const id of this.#running.keys()) if (!page.shows(id)) this.#running.delete(id);
  }

  /** The text goes no further: it ends where it is sound, and then with `note`. */
  breakOff(note: string): void {
    const page = this.list.at(-1);
    if (page && !page.isEnded) page.cutBack();
    this.#reopen = undefined;
    this.write(note);
  }

  /** Ends the last page here, for another reason than its length. */
  breakHere(): void {
    const page = this.list.at(-1);
    if (!page || page.isEnded) return;
    const carry = page.cutShort();
    this.#reopen = carry.reopen;
    this.write(carry.text);
  }

  /** Whatever follows stands on a page of its own. */
  seal(): void {
    const page = this.list.at(-1);
    if (page && !page.isEnded) page.end();
    this.#reopen = undefined;
  }

  /** What stands below the answer gets a message of its own: a page without words. */
  addForBelow(): void {
    this.seal();
    this.#current();
  }

  /** What `page` could not take goes on the next page, before whatever stands there already. */
  moveOn(page: Page): void {
    const { chunks, reopen } = page.moveOn();
    const later = this.list.splice(page.part + 1).flatMap((other) => other.content());
    this.#reopen = reopen;
    for (const chunk of [...chunks, ...later]) {
      if (chunk.type === "markdown_text") this.write(chunk.text);
      else this.place(chunk);
    }
  }

  #current(): Page {
    const last = this.list.at(-1);
    if (last && !last.isEnded) return last;
    const page = new Page(this.list.length);
    this.list.push(page);
    return page;
  }
}

function cut(text: string, length: number): string {
  const line = text.replaceAll(/\s+/g, " ").trim() || "…";
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}
