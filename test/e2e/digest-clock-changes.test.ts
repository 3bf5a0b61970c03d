import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Script } from "../../sandbox/claude/store.ts";
import type { MessageView } from "../../sandbox/slack/store.ts";
import type { Sandbox } from "../../sandbox/start.ts";
import type { Database } from "../../src/storage/database.ts";
import { paragraphs, questionOf, squeeze, wholeText } from "../support/answers.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";
import { houseEnvironment, houseSandbox } from "../support/house.ts";
import { until } from "../support/servers.ts";
import { type DrivenProcess, startDrivenProcess } from "../support/sophia-process.ts";

/** In each zone a time that the clocks jump over, and one that comes twice; in Berlin that is the same one. */
const digests = {
  berlin: { zone: "Europe/Berlin", times: "2:30", channel: "C07SALES000" },
  newYork: { zone: "America/New_York", times: "1:30 and 2:30", channel: "C07CALLSUMM" },
  // Its clocks change by half an hour, and back in April.
  lordHowe: { zone: "Australia/Lord_Howe", times: "1:45 and 2:15", channel: "C07PRODUCT0" },
};
type Place = keyof typeof digests;
const places = Object.keys(digests) as Place[];

interface Stop {
  at: string;
  ticks: Partial<Record<Place, string>>;
  isKill?: true;
}

/**
 * What the clock is set to, one after the other, and the ticks that are run then, in UTC of 2026. Where weeks are jumped over, the
 * last tick is run late if it is under twelve hours old.
 */
const course: readonly Stop[] = [
  { at: "03-08T06:29", ticks: {} },
  { at: "03-08T06:30", ticks: { newYork: "03-08T06:30" } },
  // There is no 2:30: the clocks jump from 2 to 3.
  { at: "03-08T07:00", ticks: { newYork: "03-08T07:00" } },
  { at: "03-09T05:30", ticks: { newYork: "03-09T05:30", berlin: "03-09T01:30" } },
  { at: "03-29T00:59", ticks: { lordHowe: "03-28T15:15" } },
  { at: "03-29T01:00", ticks: { berlin: "03-29T01:00" } },
  { at: "03-30T00:30", ticks: { berlin: "03-30T00:30", lordHowe: "03-29T15:15" } },
  { at: "04-04T14:45", ticks: { lordHowe: "04-04T14:45", newYork: "04-04T06:30" } },
  // 1:45 comes again.
  { at: "04-04T15:15", ticks: {} },
  { at: "04-04T15:45", ticks: { lordHowe: "04-04T15:45" } },
  { at: "04-05T15:15", ticks: { lordHowe: "04-05T15:15", newYork: "04-05T06:30" } },
  { at: "10-03T15:15", ticks: { lordHowe: "10-03T15:15", newYork: "10-03T06:30" } },
  // There is no 2:15: the clocks jump from 2 to half past.
  { at: "10-03T15:30", ticks: { lordHowe: "10-03T15:30" } },
  { at: "10-04T14:45", ticks: { lordHowe: "10-04T14:45", newYork: "10-04T06:30" } },
  { at: "10-25T00:30", ticks: { berlin: "10-25T00:30", lordHowe: "10-24T15:15" }, isKill: true },
  // 2:30 comes again, while nobody has the turn of the first one.
  { at: "10-25T01:30", ticks: {} },
  { at: "10-26T01:30", ticks: { berlin: "10-26T01:30", lordHowe: "10-25T15:15" } },
  { at: "11-01T05:30", ticks: { newYork: "11-01T05:30", berlin: "11-01T01:30" } },
  // 1:30 comes again.
  { at: "11-01T06:30", ticks: {} },
  { at: "11-01T07:30", ticks: { newYork: "11-01T07:30" } },
  { at: "11-02T06:30", ticks: { newYork: "11-02T06:30", berlin: "11-02T01:30" } },
];
const instantOf = (at: string): number => Date.parse(`2026-${at}Z`);
/** Those that were run at the first so many stops. */
const ticksUntil = (stops: number, place: Place): string[] =>
  course.slice(0, stops).flatMap(({ ticks }) => ticks[place] ?? []);
const killedAt = course.find(({ isKill }) => isKill)?.ticks.berlin;

const wordsOf = (place: Place): string => `what is new in ${place}`;
/** The one in which a process is killed takes a while. */
const answerOf = (question: string, tick: string): string =>
  paragraphs(`${question} at ${tick}`, question === wordsOf("berlin") && tick === killedAt ? 30 : 1);
/** Answers as of the time that Claude is told. */
const script: Script = (request) => {
  const [, now = ""] = /\\"now\\":\\"([^"\\]+)/.exec(JSON.stringify(request.messages)) ?? [];
  const tick = new Date(now).toISOString().slice("2026-".length, "2026-03-08T06:30".length);
  return [{ type: "text", text: answerOf(questionOf(request), tick) }];
};

/** Sweeps that wait for the table of schedules, and those of them that have only begun: first they ask what has failed. */
const waitingSweeps = `
  SELECT count(*)::int AS waiting, count(*) FILTER (WHERE query LIKE '%AS failure%')::int AS beginning
  FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%sophia.schedules%'`;

/** Three processes of Sophia, and the world around them. */
class Replicas {
  readonly sandbox: Sandbox;
  readonly database: Database;
  readonly all: readonly DrivenProcess[];
  alive: readonly DrivenProcess[];

  static async start(sandbox: Sandbox, home: EngineHome): Promise<Replicas> {
    const { database } = await home.createStorage();
    const env = houseEnvironment(sandbox, home, "socket");
    const now = sandbox.clock.now();
    return new Replicas(sandbox, database, await Promise.all([1, 2, 3].map(() => startDrivenProcess({ env, now }))));
  }

  private constructor(sandbox: Sandbox, database: Database, all: readonly DrivenProcess[]) {
    this.sandbox = sandbox;
    this.database = database;
    this.all = all;
    this.alive = all;
  }

  async setClock(now: number): Promise<void> {
    this.sandbox.clock.set(now);
    await Promise.all(this.alive.map((one) => one.setClock(now)));
  }

  /**
   * Does something while every replica is held up at the begin of a sweep: each has swept to the end by the clock as it was, and
   * then all of them are let go at once, and are after the same ticks.
   */
  async betweenSweeps(work: () => Promise<void>): Promise<void> {
    const sweeps = async () => (await this.database.query<{ waiting: number; beginning: number }>(waitingSweeps))[0];
    const isDone = (): Promise<boolean> =>
      this.database.transaction(async (tx) => {
        await tx.script("LOCK TABLE sophia.schedules IN ACCESS EXCLUSIVE MODE");
        await until(async () => (await sweeps())?.waiting === this.alive.length, "every replica to sweep");
        // One that was met in the middle of a sweep has to end it first.
        const areHeld = (await sweeps())?.beginning === this.alive.length;
        if (areHeld) await work();
        return areHeld;
      });
    await until(isDone, "every replica to begin a sweep", 30_000);
  }

  /** Kills the one that is writing the answer to a question which was answered so many times before. */
  async killWriterOf(question: string, before: number): Promise<void> {
    const isOf = "SELECT worker_id AS id FROM sophia.turns WHERE status = 'running' AND text = $1";
    const requests = () => this.sandbox.board.requests("claude").filter(({ body }) => body.includes(question));
    await until(() => requests().length > before, `the answer to “${question}” to be begun`);
    const [worker] = await this.database.query<{ id: string }>(isOf, [question]);
    const victim = this.alive.find(({ workerId }) => workerId === worker?.id);
    this.alive = this.alive.filter((one) => one !== victim);
    await victim?.kill();
    await until(() => this.sandbox.claude.store.answers.some(({ aborted }) => aborted), "Claude to be cut off");
  }

  /** How many turns the replicas say that they have ended. */
  ended(): number {
    return this.all.flatMap(({ output }) => output.filter((line) => line.includes('"a turn ended"'))).length;
  }
}

const engines = (await availableEngines()).filter(({ name }) => name === "Redis with Postgres");

describe.each(engines)("three digests on $name", (engine) => {
  let sandbox: Sandbox;
  let home: EngineHome;
  let replicas: Replicas;

  beforeAll(async () => {
    const now = instantOf("03-08T06:20");
    const pace = { chunkCharacters: 40, delayMs: 20 };
    [sandbox, home] = await Promise.all([houseSandbox({ now, pace }), engine.create()]);
    sandbox.claude.store.script(script);
    replicas = await Replicas.start(sandbox, home);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(replicas.all.map((one) => one.kill()));
    await sandbox.close();
    await home.drop();
  });

  const make = async (place: Place): Promise<void> => {
    const { store } = sandbox.slack;
    const { zone, times, channel } = digests[place];
    const text = `digest daily at ${times}: ${wordsOf(place)}`;
    await store.command({ user: "maya", channel, command: "/sophia", text });
    const { errors } = await store.submitView({ user: "maya", values: { zone: { value: zone } } });
    expect(errors).toBeUndefined();
    expect(await store.submitView({ user: "maya" })).toMatchObject({ ok: true });
  };
  const posts = (channel: string): MessageView[] =>
    sandbox.slack.store.messages(channel).filter(({ author, ephemeralFor }) => author.isBot && ephemeralFor === null);
  const postsOf = (place: Place): MessageView[] => posts(digests[place].channel);
  const allPosted = (stops: number) =>
    until(
      () => places.every((place) => postsOf(place).length >= ticksUntil(stops, place).length),
      `the posts of ${course[stops - 1]?.at}`,
      30_000,
    );
  /** There is one turn of each tick of the first so many stops, and no other. */
  const expectTurns = async (stops: number): Promise<void> => {
    const turns = await replicas.database.query<{ channel: string; key: string }>(
      "SELECT channel, source_key AS key FROM sophia.turns",
    );
    const wanted = places.flatMap((place) =>
      ticksUntil(stops, place).map((tick) => `${digests[place].channel} 2026-${tick}:00.000Z`),
    );
    const keys = turns.map(({ channel, key }) => key.replace(/^digest:digest_\w+:/, `${channel} `));
    expect(keys.toSorted()).toEqual(wanted.toSorted());
  };

  it("are posted once a tick by three replicas, one of which is killed, through both changes of the clocks", async () => {
    for (const place of places) await make(place);
    for (const [stops, { at, isKill }] of course.entries()) {
      await replicas.betweenSweeps(async () => {
        await expectTurns(stops);
        await replicas.setClock(instantOf(at));
      });
      if (!isKill) {
        await allPosted(stops + 1);
        continue;
      }
      const before = ticksUntil(stops, "berlin").length;
      await replicas.killWriterOf(wordsOf("berlin"), before);
      expect(replicas.alive).toHaveLength(2);
      expect(postsOf("berlin")).toHaveLength(before);
    }
    await replicas.betweenSweeps(() => expectTurns(course.length));

    for (const place of places) {
      const wanted = ticksUntil(course.length, place).map((tick) => squeeze(answerOf(wordsOf(place), tick)));
      expect(postsOf(place).map((post) => wholeText([post]))).toEqual(wanted);
    }
    const everywhere = sandbox.slack.store.channels().flatMap(({ id }) => posts(id));
    expect(everywhere.filter(({ replyCount }) => replyCount > 0)).toEqual([]);
    expect(everywhere).toHaveLength(places.flatMap(postsOf).length);
    const turns = await replicas.database.query<{ status: string }>("SELECT status FROM sophia.turns");
    expect(turns.filter(({ status }) => status !== "done")).toEqual([]);
    await expect.poll(() => replicas.ended()).toBe(turns.length);
  }, 120_000);
});
