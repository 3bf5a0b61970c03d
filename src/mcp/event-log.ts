/** What a session's event streams carried, so that a client that lost its connection can be given the rest. Bounded. */

interface Entry {
  streamId: string;
  sequence: number;
  frame: string;
}

const MAX_ENTRIES = 256;
const MAX_CHARACTERS = 1_000_000;

export class EventLog {
  readonly #entries: Entry[] = [];
  readonly #sequences = new Map<string, number>();
  #characters = 0;

  /** The frame of an event without a message, with the delay after which the client should come back. */
  prime(streamId: string, retryMs: number): string {
    return `id: ${this.#nextId(streamId).id}\nretry: ${retryMs}\ndata: \n\n`;
  }

  /** Records an event and gives its frame. */
  append(streamId: string, data: string): string {
    const { id, sequence } = this.#nextId(streamId);
    const frame = `id: ${id}\nevent: message\ndata: ${data}\n\n`;
    this.#entries.push({ streamId, sequence, frame });
    this.#characters += frame.length;
    while (this.#entries.length > MAX_ENTRIES || this.#characters > MAX_CHARACTERS) this.#drop();
    return frame;
  }

  /** The frames that followed the event `id` on its stream, as far as they are kept; undefined for an id of nobody's. */
  after(id: string): { streamId: string; frames: string[] } | undefined {
    const [streamId = "", sequence] = id.split(".");
    if (!this.#sequences.has(streamId)) return undefined;
    const later = this.#entries.filter((entry) => entry.streamId === streamId && entry.sequence > Number(sequence));
    return { streamId, frames: later.map((entry) => entry.frame) };
  }

  #nextId(streamId: string): { id: string; sequence: number } {
    const sequence = (this.#sequences.get(streamId) ?? 0) + 1;
    this.#sequences.set(streamId, sequence);
    return { id: `${streamId}.${sequence}`, sequence };
  }

  #drop(): void {
    const dropped = this.#entries.shift();
    if (!dropped) return;
    this.#characters -= dropped.frame.length;
    if (!this.#entries.some((entry) => entry.streamId === dropped.streamId)) this.#forget(dropped.streamId);
  }

  /** The stream of messages that belong to no request lives as long as the session; its numbers must not start again. */
  #forget(streamId: string): void {
    if (streamId !== "0") this.#sequences.delete(streamId);
  }
}
