import type * as Sdk from "@anthropic-ai/sdk";
import type { Message, MessageCreateParamsStreaming, MessageStreamEvent } from "@anthropic-ai/sdk/resources/messages";
import { setTimeout as sleep } from "node:timers/promises";
import { type Clock, systemClock } from "../core/clock.ts";
import type { ServiceError } from "../core/errors.ts";
import { retryAfterSeconds } from "../core/http.ts";
import { createKeepAliveFetch } from "../core/keep-alive-fetch.ts";
import type { Logger } from "../observability/log.ts";
import { type ClaudeFailure, isSearchRefused, isTooLong, toServiceError } from "./claude-errors.ts";
import { requestBody } from "./claude-messages.ts";
import type { Answer, ContentBlock, Model, ModelListener, ModelRequest, StopReason, Usage } from "./ports.ts";
import { withoutSearches } from "./tool-search.ts";

export interface ClaudeModelOptions {
  apiKey: string;
  baseUrl?: string | undefined;
  logger: Logger;
  clock?: Clock;
  /** Attempts at one model step while nothing of it was heard, the first one included. */
  attempts?: number;
  /** Milliseconds before the second attempt, where the service names no time of its own; doubled from then on. */
  backoffMs?: number;
  /** Milliseconds without any event after which a stream counts as broken. */
  stallMs?: number;
  random?: () => number;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Claude over `messages.stream`. The one place that knows the SDK, which is loaded while the rest of the house starts. */
export function createClaudeModel(options: ClaudeModelOptions): Model {
  const loading = import("@anthropic-ai/sdk").then((sdk) => ({ sdk, client: createClient(sdk, options) }));
  // A failed import is reported by the first `respond`, which awaits the same promise.
  loading.catch(() => undefined);
  return {
    async respond(request, listener, signal) {
      signal.throwIfAborted();
      const { sdk, client } = await loading;
      return new Exchange(sdk, client, options, request, listener, signal).run();
    },
  };
}

/** Every option that the SDK would otherwise take from the environment is given. Retries are ours: theirs know no deadline. */
function createClient(sdk: typeof Sdk, { apiKey, baseUrl }: ClaudeModelOptions): Sdk.Anthropic {
  return new sdk.default({
    apiKey,
    baseURL: baseUrl ?? "https://api.anthropic.com",
    webhookKey: null,
    maxRetries: 0,
    fetch: createKeepAliveFetch(),
    openTelemetry: false,
    logLevel: "off",
    logger: silent,
  });
}

/** One model step: as many attempts as it takes, or as there is time for, while the person has heard nothing of it. */
class Exchange {
  readonly #sdk: typeof Sdk;
  readonly #client: Sdk.Anthropic;
  readonly #options: ClaudeModelOptions;
  readonly #request: ModelRequest;
  readonly #listener: ModelListener;
  readonly #signal: AbortSignal;
  readonly #clock: Clock;
  readonly #deadline: number;

  constructor(
    sdk: typeof Sdk,
    client: Sdk.Anthropic,
    options: ClaudeModelOptions,
    request: ModelRequest,
    listener: ModelListener,
    signal: AbortSignal,
  ) {
    this.#sdk = sdk;
    this.#client = client;
    this.#options = options;
    this.#request = request;
    this.#listener = listener;
    this.#signal = signal;
    this.#clock = options.clock ?? systemClock;
    this.#deadline = this.#clock.now() + request.timeLeftMs;
  }

  async run(): Promise<Answer> {
    let body = bodyOf(this.#request);
    let isPlain = !this.#request.tools.some((tool) => tool.deferred);
    for (let attempt = 1; ; attempt++) {
      const hearing = new Hearing(this.#listener);
      try {
        return toAnswer(await this.#attempt(body, hearing), this.#request.model);
      } catch (error) {
        const isLost = this.#signal.aborted || !hearing.hasText;
        if (isLost && hearing.hasBegun) this.#listener.onLost(hearing.partial().usage);
        this.#signal.throwIfAborted();
        const failure = this.#failureOf(error);
        if (hearing.hasText) return this.#interrupted(hearing, failure);
        if (isTooLong(failure)) return this.#empty("model_context_window_exceeded");
        if (!isPlain && isSearchRefused(failure)) {
          this.#options.logger.warn({ err: failure.cause }, "claude: search for tools refused; all are sent loaded");
          body = bodyOf({ ...this.#request, ...withoutSearches(this.#request) });
          isPlain = true;
          continue;
        }
        await this.#waitOrThrow(toServiceError(failure), attempt);
      }
    }
  }

  async #attempt(body: MessageCreateParamsStreaming, hearing: Hearing): Promise<Message> {
    const { stallMs = 90_000 } = this.#options;
    const stream = this.#client.messages.stream(body, { signal: this.#signal, timeout: stallMs });
    const watchdog = setTimeout(() => stream.abort(), stallMs);
    stream.on("streamEvent", (event, snapshot) => {
      watchdog.refresh();
      hearing.hear(event, snapshot);
    });
    try {
      const message = await stream.finalMessage();
      hearing.checkWhole(message);
      return message;
    } finally {
      clearTimeout(watchdog);
    }
  }

  /** Waits for the next attempt, or throws where there is none, or no time for it. */
  async #waitOrThrow(error: ServiceError, attempt: number): Promise<void> {
    const { attempts = 4, backoffMs = 500, random = Math.random, logger } = this.#options;
    if (!error.retryable || attempt >= attempts) throw error;
    const backoff = backoffMs * 2 ** (attempt - 1) * (0.75 + random() * 0.25);
    const waitMs = Math.max(backoff, (error.retryAfterSeconds ?? 0) * 1000);
    if (this.#clock.now() + waitMs >= this.#deadline) throw error;
    logger.warn({ attempt, waitMs: Math.round(waitMs), status: error.status }, "claude: trying again");
    this.#listener.onRetry(waitMs);
    try {
      await sleep(waitMs, undefined, { signal: this.#signal });
    } catch (aborted) {
      this.#signal.throwIfAborted();
      throw aborted;
    }
  }

  /** The person has read the beginning of this answer: it is kept as it is, to be carried on and never repeated. */
  #interrupted(hearing: Hearing, failure: ClaudeFailure): Answer {
    this.#options.logger.warn({ err: failure.cause }, "claude: the stream broke in the middle of an answer");
    const { content, usage } = hearing.partial();
    return { kind: "answer", content, stopReason: "interrupted", model: this.#request.model, usage };
  }

  #empty(stopReason: StopReason): Answer {
    const usage = { inputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, outputTokens: 0 };
    return { kind: "answer", content: [], stopReason, model: this.#request.model, usage };
  }

  #failureOf(error: unknown): ClaudeFailure {
    const { APIError, APIConnectionError, APIUserAbortError } = this.#sdk;
    const isApi = error instanceof APIError;
    // An abort that is not ours is the watchdog's: a stream gone silent is a broken one.
    if (!isApi || error instanceof APIConnectionError || error instanceof APIUserAbortError) {
      return { explanation: "", connection: true, cause: error };
    }
    return this.#apiFailure(error);
  }

  #apiFailure(error: Sdk.APIError): ClaudeFailure {
    const { headers } = error;
    // The headers of a mid-stream error are those of the 200 before it.
    const isAnswer = error.status !== undefined && headers !== undefined;
    const should = isAnswer ? headers.get("x-should-retry") : null;
    return {
      status: error.status,
      type: error.type ?? undefined,
      explanation: error.apiMessage ?? "",
      retryAfterSeconds: isAnswer ? retryAfterSeconds(headers, this.#clock.now()) : undefined,
      shouldRetry: should === null ? undefined : should === "true",
      connection: false,
      cause: error,
    };
  }
}

/** What is worth keeping of an answer that broke off, beside its text, where the block itself is whole. */
const KEPT_WHOLE: ReadonlySet<string> = new Set(["thinking", "server_tool_use", "tool_search_tool_result"]);

/** Passes on what is said, and keeps what must be known if it breaks off. */
class Hearing {
  hasText = false;
  readonly #listener: ModelListener;
  readonly #whole = new Set<number>();
  readonly #inputs = new Map<number, string>();
  #snapshot: Message | undefined;

  constructor(listener: ModelListener) {
    this.#listener = listener;
  }

  /** From then on the prompt is paid for. */
  get hasBegun(): boolean {
    return this.#snapshot !== undefined;
  }

  hear(event: MessageStreamEvent, snapshot: Message): void {
    this.#snapshot = snapshot;
    if (event.type === "content_block_stop") this.#whole.add(event.index);
    if (event.type !== "content_block_delta") return;
    const { delta, index } = event;
    if (delta.type === "text_delta" && delta.text !== "") {
      this.hasText = true;
      this.#listener.onText(delta.text);
    } else if (delta.type === "thinking_delta") this.#listener.onThinking(delta.thinking);
    else if (delta.type === "input_json_delta") {
      this.#inputs.set(index, (this.#inputs.get(index) ?? "") + delta.partial_json);
    }
  }

  /** The SDK mends cut-off JSON by guessing its end: a call that was asked for in full must be full JSON. */
  checkWhole(message: Message): void {
    if (message.stop_reason === null) throw new Error("the stream ended without a stop reason");
    if (message.stop_reason !== "tool_use") return;
    for (const json of this.#inputs.values()) if (json !== "") JSON.parse(json);
  }

  partial(): { content: ContentBlock[]; usage: Usage } {
    const blocks = this.#snapshot?.content ?? [];
    const kept = blocks.filter((block, index) => {
      return block.type === "text" ? block.text !== "" : KEPT_WHOLE.has(block.type) && this.#whole.has(index);
    });
    return { content: kept.map(toBlock), usage: usageOf(this.#snapshot) };
  }
}

function bodyOf(request: ModelRequest): MessageCreateParamsStreaming {
  return { ...(requestBody(request) as MessageCreateParamsStreaming) };
}

function toAnswer(message: Message, model: string): Answer {
  const { stop_reason: stopReason, stop_details: details } = message;
  const answer: Answer = {
    kind: "answer",
    content: message.content.map(toBlock),
    stopReason: stopReason ?? "end_turn",
    model,
    usage: usageOf(message),
  };
  if (details?.type === "refusal") answer.refusal = details.explanation ?? details.category ?? undefined;
  return answer;
}

/** A plain copy: the SDK's snapshots carry lazy getters. Nothing is left out, as the blocks go back verbatim. */
function toBlock(block: Message["content"][number]): ContentBlock {
  return { ...block };
}

/** Prompt = input + cache writes + cache reads; thinking counts as output. */
function usageOf(message: Message | undefined): Usage {
  return {
    inputTokens: message?.usage.input_tokens ?? 0,
    cacheWriteTokens: message?.usage.cache_creation_input_tokens ?? 0,
    cacheReadTokens: message?.usage.cache_read_input_tokens ?? 0,
    outputTokens: message?.usage.output_tokens ?? 0,
  };
}
