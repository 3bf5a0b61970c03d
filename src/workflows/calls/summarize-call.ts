import { buildContext } from "../../agent/context.ts";
import { LinkSources } from "../../agent/link-sources.ts";
import type {
  Answer,
  Caller,
  Model,
  ModelListener,
  Spending,
  Step,
  ToolDefinition,
  Tools,
  WriteProbe,
} from "../../agent/ports.ts";
import { SafeLinks } from "../../agent/safe-links.ts";
import { type AgentSettings, defaultSettings } from "../../agent/settings.ts";
import { TurnBudget } from "../../agent/turn-budget.ts";
import type { Clock } from "../../core/clock.ts";
import { ServiceError } from "../../core/errors.ts";
import type { Logger } from "../../observability/log.ts";
import type { CallIndexings } from "../../storage/call-indexings.ts";
import type { Calls } from "../../storage/calls.ts";
import { putOff } from "../../storage/replies.ts";
import type { TurnOutcome, Turns } from "../../storage/turns.ts";
import type { AgentRun, RunAgent } from "../../turns/run-turn.ts";
import { channelProblem, isPosted, orPutOff, type PostingOptions } from "../posting.ts";
import { sophiaCaller } from "../tool-reader.ts";
import { callButtons } from "./call-actions.ts";
import { callSchema, companySchema, isNotToBeSeen, transcriptSchema } from "./call-facts.ts";
import { type CallRecord, recordOf } from "./call-record.ts";
import { latestDeal } from "./call-routes.ts";
import type { CallIndex } from "./index-call.ts";
import { askForCall } from "./listed-call.ts";
import { pauseAfter } from "./put-off.ts";
import { outputOf, RecordedReads } from "./recorded-reads.ts";
import { renderSummary } from "./render-summary.ts";
import { summaryFormat, summaryQuestion, summarySystem } from "./summary.ts";

export interface CallSummarizerOptions extends PostingOptions {
  tools: Tools & Pick<WriteProbe, "preview">;
  model: Model;
  spending: Spending;
  settings: Partial<AgentSettings>;
  index: CallIndex;
  indexings: Pick<CallIndexings, "later">;
  turns: Pick<Turns, "get">;
  calls: Pick<Calls, "again">;
  /** The channel's name without `#`. */
  channelName: (channel: string) => Promise<string | undefined>;
  who: { teamId: string; botUserId: string };
  clock: Clock;
  logger: Logger;
  /** Pauses before a service that was away is asked again. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Carries out turns whose task is a `call_summary`. */
export function createCallSummarizer(options: CallSummarizerOptions): RunAgent {
  return async (run) => {
    const channelName = await options.channelName(run.turn.channel);
    return new SummaryRun(options, run, channelName).run();
  };
}

/** Pages of a transcript that are read: some three hours of talk. */
const mostPages = 8;
const attempts = 2;
/** A service that answered when the turn was submitted is likely to answer again. */
const pausesMs = [1_000, 5_000, 20_000, 60_000];

/** Nothing is posted. */
class Silence extends Error {
  override name = "Silence";
  readonly outcome: Pick<TurnOutcome, "status" | "reason">;

  constructor(outcome: Silence["outcome"]) {
    super(outcome.reason);
    this.outcome = outcome;
  }
}

class SummaryRun {
  readonly #options: CallSummarizerOptions;
  readonly #settings: AgentSettings;
  readonly #run: AgentRun;
  readonly #steps: Step[];
  readonly #caller: Caller;
  readonly #reads: RecordedReads;
  readonly #budget: TurnBudget;

  constructor(options: CallSummarizerOptions, run: AgentRun, channelName: string | undefined) {
    const { settings, spending, clock, tools, who } = options;
    const { id: turnId, userId, channel, threadTs, agent } = run.turn;
    this.#options = options;
    this.#settings = { ...defaultSettings, ...settings };
    this.#run = run;
    this.#steps = [...run.steps];
    this.#caller = sophiaCaller(who, { turnId, agent, channel, threadTs, channelName });
    const { checkpoint, signal } = run;
    const { model } = this.#settings;
    this.#reads = new RecordedReads({
      tools,
      caller: this.#caller,
      model,
      steps: this.#steps,
      checkpoint,
      clock,
      signal,
      wait: options.wait,
    });
    const spender = { turnId, userId, channel, audience: "channel" as const };
    this.#budget = new TurnBudget({ settings: this.#settings, spending, clock, spender });
  }

  async run(): Promise<TurnOutcome> {
    try {
      return await orPutOff(
        this.#run,
        this.#options,
        () => this.#write(),
        (error) => this.#putOff(error),
      );
    } finally {
      await this.#budget.counted();
    }
  }

  async #write(): Promise<TurnOutcome> {
    const { reply, signal } = this.#run;
    try {
      // An earlier attempt looked before it posted it.
      const stands = await isPosted(this.#run, this.#options);
      if (!stands) await this.#lookAtChannel();
      if (this.#steps.length === 0) await this.#add(this.#question());
      await this.#read();
      const notice = await this.#ask();
      const record = this.#record();
      if (!stands) await this.#lookAgain(record);
      reply.write(this.#safe(renderSummary({ record, postedAt: this.#options.clock.now(), notice })));
      reply.buttons(callButtons(this.#run.turn.id, record));
      await reply.finish();
      await this.#index(record);
      return this.#outcome({ status: "done", reason: notice === undefined ? undefined : "gong_summary" });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Silence)) throw error;
      await reply.finish();
      return this.#outcome(error.outcome);
    }
  }

  get #callId(): string {
    const { task } = this.#run.turn;
    if (task?.kind !== "call_summary") throw new TypeError("a turn without a call has come to the call summaries");
    return task.callId;
  }

  #outcome(ending: Pick<TurnOutcome, "status" | "reason">): TurnOutcome {
    return { ...ending, usage: this.#budget.usage(this.#steps), costUsd: this.#budget.usd(this.#steps) };
  }

  #question(): Step {
    const { turn } = this.#run;
    const sophia = {
      userId: turn.userId,
      name: "Sophia",
      groups: [],
      identities: {},
      timeZone: "UTC",
      timeZoneKnown: true,
    };
    const place = { channel: turn.channel, audience: turn.audience };
    const { calendar } = this.#settings;
    const context = buildContext({ question: "", asker: sophia, ...place, now: turn.createdAt.getTime(), calendar });
    return { kind: "question", text: summaryQuestion, context, userId: turn.userId };
  }

  async #add(...steps: readonly Step[]): Promise<void> {
    await this.#run.checkpoint(steps);
    this.#steps.push(...steps);
  }

  /** The call from Gong, its account and deal from HubSpot: as steps, so that its thread knows them. */
  async #read(): Promise<void> {
    const call_id = this.#callId;
    const first = { tool: "gong__get_call_transcript", arguments: { call_id } };
    const [summary, page] = await this.#reads.all({ tool: "gong__get_call_summary", arguments: { call_id } }, first);
    const call = outputOf(summary, callSchema);
    if (!call) throw this.#silence(summary?.text ?? "");
    let cursor = outputOf(page, transcriptSchema)?.cursor;
    for (let pages = 1; cursor !== undefined && pages < mostPages; pages++) {
      const [next] = await this.#reads.all({ ...first, arguments: { call_id, cursor } });
      cursor = outputOf(next, transcriptSchema)?.cursor;
    }
    if (call.account === null) return;
    const [found] = await this.#reads.all({ tool: "hubspot__get_company", arguments: { company: call.account } });
    const company = outputOf(found, companySchema);
    if (!company || company.open_deals.length > 0) return;
    const args = { company: company.company.id, ...latestDeal };
    await this.#reads.all({ tool: "hubspot__search_deals", arguments: args });
  }

  /** What was said is findable soon, or later where the index is away. */
  async #index(record: CallRecord): Promise<void> {
    const { index, indexings } = this.#options;
    const { turn, signal } = this.#run;
    const kept = await index.keep(record, await this.#placedCaller(), signal);
    if (kept === "later") await indexings.later(turn.id);
  }

  /** Once the summary stands it has a thread, and the turn is that thread's. */
  async #placedCaller(): Promise<Caller> {
    const turn = await this.#options.turns.get(this.#run.turn.id);
    return { ...this.#caller, threadTs: turn?.threadTs ?? this.#caller.threadTs };
  }

  /** Comes late rather than never. */
  async #putOff(error: ServiceError): Promise<TurnOutcome> {
    const { calls, clock, logger } = this.#options;
    const at = new Date(clock.now() + pauseAfter(this.#run.turn.sourceKey));
    const isPutOff = await calls.again(this.#callId, at);
    logger.warn({ err: error, call: this.#callId, isPutOff }, "a call's summary could not be written now");
    return this.#outcome({ status: "failed", reason: isPutOff ? putOff : error.service.toLowerCase() });
  }

  #silence(words: string): Silence {
    const isGone = isNotToBeSeen(new Error(words));
    if (!isGone)
      this.#options.logger.error({ call: this.#callId, reason: words.split("\n", 1)[0] }, "a call could not be read");
    return new Silence(isGone ? { status: "done", reason: "not_to_be_seen" } : { status: "failed", reason: "gong" });
  }

  #record(): CallRecord {
    const record = recordOf(this.#steps, this.#settings.calendar);
    if (!record) throw new TypeError("a call that was read cannot be found in the steps");
    return record;
  }

  /** Has Claude write the summary; where none holds, says why, and Gong's own stands in its place. */
  async #ask(): Promise<string | undefined> {
    const tools = await this.#definitions();
    for (;;) {
      const { summary, wrong, segments } = this.#record();
      if (segments.length === 0) return "Gong did not give the transcript, so this is its own summary.";
      const tries = this.#steps.filter((step) => step.kind === "answer" && step.stopReason !== "tool_use").length;
      if (summary && (wrong?.length === 0 || tries >= attempts)) return undefined;
      if (tries >= attempts)
        return "What Claude wrote of this call does not hold against its transcript, so this is Gong's own summary.";
      const limit = await this.#budget.limit(this.#steps, false);
      // What holds of the first answer is still better than none.
      if (limit && summary) return undefined;
      if (limit) return `This is Gong's own summary: ${limit.sentence ?? `Claude may not be asked (${limit.what}).`}`;
      if (wrong !== undefined) await this.#add({ kind: "note", reason: "mend", text: mendText(wrong) });
      const answer = await this.#respond(tools);
      if (answer === undefined && summary) return undefined;
      if (answer === undefined) return "Claude could not be reached, so this is Gong's own summary.";
      await this.#add(answer);
    }
  }

  /** Those that were used: a conversation with calls is sent with their tools. */
  async #definitions(): Promise<readonly ToolDefinition[]> {
    const used = new Set(this.#steps.flatMap((step) => (step.kind === "tool_result" ? [step.tool] : [])));
    return (await this.#options.tools.list(this.#caller.agent)).filter(({ name }) => used.has(name));
  }

  async #respond(tools: readonly ToolDefinition[]): Promise<Answer | undefined> {
    const { model, logger } = this.#options;
    const { signal } = this.#run;
    const { model: name, maxTokens, wallMs } = this.#settings;
    const request = {
      model: name,
      maxTokens,
      effort: "medium" as const,
      system: summarySystem,
      tools,
      toolChoice: "none" as const,
    };
    const format = summaryFormat();
    try {
      const answer = await model.respond(
        { ...request, steps: this.#steps, format, timeLeftMs: wallMs },
        this.#listener,
        signal,
      );
      this.#budget.count(answer);
      return { ...answer, stopReason: answer.stopReason === "tool_use" ? "end_turn" : answer.stopReason };
    } catch (error) {
      signal.throwIfAborted();
      logger.error({ err: error, call: this.#callId }, "Claude could not be asked for a call's summary");
      return undefined;
    }
  }

  readonly #listener: ModelListener = {
    onText: () => undefined,
    onThinking: () => undefined,
    onRetry: () => undefined,
    onLost: (usage) => {
      const lost = { model: this.#settings.model, usage };
      this.#budget.count(lost);
      this.#budget.discard(lost);
    },
  };

  async #lookAgain({ call }: CallRecord): Promise<void> {
    const { tools, wait } = this.#options;
    const { signal } = this.#run;
    for (const pause of [...pausesMs, undefined]) {
      const { isListed, isError, isRetryable, text } = await askForCall(call, tools, this.#caller, signal);
      if (isListed) return;
      if (!isError) throw new Silence({ status: "done", reason: "not_to_be_seen" });
      if (!isRetryable) throw this.#silence(text);
      if (pause === undefined) throw new ServiceError(text, { service: "Gong", retryable: true });
      await wait(pause, signal);
      signal.throwIfAborted();
    }
  }

  /** Another company may read it by now. */
  async #lookAtChannel(): Promise<void> {
    const problem = await channelProblem(this.#run, this.#options);
    if (problem !== undefined) throw new Silence({ status: "done", reason: `channel: ${problem}` });
  }

  #safe(markdown: string): string {
    const sources = new LinkSources(this.#settings.linkHosts);
    for (const step of this.#steps) sources.learn(step, this.#run.turn.userId);
    return SafeLinks.whole(markdown, sources);
  }
}

function mendText(wrong: readonly string[]): string {
  const list = wrong.slice(0, 20).map((sentence) => `- ${sentence}`);
  return [
    "This does not hold against the transcript:",
    ...list,
    "Write the whole JSON again, without what was not said.",
  ].join("\n");
}
