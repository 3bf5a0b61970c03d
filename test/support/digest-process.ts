/**
 * A replica that sweeps digests and runs their turns with an agent of a few steps, made to be killed at any moment. Its first
 * argument says as JSON where the storage is; each message of its parent is the time at which it is to sweep, given back once it
 * has. It writes its log to stdout, with a line for every turn that it ended.
 */
import { randomId } from "../../src/core/ids.ts";
import { createLogger } from "../../src/observability/log.ts";
import { createSchedules } from "../../src/storage/schedules.ts";
import type { RunAgent } from "../../src/turns/run-turn.ts";
import { createTurnWorker } from "../../src/turns/worker.ts";
import { createDigestRunner } from "../../src/workflows/digests/run-digests.ts";
import { openStorage, type Place } from "./engines.ts";
import { RecordedReplies, workerOptions } from "./turn-doubles.ts";
import { question } from "./turns.ts";

const stepsOfATurn = 3;

const agent: RunAgent = async ({ steps, checkpoint, reply }) => {
  for (let step = steps.length; step < stepsOfATurn; step += 1) await checkpoint([question(`step ${step}`)]);
  await reply.finish();
  return { status: "done" };
};

const storage = await openStorage(JSON.parse(process.argv[2] ?? "{}") as Place);
const logger = createLogger();
const worker = createTurnWorker({
  ...workerOptions(storage),
  runAgent: agent,
  openReply: new RecordedReplies().open,
  logger,
});
await worker.start();
let now = 0;
const clock = { now: () => now };
const runner = createDigestRunner({
  schedules: createSchedules(storage.database, clock),
  mayPost: async () => ({ kind: "fine" }),
  wake: (turnId) => worker.begin(turnId),
  tellPaused: async () => {},
  tellMissed: async () => {},
  clock,
  newId: randomId,
  logger,
});
process.on("message", (at: number) => {
  now = at;
  void runner.sweep().then(() => process.send?.(at));
});
process.on("disconnect", () => process.exit());
process.send?.(0);
