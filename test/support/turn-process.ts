/**
 * A process that runs turns with an agent of a few steps, made to be killed at any moment. Its first argument says as JSON
 * where the storage is; with a second, `until-done`, it ends by itself when every turn has. It writes its log to stdout,
 * with a line for every turn that it ended, after a first line `ready`.
 */
import { createLogger } from "../../src/observability/log.ts";
import type { RunAgent } from "../../src/turns/run-turn.ts";
import { createTurnWorker } from "../../src/turns/worker.ts";
import { openStorage, type Place } from "./engines.ts";
import { until } from "./servers.ts";
import { RecordedReplies, workerOptions } from "./turn-doubles.ts";
import { question } from "./turns.ts";

const stepsOfATurn = 4;

/** Carries on from what is recorded, as the real agent does, with a little time between the steps. */
const agent: RunAgent = async ({ steps, checkpoint, reply }) => {
  for (let step = steps.length; step < stepsOfATurn; step += 1) {
    await new Promise((resolve) => setTimeout(resolve, 4));
    await checkpoint([question(`step ${step}`)]);
  }
  await reply.finish();
  return { status: "done" };
};

const storage = await openStorage(JSON.parse(process.argv[2] ?? "{}") as Place);
const worker = createTurnWorker({
  ...workerOptions(storage),
  concurrency: 4,
  runAgent: agent,
  openReply: new RecordedReplies().open,
  logger: createLogger(),
});
process.stdout.write("ready\n");
await worker.start();
if (process.argv[3] === "until-done") {
  const unfinished = "SELECT id FROM sophia.turns WHERE status IN ('queued', 'running')";
  await until(async () => (await storage.database.query(unfinished)).length === 0, "the last turn", 20_000);
  await worker.stop(1_000);
  await storage.close();
}
