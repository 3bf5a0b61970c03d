import { safeMessage, ServiceError } from "../core/errors.ts";
import { AnswerView } from "./answer-view.ts";
import { buildContext, zoneNotice } from "./context.ts";
import { readMoreTool } from "./excerpt.ts";
import type { AgentOutcome, AgentParts, AgentRun } from "./loop.ts";
import { callsOf, compact, shapeHistory, shapeTurn, textOf } from "./memory.ts";
import type { Answer, ModelListener, Step, ToolDefinition, ToolUseBlock, Usage } from "./ports.ts";
import { systemPrompt } from "./prompt.ts";
import { type Role, toolsOf } from "./roles.ts";
import { TaskCards } from "./task-cards.ts";
import { ThinkingStatus } from "./thinking-status.ts";
import { ToolRunner } from "./tool-runner.ts";
import {
  addUsage,
  budgetNote,
  type GiveUp,
  giveUpSentences,
  isContinuation,
  isLastCall,
  isOverfull,
  type Move,
  nextMove,
  noteText,
  totalTokens,
  whyIncomplete,
  withoutCutOff,
} from "./turn-state.ts";

/** Above this an answer that was cut off is not asked for again with more room. */
const MOST_ANSWER_TOKENS = 64_000;

type ToolResultStep = Extract<Step, { kind: "tool_result" }>;
type Ending = Pick<AgentOutcome, "status" | "reason">;

/** One attempt at one turn. */
export class TurnRun {
  readonly #parts: AgentParts;
  readonly #run: AgentRun;
  readonly #steps: Step[];
  readonly #view: AnswerView;
  readonly #cards: TaskCards;
  readonly #thinking: ThinkingStatus;
  /** Of answers that were thrown away and are in no step. */
  #discarded: Usage = { inputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, outputTokens: 0 };
  readonly #startedAt: number;
  /** The turn's time is up: tools end, and the last model step begins. */
  readonly #outOfTime = new AbortController();
  /** The last model step's time is up as well. */
  readonly #ended = new AbortController();
  /** A step could not be recorded: the attempt ends. */
  readonly #unrecorded = new AbortController();
  /** Aborts with the reason that `run` throws. */
  readonly #signal: AbortSignal;
  /** Steps go to the record in their order, beside what follows from them; only writes wait for it. */
  #recording: Promise<void> = Promise.resolve();
  /** Those that pile up meanwhile go in one go. */
  #toRecord: Step[] = [];
  #definitions = new Map<string, ToolDefinition>();
  #tools: readonly ToolDefinition[] = [];
  #history: readonly Step[] = [];
  #model: string;
  #maxTokens: number;
  #isCompact = false;

  constructor(parts: AgentParts, run: AgentRun) {
    this.#parts = parts;
    this.#run = run;
    this.#steps = [...run.steps];
    this.#view = new AnswerView(run.reply);
    this.#cards = new TaskCards(run.reply);
    this.#thinking = new ThinkingStatus(run.reply);
    this.#startedAt = parts.clock.now();
    this.#signal = AbortSignal.any([run.signal, this.#unrecorded.signal]);
    // A thread keeps its model: raw thinking blocks are bound to it.
    const earlier = [...run.history, ...run.steps].findLast((step) => step.kind === "answer");
    this.#model = earlier?.model ?? parts.settings.model;
    this.#maxTokens = parts.settings.maxTokens;
  }

  async run(): Promise<AgentOutcome> {
    const { reply } = this.#run;
    const { wallMs, graceMs } = this.#parts.settings;
    this.#signal.throwIfAborted();
    const timers = [
      setTimeout(() => this.#outOfTime.abort(), wallMs),
      setTimeout(() => this.#ended.abort(), wallMs + graceMs),
    ];
    try {
      const ending = await this.#toTheEnd();
      this.#record();
      await this.#recording;
      this.#signal.throwIfAborted();
      await (ending.status === "suspended" ? this.#suspend() : reply.finish());
      return { ...ending, usage: this.#usage() };
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
  }

  /** What was said stands above what the person is asked. */
  async #suspend(): Promise<void> {
    const { reply, turn } = this.#run;
    await reply.suspend();
    await this.#parts.approvals.show(turn, this.#signal);
  }

  async #toTheEnd(): Promise<Ending> {
    const role = this.#parts.roles.get(this.#run.turn.agent);
    if (!role) return this.#fail(`There is no role "${this.#run.turn.agent}".`, "unknown role");
    if (this.#steps.length === 0) this.#add(this.#question());
    const [question] = this.#steps;
    if (question?.kind === "question") this.#view.preface(zoneNotice(question.context));
    const problem = await this.#prepare(role);
    this.#replay();
    if (problem && nextMove(this.#steps).do !== "finish") return this.#fail(safeMessage(problem), "no tools");
    for (;;) {
      this.#signal.throwIfAborted();
      if (this.#view.diverged) return this.#giveUp(whyIncomplete(this.#steps));
      const ending = await this.#take(nextMove(this.#steps), role);
      if (ending) return ending;
    }
  }

  #question(): Step {
    const { turn, asker } = this.#run;
    const { text, channel, audience, askedAt } = turn;
    const { calendar } = this.#parts.settings;
    const context = buildContext({ question: text, asker, channel, audience, now: askedAt, calendar });
    return { kind: "question", text, context };
  }

  /** Loads the tools; returns why it cannot. Without tools there is nothing true to say. */
  async #prepare(role: Role): Promise<unknown> {
    const { tools, logger, settings } = this.#parts;
    this.#history = shapeHistory(this.#run.history, settings, this.#model);
    try {
      const offered = toolsOf(role, await tools.list(role.name));
      this.#tools = [...offered, readMoreTool].sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      this.#signal.throwIfAborted();
      logger.error({ turn: this.#run.turn.id, err: error }, "tools cannot be listed");
      return error;
    }
    this.#definitions = new Map(this.#tools.map((tool) => [tool.name, tool]));
    return undefined;
  }

  /** Shows again what earlier attempts have recorded. */
  #replay(): void {
    this.#steps.forEach((step, index) => {
      if (step.kind === "tool_result") this.#settle(step);
      if (step.kind === "waiting") this.#hold(step.toolUseIds);
      if (step.kind !== "answer") return;
      this.#view.begin(isContinuation(this.#steps.slice(0, index)));
      this.#view.text(textOf(step));
      this.#view.end();
      if (step.stopReason === "tool_use") this.#openCards(callsOf(step));
    });
  }

  async #take(move: Move, role: Role): Promise<Ending | undefined> {
    switch (move.do) {
      case "ask_model":
        return this.#askModel(role);
      case "run_tools":
        return this.#runTools(move.calls);
      case "add_note":
        this.#add({ kind: "note", reason: move.reason, text: noteText(move.reason, this.#steps) });
        return undefined;
      case "give_up":
        return this.#giveUp(move.why, move.detail);
      case "finish":
        return isLastCall(this.#steps) ? { status: "done", reason: "budget" } : { status: "done" };
    }
    return move satisfies never;
  }

  async #askModel(role: Role): Promise<Ending | undefined> {
    const spent = this.#spentBudget();
    if (spent && !isLastCall(this.#steps)) {
      this.#add({ kind: "note", reason: "budget", text: budgetNote(spent) });
      return undefined;
    }
    let answer: Answer;
    try {
      answer = await this.#respond(role);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (this.#ended.signal.aborted || isLastCall(this.#steps)) return this.#giveUp("budget");
      this.#parts.logger.error({ turn: this.#run.turn.id, err: error }, "model step failed");
      const status = error instanceof ServiceError ? (error.status ?? "unreachable") : "error";
      return this.#fail(safeMessage(error), `model: ${status}`);
    }
    return this.#takeIn(answer);
  }

  async #respond(role: Role): Promise<Answer> {
    const { model, settings, clock } = this.#parts;
    this.#run.reply.status("is thinking");
    this.#view.begin(isContinuation(this.#steps));
    this.#thinking.reset();
    const signal = AbortSignal.any([this.#signal, this.#ended.signal]);
    const answer = await model.respond(
      {
        model: this.#model,
        maxTokens: this.#maxTokens,
        effort: settings.effort,
        system: systemPrompt(role, this.#tools),
        tools: this.#tools,
        toolChoice: isLastCall(this.#steps) || isOverfull(this.#steps) ? "none" : "auto",
        steps: this.#conversation(),
        timeLeftMs: Math.max(0, this.#startedAt + settings.wallMs + settings.graceMs - clock.now()),
      },
      this.#listener,
      signal,
    );
    this.#view.end();
    return answer;
  }

  readonly #listener: ModelListener = {
    onText: (delta) => this.#view.text(delta),
    onThinking: (delta) => this.#thinking.hear(delta),
    onRetry: (waitMs) => this.#run.reply.status(`is waiting for Claude, which is busy (${Math.ceil(waitMs / 1000)} s)`),
  };

  #conversation(): Step[] {
    const { settings } = this.#parts;
    if (this.#isCompact || isOverfull(this.#steps)) return compact(this.#history, this.#steps, settings);
    return [...this.#history, ...shapeTurn(this.#steps, settings)];
  }

  /** Records an answer, or has it given again where nothing of it was heard and it can be had better. */
  #takeIn(answer: Answer): Ending | undefined {
    const isSilent = textOf(answer) === "";
    if (answer.stopReason === "max_tokens" && isSilent) {
      this.#discarded = addUsage(this.#discarded, answer.usage);
      if (this.#maxTokens >= MOST_ANSWER_TOKENS) return this.#giveUp("too_long");
      this.#maxTokens = Math.min(this.#maxTokens * 2, MOST_ANSWER_TOKENS);
      return undefined;
    }
    if (answer.stopReason === "model_context_window_exceeded" && isSilent) {
      this.#discarded = addUsage(this.#discarded, answer.usage);
      if (isOverfull(this.#steps)) return this.#giveUp("context_cut");
      if (this.#isCompact) return this.#giveUp("context");
      this.#isCompact = true;
      return undefined;
    }
    const isWhole = ["tool_use", "end_turn", "stop_sequence", "pause_turn"].includes(answer.stopReason);
    this.#add(isWhole ? answer : withoutCutOff(answer));
    return undefined;
  }

  async #runTools(calls: ToolUseBlock[]): Promise<Ending | undefined> {
    const onlyReads = calls.every((call) => this.#definitions.get(call.name)?.readOnly);
    // A write that is in no record could be made again after a crash; a read costs only its time.
    if (!onlyReads) await this.#recording;
    const goesOn = this.#steps.at(-1)?.kind === "waiting";
    // A call that was held may be held again, and then shows nothing new.
    if (!goesOn) this.#openCards(calls);
    this.#run.reply.status(this.#whatRuns(calls));
    const onResult = (result: ToolResultStep): Promise<void> => {
      this.#add(result);
      this.#settle(result);
      return onlyReads ? Promise.resolve() : this.#recording;
    };
    const held = await this.#runner().run(calls, onResult, this.#signal, this.#outOfTime.signal);
    if (held.length === 0) return undefined;
    if (this.#steps.at(-1)?.kind !== "waiting") {
      this.#hold(held);
      this.#add({ kind: "waiting", toolUseIds: held });
    }
    return { status: "suspended" };
  }

  #hold(toolUseIds: readonly string[]): void {
    this.#cards.hold(toolUseIds);
    this.#run.reply.breakPage();
  }

  #settle(result: ToolResultStep): void {
    const calls = this.#steps.flatMap((step) => (step.kind === "answer" ? callsOf(step) : []));
    this.#openCards(calls.filter((call) => call.id === result.toolUseId));
    this.#cards.settle(result.toolUseId, result);
  }

  #runner(): ToolRunner {
    const { settings, tools, check, clock, logger } = this.#parts;
    const { turn, asker, history } = this.#run;
    const { id: turnId, agent, teamId, userId, channel, threadTs, audience } = turn;
    return new ToolRunner({
      tools,
      definitions: this.#definitions,
      check,
      caller: { turnId, agent, teamId, userId, email: asker.email, channel, threadTs, audience },
      parallelCalls: settings.parallelCalls,
      deadlineMs: settings.toolDeadlineMs,
      resultChars: settings.resultChars,
      clock,
      logger,
      thread: () => [...history, ...this.#steps],
    });
  }

  #openCards(calls: readonly ToolUseBlock[]): void {
    this.#cards.open(calls, (name) => this.#definitions.get(name));
  }

  #whatRuns(calls: readonly ToolUseBlock[]): string {
    const tools = calls.flatMap((call) => this.#definitions.get(call.name) ?? []);
    const services = [...new Set(tools.map((tool) => tool.service))].join(" and ");
    if (services === "") return "is working";
    return tools.every((tool) => tool.readOnly) ? `is reading ${services}` : `is working in ${services}`;
  }

  #add(step: Step): void {
    this.#steps.push(step);
    this.#toRecord.push(step);
    // What another attempt would say again by itself is recorded with the answer that comes of it.
    if (step.kind !== "question" && step.kind !== "note") this.#record();
  }

  #record(): void {
    this.#recording = this.#recordAfter(this.#recording);
    this.#recording.catch((error: unknown) => this.#unrecorded.abort(error));
  }

  async #recordAfter(earlier: Promise<void>): Promise<void> {
    await earlier;
    const steps = this.#toRecord.splice(0);
    if (steps.length > 0) await this.#run.checkpoint(steps);
  }

  #usage(): Usage {
    return this.#steps.reduce(
      (sum, step) => (step.kind === "answer" ? addUsage(sum, step.usage) : sum),
      this.#discarded,
    );
  }

  /** Which part of the budget has run out, if any. */
  #spentBudget(): string | undefined {
    const { settings, clock } = this.#parts;
    const answers = this.#steps.filter((step) => step.kind === "answer").length;
    if (answers >= settings.steps) return `${settings.steps} steps`;
    if (totalTokens(this.#usage()) >= settings.tokens) return `${settings.tokens} tokens`;
    const isLate = this.#outOfTime.signal.aborted || clock.now() - this.#startedAt >= settings.wallMs;
    return isLate ? `${Math.round(settings.wallMs / 1000)} seconds` : undefined;
  }

  #giveUp(why: GiveUp, detail?: string): Ending {
    const isExplained = why === "refusal" && detail !== undefined && detail !== "";
    return this.#fail(isExplained ? `${giveUpSentences.refusal} Its reason: ${detail}` : giveUpSentences[why], why);
  }

  #fail(sentence: string, reason: string): Ending {
    this.#view.giveUp(sentence);
    return { status: "failed", reason };
  }
}
