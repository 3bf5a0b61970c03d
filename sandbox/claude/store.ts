import { createHash } from "node:crypto";
import type { SandboxClock } from "../stand-in.ts";
import type { StreamFault } from "./answer.ts";
import { PromptCache } from "./prompt-cache.ts";
import { withSearches } from "./tool-search.ts";
import type { Block, MessagesRequest, ScriptBlock, Spoken, StopReason, Usage } from "./wire.ts";

/** The model: what it answers to a request. It knows nothing but the request. */
export type Script = (request: MessagesRequest) => readonly ScriptBlock[] | Promise<readonly ScriptBlock[]>;

/** What came of one request that was answered. */
export interface AnswerRecord {
  model: string;
  stopReason: StopReason;
  usage: Usage;
  /** The client went away before the answer ended. */
  aborted: boolean;
}

const KEPT_ANSWERS = 5_000;
const KEPT_PAUSES = 500;

/** The stand-in's state, for tests: faults to come, the script, and what was answered. */
export class ClaudeStore {
  readonly cache: PromptCache;
  readonly answers: AnswerRecord[] = [];
  readonly #standardScript: Script;
  readonly #faults: StreamFault[] = [];
  readonly #pauses = new Map<string, readonly Spoken[]>();
  #script: Script;

  constructor(script: Script, clock: SandboxClock) {
    this.#standardScript = script;
    this.#script = script;
    this.cache = new PromptCache(clock);
  }

  /** Replaces the scripted model until `reset`. */
  script(script: Script): void {
    this.#script = script;
  }

  /** The next answer goes wrong in this way; called twice, the next two do. */
  nextStream(fault: StreamFault): void {
    this.#faults.push(fault);
  }

  takeStreamFault(): StreamFault | undefined {
    return this.#faults.shift();
  }

  /** What the model says now: the rest of a paused answer that was sent back, or the script's words with the searches they take. */
  async respond(request: MessagesRequest): Promise<readonly Spoken[]> {
    const last = request.messages.at(-1);
    const rest = last?.role === "assistant" ? this.#pauses.get(fingerprint(last.content)) : undefined;
    return rest ?? withSearches(await this.#script(request), request);
  }

  isPaused(content: unknown): boolean {
    return this.#pauses.has(fingerprint(content as string | Block[]));
  }

  keepPause(content: Block[], rest: readonly Spoken[]): void {
    this.#pauses.set(fingerprint(content), rest);
    if (this.#pauses.size <= KEPT_PAUSES) return;
    const [oldest] = this.#pauses.keys();
    if (oldest) this.#pauses.delete(oldest);
  }

  keepAnswer(record: AnswerRecord): void {
    this.answers.push(record);
    if (this.answers.length > KEPT_ANSWERS) this.answers.shift();
  }

  reset(): void {
    this.#script = this.#standardScript;
    this.#faults.length = 0;
    this.#pauses.clear();
    this.answers.length = 0;
    this.cache.clear();
  }
}

/** Tells one answer from another by what it says, however a client keeps the fields around it. */
function fingerprint(content: string | Block[]): string {
  const said = Array.isArray(content)
    ? content.map((block) => [block.type, block.text, block.thinking, block.signature, block.id ?? block.tool_use_id])
    : content;
  return createHash("sha1").update(JSON.stringify(said)).digest("base64");
}
