import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sandbox } from "../../sandbox/start.ts";
import type { Script } from "../../sandbox/claude/store.ts";
import { isLastOfAnswer, paragraphs, questionOf, resultsOf, squeeze, wholeText } from "../support/answers.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";
import { answersIn, type Asked, houseEnvironment, houseSandbox } from "../support/house.ts";
import { type PrivateServer, startRedis, until } from "../support/servers.ts";
import { type SophiaProcess, startSophiaProcess } from "../support/sophia-process.ts";

const kills = 5;
/** So many questions are asked before each kill, one after the other: it meets each of them somewhere else. */
const questions = 4;
const staggerMs = 350;
/** A turn takes 1.6 to 2 s: three steps of the model, paced, and two tools that take their time. */
const turnMs = 2_000;
const pace = { chunkCharacters: 40, delayMs: 15 };
const gongLatencyMs = 100;

interface Trial extends Asked {
  name: string;
  text: string;
  /** By this instant its Gong requests are told from those of the others. */
  fromDate: string;
  callId: string;
}

/** Numbers from 0 to 1, the same in every run. */
function* fractions(seed: number): Generator<number, never> {
  for (let state = seed; ; state = (state * 16_807) % 2_147_483_647) yield state / 2_147_483_647;
}

/** Questions whose answers are known beforehand, and what the model was told by when. */
class Trials {
  readonly all: Trial[] = [];
  readonly #sandbox: Sandbox;
  /** How many Gong requests there had been when the model first had so many results of a question. */
  readonly #gongBy = new Map<string, number>();

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
    sandbox.claude.store.script(this.#script);
    sandbox.board.addFault({ service: "gong", latencyMs: gongLatencyMs, times: Number.MAX_SAFE_INTEGER });
  }

  ask(): Trial {
    const { world, slack } = this.#sandbox;
    const number = this.all.length;
    const name = `question-${number}`;
    const call = world.calls[number];
    if (!call) throw new Error("no call left to ask about");
    const { ts, channel } = slack.store.send({ user: "maya", channel: "sales", text: `@sophia ${name}` });
    const fromDate = new Date(Date.parse(world.createdAt) - 86_400_000 + number * 1_000).toISOString();
    const trial = { name, text: paragraphs(name, 40), fromDate, callId: call.id, channel, ts, threadTs: ts };
    this.all.push(trial);
    return trial;
  }

  isAnswered({ channel, threadTs }: Trial): boolean {
    const last = answersIn(this.#sandbox, channel, threadTs).at(-1);
    return last !== undefined && isLastOfAnswer(last);
  }

  isBegun({ channel, threadTs }: Trial): boolean {
    return answersIn(this.#sandbox, channel, threadTs).length > 0;
  }

  /** Requests to Gong for a tool whose result the model had been given before: work that was done twice. */
  repeatedCalls({ name, fromDate, callId }: Trial): string[] {
    const requests = this.#sandbox.board.requests("gong");
    const after = (results: number): typeof requests => requests.slice(this.#gongBy.get(`${name} ${results}`) ?? 0);
    return [
      ...after(1).filter(({ body }) => body.includes(fromDate)),
      ...after(2).filter(({ body, url }) => url.endsWith("/transcript") && body.includes(callId)),
    ].map(({ url, body }) => `${url} ${body}`);
  }

  readonly #script: Script = (request) => {
    const trial = this.all.find(({ name }) => questionOf(request) === name);
    if (!trial) return [{ type: "text", text: `Unknown: ${questionOf(request)}` }];
    const results = resultsOf(request).length;
    const key = `${trial.name} ${results}`;
    if (!this.#gongBy.has(key)) this.#gongBy.set(key, this.#sandbox.board.requests("gong").length);
    if (results === 0) {
      const input = { from_date: trial.fromDate, to_date: this.#sandbox.world.createdAt };
      return [
        { type: "thinking", thinking: "First the list." },
        { type: "tool_use", name: "gong__get_calls", input },
      ];
    }
    if (results === 1) {
      const input = { call_id: trial.callId };
      const thinking = "Then what was said in one of them.";
      return [
        { type: "thinking", thinking },
        { type: "tool_use", name: "gong__get_call_transcript", input },
      ];
    }
    return [{ type: "text", text: trial.text }];
  };
}

/** Each question stands answered in its thread: in one message, whole, once, with nothing beside it. */
function expectAnsweredOnce(sandbox: Sandbox, trials: Trials): void {
  for (const trial of trials.all) {
    const messages = answersIn(sandbox, trial.channel, trial.threadTs);
    expect(wholeText(messages), trial.name).toBe(squeeze(trial.text));
    expect(messages, trial.name).toHaveLength(1);
    expect(messages.filter(isLastOfAnswer), trial.name).toHaveLength(1);
    expect(messages[0]?.streaming, trial.name).toBe(false);
    expect(trials.repeatedCalls(trial), trial.name).toEqual([]);
  }
  const roots = sandbox.slack.store.messages("sales").filter(({ author }) => author.isBot);
  expect(roots).toEqual([]);
}

const engines = await availableEngines();

describe.concurrent.each(engines.filter(({ name }) => name !== "Postgres"))(
  "turns whose process is killed, on $name",
  { timeout: 180_000 },
  (engine) => {
    const isAlone = engine.name === "PGlite";
    let sandbox: Sandbox;
    let home: EngineHome;
    let redis: PrivateServer | undefined;
    let processes: SophiaProcess[] = [];

    beforeAll(async () => {
      sandbox = await houseSandbox({ pace, slack: { retryDelaysMs: [0, 500, 1_000, 2_000, 4_000] } });
      home = await engine.create();
      // Wake-ups of other houses on the same Redis would be heard here, and ours there.
      if (!isAlone) redis = await startRedis();
    });
    afterAll(async () => {
      await Promise.all(processes.map((one) => one.kill()));
      await sandbox.close();
      await home.drop();
      await redis?.kill();
    });

    const start = (): Promise<SophiaProcess> => {
      const place = redis ? { ...home, redisUrl: redis.url } : home;
      return startSophiaProcess(houseEnvironment(sandbox, place, "socket"));
    };

    it(`are answered once, after ${kills} kills at random moments`, async ({ annotate }) => {
      const trials = new Trials(sandbox);
      const moments = fractions(isAlone ? 11 : 29);
      const readyMs: number[] = [];
      let inFlight = 0;
      let shown = 0;
      processes = await Promise.all(Array.from({ length: isAlone ? 1 : 2 }, start));
      for (let kill = 0; kill < kills; kill++) {
        const asked: Trial[] = [];
        for (let n = 1; n <= questions; n++) {
          asked.push(trials.ask());
          await sleep(n < questions ? staggerMs : moments.next().value * turnMs);
        }
        const [victim, ...others] = processes;
        const open = asked.filter((trial) => !trials.isAnswered(trial));
        inFlight += open.length;
        shown += open.filter((trial) => trials.isBegun(trial)).length;
        await victim?.kill();
        const next = await start();
        readyMs.push(next.readyMs);
        processes = [...others, next];
        // A process that is killed again and again by chance would be given up at some time, and rightly.
        if (isAlone) await until(() => trials.all.every((trial) => trials.isAnswered(trial)), "all answers", 20_000);
      }
      await until(() => trials.all.every((trial) => trials.isAnswered(trial)), "all answers", 30_000);
      expect(await Promise.all(processes.map((one) => one.stop()))).toEqual(processes.map(() => 0));
      expectAnsweredOnce(sandbox, trials);
      expect(inFlight).toBeGreaterThanOrEqual(10);
      const worst = Math.round(Math.max(...readyMs));
      await annotate(
        `${kills} kills, ${trials.all.length} questions, ${inFlight} of them in flight, ${shown} with something shown; slowest start ${worst} ms`,
      );
    });
  },
);
