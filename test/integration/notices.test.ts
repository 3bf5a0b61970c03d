import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { PrivateError, ServiceError } from "../../src/core/errors.ts";
import { createLogger } from "../../src/observability/log.ts";
import type { Database } from "../../src/storage/database.ts";
import { createEvents, type Events, type InboundEvent } from "../../src/storage/events.ts";
import { createNotices, type Notices } from "../../src/storage/notices.ts";
import { createTurns, type Turn, type TurnTask, type Turns } from "../../src/storage/turns.ts";
import type { Route } from "../../src/workflows/routes.ts";
import type { ToolReader } from "../../src/workflows/tool-reader.ts";
import { createNoticeWatch, type NoticeWatch } from "../../src/workflows/notices/watch.ts";
import { createLightHome, type EngineHome } from "../support/engines.ts";

const start = Date.parse("2026-11-23T10:00:00Z");
const who = { teamId: "T1", botUserId: "UBOT" };
const logger = createLogger({ level: "silent" });

let home: EngineHome;
let db: Database;
let otherDb: Database;
let events: Events;
let notices: Notices;
let turns: Turns;
let now = start;
const clock = { now: () => now };
let routes: Route[];
/** The deals as HubSpot has them. */
let deals: Map<string, { stage: string; amount: number }>;
let hidden: Set<string>;
let isAway = false;
/** Slack does not say who has an address. */
let isSlackAway = false;
/** Where something of ours fails, which no service's fault explains: a tool's name or a channel. */
let broken: Set<string>;
let hangs = false;
let ending: AbortController;
/** Of the one project, by when they are due; all are open. */
let tasks: Map<string, string>;
let reads: string[];
let ids: string[];

const route = (id: string, fields: Partial<Route> = {}): Route => ({
  id,
  number: id,
  what: "deals",
  channel: `C${id}`,
  isPublic: true,
  where: {},
  origin: "config",
  ...fields,
});

const shown = (id: string) => {
  const { stage, amount } = deals.get(id)!;
  const company = { id: "1", name: "Acme", url: "https://app.hubspot.com/acme" };
  const owner = { name: "Maya", email: "maya@payready.example" };
  const named = { id, name: `Deal ${id}`, url: `https://app.hubspot.com/${id}` };
  const more = { stage_id: stage.toLowerCase(), lost_reason: null };
  return { ...named, status: "open", stage, amount: { amount, currency: "USD" }, owner, company, ...more };
};

const taskShown = (id: string) => {
  const fixed = {
    url: null,
    completed: false,
    assignee: null,
    projects: [{ id: "1", name: "Launch" }],
    parent_id: null,
  };
  return { id, name: `Task ${id}`, due_on: tasks.get(id), ...fixed };
};

/** Answers as our servers do, of these deals and tasks. */
const reader: ToolReader = async (tool, args, schema, { channel }, signal) => {
  reads.push(tool);
  if (hangs) await new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason as Error)));
  if (broken.has(tool) || broken.has(channel ?? "")) throw new TypeError("undefined is not a function");
  if (tool.startsWith("asana__")) {
    const id = String(args["task_id"]);
    const isOne = tool === "asana__get_task";
    const projects = [{ id: "1", name: "Launch" }];
    const output = isOne
      ? { task: taskShown(id), comments: [] }
      : { tasks: [...tasks.keys()].map(taskShown), projects };
    return { text: JSON.stringify(output), isError: false, output: schema.parse(output) as never };
  }
  if (isAway)
    throw new ServiceError("HubSpot is at fault, not the request: 503", { service: "hubspot", retryable: true });
  const id = String(args["deal_id"]);
  const asked = tool === "hubspot__get_deal" ? [id] : ((args["deal_ids"] as string[] | undefined) ?? [...deals.keys()]);
  if (asked.some((one) => hidden.has(one))) throw new PrivateError("Not for everybody here.");
  const output = tool === "hubspot__get_deal" ? { deal: shown(id), lost_reason: null } : { deals: asked.map(shown) };
  return { text: JSON.stringify(output), isError: false, output: schema.parse(output) as never };
};

function watchOn(database: Database): NoticeWatch {
  return createNoticeWatch({
    events: createEvents(database, clock),
    notices: createNotices(database),
    routes: { all: () => Promise.resolve(routes) },
    reader,
    personWith: (email) => Promise.resolve(isSlackAway ? "away" : { email, groups: ["@emea"] }),
    signal: ending.signal,
    wake: () => Promise.resolve(),
    who,
    timeZone: "UTC",
    clock,
    newId: (prefix) => {
      const id = `${prefix}_${ids.length}`;
      ids.push(id);
      return id;
    },
    logger,
  });
}

let watch: NoticeWatch;
let other: NoticeWatch;

beforeAll(async () => {
  home = await createLightHome();
  const storage = await home.createStorage();
  db = storage.database;
  otherDb = home.databaseUrl === undefined ? db : (await home.createStorage()).database;
  events = createEvents(db, clock);
  notices = createNotices(db);
  turns = createTurns(db, clock);
});
afterAll(() => home.drop());

beforeEach(async () => {
  now = start;
  routes = [route("1")];
  deals = new Map(Array.from({ length: 30 }, (_, n) => [`${n}`, { stage: "Proposal", amount: n * 1_000 }]));
  tasks = new Map();
  hidden = new Set();
  isAway = false;
  isSlackAway = false;
  hangs = false;
  broken = new Set();
  ending = new AbortController();
  reads = [];
  ids = [];
  await db.script(
    "TRUNCATE sophia.events, sophia.turns, sophia.record_values, sophia.notice_changes, sophia.notice_paces, sophia.notice_mutes, sophia.notice_looks CASCADE",
  );
  watch = watchOn(db);
  other = watchOn(otherDb);
  // How things stand is learned before anything changes.
  await watch.sweep();
});

let told = 0;
async function change(id: string, fields: Partial<{ stage: string; amount: number }>): Promise<void> {
  Object.assign(deals.get(id)!, fields);
  await tell(id, "stage" in fields ? "deal.stage" : "deal.amount");
}
async function tell(objectId: string, kind: string): Promise<void> {
  await events.add([happening(objectId, kind)]);
}
function happening(objectId: string, kind: string): InboundEvent {
  const source = kind.startsWith("task") ? "asana" : "hubspot";
  return { key: `k${told++}`, source, kind, objectId, occurredAt: new Date(now), data: {} };
}

type NoticeTask = Extract<TurnTask, { kind: "notice" }>;
async function stored(): Promise<(Turn & { task: NoticeTask })[]> {
  const all = await Promise.all(ids.map((id) => turns.get(id)));
  return all.filter((turn) => turn !== undefined) as (Turn & { task: NoticeTask })[];
}
const seconds = (count: number) => (now += count * 1_000);

describe("changes of records", () => {
  it("of one record within twenty seconds are one, with what was before the first", async () => {
    for (const amount of [1, 2, 3, 4]) {
      await change("7", { amount });
      seconds(4);
    }
    await change("7", { stage: "Negotiation" });
    await watch.sweep();
    expect(await stored()).toEqual([]);
    seconds(4);
    await watch.sweep();
    const [turn, ...more] = await stored();
    expect(more).toEqual([]);
    expect(turn).toMatchObject({ channel: "C1", source: "notice", isRoot: true, userId: "UBOT", agent: "notices" });
    expect(turn?.task.eventKeys).toHaveLength(5);
    expect(turn?.task.records).toEqual([
      {
        record: "deal:7",
        before: { stage: "Proposal", status: "open", amount: { amount: 7_000, currency: "USD" } },
        after: { stage: "Negotiation", status: "open", amount: { amount: 4, currency: "USD" } },
      },
    ]);
    // What is told late of the same is told already.
    await tell("7", "deal.stage");
    seconds(90);
    await watch.sweep();
    expect(await stored()).toHaveLength(1);
  });

  it("that were undone are none, whatever the order in which they are told", async () => {
    await tell("7", "deal.amount");
    await tell("7", "deal.stage");
    seconds(20);
    await watch.sweep();
    seconds(100);
    await watch.sweep();
    expect(await stored()).toEqual([]);
    expect(await events.take({ limit: 10, leaseMs: 1 })).toEqual([]);
  });

  it("go where a route leads, and nowhere else", async () => {
    routes = [
      route("1", { where: { minAmount: 20_000 } }),
      route("2", { where: { stages: ["Negotiation"] } }),
      route("3", { problem: "not_in" }),
      route("4", { mutedUntil: new Date(now + 3_600_000) }),
      route("5", { what: "tasks" }),
    ];
    await watch.sweep();
    await change("25", { amount: 26_000 });
    await change("3", { stage: "Negotiation" });
    await change("4", { amount: 5 });
    seconds(20);
    await watch.sweep();
    const where = (await stored()).map(({ channel, task }) => [channel, task.records.map(({ record }) => record)]);
    expect(where).toEqual([
      ["C1", ["deal:25"]],
      ["C2", ["deal:3"]],
    ]);
  });

  it("wait while Slack does not say whether the channel may be posted in", async () => {
    routes = [route("1", { problem: "away" })];
    await change("7", { amount: 1 });
    seconds(20);
    await watch.sweep();
    expect(await stored()).toEqual([]);
    routes = [route("1")];
    await watch.sweep();
    expect(await stored()).toHaveLength(1);
  });

  it("are told to no channel that may not see the record, and to no other by what it was there", async () => {
    routes = [route("1"), route("2")];
    await watch.sweep();
    hidden.add("7");
    await change("7", { amount: 1_000_000 });
    seconds(20);
    await watch.sweep();
    expect(await stored()).toEqual([]);
    hidden.delete("7");
    await change("7", { amount: 8_000 });
    seconds(20);
    await watch.sweep();
    const [first] = await stored();
    expect(first?.task.records[0]?.before).toMatchObject({ amount: { amount: 7_000 } });
  });

  it("are looked at again where HubSpot is away, and told once it is back", async () => {
    await change("7", { amount: 1 });
    seconds(20);
    isAway = true;
    await watch.sweep();
    isAway = false;
    seconds(10);
    await watch.sweep();
    expect(await stored()).toEqual([]);
    seconds(30);
    await watch.sweep();
    expect(await stored()).toHaveLength(1);
  });

  it("wait while Slack does not say whose the record is", async () => {
    routes = [route("1", { where: { teams: ["@emea"] } })];
    await change("7", { amount: 1 });
    isSlackAway = true;
    for (let minutes = 0; minutes < 15; minutes++) {
      seconds(60);
      await watch.sweep();
    }
    expect(await stored()).toEqual([]);
    isSlackAway = false;
    seconds(600);
    await watch.sweep();
    const [turn] = await stored();
    expect(turn?.task.records).toMatchObject([{ record: "deal:7", before: { amount: { amount: 7_000 } } }]);
  });

  it.for(["hubspot__get_deals", "C2"])("are told where they can be, while %s fails", async (part) => {
    routes = [route("2"), route("1", { what: part === "C2" ? "deals" : "tasks" })];
    tasks = new Map([["a", "2026-11-29"]]);
    await watch.sweep();
    broken.add(part);
    tasks.set("a", "2026-11-30");
    await change("7", { amount: 1 });
    await tell("a", "task.due_changed");
    seconds(20);
    await watch.sweep();
    expect((await stored()).map(({ channel }) => channel)).toEqual(["C1"]);
    broken.clear();
    seconds(60);
    await watch.sweep();
    expect((await stored()).map(({ channel }) => channel)).toEqual(["C1", "C2"]);
  });

  it("hold up no shutdown, and are looked at by whoever comes next", async () => {
    await change("7", { amount: 1 });
    seconds(20);
    hangs = true;
    const sweeping = watch.sweep();
    await vi.waitFor(() => expect(reads.at(-1)).toBe("hubspot__get_deals"));
    ending.abort(new Error("Sophia is being stopped"));
    await sweeping;
    hangs = false;
    seconds(301);
    ending = new AbortController();
    await watchOn(otherDb).sweep();
    expect(await stored()).toHaveLength(1);
  });

  it("of a record that somebody muted are not told until a week is over", async () => {
    await notices.muteRecord("C1", "deal:7", new Date(now + 7 * 86_400_000));
    await change("7", { amount: 1 });
    await change("8", { amount: 1 });
    seconds(20);
    await watch.sweep();
    expect((await stored()).map(({ task }) => task.records.map(({ record }) => record))).toEqual([["deal:8"]]);
    seconds(8 * 86_400);
    await change("7", { amount: 2 });
    seconds(20);
    await watch.sweep();
    expect((await stored())[1]?.task.records.map(({ record }) => record)).toEqual(["deal:7"]);
  });
});

describe("many changes", () => {
  it("of more records than can be read in eight rounds are all told", async () => {
    routes = [route("1", { what: "tasks", where: { projects: ["Launch"] } })];
    const names = Array.from({ length: 600 }, (_, n) => `t${n}`);
    tasks = new Map(names.map((name) => [name, "2026-11-29"]));
    await watch.sweep();
    for (const name of names) tasks.set(name, "2026-11-30");
    await events.add(names.map((name) => happening(name, "task.due_changed")));
    for (let rounds = 0; rounds < 16; rounds++) {
      seconds(30);
      await watch.sweep();
    }
    expect(new Set((await stored()).flatMap(({ task }) => task.eventKeys)).size).toBe(600);
  });

  it("of deals wait where HubSpot does not show them", async () => {
    for (const id of deals.keys()) await change(id, { amount: 1 });
    isAway = true;
    seconds(20);
    reads = [];
    await watch.sweep();
    expect(reads).toEqual(["hubspot__get_deals"]);
    isAway = false;
    seconds(30);
    await watch.sweep();
    expect((await stored())[0]?.task.records).toHaveLength(30);
  });

  it("are one message a minute at most, and six in ten, of which later ones hold more", async () => {
    for (let minute = 0; minute < 16; minute++) {
      await change(`${minute}`, { amount: 1 });
      await change(`${minute + 10}`, { amount: minute });
      seconds(30);
      await watch.sweep();
      seconds(30);
      await watch.sweep();
    }
    const at = (await stored()).map(({ createdAt }) => (createdAt.getTime() - start) / 60_000);
    expect(at).toEqual([0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 10.5, 11.5, 12.5, 13.5, 14.5, 15.5]);
  });

  it("that come at once to two replicas are each in one message, and read many at a time", async () => {
    for (const id of deals.keys()) for (const amount of [1, 2, 3]) await change(id, { amount: amount + Number(id) });
    reads = [];
    seconds(20);
    await Promise.all([watch.sweep(), other.sweep(), watch.sweep()]);
    seconds(60);
    await Promise.all([watch.sweep(), other.sweep()]);
    const keys = (await stored()).flatMap(({ task }) => task.eventKeys);
    expect([keys.length, new Set(keys).size]).toEqual([90, 90]);
    expect((await stored()).length).toBeLessThanOrEqual(2);
    expect(reads.length).toBeLessThan(20);
    // The largest first.
    expect((await stored())[0]?.task.records[0]?.record).toBe("deal:29");
  });
});
