/** What changed while a service was away, or while our own budget of requests held us back, is told later. */
import { describe, expect, it } from "vitest";
import { hubspotPath } from "../../src/webhooks/paths.ts";
import { markdownOf } from "../support/answers.ts";
import { type House, openHouse } from "../support/house.ts";
import { until } from "../support/servers.ts";

const minute = 60_000;
const CHANNEL = "sales-emea";

async function inHouse(what: "deals" | "tasks", work: (house: House) => Promise<void>): Promise<void> {
  const house = await openHouse({ config: { routes: [{ what, channel: `#${CHANNEL}`, where: {} }] } });
  try {
    await work(house);
  } finally {
    await house.close();
  }
}

/** Of how many records the channel was told so far. */
function toldOf(house: House): number {
  const { store } = house.sandbox.slack;
  const texts = store
    .messages(CHANNEL)
    .filter(({ author }) => author.id === store.identity.userId)
    .map(markdownOf);
  const counts = texts.map((text) => Number(/^\*\*\d+ changes of (\d+) /.exec(text)?.[1] ?? text.split("\n").length));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Time goes by whenever a look has left something out, or told of something. */
async function tellAll(house: House, count: number, ms: number): Promise<void> {
  const { clock } = house.sandbox;
  let [seen, read] = [0, -1];
  await until(
    () => {
      // All of it is gone through only when there is news: looking all the time would slow down what is waited for.
      if (house.log.length === read) return false;
      read = house.log.length;
      const lines = house.log.filter(({ msg }) => /changed records are left out|^a notice cannot/.test(msg)).length;
      const now = lines + toldOf(house);
      if (now !== seen) clock.set(clock.now() + 10 * minute);
      seen = now;
      return toldOf(house) >= count;
    },
    `${count} records to be told of`,
    ms,
  );
  expect(toldOf(house)).toBe(count);
}

/** The services have told of as many changes, and these are old enough to be looked at. */
async function delivered(house: House, service: string, count: number): Promise<void> {
  const { clock, webhooks } = house.sandbox;
  const told = () =>
    webhooks.deliveries
      .filter((one) => one.service === service && one.status === 200)
      .reduce((sum, { body }) => {
        const parsed = JSON.parse(body) as unknown[] | { events?: unknown[] };
        return sum + (Array.isArray(parsed) ? parsed : (parsed.events ?? [])).length;
      }, 0);
  await until(() => told() >= count, `${service} to have told of all changes`);
  clock.set(clock.now() + minute);
}

describe.concurrent("changes", () => {
  it("of deals are told once HubSpot answers again", { timeout: 90_000 }, () =>
    inHouse("deals", async (house) => {
      const { board, hubspot, webhooks } = house.sandbox;
      webhooks.target({ hubspot: `http://127.0.0.1:${house.app.port}${hubspotPath}` });
      await until(
        () => board.requests("hubspot").some(({ url, status }) => url.includes("/deals/search") && status === 200),
        "a look at the deals",
      );
      board.addFault({ service: "hubspot", status: 503, times: 10_000 });
      for (const [n, { id }] of hubspot.store.all("deals").slice(0, 11).entries())
        hubspot.store.change("deals", id, { amount: String(1_234 + n) });
      await delivered(house, "hubspot", 11);
      await until(
        () => house.log.some(({ msg, away }) => msg === "changed records are left out of a channel" && away === 11),
        "a look that finds HubSpot away",
      );
      while (board.takeFault("hubspot", "/")) continue;
      await tellAll(house, 11, 60_000);
    }),
  );

  it("of tasks that Asana will not be asked of for a while are all told", { timeout: 90_000 }, () =>
    inHouse("tasks", async (house) => {
      const { store } = house.sandbox.asana;
      const heard = () => {
        const hooked = new Set(store.webhooks.all.flatMap((hook) => (hook.isActive ? hook.resource.gid : [])));
        return store.tasks.filter(
          ({ completedAt, memberships }) =>
            completedAt === undefined && memberships.some(({ projectGid }) => hooked.has(projectGid)),
        );
      };
      await until(() => heard().length >= 15, "Asana's webhooks", 30_000);
      const tasks = heard().slice(0, 15);
      const url = `${house.sandbox.env.SANDBOX_CONTROL_URL}/asana/tasks`;
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ completed: true });
      for (const { gid } of tasks) await fetch(`${url}/${gid}`, { method: "POST", headers, body });
      house.sandbox.board.addFault({ service: "asana", status: 429, retryAfter: 20, times: 1, path: "/tasks/" });
      await delivered(house, "asana", 15);
      await tellAll(house, 15, 60_000);
      expect(house.log.some(({ msg }) => msg === "changed records are left out of a channel")).toBe(true);
    }),
  );
});
