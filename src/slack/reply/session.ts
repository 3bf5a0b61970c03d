import type { SlackMethod } from "../surface.ts";
import { type Ability, isMissingFeature } from "./abilities.ts";
import type { ReplyDependencies, ReplyTarget } from "./types.ts";

/** A text that is overtaken by a message within this time is never sent. */
const textDelayMs = 250;
const textLength = 100;

/**
 * What a person sees besides messages: that Sophia works on it (with Slack's Stop button), and in which words. Nothing
 * of the answer depends on it, so failures are noted and forgotten.
 */
export class ThreadSession {
  readonly #deps: ReplyDependencies;
  readonly #target: ReplyTarget;
  readonly #signal: AbortSignal;
  #queue: Promise<void> = Promise.resolve();
  #text: string | undefined;
  #isTextDue = false;

  constructor(target: ReplyTarget, deps: ReplyDependencies, signal: AbortSignal) {
    this.#target = target;
    this.#deps = deps;
    this.#signal = signal;
  }

  /** Moves the session's status; calls go out in order. */
  move(status: "processing" | "active" | "suspended"): void {
    const { channel, threadTs, userId } = this.#target;
    const initiator = status === "processing" ? { initiator_user_id: userId } : {};
    this.#enqueue("session", "agents.sessions.setStatus", {
      channel_id: channel,
      thread_ts: threadTs,
      status,
      ...initiator,
    });
  }

  /** Says what goes on, unless a message says it first. */
  say(text: string): void {
    this.#text = text.slice(0, textLength);
    if (this.#isTextDue || !this.#deps.abilities.has("status")) return;
    this.#isTextDue = true;
    void this.#sayLater();
  }

  async #sayLater(): Promise<void> {
    await this.#deps.wait(textDelayMs, this.#signal);
    if (this.#isTextDue && !this.#signal.aborted) this.repeat();
    this.#isTextDue = false;
  }

  /** A message went out: it says more than the text. */
  messageShown(): void {
    this.#isTextDue = false;
  }

  /** Sends the text again: Slack takes it away after two minutes without a message. */
  repeat(): void {
    const { channel, threadTs } = this.#target;
    const status = this.#text ?? "is working on it";
    this.#enqueue("status", "assistant.threads.setStatus", { channel_id: channel, thread_ts: threadTs, status });
  }

  /** Resolves when everything that was asked for is with Slack or given up. */
  settled(): Promise<void> {
    return this.#queue;
  }

  #enqueue(ability: Ability, method: SlackMethod, args: Record<string, unknown>): void {
    // What begins at the root is shown when it is whole: nobody waits for it, and it has no thread before.
    if (this.#target.isRoot || !this.#deps.abilities.has(ability)) return;
    this.#queue = this.#after(this.#queue, ability, method, args);
  }

  async #after(earlier: Promise<void>, ability: Ability, method: SlackMethod, args: Record<string, unknown>) {
    await earlier;
    const { abilities, client, logger } = this.#deps;
    const outcome = await client.try(method, args);
    if (outcome.kind === "refused" && isMissingFeature(outcome.code) && abilities.noteMissing(ability))
      logger.debug({ method, code: outcome.code }, "Slack does not offer this here");
  }
}
