import type { KnownBlock } from "@slack/types";
import {
  type Reply,
  type ReplyButton,
  type ReplyImage,
  ReplyRefusedError,
  type TaskUpdate,
} from "../../agent/ports.ts";
import { SafeMarkdownStream, safeMarkdown } from "../markdown/safe.ts";
import { stoppedNote } from "../../turns/interruption.ts";
import { blocksBelow, hasRoomBelow, isMissed } from "./below.ts";
import { EarlierAnswer } from "./earlier-answer.ts";
import { Editor } from "./editor.ts";
import { type Page, Pages } from "./pages.ts";
import { newPart, type Part } from "./part.ts";
import { PatientCalls } from "./patient-calls.ts";
import { ThreadSession } from "./session.ts";
import { type StreamResult, StreamWriter } from "./stream-writer.ts";
import type { ReplyDependencies, ReplyTarget } from "./types.ts";

/** Appends: quick while an answer begins, then below the 100 a minute that Slack grants. */
const quickAppends = 6;
const quickPauseMs = 150;
const steadyPauseMs = 650;
/** Updates of a posted message: below the 50 a minute of their tier. */
const updatePauseMs = 1_250;
/** Slack ends a stream after some five minutes; a message ends before, if it can at the end of a line. */
const rotateAfterMs = 240_000;
const rotateMarginMs = 20_000;
/** Why pauses and calls end, where it is no error; made once, for each abort would else make an error with its stack. */
const hurry = new DOMException("the answer is complete", "AbortError");
const over = new DOMException("the answer is over", "AbortError");
/** Slack takes a status text away after two minutes of silence. */
const renewAfterMs = 100_000;
const heartbeatMs = 5_000;

export interface ThreadReplyOptions {
  /** Called once when a person ended the answer in Slack; the turn is to be stopped. */
  onStopped: () => void;
  /** Called once when Slack takes no answer there, now or later. */
  onRefused: (error: ReplyRefusedError) => void;
  /** As in Editor. */
  onPlaced: (threadTs: string) => Promise<void>;
}

/** See `Reply`. Streams while it can, edits when it must; `#pump` is the one writer. */
export class ThreadReply implements Reply {
  readonly #target: ReplyTarget;
  readonly #deps: ReplyDependencies;
  readonly #options: ThreadReplyOptions;
  readonly #pages = new Pages();
  readonly #parts: Part[] = [];
  /** Messages of an earlier attempt that no page has taken over. */
  readonly #leftOver: Part[];
  /** Ended by Slack under a card that still ran: they take no appends any more, but can be edited. */
  readonly #expired = new Set<Page>();
  readonly #calls: PatientCalls;
  readonly #stream: StreamWriter;
  readonly #editor: Editor;
  readonly #session: ThreadSession;
  readonly #safe: SafeMarkdownStream;
  readonly #abort = new AbortController();
  readonly #finished = Promise.withResolvers<void>();
  /** Ends a pause early. */
  #urgent = new AbortController();
  #mode: "stream" | "edit";
  #pumping: Promise<void> | undefined;
  #isFinishing = false;
  /** The end of the text is on its page. */
  #isWhole = false;
  /** A person ended the message in Slack, which takes no more of the stream. */
  #isStopped = false;
  /** What the text ends with, where it ends before its time; `cuts` where it may be torn. */
  #ending: { text: string; cuts: boolean } | undefined;
  /** Of an earlier attempt, until this one has written more. */
  #earlier: EarlierAnswer | undefined;
  /** For editing: something came since the last round. */
  #hasNews = false;
  #appends = 0;
  #lastCallAt: number;
  #streamStartedAt = Number.POSITIVE_INFINITY;
  /** What the session becomes with the answer's end: it waits for a question, or for somebody's consent. */
  #endsAs: "active" | "suspended" = "active";
  #buttons: readonly ReplyButton[] = [];
  readonly #images: ReplyImage[] = [];
  /** What stands below the last message, once the answer is whole. */
  #below: readonly KnownBlock[] = [];
  #isSessionMoved = false;

  constructor(target: ReplyTarget, recorded: Part[], deps: ReplyDependencies, options: ThreadReplyOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#target = target;
    this.#leftOver = recorded;
    this.#mode = recorded.length > 0 || target.isRoot || !deps.abilities.has("stream") ? "edit" : "stream";
    this.#calls = new PatientCalls(deps, this.#abort.signal);
    this.#stream = new StreamWriter(target, deps, this.#calls);
    this.#editor = new Editor(target, deps, this.#calls, options.onPlaced);
    if (recorded.length > 0) this.#earlier = new EarlierAnswer([...recorded], target, this.#editor, this.#calls);
    this.#session = new ThreadSession(target, deps, this.#abort.signal);
    this.#safe = new SafeMarkdownStream(new Set([target.userId]), deps.secrets?.stream());
    this.#lastCallAt = deps.clock.now();
    this.#finished.promise.catch(() => undefined);
    this.#session.move("processing");
    void this.#beat();
  }

  status(text: string): void {
    if (this.#parts.length === 0) this.#session.say(safeMarkdown(text));
  }

  write(markdown: string): void {
    if (!this.#takesMore()) return;
    this.#pages.write(this.#safe.push(markdown));
    // The message is to end soon: the end of a line is a good place.
    if (this.#streamAge() > rotateAfterMs - rotateMarginMs && markdown.includes("\n")) this.#pages.breakHere();
    this.#kick();
  }

  task(update: TaskUpdate): void {
    if (!this.#takesMore()) return;
    const { output } = update;
    // What was held back of the text stands before a new card. A known one changes in place: text goes on across it.
    if (update.status === "in_progress" && !this.#pages.isRunning(update.id)) this.#pages.write(this.#safe.flush());
    const safeOutput = output === undefined ? {} : { output: safeMarkdown(output) };
    this.#pages.place({ ...update, title: safeMarkdown(update.title), ...safeOutput });
    this.#kick();
  }

  breakOff(note: string): void {
    if (this.#takesMore() || this.#isStopped) this.#ending ??= { text: note, cuts: true };
  }

  giveUp(sentence: string): void {
    if (!this.#takesMore()) return;
    if (this.#earlier) this.#ending = { text: safeMarkdown(sentence), cuts: false };
    else this.write(sentence);
  }

  breakPage(): void {
    if (!this.#takesMore()) return;
    this.#pages.write(this.#safe.flush());
    this.#pages.seal();
    this.#kick();
  }

  buttons(buttons: readonly ReplyButton[]): void {
    this.#buttons = buttons;
  }

  image(image: ReplyImage): void {
    this.#images.push(image);
  }

  async suspend(): Promise<void> {
    this.#endsAs = "suspended";
    return this.finish();
  }

  #takesMore(): boolean {
    return !this.#isFinishing && !this.#isStopped && this.#ending === undefined;
  }

  async finish(): Promise<void> {
    if (!this.#isFinishing && !this.#abort.signal.aborted) {
      this.#isFinishing = true;
      this.#calls.startDeadline();
      this.#urgent.abort(hurry);
      this.#kick();
    }
    return this.#finished.promise;
  }

  /**
   * Leaves the answer to another attempt: nothing more is sent, and what stands in Slack stays for it. `finish` resolves
   * when no call is under way any more.
   */
  async leave(): Promise<void> {
    this.#abort.abort(over);
    await this.#pumping;
    await this.#session.settled();
    this.#finished.resolve();
  }

  /** Starts the writer unless it runs. What comes in one go goes out in one call. */
  #kick(): void {
    this.#hasNews = true;
    this.#pumping ??= this.#work();
  }

  async #work(): Promise<void> {
    await Promise.resolve();
    try {
      while (this.#hasWork()) await this.#step();
    } catch (error) {
      // An answer that is left has its failures mended by the next attempt.
      if (this.#abort.signal.aborted) return;
      this.#finished.reject(error);
      // A refusal is the worker's to log: the turn ends with it.
      if (error instanceof ReplyRefusedError) this.#options.onRefused(error);
      else this.#deps.logger.error({ err: error }, "An answer could not be shown");
      this.#abort.abort(over);
    } finally {
      this.#pumping = undefined;
    }
  }

  #hasWork(): boolean {
    if (this.#abort.signal.aborted) return false;
    if (this.#isFinishing) return true;
    if (this.#isStopped || this.#target.isRoot) return false;
    if (this.#mode === "edit") return this.#hasNews;
    return this.#openPages().some((page) => page.pending.length > 0 || page.isEnded);
  }

  async #step(): Promise<void> {
    if (this.#isFinishing && !this.#isWhole) await this.#complete();
    if (this.#isFinishing && this.#openPages().length === 0) return this.#conclude();
    if (this.#mode === "edit") await this.#edit();
    else await this.#streamOn();
    this.#lastCallAt = this.#deps.clock.now();
  }

  /** Puts the end of the text on its page. No call is under way: what Slack has and what it lacks is known. */
  async #complete(): Promise<void> {
    this.#isWhole = true;
    if (!this.#isStopped) this.#pages.write(this.#safe.flush());
    const ending = this.#ending ?? (this.#isStopped ? { text: stoppedNote, cuts: true } : undefined);
    if (ending && this.#earlier && (await this.#isBehind(this.#earlier))) return this.#keep(this.#earlier, ending.text);
    if (ending?.cuts) this.#pages.breakOff(ending.text);
    else if (ending) this.#pages.write(ending.text);
    // What Slack has of the text may be too much, and a stream that a person has stopped takes neither words nor cards.
    if (this.#pages.endCards() || ending !== undefined) this.#mode = "edit";
    if (this.#endsAs === "active") await this.#putBelow(ending !== undefined);
  }

  /** Under the last message, or in one of its own where that has no room or is closed. */
  async #putBelow(isCut: boolean): Promise<void> {
    const below = isCut ? { images: [], buttons: [] } : { images: this.#images, buttons: this.#buttons };
    const deps = { ...this.#deps, signal: this.#abort.signal };
    this.#below = await blocksBelow(below, this.#target, deps, this.#calls);
    const last = this.#pages.list.at(-1);
    if (!last || !isMissed(this.#below)) return;
    if (this.#parts[last.part]?.isClosed || !hasRoomBelow(last, this.#below)) this.#pages.addForBelow();
  }

  /** Whether an earlier attempt has shown more than this one has written; what it said to a question that was edited does not count. */
  async #isBehind(earlier: EarlierAnswer): Promise<boolean> {
    const words = this.#pages.words();
    const isOfThisQuestion = this.#target.revision === 0 || (this.#isWhole && words.trim() === "");
    return isOfThisQuestion && earlier.saysMoreThan(words);
  }

  /** What an earlier attempt has shown stays, and `note` stands below it. */
  async #keep(earlier: EarlierAnswer, note: string): Promise<void> {
    this.#session.messageShown();
    const kept = this.#leftOver.splice(0);
    const count = Math.max(...kept.map(({ part }) => part)) + 1;
    this.#pages.startBelow(count);
    for (let part = 0; part < count; part++) this.#parts[part] = { ...newPart(part), isClosed: true };
    if (!(await earlier.end(note))) this.#pages.write(note);
  }

  #openPages(): Page[] {
    return this.#pages.list.filter((page) => !this.#parts[page.part]?.isClosed);
  }

  #partOf(page: Page): Part {
    let part = this.#parts[page.part];
    if (!part) {
      const index = this.#leftOver.findIndex((old) => old.part === page.part);
      part = (index === -1 ? undefined : this.#leftOver.splice(index, 1)[0]) ?? newPart(page.part);
      this.#parts[page.part] = part;
    }
    return part;
  }

  async #streamOn(): Promise<void> {
    const page = this.#openPages()[0];
    if (!page) return;
    const part = this.#partOf(page);
    const isLast = (): boolean => this.#isWhole && page === this.#pages.list.at(-1);
    if (this.#expired.has(page) || page.isEmpty) {
      await this.#stream.recorded();
      await this.#editor.show(page, part, isLast() ? this.#below : []);
      part.isClosed = true;
      return;
    }
    if (part.ts === undefined) {
      this.#session.messageShown();
      this.#streamStartedAt = this.#deps.clock.now();
      return this.#settle(page, await this.#stream.start(page, part));
    }
    if (!page.isEnded && !isLast()) await this.#pause(this.#appendPause());
    if (this.#abort.signal.aborted || this.#isFinishing !== this.#isWhole) return;
    if (page.isEnded || isLast()) return this.#endStream(page, part, isLast());
    this.#appends++;
    this.#settle(page, await this.#stream.append(page, part));
  }

  async #endStream(page: Page, part: Part, isLast: boolean): Promise<void> {
    // "Works on it" must not overtake "done".
    if (isLast) await this.#session.settled();
    const end = isLast ? { below: this.#below, session: this.#endsAs } : undefined;
    const result = await this.#stream.stop(page, part, end);
    this.#streamStartedAt = Number.POSITIVE_INFINITY;
    if (isLast && result === "done") this.#isSessionMoved = true;
    this.#settle(page, result);
    // Slack had ended it before: what stands below it did not come with its end.
    if (isLast && result === "expired" && part.isClosed && isMissed(this.#below)) this.#pages.addForBelow();
  }

  #settle(page: Page, result: StreamResult): void {
    const part = this.#partOf(page);
    if (result === "edit") this.#mode = "edit";
    this.#hasNews = true;
    if (result === "stopped") {
      this.#isStopped = true;
      this.#pages.stopAt(page);
      this.#mode = "edit";
      this.#isWhole = false;
      this.#options.onStopped();
    }
    if (result === "expired" && !part.isClosed) {
      this.#pages.moveOn(page);
      if (page.pending.length === 0) this.#stream.close(part);
      else this.#expired.add(page);
    }
  }

  async #edit(): Promise<void> {
    if (this.#parts.length > 0) await this.#pause(this.#lastCallAt + updatePauseMs - this.#deps.clock.now());
    if (this.#abort.signal.aborted || this.#isFinishing !== this.#isWhole) return;
    this.#hasNews = false;
    const isWhole = this.#isWhole;
    if (!isWhole && this.#earlier && (await this.#isBehind(this.#earlier))) return;
    this.#earlier = undefined;
    await this.#stream.recorded();
    this.#session.messageShown();
    for (const page of this.#openPages()) {
      const part = this.#partOf(page);
      const isLast = isWhole && page === this.#pages.list.at(-1);
      const isDone = isLast || page.isEnded;
      await this.#editor.show(page, part, isLast ? this.#below : []);
      if (isDone) part.isClosed = true;
    }
  }

  /** Everything is shown: what an earlier attempt wrote beyond it goes. */
  async #conclude(): Promise<void> {
    for (const part of this.#leftOver.splice(0)) await this.#editor.remove(part);
    await this.#stream.recorded();
    if (!this.#isSessionMoved) this.#session.move(this.#endsAs);
    await this.#session.settled();
    this.#finished.resolve();
    this.#abort.abort(over);
  }

  #appendPause(): number {
    const pause = this.#appends < quickAppends && this.#calls.pauses === 0 ? quickPauseMs : steadyPauseMs;
    return this.#lastCallAt + pause * 2 ** Math.min(3, this.#calls.pauses) - this.#deps.clock.now();
  }

  /** Waits, unless the answer is complete or its message is to end. */
  async #pause(ms: number): Promise<void> {
    if (ms <= 0 || this.#isFinishing) return;
    this.#urgent = new AbortController();
    await this.#deps.wait(ms, AbortSignal.any([this.#urgent.signal, this.#abort.signal]));
  }

  #streamAge(): number {
    return this.#deps.clock.now() - this.#streamStartedAt;
  }

  /** What is due although nothing comes: a message that grows too old, a status text that Slack takes away. */
  async #beat(): Promise<void> {
    for (;;) {
      await this.#deps.wait(heartbeatMs, this.#abort.signal);
      if (this.#abort.signal.aborted) return;
      const now = this.#deps.clock.now();
      if (now - this.#lastCallAt > renewAfterMs) {
        this.#session.repeat();
        this.#lastCallAt = now;
      }
      if (this.#streamAge() > rotateAfterMs) {
        this.#pages.breakHere();
        this.#urgent.abort(hurry);
        this.#kick();
      }
    }
  }
}
