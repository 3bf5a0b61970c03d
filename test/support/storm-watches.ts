/** Takes what a storm of webhooks stored as Sophia does: two replicas' watches, on services that know all of it. */
import type { Clock } from "../../src/core/clock.ts";
import { createLogger } from "../../src/observability/log.ts";
import { createCalls } from "../../src/storage/calls.ts";
import type { Database } from "../../src/storage/database.ts";
import { createEvents } from "../../src/storage/events.ts";
import { createNotices } from "../../src/storage/notices.ts";
import { createTurns } from "../../src/storage/turns.ts";
import { createCallWatch } from "../../src/workflows/calls/call-watch.ts";
import { createNoticeWatch } from "../../src/workflows/notices/watch.ts";
import type { Route } from "../../src/workflows/routes.ts";
import type { ToolReader } from "../../src/workflows/tool-reader.ts";

export interface Taken {
  /** Events that nobody has dealt with. */
  left: number;
  /** Turns for summaries, by call, sorted. */
  summaries: string[];
  /** Records whose state is known since, sorted. */
  records: string[];
}

const mostRounds = 100;
const roundMs = 31_000;

/** Each round is half a minute later; ends when nothing is left. */
export async function takeStorm(database: Database): Promise<Taken> {
  let now = Date.now() + roundMs;
  const clock: Clock = { now: () => now };
  const replicas = [1, 2].map((replica) => watchesOn(database, clock, replica));
  let rounds = 0;
  const count = async (sql: string) => (await database.query<{ count: number }>(sql))[0]?.count ?? 0;
  const events = () => count("SELECT count(*)::int AS count FROM sophia.events WHERE done_at IS NULL");
  const calls = () => count("SELECT count(*)::int AS count FROM sophia.calls WHERE state = 'seen'");
  while (rounds++ < mostRounds && (rounds === 1 || (await events()) + (await calls()) > 0)) {
    await Promise.all(replicas.flat().map((watch) => watch.sweep()));
    now += roundMs;
  }
  const summaries = await database.query<{ id: string }>(
    "SELECT split_part(source_key, ':', 2) AS id FROM sophia.turns WHERE source = 'call_summary'",
  );
  const records = await database.query<{ record: string }>("SELECT DISTINCT record FROM sophia.record_values");
  return {
    left: await events(),
    summaries: summaries.map(({ id }) => id).toSorted(),
    records: records.map(({ record }) => record).toSorted(),
  };
}

function watchesOn(database: Database, clock: Clock, replica: number): { sweep(): Promise<void> }[] {
  const turns = createTurns(database, clock);
  let ids = 0;
  const shared = {
    events: createEvents(database, clock),
    routes: { all: () => Promise.resolve(routes) },
    reader: readerAt(clock),
    personWith: () => Promise.resolve({ groups: [] }),
    who: { teamId: "T1", botUserId: "UBOT" },
    clock,
    newId: (prefix: string) => `${prefix}_${replica}_${ids++}`,
    logger: createLogger({ level: "silent" }),
    signal: new AbortController().signal,
  };
  return [
    createCallWatch({ ...shared, calls: createCalls(database, clock), submit: (turn) => turns.add(turn) }),
    createNoticeWatch({
      ...shared,
      notices: createNotices(database),
      wake: () => Promise.resolve(),
      timeZone: "UTC",
    }),
  ];
}

const routes: Route[] = (["calls", "deals", "tasks"] as const).map((what) => {
  const place = { channel: `C${what}`, isPublic: true };
  return { id: what, number: what, what, ...place, where: {}, origin: "config" };
});

/** Answers as our servers do, of whatever it is asked for. */
function readerAt(clock: Clock): ToolReader {
  const answers: Record<string, (args: Record<string, unknown>) => unknown> = {
    gong__get_calls: () => ({ calls: [] }),
    gong__get_call_summary: ({ call_id }) => call(String(call_id), clock),
    gong__get_call_transcript: () => ({
      segments: [{ at: "00:01", at_seconds: 1, speaker: "Maya", side: "internal", text: "Hello." }],
    }),
    hubspot__get_deals: ({ deal_ids }) => ({ deals: (deal_ids as string[]).map(deal) }),
    hubspot__search_deals: () => ({ deals: [] }),
    asana__get_task: ({ task_id }) => ({ task: task(String(task_id)), comments: [] }),
    asana__list_projects: () => ({ projects: [] }),
  };
  return async (tool, args, schema) => {
    const answer = answers[tool];
    if (!answer) throw new Error(`the storm's services have no ${tool}`);
    const output = await answer(args);
    return { text: JSON.stringify(output), isError: false, output: schema.parse(output) as never };
  };
}

function call(id: string, clock: Clock) {
  const [started_at, duration_minutes] = [new Date(clock.now()).toISOString(), 10];
  const nothing = { url: null, owner: null, account: null, brief: null };
  const lists = { participants: [], key_points: [], next_steps: [], trackers: [] };
  return { call_id: id, title: `Call ${id}`, started_at, duration_minutes, ...nothing, ...lists };
}

function deal(id: string) {
  const named = { id, name: `Deal ${id}`, url: `https://app.hubspot.com/${id}` };
  return {
    ...named,
    status: "open",
    stage: "Proposal",
    amount: null,
    owner: null,
    company: null,
    stage_id: null,
    lost_reason: null,
  };
}

function task(id: string) {
  return {
    id,
    name: `Task ${id}`,
    url: null,
    completed: true,
    assignee: null,
    due_on: null,
    projects: [],
    parent_id: null,
  };
}
