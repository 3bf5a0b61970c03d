import { afterAll, beforeAll, expect, it } from "vitest";
import type { Sandbox } from "../../sandbox/start.ts";
import { isLastOfAnswer, markdownOf, paragraphs, squeeze } from "../support/answers.ts";
import { createHome, type EngineHome } from "../support/engines.ts";
import { answersIn, houseEnvironment, houseSandbox } from "../support/house.ts";
import { type SophiaProcess, startSophiaProcess } from "../support/sophia-process.ts";

const text = paragraphs("the answer", 60);
let sandbox: Sandbox;
let home: EngineHome;
let sophia: SophiaProcess;

beforeAll(async () => {
  // An answer takes some three seconds.
  const pace = { chunkCharacters: 60, delayMs: 25 };
  const slack = { retryDelaysMs: [0, 250, 500, 1_000, 2_000] };
  [sandbox, home] = await Promise.all([houseSandbox({ pace, slack }), createHome(undefined, undefined)]);
  sandbox.claude.store.script(() => [{ type: "text", text }]);
});
afterAll(async () => {
  await sophia.kill();
  await sandbox.close();
  await home.drop();
});

const start = (): Promise<SophiaProcess> => startSophiaProcess(houseEnvironment(sandbox, home, "socket"));

it("a Stop of an answer whose process was killed leaves all that a person has read of it", async () => {
  const { store } = sandbox.slack;
  sophia = await start();
  const { channel, ts } = store.send({ user: "maya", channel: "sales", text: "@sophia the answer" });
  const shown = (): string => answersIn(sandbox, channel, ts).map(markdownOf).join("\n");
  await store.waitFor(() => shown().length > 1_500, 10_000);
  await sophia.kill();
  const read = squeeze(shown());
  store.send({ user: "maya", channel: "sales", text: "stop", threadTs: ts });
  sophia = await start();
  await store.waitFor(() => answersIn(sandbox, channel, ts).some(isLastOfAnswer), 10_000);
  const [message, ...more] = answersIn(sandbox, channel, ts);
  expect(more).toEqual([]);
  expect(message?.streaming).toBe(false);
  const stands = squeeze(shown());
  expect(stands.endsWith("_Stopped._")).toBe(true);
  // The last word was cut in two by the kill.
  expect(stands.length).toBeGreaterThan(read.length - 20);
  expect(squeeze(text).startsWith(stands.replace("_Stopped._", ""))).toBe(true);
});
