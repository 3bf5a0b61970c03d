/** What the agent needs of the world outside it. `app.ts` wires the real ones; every port has an in-memory double in tests. */

import { ServiceError } from "../core/errors.ts";
import type { ForwardedMessage, QuestionFile } from "./question-parts.ts";

export type { ForwardedMessage, QuestionFile, Viewing } from "./question-parts.ts";

/** Who asks, and where: believed only from Sophia's own channel to the gateway. */
export interface Caller {
  turnId: string;
  agent: string;
  teamId: string;
  userId: string;
  /** The asker's work e-mail as Slack gives it; undefined where it is not known. */
  email?: string | undefined;
  channel: string;
  threadTs: string;
  /** `private`: only the asker reads the answer (a DM). `channel`: everybody in the channel does. */
  audience: "private" | "channel";
  /** The channel's name without `#`, where Sophia may see it. */
  channelName?: string | undefined;
  /** Slack user groups that the asker is in: their ids, and their handles with `@`. */
  groups: readonly string[];
  /** Server name -> the e-mail address by which its service knows the asker, where that is not `email`. */
  identities: Readonly<Record<string, string>>;
  /** The question in the asker's own words: whom it names, the asker wants to reach. */
  question: string;
  /** Nothing may be changed for it, whatever the policies allow. */
  isReadOnly?: boolean | undefined;
  /** Whether what others wrote (tool results, other people's questions) has been read in this conversation. */
  hasReadOthers: boolean;
}

export interface Asker {
  userId: string;
  name: string;
  email?: string | undefined;
  /** As in Caller. */
  groups: readonly string[];
  identities: Readonly<Record<string, string>>;
  /** IANA zone, such as `America/New_York`. */
  timeZone: string;
  /** False where nobody could tell the zone and `UTC` stands in for it: the asker is to be told so. */
  timeZoneKnown: boolean;
}

/** A call that was decided on before its turn began: by a line that leaves no doubt, or by a pressed button. */
export interface PlannedCall {
  /** As the gateway names it. */
  tool: string;
  arguments: Record<string, unknown>;
  /** What it is made with in place of them, the first that is taken, where its service refuses them. */
  orElse?: readonly Record<string, unknown>[] | undefined;
}

export interface TextBlock {
  type: "text";
  text: string;
}

export interface ToolUseBlock {
  type: "tool_use";
  id: string;
  name: string;
  input: unknown;
}

/** Thinking and whatever else the model emits: stored and replayed verbatim, never read. */
export interface OpaqueBlock {
  type: string;
  [field: string]: unknown;
}

export type ContentBlock = TextBlock | ToolUseBlock | OpaqueBlock;

export interface Usage {
  inputTokens: number;
  cacheWriteTokens: number;
  cacheReadTokens: number;
  outputTokens: number;
}

/** One durable step of a turn. A turn's steps in order, after those of the thread's earlier turns, are its conversation. */
export type Step =
  /**
   * What the person asked, and the context (calendar, person, channel) as it was at that moment: fixed for all replays. `files`, with
   * their names, are told to the model by a tool alone.
   */
  | { kind: "question"; text: string; context: string; userId?: string; files?: readonly QuestionFile[] }
  | {
      kind: "answer";
      content: ContentBlock[];
      stopReason: StopReason;
      model: string;
      usage: Usage;
      /** For `refusal`: why, as the model's service says it. */
      refusal?: string | undefined;
    }
  | {
      kind: "tool_result";
      toolUseId: string;
      tool: string;
      arguments: unknown;
      /** Whole, however long; what the model reads of it is cut on the way out, and `read_more` reads on from here. */
      text: string;
      isError: boolean;
      ms: number;
      /** As in ToolResult. */
      links?: readonly string[] | undefined;
    }
  /** These calls wait for a person's consent. Not for the model: it tells a later attempt where the answer was left. */
  | { kind: "waiting"; toolUseIds: string[] }
  /** What the loop tells the model in between. Stored, so that a replay sends the same bytes. */
  | {
      kind: "note";
      reason: NoteReason;
      text: string;
      /** What the person is told below the answer: for `budget`, where a cap of the day has ended it. */
      notice?: string | undefined;
    };

/**
 * `continue`: the answer was cut off; `budget`: last call, without tools; `empty`: the answer held no words. `moved_to_dm`: a part
 * is for the asker alone, who gets the whole in a turn of its own; `private`: the same, and they do not. `mend`: it was not as
 * it had to be.
 */
export type NoteReason = "continue" | "budget" | "empty" | "moved_to_dm" | "private" | "mend";

export type StopReason =
  | "end_turn"
  | "tool_use"
  | "max_tokens"
  | "stop_sequence"
  | "pause_turn"
  | "refusal"
  | "model_context_window_exceeded"
  /** Ours: the stream broke after text was heard; `content` holds the whole blocks and that text. */
  | "interrupted";

export interface ModelTool {
  name: string;
  description: string;
  inputSchema: Record<string, unknown>;
  /** The model does not see it until a search of its own finds it. */
  deferred?: boolean | undefined;
}

export interface ModelRequest {
  model: string;
  maxTokens: number;
  effort: "low" | "medium" | "high" | "max";
  /** The stable part of the prompt: identical for every turn of a role, so that it is cached. */
  system: string;
  /** Sorted by name. */
  tools: readonly ModelTool[];
  /** `none`: the tools stay in the cached prefix, but the model may not call them. */
  toolChoice: "auto" | "none";
  steps: readonly Step[];
  /** JSON Schema that the answer's text is to follow. */
  format?: Record<string, unknown> | undefined;
  /** Milliseconds that the turn has left: no wait for another attempt goes beyond it. */
  timeLeftMs: number;
}

export interface ModelListener {
  /** Text for the person, as it arrives. */
  onText(delta: string): void;
  /** Summarised thinking between tool calls, as it arrives. */
  onThinking(delta: string): void;
  /** The service is busy or out of reach: the next attempt comes in so many milliseconds. */
  onRetry(waitMs: number): void;
  /** An attempt came to nothing, by a failure or an abort: what it had used up by then, as far as the service had said. */
  onLost(usage: Usage): void;
}

export type Answer = Extract<Step, { kind: "answer" }>;

export interface Model {
  /**
   * One model step. Retries what can be retried while no text was heard, and throws ServiceError where that fails; a break
   * after text was heard resolves as `interrupted`. Throws the signal's reason on abort.
   */
  respond(request: ModelRequest, listener: ModelListener, signal: AbortSignal): Promise<Answer>;
}

/** Who spends, and where. */
export type Spender = Pick<Caller, "turnId" | "userId" | "channel" | "audience">;

/** What is spent in a day, by persons, in channels and by all, and the caps on it. No method rejects. */
export interface Spending {
  /** Asked before each model step: the sentence for the person where a cap is reached and the step may not be made. */
  stop(spender: Spender): Promise<string | undefined>;
  /** Counts an answer, once. Resolves when it is stored, so that whoever asks from then on sees it. */
  count(spender: Spender, answer: Pick<Answer, "model" | "usage">): Promise<void>;
  /** A sentence for each cap that comes near and of which no other turn has told today. Asked again, the same again. */
  warnings(spender: Spender): Promise<string[]>;
}

/** How a tool call is told to a person while it runs; `{count}` stands for the number of like calls in one step. */
export interface ProgressLabel {
  one: string;
  many: string;
}

export interface ToolDefinition extends ModelTool {
  /** The service's name as a person says it: "Gong". */
  service: string;
  readOnly: boolean;
  progress: ProgressLabel;
}

export interface ToolResult {
  /** What the model reads. */
  text: string;
  isError: boolean;
  /** Nothing was done: a person is to consent first, and then the same call is to be made again. */
  isWaiting?: boolean | undefined;
  /** Nothing was shown: whoever asks may see it, and others would read the answer. */
  isPrivate?: boolean | undefined;
  /** It failed since its service, or the way to it, is away or too busy: the same read may be answered later. */
  isRetryable?: boolean | undefined;
  /** Pages that the service itself gave for its records, as a server of ours says: an answer may link to them. */
  links?: readonly string[] | undefined;
}

/** Asks people for their consent to what waits for it. */
export interface Approvals {
  /** Shows everything of the turn that waits, in its thread; what is shown already is not shown again. Throws on abort. */
  show(turn: { id: string }, signal: AbortSignal): Promise<void>;
}

/** Answers a question where only its asker reads. */
export interface PrivateAnswers {
  /**
   * Asks it anew in the asker's direct message with Sophia, stored when this resolves, once for each turn. False where Slack opens
   * none.
   */
  move(
    turn: Pick<Caller, "turnId" | "agent" | "teamId" | "userId" | "isReadOnly"> & {
      text: string;
      files?: readonly QuestionFile[] | undefined;
      forwarded?: readonly ForwardedMessage[] | undefined;
    },
  ): Promise<boolean>;
}

export interface Tools {
  /** The tools that this agent (role) may use, sorted by name; byte-stable between changes of the catalogue. */
  list(agent: string): Promise<readonly ToolDefinition[]>;
  /** Never throws for a tool's own failure (that is `isError`); throws on abort. */
  call(name: string, args: unknown, caller: Caller, signal: AbortSignal): Promise<ToolResult>;
}

/** What people dropped in a thread. */
export interface Files {
  /** Its text, or in words why there is none (`isError`). Throws on abort alone. */
  read(
    file: QuestionFile,
    caller: Pick<Caller, "turnId" | "userId" | "agent">,
    signal: AbortSignal,
  ): Promise<ToolResult>;
}

/** What a write would change, and who decides about it, as the gateway says. */
export interface PreviewedWrite {
  preview: {
    summary: string;
    record?: { name: string; url?: string | undefined } | undefined;
    changes: { field: string; before: string | null; after: string | null }[];
    amount?: number | undefined;
  };
  policy: "allow" | "ask" | "deny";
  approvers?: readonly string[] | undefined;
}

/** Whether a write was carried out. */
export type FoundWrite =
  /** `links`: as in ToolResult. */
  | { state: "done"; output: Record<string, unknown>; links?: readonly string[] | undefined }
  /** `isRepeatable`: to send it again does no harm, even if the first one is still on its way. */
  | { state: "not_done"; isRepeatable: boolean }
  /** Nobody can say. */
  | { state: "unknown"; reason: string }
  /** Its service did not answer: it may say later. */
  | { state: "unreachable"; reason: string };

/** Questions about writes that change nothing. Both throw on abort, and where the gateway is away. */
export interface WriteProbe {
  /** `refused`: what is wrong with it, in words; `isRetryable` as in ToolResult, and then nothing is known to be wrong. */
  preview(
    name: string,
    args: unknown,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<PreviewedWrite | { refused: string; isRetryable?: boolean | undefined }>;
  lookUp(
    name: string,
    args: unknown,
    write: { id: string; sentAt: Date },
    caller: Caller,
    signal: AbortSignal,
  ): Promise<FoundWrite>;
}

export type TaskStatus = "in_progress" | "complete" | "error";

export interface TaskUpdate {
  /** Unique in the turn; a second update with the same id changes the card. */
  id: string;
  title: string;
  status: TaskStatus;
  /** One line under the title: what came of it. */
  output?: string | undefined;
}

/** Below an answer; who presses it, and whether they may, is known when they do. */
export interface ReplyButton {
  /** What it is for: `sophia_show_query`. */
  action: string;
  label: string;
  /** What the press brings back; at most 2,000 characters. */
  value: string;
  style?: "primary" | undefined;
}

/** A statement that gave figures of an answer. */
export interface ShownQuery {
  sql: string;
  /** What it is called, for a saved report. */
  report?: string | undefined;
  /** Its page at the warehouse. */
  url?: string | undefined;
  rows?: number | undefined;
}

/** A picture below an answer. */
export interface ReplyImage {
  png: Uint8Array;
  title: string;
  /** What it shows, for who does not see it; at most 2,000 characters. */
  alt: string;
}

/** An answer cannot be shown, now or later: its thread or channel is gone, or Sophia may not write there any more. */
export class ReplyRefusedError extends ServiceError {
  override name = "ReplyRefusedError";
  /** Slack's own word for it. */
  readonly code: string;

  constructor(method: string, code: string) {
    super(`Slack refused ${method}: ${code}.`, { service: "Slack" });
    this.code = code;
  }
}

/**
 * The answer as a person sees it. One writer. Calls are buffered and ordered, never throw and return at once; `finish`
 * resolves once the whole answer stands in Slack, each part once, whatever was there from an earlier attempt; it rejects
 * with a ReplyRefusedError where no attempt can bring that about, and with a ServiceError where another one may.
 */
export interface Reply {
  /** What goes on before there is text: "is reading Gong". */
  status(text: string): void;
  /** Markdown, appended. */
  write(markdown: string): void;
  task(update: TaskUpdate): void;
  /**
   * Ends the text before its time: back at the last whole word, with nothing half open, and then `note`. Where an earlier
   * attempt has shown more than this one has written, that is what stays and ends so.
   */
  breakOff(note: string): void;
  /**
   * Ends the text with a sentence that says why there is no more of it. What an earlier attempt has
   * shown stays above it as with `breakOff`; of this one's text nothing is cut.
   */
  giveUp(sentence: string): void;
  finish(): Promise<void>;
  /** What follows stands in a message of its own, below what others post in between. */
  breakPage(): void;
  /** Shown below the whole answer; in place of those given before. Not where it ends before its time. */
  buttons(buttons: readonly ReplyButton[]): void;
  /** Shown between the whole answer and its buttons. Not where it ends before its time. */
  image(image: ReplyImage): void;
  /** As `finish`, for a turn that waits for a person: what follows comes with another attempt. */
  suspend(): Promise<void>;
}
