/**
 * Does what comes of one message (its question, its edits, its deletion) in the order in which it arrived: a question waits for names
 * before it is stored, and an edit that overtook it would find nothing to change.
 *
 * Every piece of work ends by the deadlines of its own calls, so nobody waits for ever. Where one fails, what waits behind
 * it fails too: none of it is acknowledged, and Slack delivers all of it again. Another process knows nothing of this:
 * there an edit is early only where it passes its message by the whole time of a look-up of names, and is then lost, as
 * an edit of a question that has been answered is.
 */
export class MessageOrder {
  readonly #last = new Map<string, Promise<void>>();

  async next(channel: string, ts: string, work: () => Promise<void>): Promise<void> {
    const key = `${channel}:${ts}`;
    const earlier = this.#last.get(key);
    const own = earlier ? earlier.then(work) : work();
    this.#last.set(key, own);
    try {
      await own;
    } finally {
      if (this.#last.get(key) === own) this.#last.delete(key);
    }
  }
}
