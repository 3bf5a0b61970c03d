import type { Reply, ReplyButton, ReplyImage, TaskUpdate } from "../agent/ports.ts";
import type { Turn } from "../storage/turns.ts";
import { stoppedNote } from "./interruption.ts";

/** Whether the answer is a message of a channel in which nobody asked for it. */
export function isUnasked({ isRoot, audience }: Pick<Turn, "isRoot" | "audience">): boolean {
  return isRoot === true && audience === "channel";
}

export interface UnaskedReplyOptions {
  /** An earlier attempt may have shown it: that stays as it is. */
  mayStand: boolean;
  /** There is no answer, and this is why: for whoever is to be told once the turn has ended. */
  onUnsaid: (why: string) => void;
}

/**
 * The answer of a turn that nobody in its channel asked for: the whole of it is shown, or nothing. Why there is none does not concern
 * those who read there.
 */
export class UnaskedReply implements Reply {
  readonly #reply: Reply;
  readonly #options: UnaskedReplyOptions;
  #writes: (() => void)[] = [];
  #unsaid: string | undefined;
  #hasEnded = false;

  constructor(reply: Reply, options: UnaskedReplyOptions) {
    this.#reply = reply;
    this.#options = options;
  }

  status(text: string): void {
    this.#reply.status(text);
  }

  write(markdown: string): void {
    this.#later(() => this.#reply.write(markdown));
  }

  task(update: TaskUpdate): void {
    this.#later(() => this.#reply.task(update));
  }

  breakPage(): void {
    this.#later(() => this.#reply.breakPage());
  }

  buttons(buttons: readonly ReplyButton[]): void {
    this.#later(() => this.#reply.buttons(buttons));
  }

  image(image: ReplyImage): void {
    this.#later(() => this.#reply.image(image));
  }

  breakOff(note: string): void {
    this.#unsaid ??= note;
  }

  giveUp(sentence: string): void {
    this.#unsaid ??= sentence;
  }

  async finish(): Promise<void> {
    await this.#end(() => this.#reply.finish());
  }

  async suspend(): Promise<void> {
    await this.#end(() => this.#reply.suspend());
  }

  /** Once: what could not be shown is not shown by ending it again, which only says that nothing of it follows. */
  async #end(end: () => Promise<void>): Promise<void> {
    // Whoever stopped it knows.
    if (this.#unsaid !== undefined && this.#unsaid !== stoppedNote) this.#options.onUnsaid(this.#unsaid.trim());
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#show();
    await end();
  }

  #later(write: () => void): void {
    this.#writes.push(write);
  }

  #show(): void {
    const writes = this.#writes;
    this.#writes = [];
    if (this.#unsaid === undefined) {
      for (const write of writes) write();
      return;
    }
    if (this.#options.mayStand) this.#reply.breakOff("");
  }
}
