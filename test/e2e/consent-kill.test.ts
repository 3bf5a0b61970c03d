import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MessageView } from "../../sandbox/slack/store.ts";
import type { Sandbox } from "../../sandbox/start.ts";
import { hasButtons, isCard, reported, tasksNamed, taskScript } from "../support/consent.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";
import { answersIn, type Asked, houseEnvironment, houseSandbox } from "../support/house.ts";
import { type PrivateServer, startRedis, until } from "../support/servers.ts";
import { type SophiaProcess, startSophiaProcess } from "../support/sophia-process.ts";

/** Kills at random moments, and cards that are pressed before each, one after the other: it meets each somewhere else. */
const kills = 2;
const presses = 4;
/** From the press a turn takes some 500 ms to its end, and the write 300 of them. */
const turnMs = 500;
const writeMs = 300;
const unknown = "What came of that is not known here.";

/** Numbers from 0 to 1, the same in every run. */
function* fractions(seed: number): Generator<number, never> {
  for (let state = seed; ; state = (state * 16_807) % 2_147_483_647) yield state / 2_147_483_647;
}

const engines = await availableEngines();

describe.concurrent.each(engines.filter(({ name }) => name !== "Postgres"))(
  "writes of a process that is killed, on $name",
  { timeout: 120_000 },
  (engine) => {
    let sandbox: Sandbox;
    let home: EngineHome;
    let redis: PrivateServer | undefined;
    let sophia: SophiaProcess | undefined;

    beforeAll(async () => {
      sandbox = await houseSandbox({ slack: { retryDelaysMs: [0, 500, 1_000, 2_000, 4_000] } });
      sandbox.claude.store.script(taskScript);
      home = await engine.create();
      // Wake-ups of other houses on the same Redis would be heard here, and ours there.
      if (engine.name !== "PGlite") redis = await startRedis();
    });
    afterAll(async () => {
      await sophia?.kill();
      await sandbox.close();
      await home.drop();
      await redis?.kill();
    });

    const start = (): Promise<SophiaProcess> =>
      startSophiaProcess(houseEnvironment(sandbox, redis ? { ...home, redisUrl: redis.url } : home, "socket"));
    const restart = async (): Promise<void> => {
      await sophia?.kill();
      sophia = await start();
      await sandbox.slack.store.waitFor(() => sandbox.slack.store.connected, 10_000);
    };

    const answers = ({ channel, threadTs }: Asked): MessageView[] => answersIn(sandbox, channel, threadTs);
    const cardOf = (asked: Asked): MessageView | undefined => answers(asked).find(isCard);
    const wordsOf = (asked: Asked): string => JSON.stringify(answers(asked).map(({ text, blocks }) => [text, blocks]));
    const ask = async (name: string): Promise<Asked> => {
      const { ts, channel } = sandbox.slack.store.send({
        user: "maya",
        channel: "sales",
        text: `@sophia create a task ${name}`,
      });
      const asked = { ts, channel, threadTs: ts };
      await sandbox.slack.store.waitFor(() => cardOf(asked), 10_000);
      return asked;
    };
    /** A press that the process did not live to acknowledge is no press to the person, who presses again. */
    const press = async (asked: Asked): Promise<boolean> => {
      const { ts = "" } = cardOf(asked) ?? {};
      const { ok } = await sandbox.slack.store.press({
        user: "maya",
        channel: asked.channel,
        ts,
        actionId: "sophia_approve",
      });
      return ok;
    };
    const toEnd = (asked: Asked): Promise<unknown> =>
      until(() => wordsOf(asked).includes(reported), `the end of the answer at ${asked.ts}`, 20_000);

    const pressedAfterTheRestart = async (): Promise<void> => {
      const asked = await ask("Patient");
      await restart();
      expect(tasksNamed(sandbox, "Patient")).toBe(0);
      expect(await press(asked)).toBe(true);
      await toEnd(asked);
      expect(tasksNamed(sandbox, "Patient")).toBe(1);
      expect(answers(asked)).toHaveLength(3);
      expect(wordsOf(asked)).not.toContain(unknown);
      expect(answers(asked).filter(isCard).map(hasButtons)).toEqual([false]);
    };

    const killedAtRandomMoments = async (): Promise<string[]> => {
      sandbox.board.addFault({ service: "asana", path: "/tasks", latencyMs: writeMs, times: Number.MAX_SAFE_INTEGER });
      const moments = fractions(engine.name === "PGlite" ? 7 : 19);
      const outcomes: string[] = [];
      for (let kill = 0; kill < kills; kill++) {
        const names = Array.from({ length: presses }, (_, n) => `Killed-${kill}-${n}`);
        const trials = await Promise.all(names.map(async (name) => ({ name, asked: await ask(name) })));
        const pressed: Promise<boolean>[] = [];
        for (const { asked } of trials) {
          pressed.push(press(asked));
          await sleep((moments.next().value * turnMs) / presses);
        }
        await restart();
        await Promise.all(pressed);
        for (const { asked } of trials) if (hasButtons(cardOf(asked) as MessageView)) await press(asked);
        for (const { name, asked } of trials) {
          await toEnd(asked);
          const isUnknown = wordsOf(asked).includes(unknown);
          outcomes.push(`${isUnknown ? "unknown" : "known"}, ${tasksNamed(sandbox, name)}`);
          expect(answers(asked).filter(isCard)).toHaveLength(1);
          expect(answers(asked)).toHaveLength(3);
        }
      }
      return outcomes;
    };

    const killedWhileUnderWay = async (): Promise<void> => {
      sandbox.board.addFault({ service: "asana", path: "/tasks", latencyMs: 5_000 });
      const asked = await ask("Halfway");
      expect(await press(asked)).toBe(true);
      const sent = (): number => sandbox.board.requests("asana").filter(({ body }) => body.includes("Halfway")).length;
      await until(() => sent() === 1, "the write to be on its way");
      await restart();
      await toEnd(asked);
      expect(sent()).toBe(1);
      expect(wordsOf(asked)).toContain(unknown);
    };

    // One after the other, as they kill the same process; the engines side by side.
    it(`are never done twice, and what is not known is said, after ${kills * presses + 2} writes`, async ({
      annotate,
    }) => {
      await restart();
      await pressedAfterTheRestart();
      await killedWhileUnderWay();
      const outcomes = await killedAtRandomMoments();
      await annotate(outcomes.join("; "));
      for (const outcome of outcomes) expect(["known, 1", "unknown, 0", "unknown, 1"]).toContain(outcome);
    });
  },
);
