import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sandbox } from "../../sandbox/start.ts";
import { randomId } from "../../src/core/ids.ts";
import { createSchedules } from "../../src/storage/schedules.ts";
import { paragraphs, squeeze, wholeText } from "../support/answers.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";
import { houseEnvironment, houseSandbox } from "../support/house.ts";
import { until } from "../support/servers.ts";
import { type SophiaProcess, startSophiaProcess } from "../support/sophia-process.ts";

const answer = paragraphs("digest", 20);
const engines = (await availableEngines()).filter(({ name }) => name === "PGlite");

describe.each(engines)("a digest whose process is killed, on $name", (engine) => {
  let sandbox: Sandbox;
  let home: EngineHome;
  const processes: SophiaProcess[] = [];

  beforeAll(async () => {
    sandbox = await houseSandbox({ pace: { chunkCharacters: 40, delayMs: 15 } });
    sandbox.claude.store.script(() => [{ type: "text", text: answer }]);
    home = await engine.create();
  });
  afterAll(async () => {
    await Promise.all(processes.map((one) => one.kill()));
    await sandbox.close();
    await home.drop();
  });

  it("stands in its channel once", async () => {
    const env = houseEnvironment(sandbox, home, "socket");
    const start = async () => processes[processes.push(await startSophiaProcess(env)) - 1];
    const { database } = await home.createStorage();
    const now = new Date();
    const times = [{ hour: now.getUTCHours(), minute: now.getUTCMinutes() }];
    await createSchedules(database, { now: () => now.getTime() }).add({
      id: randomId("digest"),
      teamId: sandbox.slack.store.identity.teamId,
      ownerId: "U07MAYAOKAF",
      channel: "C07SALES000",
      isPrivate: false,
      title: "Whatever",
      what: { words: "digest" },
      rule: { days: { every: "week", on: [1, 2, 3, 4, 5, 6, 7] }, times },
      zone: "UTC",
      said: "daily",
      allowsWrites: false,
      nextAt: now,
    });
    await home.close();
    const first = await start();
    // The answer is being written by then.
    await until(() => sandbox.board.requests("claude").length > 0, "the turn's first step", 8_000);
    await first?.kill();
    const posts = () => sandbox.slack.store.messages("sales").filter(({ author }) => author.isBot);
    expect(posts()).toEqual([]);
    const second = await start();
    await until(() => posts().length > 0, "the digest", 15_000);
    await second?.stop();
    expect(posts()).toHaveLength(1);
    expect(wholeText(posts())).toBe(squeeze(answer));
    const turns = await (await home.createStorage()).database.query("SELECT status FROM sophia.turns");
    expect(turns).toEqual([{ status: "done" }]);
  }, 30_000);
});
