import { z } from "zod";
import { ServiceError, UserError } from "../../../src/core/errors.ts";
import { checkTimeZone, type InstantRange, instantRange, isoFormatter } from "../../shared/date-range.ts";
import { callOutput, dateArgument, gongTool, presentCall, readsGong, timeZoneArgument } from "../call-output.ts";
import { byStart, type GongCall } from "../calls.ts";
import { type CallWish, fitsWish } from "../match.ts";
import type { GongReader } from "../reader.ts";

const dayMs = 86_400_000;
const defaultDays = 90;

const wish = z.string().min(1).max(200).optional();

export const findCalls = gongTool({
  name: "find_calls",
  title: "Find calls",
  description:
    "Finds Gong calls by a person (name or e-mail, ours or the customer's), an account or words of the title, newest first; parts given together must all fit. " +
    "Gong has no search, so the calls themselves are looked through from `to_date` back to `from_date` (the last 90 days by default). " +
    "If `truncated`, only calls since `searched_from` are covered: ask again with `to_date` = `searched_from` for older ones.",
  input: z.strictObject({
    person: wish.describe("Name or e-mail of anybody on the call: 'Dana', 'dana@acme.com'"),
    account: wish.describe(
      "The customer's name: 'Acme'. Compared with the CRM account, the title and the customers' e-mail domain",
    ),
    title: wish.describe("Words of the title"),
    from_date: dateArgument("How far back to look").optional(),
    to_date: dateArgument("Last day (included), or the moment before which calls started; now by default").optional(),
    time_zone: timeZoneArgument,
    limit: z.int().min(1).max(100).default(20).describe("Most calls to return"),
  }),
  output: z.strictObject({
    calls: z.array(callOutput),
    truncated: z.boolean().describe("Whether calls before `searched_from` may fit as well"),
    searched_from: z.string(),
    searched_to: z.string(),
  }),
  annotations: readsGong,
  progress: { one: "Searching calls in Gong", many: "Running {count} searches of calls in Gong" },

  async run(input, context) {
    const { person, account, title, limit } = input;
    if (person === undefined && account === undefined && title === undefined) {
      throw new UserError("Say what to look for: person, account or title. To list calls by date use get_calls.");
    }
    const timeZone = checkTimeZone("time_zone", input.time_zone ?? context.client.timeZone);
    const iso = isoFormatter(timeZone);
    const now = context.clock.now();
    // The present second is still going on: a call that has just ended is to be found.
    const range = instantRange(
      input.from_date ?? iso(now - defaultDays * dayMs),
      input.to_date ?? iso(now + 1000),
      timeZone,
    );
    const found = await search(context.client.reader(context), range, { person, account, title }, limit);
    return {
      calls: found.calls.map((call) => presentCall(call, iso)),
      truncated: found.searchedFrom > range.from,
      searched_from: iso(found.searchedFrom),
      searched_to: iso(range.to),
    };
  },
});

/** Looks from the newest calls back, stretch by stretch, so that what is left out when time or limit ends are the oldest. */
async function search(
  reader: GongReader,
  range: InstantRange,
  wanted: CallWish,
  limit: number,
): Promise<{ calls: GongCall[]; searchedFrom: number }> {
  const found = new Map<string, GongCall>();
  let searchedFrom = range.to;
  for (const stretch of stretchesBack(range)) {
    try {
      for (const call of await reader.allCalls(stretch)) {
        if (fitsWish(call, wanted)) found.set(call.id, call);
      }
    } catch (error) {
      // Gong's limit or a failure on its side: what was found until here is told, and how far it reaches.
      const outOfTime = error instanceof ServiceError && error.retryable;
      if (outOfTime && searchedFrom < range.to) break;
      throw error;
    }
    searchedFrom = stretch.from;
    if (found.size >= limit) break;
  }
  const newestFirst = [...found.values()].sort((left, right) => byStart(right, left));
  if (newestFirst.length <= limit) return { calls: newestFirst, searchedFrom };
  const shown = newestFirst.slice(0, limit);
  // A second later than the last one shown: others may have begun in the same second.
  return { calls: shown, searchedFrom: (shown.at(-1)?.startedAt ?? searchedFrom) + 1000 };
}

/** A week, then months: a company with many calls gets an answer about the last days in any case. */
function* stretchesBack(range: InstantRange): Generator<InstantRange> {
  let to = range.to;
  for (let days = 7; to > range.from; days = 30) {
    const from = Math.max(range.from, to - days * dayMs);
    yield { from, to };
    to = from;
  }
}
