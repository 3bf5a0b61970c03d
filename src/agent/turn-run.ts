import { safeMessage, ServiceError } from "../core/errors.ts";
import { AnswerView } from "./answer-view.ts";
import { callerOf, questionStep } from "./asked.ts";
import { showBelow } from "./below-answer.ts";
import { zoneNotice } from "./context.ts";
import { LinkSources } from "./link-sources.ts";
import type { AgentOutcome, AgentParts, AgentRun } from "./loop.ts";
import { callsOf, shapeHistory, textOf } from "./memory.ts";
import type { Answer, ModelListener, Step, ToolDefinition, ToolUseBlock } from "./ports.ts";
import { ownTools } from "./own-tools.ts";
import { endPrivately, hasWritten, privateEnd } from "./private-part.ts";
import { systemPrompt } from "./prompt.ts";
import { Recording } from "./recording.ts";
import { RequestRoom } from "./request-room.ts";
import { type Role, toolsOf } from "./roles.ts";
import { SafeLinks } from "./safe-links.ts";
import { TaskCards, whatRuns } from "./task-cards.ts";
import { ThinkingStatus } from "./thinking-status.ts";
import { ToolRunner } from "./tool-runner.ts";
import { type Limit, TurnBudget } from "./turn-budget.ts";
import {
  budgetNote,
  type GiveUp,
  giveUpSentences,
  isContinuation,
  isCut,
  isLastCall,
  isOverfull,
  type Move,
  nextMove,
  noteText,
  stopNotice,
  whyIncomplete,
  withoutCutOff,
} from "./turn-state.ts";

type ToolResultStep = Extract<Step, { kind: "tool_result" }>;
type Ending = Pick<AgentOutcome, "status" | "reason">;

/** One attempt at one turn. */
export class TurnRun {
  readonly #parts: AgentParts;
  readonly #run: AgentRun;
  readonly #steps: Step[];
  readonly #linkSources: LinkSources;
  readonly #view: AnswerView;
  readonly #cards: TaskCards;
  readonly #thinking: ThinkingStatus;
  readonly #budget: TurnBudget;
  /** The turn's time is up: tools end, and the last model step begins. */
  readonly #outOfTime = new AbortController();
  /** The last model step's time is up as well. */
  readonly #ended = new AbortController();
  /** Aborts with the reason that `run` throws. */
  readonly #signal: AbortSignal;
  /** Where a step could not be recorded the attempt ends. */
  readonly #recording: Recording;
  #definitions = new Map<string, ToolDefinition>();
  #tools: readonly ToolDefinition[] = [];
  #history: readonly Step[] = [];
  #model: string;
  readonly #room: RequestRoom;

  constructor(parts: AgentParts, run: AgentRun) {
    this.#parts = parts;
    this.#run = run;
    this.#steps = [...run.steps];
    const { settings, spending, clock } = parts;
    const { id: turnId, userId, channel, audience } = run.turn;
    const sources = new LinkSources(settings.linkHosts);
    for (const step of [...run.history, ...run.steps]) sources.learn(step, userId);
    this.#linkSources = sources;
    this.#view = new AnswerView(run.reply, new SafeLinks(sources));
    this.#cards = new TaskCards(run.reply, (text) => SafeLinks.whole(text, sources));
    this.#thinking = new ThinkingStatus(run.reply);
    this.#budget = new TurnBudget({ settings, spending, clock, spender: { turnId, userId, channel, audience } });
    this.#recording = new Recording((steps) => run.checkpoint(steps));
    this.#signal = AbortSignal.any([run.signal, this.#recording.failed]);
    // A thread keeps its model: raw thinking blocks are bound to it.
    const earlier = [...run.history, ...run.steps].findLast((step) => step.kind === "answer");
    this.#model = earlier?.model ?? parts.settings.model;
    this.#room = new RequestRoom(settings);
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
      this.#recording.begin();
      await this.#recording.whole;
      this.#signal.throwIfAborted();
      await (ending.status === "suspended" ? this.#suspend() : reply.finish());
      return { ...ending, usage: this.#budget.usage(this.#steps), costUsd: this.#budget.usd(this.#steps) };
    } finally {
      for (const timer of timers) clearTimeout(timer);
      await this.#budget.counted();
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
    if (this.#steps.length === 0) this.#add(questionStep(this.#run, this.#parts.settings));
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

  /** Loads the tools; returns why it cannot. Without tools there is nothing true to say. */
  async #prepare(role: Role): Promise<unknown> {
    const { tools, files, logger, settings } = this.#parts;
    this.#history = shapeHistory(this.#run.history, settings, this.#model);
    try {
      const listed = await tools.list(role.name);
      const usable = this.#run.turn.isReadOnly ? listed.filter(({ readOnly }) => readOnly) : listed;
      const offered = toolsOf(role, usable);
      this.#tools = [...offered, ...ownTools(role, files)].sort((a, b) => (a.name < b.name ? -1 : 1));
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
      this.#view.end(isCut(step));
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
        return this.#finish();
    }
    return move satisfies never;
  }

  async #finish(): Promise<Ending> {
    const ended = privateEnd(this.#steps);
    if (ended) {
      this.#cards.closeAll("Not for everybody here");
      this.#view.close(ended.notice ?? "");
      return { status: "done", reason: ended.reason };
    }
    const undrawn = await this.#showBelow();
    const notice = stopNotice(this.#steps);
    const lines = notice === undefined ? await this.#budget.warnings() : [notice];
    for (const line of [...undrawn, ...lines]) this.#view.close(line);
    if (!isLastCall(this.#steps)) return { status: "done" };
    return { status: "done", reason: notice === undefined ? "budget" : "spend" };
  }

  #showBelow(): Promise<string[]> {
    const { reply, turn } = this.#run;
    const safe = (text: string): string => SafeLinks.whole(text, this.#linkSources);
    return showBelow({ turnId: turn.id, reply, steps: this.#steps, safe, logger: this.#parts.logger });
  }

  async #askModel(role: Role): Promise<Ending | undefined> {
    if (!isLastCall(this.#steps)) {
      const limit = await this.#budget.limit(this.#steps, this.#outOfTime.signal.aborted);
      if (limit) return this.#stopAt(limit);
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

  /** One more answer, without tools, says what is known; where nothing was read there is nothing to say, and none is paid for. */
  #stopAt({ what, sentence }: Limit): Ending | undefined {
    const hasRead = this.#steps.some((step) => step.kind === "tool_result");
    if (sentence !== undefined && !hasRead) return this.#fail(sentence, "spend");
    this.#add({ kind: "note", reason: "budget", text: budgetNote(what), notice: sentence });
    return undefined;
  }

  async #respond(role: Role): Promise<Answer> {
    const { settings, clock } = this.#parts;
    const { model = this.#parts.model, reply } = this.#run;
    reply.status("is thinking");
    this.#view.begin(isContinuation(this.#steps));
    this.#thinking.reset();
    const signal = AbortSignal.any([this.#signal, this.#ended.signal]);
    const answer = await model.respond(
      {
        model: this.#model,
        maxTokens: this.#room.maxTokens,
        effort: settings.effort,
        system: systemPrompt(role, this.#tools, settings),
        tools: this.#tools,
        toolChoice: isLastCall(this.#steps) || isOverfull(this.#steps) ? "none" : "auto",
        steps: this.#room.conversation(this.#history, this.#steps),
        timeLeftMs: Math.max(0, this.#budget.startedAt + settings.wallMs + settings.graceMs - clock.now()),
      },
      this.#listener,
      signal,
    );
    this.#budget.count(answer);
    this.#view.end(isCut(answer));
    return answer;
  }

  readonly #listener: ModelListener = {
    onText: (delta) => this.#view.text(delta),
    onThinking: (delta) => this.#thinking.hear(delta),
    onRetry: (waitMs) => this.#run.reply.status(`is waiting for Claude, which is busy (${Math.ceil(waitMs / 1000)} s)`),
    onLost: (usage) => {
      const lost = { model: this.#model, usage };
      this.#budget.count(lost);
      this.#budget.discard(lost);
    },
  };

  /** Records an answer, or has it given again where nothing of it was heard and it can be had better. */
  #takeIn(answer: Answer): Ending | undefined {
    const isSilent = textOf(answer) === "";
    const isCut = answer.stopReason === "max_tokens" || answer.stopReason === "model_context_window_exceeded";
    if (isSilent && isCut) {
      this.#budget.discard(answer);
      if (stopNotice(this.#steps) !== undefined) return this.#giveUp("budget");
      const why = this.#room.widen(answer.stopReason, this.#steps);
      return why === undefined ? undefined : this.#giveUp(why);
    }
    const isWhole = ["tool_use", "end_turn", "stop_sequence", "pause_turn"].includes(answer.stopReason);
    this.#add(isWhole ? answer : withoutCutOff(answer));
    return undefined;
  }

  async #runTools(calls: ToolUseBlock[]): Promise<Ending | undefined> {
    const onlyReads = calls.every((call) => this.#definitions.get(call.name)?.readOnly);
    // A write that is in no record could be made again after a crash; a read costs only its time.
    if (!onlyReads) await this.#recording.whole;
    const goesOn = this.#steps.at(-1)?.kind === "waiting";
    // A call that was held may be held again, and then shows nothing new.
    if (!goesOn) this.#openCards(calls);
    this.#run.reply.status(whatRuns(calls.flatMap((call) => this.#definitions.get(call.name) ?? [])));
    const onResult = (result: ToolResultStep): Promise<void> => {
      this.#add(result);
      this.#settle(result);
      return onlyReads ? Promise.resolve() : this.#recording.whole;
    };
    const { held, isPrivate } = await this.#runner().run(calls, onResult, this.#signal, this.#outOfTime.signal);
    if (isPrivate) return this.#endPrivately();
    if (held.length === 0) return undefined;
    if (this.#steps.at(-1)?.kind !== "waiting") {
      this.#hold(held);
      this.#add({ kind: "waiting", toolUseIds: held });
    }
    return { status: "suspended" };
  }

  /** What was refused is in no record: in its place stands what the people in the channel are told. */
  async #endPrivately(): Promise<undefined> {
    const { id: turnId, agent, teamId, userId, text, files, forwarded, isReadOnly } = this.#run.turn;
    const isBegun = hasWritten(this.#steps, this.#definitions);
    const stays = isBegun ? "begun" : this.#run.model && "planned";
    const question = { turnId, agent, teamId, userId, text, files, forwarded, isReadOnly };
    this.#add(await endPrivately(question, stays, this.#parts.privateAnswers));
    return undefined;
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
    const { settings, tools, files, check, clock, logger } = this.#parts;
    return new ToolRunner({
      tools,
      files,
      forwarded: this.#run.turn.forwarded ?? [],
      definitions: this.#definitions,
      check,
      caller: callerOf(this.#run, this.#steps),
      parallelCalls: settings.parallelCalls,
      deadlineMs: settings.toolDeadlineMs,
      resultChars: settings.resultChars,
      clock,
      logger,
      thread: () => [...this.#run.history, ...this.#steps],
    });
  }

  #openCards(calls: readonly ToolUseBlock[]): void {
    this.#cards.open(calls, (name) => this.#definitions.get(name));
  }

  #add(step: Step): void {
    this.#steps.push(step);
    this.#linkSources.learn(step, this.#run.turn.userId);
    this.#recording.add(step);
    // What another attempt would say again by itself is recorded with the answer that comes of it.
    if (step.kind !== "question" && step.kind !== "note") this.#recording.begin();
  }

  #giveUp(why: GiveUp, detail?: string): Ending {
    const notice = stopNotice(this.#steps);
    if (why === "budget" && notice !== undefined) return this.#fail(notice, "spend");
    const isExplained = why === "refusal" && detail !== undefined && detail !== "";
    return this.#fail(isExplained ? `${giveUpSentences.refusal} Its reason: ${detail}` : giveUpSentences[why], why);
  }

  #fail(sentence: string, reason: string): Ending {
    this.#view.giveUp(sentence);
    return { status: "failed", reason };
  }
}
