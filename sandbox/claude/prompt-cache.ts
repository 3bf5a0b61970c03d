import { hash } from "node:crypto";
import type { SandboxClock } from "../stand-in.ts";
import { type PromptPart, promptParts } from "./tokens.ts";
import type { MessagesRequest, Usage } from "./wire.ts";

/** Prefixes shorter than this are not cached, marks or not. */
const MINIMUM_TOKENS = 1024;
/** How many parts before a mark are tried for an older entry. */
const LOOK_BACK = 20;
const LIFETIME_MS = { "5m": 5 * 60_000, "1h": 60 * 60_000 };
const MOST_ENTRIES = 50_000;

interface Entry {
  ttl: "5m" | "1h";
  expiresAt: number;
}

type InputUsage = Omit<Usage, "output_tokens">;

interface Prefix {
  hash: string;
  /** Of the whole prefix, this part included. */
  tokens: number;
}

/**
 * Prompt caching as the vendor describes it: a mark stores the prefix up to it, a later request reads the longest stored
 * prefix that ends at one of its marks or up to 20 parts before; reading renews the entry. Time is the sandbox's.
 */
export class PromptCache {
  readonly #clock: SandboxClock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  clear(): void {
    this.#entries.clear();
  }

  /** What of this prompt is read, written and neither; the marks' prefixes are stored. */
  account(request: MessagesRequest): InputUsage {
    const parts = promptParts(request);
    const marks = parts.flatMap((part, index) => (part.ttl ? [index] : []));
    const total = parts.reduce((sum, part) => sum + part.tokens, 0);
    if (marks.length === 0) return usage(total, 0, 0, 0);
    const prefixes = prefixesOf(request.model, parts);
    const read = this.#longestHit(prefixes, marks);
    const written = this.#store(prefixes, parts, marks, read);
    const input = total - read - written["5m"] - written["1h"];
    return usage(input, read, written["5m"], written["1h"]);
  }

  #longestHit(prefixes: Prefix[], marks: number[]): number {
    const now = this.#clock.now();
    for (const mark of marks.toReversed()) {
      for (let index = mark; index >= 0 && index > mark - LOOK_BACK; index--) {
        const prefix = prefixes[index];
        const entry = prefix && this.#entries.get(prefix.hash);
        if (!prefix || !entry || entry.expiresAt <= now) continue;
        entry.expiresAt = now + LIFETIME_MS[entry.ttl];
        return prefix.tokens;
      }
    }
    return 0;
  }

  #store(prefixes: Prefix[], parts: PromptPart[], marks: number[], read: number): { "5m": number; "1h": number } {
    const written = { "5m": 0, "1h": 0 };
    let upTo = read;
    for (const mark of marks) {
      const prefix = prefixes[mark];
      const ttl = parts[mark]?.ttl;
      if (!prefix || !ttl || prefix.tokens < MINIMUM_TOKENS) continue;
      this.#keep(prefix.hash, ttl);
      if (prefix.tokens <= upTo) continue;
      written[ttl] += prefix.tokens - upTo;
      upTo = prefix.tokens;
    }
    return written;
  }

  #keep(hash: string, ttl: "5m" | "1h"): void {
    const now = this.#clock.now();
    const older = this.#entries.get(hash);
    const longer = older && older.expiresAt > now && older.ttl === "1h" ? "1h" : ttl;
    this.#entries.delete(hash);
    this.#entries.set(hash, { ttl: longer, expiresAt: now + LIFETIME_MS[longer] });
    if (this.#entries.size <= MOST_ENTRIES) return;
    const [oldest] = this.#entries.keys();
    if (oldest) this.#entries.delete(oldest);
  }
}

function prefixesOf(model: string, parts: PromptPart[]): Prefix[] {
  let prefix: Prefix = { hash: model, tokens: 0 };
  return parts.map(({ key, tokens }) => {
    prefix = { hash: hash("sha1", `${prefix.hash}\0${key}`, "base64"), tokens: prefix.tokens + tokens };
    return prefix;
  });
}

function usage(input: number, read: number, fiveMinutes: number, oneHour: number): InputUsage {
  return {
    input_tokens: input,
    cache_creation_input_tokens: fiveMinutes + oneHour,
    cache_read_input_tokens: read,
    cache_creation: { ephemeral_5m_input_tokens: fiveMinutes, ephemeral_1h_input_tokens: oneHour },
  };
}
