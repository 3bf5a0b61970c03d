import type { Clock } from "../../core/clock.ts";

export type Ability = "stream" | "session" | "status";

/** A workspace without a feature is asked again only after a while, not at every answer. */
const askAgainAfterMs = 10 * 60_000;

/** What this workspace was seen to refuse. Streaming, sessions and status texts are not there for every plan and app. */
export class Abilities {
  readonly #clock: Clock;
  readonly #missing = new Map<Ability, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(ability: Ability): boolean {
    const since = this.#missing.get(ability);
    return since === undefined || this.#clock.now() - since > askAgainAfterMs;
  }

  /** Notes a refusal; true where it is news. */
  noteMissing(ability: Ability): boolean {
    const isNews = this.has(ability);
    this.#missing.set(ability, this.#clock.now());
    return isNews;
  }
}

/** Refusals that say "not here, not for you", as against those of one message or channel. */
const structural =
  /^(unknown_method|http_40[45]|missing_scope|not_allowed_token_type|feature_disabled|access_denied|not_authorized|method_deprecated|method_not_supported.*)$/;

export function isMissingFeature(code: string): boolean {
  return structural.test(code);
}
