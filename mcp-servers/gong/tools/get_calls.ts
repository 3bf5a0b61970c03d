import { z } from "zod";
import { checkTimeZone, instantRange, isoFormatter } from "../../shared/date-range.ts";
import { decodeCursor, encodeCursor } from "../../shared/page.ts";
import {
  callOutput,
  cursorArgument,
  dateArgument,
  gongTool,
  presentCall,
  readsGong,
  timeZoneArgument,
} from "../call-output.ts";
import { byStart, type GongCall } from "../calls.ts";
import type { CallBatch } from "../client.ts";

/** `batch`: Gong's cursor of the batch that is being handed out; `start`, `id`: the last call of it that was. */
const position = z.strictObject({
  batch: z.string().optional(),
  start: z.number().optional(),
  id: z.string().optional(),
});

type Position = z.output<typeof position>;

export const getCalls = gongTool({
  name: "get_calls",
  title: "List calls",
  description:
    "Lists the calls recorded in Gong between two dates, by start: title, link, time, owner, participants, account and Gong's short summary. " +
    "Both dates are included when they are plain dates. Private calls are left out unless their owner asks in private. " +
    "What was said is in get_call_transcript, the main points in get_call_summary; to search by person, account or title use find_calls.",
  input: z.strictObject({
    from_date: dateArgument("First day"),
    to_date: dateArgument("Last day (included), or the moment before which calls started"),
    limit: z.int().min(1).max(100).default(100).describe("Calls on a page"),
    time_zone: timeZoneArgument,
    owner_email: z.string().max(254).optional().describe("Only calls hosted by this person of ours"),
    cursor: cursorArgument,
  }),
  output: z.strictObject({
    calls: z.array(callOutput),
    total: z.int().nullable().describe("All calls of the range, other pages included; null if there are over 1,000"),
    truncated: z.boolean().describe("Whether there are more: ask again with `cursor`"),
    cursor: z.string().optional(),
    from: z.string().describe("Start of the range, included"),
    to: z.string().describe("End of the range, not included"),
  }),
  annotations: readsGong,
  progress: { one: "Looking up calls in Gong", many: "Looking up calls in Gong ({count} times)" },

  async run(input, context) {
    const { client } = context;
    const timeZone = checkTimeZone("time_zone", input.time_zone ?? client.timeZone);
    const range = instantRange(input.from_date, input.to_date, timeZone);
    const query = ["get_calls", range.from, range.to, input.owner_email ?? null];
    const after: Position = input.cursor === undefined ? {} : decodeCursor(input.cursor, query, position);

    const reader = client.reader(context);
    const ownerIds = input.owner_email === undefined ? undefined : await reader.userIds([input.owner_email]);
    const filter = { ...range, ownerIds };
    const batch = await reader.pagedBatch(filter, { cursor: after.batch, again: input.cursor !== undefined });

    const left = batch.calls.filter((call) => comesAfter(call, after));
    const shown = left.slice(0, input.limit);
    const next = nextPosition(after, batch, left.length > shown.length ? shown.at(-1) : undefined);
    const iso = isoFormatter(timeZone);
    return {
      calls: shown.map((call) => presentCall(call, iso)),
      total: after.batch === undefined && batch.next === undefined ? batch.calls.length : null,
      truncated: next !== undefined,
      ...(next ? { cursor: encodeCursor(query, next) } : {}),
      from: iso(range.from),
      to: iso(range.to),
    };
  },
});

/** A place in the order, not a number of calls: a call that is recorded between two pages shifts nothing. */
function comesAfter(call: GongCall, { start, id }: Position): boolean {
  if (start === undefined || id === undefined) return true;
  return byStart(call, { ...call, startedAt: start, id }) > 0 && call.id !== id;
}

function nextPosition(after: Position, batch: CallBatch, last: GongCall | undefined): Position | undefined {
  if (last) return { batch: after.batch, start: last.startedAt, id: last.id };
  return batch.next === undefined ? undefined : { batch: batch.next };
}
