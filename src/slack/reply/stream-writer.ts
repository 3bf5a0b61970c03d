import type { KnownBlock } from "@slack/types";
import type { SlackOutcome } from "../client.ts";
import { isMissingFeature } from "./abilities.ts";
import type { Page } from "./pages.ts";
import type { Part } from "./part.ts";
import type { PatientCalls } from "./patient-calls.ts";
import { partMetadata } from "./render.ts";
import type { ReplyDependencies, ReplyTarget } from "./types.ts";

/** What is to be done after a call of a stream. */
export type StreamResult =
  | "done"
  /** Slack took nothing: the rest belongs into a new message. */
  | "expired"
  /** A person pressed Stop: nothing more is taken, and nothing more is wanted. */
  | "stopped"
  /** Streaming is refused, or nobody knows what Slack has: go over to editing. */
  | "edit";

/** Slack ended the stream by itself, or the message is full or gone. */
const ended = new Set([
  "message_not_in_streaming_state",
  "message_not_found",
  "msg_too_long",
  "msg_blocks_too_long",
  "msg_blocks_too_many",
]);

/** One page as a stream: started, appended to, stopped. One call at a time; the caller sees to that. */
export class StreamWriter {
  readonly #target: ReplyTarget;
  readonly #deps: ReplyDependencies;
  readonly #calls: PatientCalls;
  /** Rows are written beside the calls to Slack, in order. */
  #ledger: Promise<void> = Promise.resolve();

  constructor(target: ReplyTarget, deps: ReplyDependencies, calls: PatientCalls) {
    this.#target = target;
    this.#deps = deps;
    this.#calls = calls;
  }

  async start(page: Page, part: Part): Promise<StreamResult> {
    const { id: turnId, channel, threadTs, userId, teamId } = this.#target;
    if (!part.isRecorded) await this.#deps.replies.planned({ turnId, part: part.part, channel, threadTs });
    part.isRecorded = true;
    const batch = page.take();
    const outcome = await this.#calls.try("chat.startStream", {
      channel,
      thread_ts: threadTs,
      recipient_user_id: userId,
      recipient_team_id: teamId,
      chunks: batch,
    });
    if (outcome.kind === "ok") {
      page.confirm(batch);
      const ts = String(outcome.data["ts"]);
      part.ts = ts;
      part.mayStream = true;
      this.#record(() => this.#deps.replies.sent({ turnId, part: part.part, channel, threadTs, ts }));
      return "done";
    }
    page.giveBack(batch);
    part.mayExist = outcome.kind === "unknown";
    part.mayStream = part.mayExist;
    if (outcome.kind === "refused" && isMissingFeature(outcome.code) && this.#deps.abilities.noteMissing("stream"))
      this.#deps.logger.info({ code: outcome.code }, "Slack offers no streaming here; answers are edited instead");
    return "edit";
  }

  async append(page: Page, part: Part): Promise<StreamResult> {
    const batch = page.take();
    const args = { channel: this.#target.channel, ts: part.ts, chunks: batch };
    return this.#settle(page, batch, await this.#calls.try("chat.appendStream", args));
  }

  /** Ends the stream with all that waits. `end`: of the answer, with what stands below it, and what the session becomes. */
  async stop(
    page: Page,
    part: Part,
    end: { below: readonly KnownBlock[]; session: "active" | "suspended" } | undefined,
  ): Promise<StreamResult> {
    const batch = page.take();
    const outcome = await this.#calls.try("chat.stopStream", {
      channel: this.#target.channel,
      ts: part.ts,
      ...(batch.length > 0 ? { chunks: batch } : {}),
      metadata: partMetadata(this.#target.id, part.part),
      ...(end && end.below.length > 0 ? { blocks: end.below } : {}),
      ...(end ? { session_status: end.session } : {}),
    });
    const result = this.#settle(page, batch, outcome);
    // An ended stream that lacks nothing is finished, if without its buttons.
    if (result === "done" || (result === "expired" && batch.length === 0)) this.close(part);
    return result;
  }

  close(part: Part): void {
    part.isClosed = true;
    part.mayStream = false;
  }

  /** Resolves when the rows are written; rejects where one was not. */
  recorded(): Promise<void> {
    return this.#ledger;
  }

  #settle(page: Page, batch: ReturnType<Page["take"]>, outcome: SlackOutcome): StreamResult {
    if (outcome.kind === "ok") {
      page.confirm(batch);
      return "done";
    }
    page.giveBack(batch);
    if (outcome.kind === "refused" && outcome.code === "stopped_by_user") return "stopped";
    if (outcome.kind === "refused" && ended.has(outcome.code)) return "expired";
    this.#deps.logger.warn({ turnId: this.#target.id, outcome: describe(outcome) }, "Stream goes over to editing");
    return "edit";
  }

  #record(write: () => Promise<void>): void {
    this.#ledger = this.#ledger.then(write);
    // Looked at in `recorded`; until then a failure must not count as unhandled.
    this.#ledger.catch(() => undefined);
  }
}

function describe(outcome: SlackOutcome): string {
  return outcome.kind === "refused" ? outcome.code : outcome.kind;
}
