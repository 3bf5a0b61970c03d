import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

const HELP =
  "For more information on API status codes and how to handle them, read the docs on errors: https://developers.asana.com/docs/errors";

/** A refusal in Asana's own words. */
export class AsanaRefusal extends Error {
  override name = "AsanaRefusal";
  readonly status: ContentfulStatusCode;
  /** Seconds. */
  readonly retryAfter: number | undefined;

  constructor(status: ContentfulStatusCode, message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** What is named in a path is looked for and not found; what is named anywhere else is a wrong request. */
export const unknownObject = (field: string, gid: string, status: 400 | 404 = 404): AsanaRefusal =>
  new AsanaRefusal(status, `${field}: Unknown object: ${gid}`);

export const missing = (field: string): AsanaRefusal => new AsanaRefusal(400, `${field}: Missing input`);

export const noAccess = (kind: "project" | "task"): AsanaRefusal =>
  new AsanaRefusal(403, `You do not have access to this ${kind}.`);

export const TOO_MANY =
  "You've made too many requests and hit a rate limit. Please retry after the given amount of time.";

export function refuse(c: Context, { status, message, retryAfter }: AsanaRefusal): Response {
  if (retryAfter !== undefined) c.header("Retry-After", String(retryAfter));
  const error = status >= 500 ? { message, phrase: phrase(), help: HELP } : { message, help: HELP };
  return c.json({ errors: [error] }, status, { "content-type": "application/json; charset=UTF-8" });
}

const ADJECTIVES = ["sad", "brisk", "quiet", "green", "sleepy", "proud", "odd"] as const;
const ANIMALS = ["squid", "otters", "yaks", "herons", "beetles", "pandas", "moles"] as const;
const DEEDS = ["snuggle", "wander", "whistle", "juggle", "argue", "dance", "dig"] as const;
const WAYS = ["softly", "slowly", "twice", "at dawn", "abroad", "backwards", "in turn"] as const;

let failures = 0;

/** By which the vendor's support finds the failure: "6 sad squid snuggle softly". */
function phrase(): string {
  failures += 1;
  const pick = (words: readonly string[], step: number): string => words[(failures * step) % words.length] ?? "";
  return `${(failures % 30) + 2} ${pick(ADJECTIVES, 1)} ${pick(ANIMALS, 3)} ${pick(DEEDS, 2)} ${pick(WAYS, 5)}`;
}

const FAULT_WORDS: Record<number, string> = {
  400: "Bad Request",
  401: "Not Authorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  429: TOO_MANY,
};

/** How Asana words a failure that the control server asked for. */
export function answerFault(c: Context, status: number, retryAfter: number | undefined): Response {
  const seconds = retryAfter ?? (status === 429 ? 30 : undefined);
  return refuse(c, new AsanaRefusal(status as ContentfulStatusCode, FAULT_WORDS[status] ?? "Server Error", seconds));
}
