import type { KnownBlock } from "@slack/types";
import { type SlackOutcome, slackError } from "../client.ts";
import { lacksThread } from "./open-thread.ts";
import { findOrphan, findRoot } from "./orphans.ts";
import type { Page } from "./pages.ts";
import type { Part } from "./part.ts";
import type { PatientCalls } from "./patient-calls.ts";
import { type Message, plainMessages } from "./plain.ts";
import { partMetadata, renderPage } from "./render.ts";
import { replyError } from "./reply-error.ts";
import type { ReplyDependencies, ReplyTarget } from "./types.ts";

/** Refusals that mean: this message cannot be changed any more; it has to be posted anew. */
const unchangeable = new Set(["message_not_found", "cant_update_message", "edit_window_closed"]);
const badBlocks = new Set(["invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_blocks_too_many"]);
const mostTries = 8;

/** Characters of `text` beside blocks; `chat.update` takes 4,000. */
const fallbackLength = 3_900;

/** Brings messages to what they are wanted to be, whatever stands there: the way that works when streaming does not. */
export class Editor {
  readonly #target: ReplyTarget;
  readonly #deps: ReplyDependencies;
  readonly #calls: PatientCalls;
  readonly #onPlaced: (threadTs: string) => Promise<void>;

  /** `onPlaced`: the first message of an answer at the root stands, and the target is to have its thread. */
  constructor(
    target: ReplyTarget,
    deps: ReplyDependencies,
    calls: PatientCalls,
    onPlaced: (threadTs: string) => Promise<void>,
  ) {
    this.#target = target;
    this.#deps = deps;
    this.#calls = calls;
    this.#onPlaced = onPlaced;
  }

  /** Makes one message show its page. Throws ServiceError where Slack does not take it in time, ReplyRefusedError where it never will. */
  async show(page: Page, part: Part, below: readonly KnownBlock[]): Promise<void> {
    const content = page.content();
    const { blocks, text } = renderPage(content, below);
    const wanted = JSON.stringify(blocks);
    if (part.shown === wanted && part.ts !== undefined) return;
    await this.endStream(part);
    const whole = { text: shortened(text), blocks };
    await this.#put(part, whole, plainMessages(content, below, whole.text));
    part.shown = wanted;
  }

  /** Changes a message that stands there; false where Slack does not take it, and the message stays as it is. */
  async amend(part: Part, { text, blocks }: { text: string; blocks: unknown[] }): Promise<boolean> {
    if (part.ts === undefined) return false;
    const metadata = partMetadata(this.#target.id, part.part);
    const content = { text: shortened(text), blocks, metadata, parse: "none" };
    const { channel } = this.#target;
    return (await this.#calls.repeat("chat.update", { channel, ts: part.ts, ...content })).kind === "ok";
  }

  /** Takes a message away that an earlier attempt wrote and this one does not need. */
  async remove(part: Part): Promise<void> {
    await this.find(part);
    await this.endStream(part);
    if (part.ts !== undefined) {
      const outcome = await this.#calls.repeat("chat.delete", { channel: this.#target.channel, ts: part.ts });
      if (outcome.kind === "refused" && outcome.code !== "message_not_found") throw replyError("chat.delete", outcome);
    }
    await this.#deps.replies.removed(this.#target.id, part.part);
  }

  /** `plain`: what is tried in its place, in order, where Slack refuses the blocks. */
  async #put(part: Part, message: Message, plain: readonly Message[]): Promise<void> {
    const plainer = plain.values();
    let wanted = message;
    for (let tries = 0; ; tries++) {
      await this.find(part);
      const method = part.ts === undefined ? "chat.postMessage" : "chat.update";
      const outcome =
        part.ts === undefined ? await this.#post(part, wanted) : await this.#update(part.ts, part, wanted);
      if (outcome.kind === "ok") return;
      if (tries >= mostTries) throw slackError(method, outcome);
      if (outcome.kind !== "refused") await this.#calls.pauseAfter(tries, method, outcome);
      else if (badBlocks.has(outcome.code) && "blocks" in wanted) {
        wanted = plainer.next().value ?? wanted;
        const { id: turnId } = this.#target;
        this.#deps.logger.warn({ turnId, part: part.part, code: outcome.code }, "Slack refused an answer's blocks");
      } else if (outcome.code === "streaming_state_conflict") {
        part.mayStream = true;
        await this.endStream(part);
        await this.#calls.pauseAfter(tries, method, outcome);
      } else if (unchangeable.has(outcome.code) && part.ts !== undefined) await this.#forget(part);
      else throw replyError(method, outcome);
    }
  }

  async #post(part: Part, message: Message): Promise<SlackOutcome> {
    const { id: turnId, channel, threadTs } = this.#target;
    // Whoever writes at a root asks before it begins whether an attempt before has come as far as this.
    const isRecorded = part.isRecorded && !this.#isRootless(part);
    if (!isRecorded) await this.#deps.replies.planned({ turnId, part: part.part, channel, threadTs });
    part.isRecorded = true;
    const outcome = await this.#calls.try("chat.postMessage", {
      channel,
      ...(this.#isRootless(part) ? {} : { thread_ts: threadTs }),
      ...message,
      metadata: partMetadata(turnId, part.part),
      unfurl_links: false,
      unfurl_media: false,
    });
    part.mayExist = outcome.kind === "unknown";
    if (outcome.kind === "ok") await this.#found(part, String(outcome.data["ts"]));
    return outcome;
  }

  #update(ts: string, part: Part, message: Message): Promise<SlackOutcome> {
    return this.#calls.try("chat.update", {
      channel: this.#target.channel,
      ts,
      ...message,
      metadata: partMetadata(this.#target.id, part.part),
      parse: "none",
    });
  }

  /** Looks for the message of a part that was sent without an answer. */
  async find(part: Part): Promise<void> {
    if (part.ts !== undefined || !part.mayExist) return;
    const ts = await this.#look(part);
    part.mayExist = false;
    if (ts === undefined) part.mayStream = false;
    else await this.#found(part, ts);
  }

  async #look(part: Part): Promise<string | undefined> {
    if (this.#isRootless(part)) return findRoot(this.#target, this.#calls);
    if (this.#target.isRoot && part.part === 0) return this.#target.threadTs;
    return findOrphan(this.#target, part.part, this.#calls, this.#deps);
  }

  /** It is the message that the thread hangs on, and does not stand yet. */
  #isRootless(part: Part): boolean {
    return part.part === 0 && this.#target.isRoot === true && lacksThread(this.#target);
  }

  async #found(part: Part, ts: string): Promise<void> {
    part.ts = ts;
    if (this.#isRootless(part)) await this.#onPlaced(ts);
    const { id: turnId, channel, threadTs } = this.#target;
    await this.#deps.replies.sent({ turnId, part: part.part, channel, threadTs, ts });
  }

  /** A person deleted the message, or it is too old to change. */
  async #forget(part: Part): Promise<void> {
    await this.#deps.replies.removed(this.#target.id, part.part);
    part.ts = undefined;
    part.isRecorded = false;
  }

  /** A message cannot be changed while it streams. Whether it did stream does not matter. */
  async endStream(part: Part): Promise<void> {
    if (!part.mayStream) return;
    await this.find(part);
    if (part.ts === undefined) return;
    await this.#calls.repeat("chat.stopStream", { channel: this.#target.channel, ts: part.ts });
    part.mayStream = false;
  }
}

function shortened(text: string): string {
  return text.length <= fallbackLength ? text : `${text.slice(0, fallbackLength - 1)}…`;
}
