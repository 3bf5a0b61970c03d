/** 10,000 webhooks of Gong, HubSpot and Asana, shuffled, a third repeated, one in ten forged, to the routes in this process. */
import { availableEngines } from "../test/support/engines.ts";
import { runStorm } from "../test/support/webhook-storm.ts";
import { percentile } from "./turn-driver.ts";

const count = 10_000;
const lanes = 16;

/** By engine; the sender shares the process with what it measures. */
export async function webhookFigures(): Promise<Record<string, Record<string, number>>> {
  const results: Record<string, Record<string, number>> = {};
  for (const engine of (await availableEngines()).slice(0, 2)) {
    const home = await engine.create();
    const { database } = await home.createStorage();
    const { expected, stored, answers, timesMs } = await runStorm(database, count, lanes);
    const known = new Set(stored);
    results[engine.name] = {
      p50Ms: rounded(percentile(timesMs, 0.5)),
      p99Ms: rounded(percentile(timesMs, 0.99)),
      perSecond: rounded((count * lanes * 1_000) / timesMs.reduce((sum, ms) => sum + ms, 0)),
      events: stored.length,
      missing: expected.filter((told) => !known.has(told)).length,
      storedTwice: stored.length - known.size,
      forgedTaken: answers.forged[200] ?? 0,
      forgedRefused: answers.forged[401] ?? 0,
      trueTaken: answers.true[200] ?? 0,
    };
    await home.drop();
  }
  return results;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
