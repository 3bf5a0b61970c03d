/** An answer of `{ok: false}`. Thrown by methods; the Web API words it. */
export class SlackRefusal extends Error {
  override name = "SlackRefusal";
  /** Further fields of the answer: `errors`, `response_metadata`, `needed`. */
  readonly details: Record<string, unknown>;

  constructor(error: string, details: Record<string, unknown> = {}) {
    super(error);
    this.details = details;
  }
}

/** A refusal that says what was wrong where, as Slack does for arguments and blocks. */
export function refusalWithReasons(error: string, reasons: readonly string[]): SlackRefusal {
  return new SlackRefusal(error, { response_metadata: { messages: reasons.map((reason) => `[ERROR] ${reason}`) } });
}
