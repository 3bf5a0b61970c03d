import { afterAll, beforeAll, expect, it } from "vitest";
import { createWorld } from "../../sandbox/world/create-world.ts";
import { templates } from "../../src/workflows/digests/templates.ts";
import { markdownOf } from "../support/answers.ts";
import { type House, openHouse } from "../support/house.ts";

/** A Wednesday, at half past ten in New York, where Daniel is. */
const NOW = Date.parse("2026-11-18T15:30:00Z");
const TODAY = "2026-11-18";
const yesterdayBegan = Date.parse("2026-11-17T00:00:00-05:00");
const todayBegan = Date.parse("2026-11-18T00:00:00-05:00");
const fortnight = Date.parse("2026-11-05T00:00:00-05:00");
/** HubSpot's search knows what was changed some minutes ago. */
const START = NOW - 10 * 60_000;
const world = createWorld({ seed: 1, now: START });
const daniel = world.people.find(({ handle }) => handle === "daniel")!;
const open = world.deals.filter(({ stage }) => !stage.startsWith("closed"));

let house: House;
let answers: Record<string, string>;

beforeAll(async () => {
  house = await openHouse({ sandbox: { now: START } });
  const { store } = house.sandbox.hubspot;
  // Since yesterday one deal was won, and one lost.
  const closedate = `${TODAY}T12:00:00Z`;
  store.change("deals", open[0]!.id, { dealstage: "closedwon", closedate });
  store.change("deals", open[1]!.id, { dealstage: "closedlost", closedate, closed_lost_reason: "Price" });
  house.sandbox.clock.set(NOW);
  const texts = templates.map(async ({ name, question }) => {
    const asked = house.ask(question, { user: "daniel" });
    expect((await house.ended(asked)).status).toBe("done");
    return [name, house.answers(asked).map(markdownOf).join("\n").replaceAll("\\", "")] as const;
  });
  answers = Object.fromEntries(await Promise.all(texts));
}, 60_000);
afterAll(() => house.close());

const stillOpen = open.slice(2);
const callsSince = (since: number, until = NOW) =>
  world.calls.filter(({ startedAt, isPrivate }) => {
    const at = Date.parse(startedAt);
    return !isPrivate && at >= since && at < until;
  });

it("yesterday's calls: each of them, and no other", () => {
  const calls = callsSince(yesterdayBegan, todayBegan);
  expect(answers["calls"]).toContain(`${calls.length} calls on Tue 17 Nov 2026`);
  for (const { title } of calls) expect(answers["calls"]).toContain(title);
});

it("pipeline changes: what was made, won, lost and worked on since yesterday", () => {
  const isSince = (at: string) => Date.parse(at) >= yesterdayBegan;
  const created = world.crm.deals.filter(({ createdAt }) => isSince(createdAt));
  expect(answers["pipeline"]).toContain(`**${created.length} new, 1 won, 1 lost and `);
  expect(answers["pipeline"]).toMatch(new RegExp(String.raw`\*\*Won\*\*\n- \[${open[0]!.name.slice(0, 12)}`));
  expect(answers["pipeline"]).toMatch(new RegExp(String.raw`\*\*Lost\*\*\n- \[${open[1]!.name.slice(0, 12)}`));
  const worked = house.sandbox.hubspot.store
    .all("deals")
    .filter(
      ({ properties: { notes_last_updated: at = "", dealstage = "" } }) =>
        isSince(at ?? "") && !dealstage?.startsWith("closed"),
    );
  expect(worked.length).toBeGreaterThan(0);
  expect(answers["pipeline"]).toContain(`lost and ${worked.length} worked on**`);
});

it("deals at risk: those without a call in 14 days", () => {
  const called = new Set(callsSince(fortnight).map(({ accountId }) => accountId));
  const quiet = stillOpen.filter(({ accountId }) => !called.has(accountId));
  expect(answers["risk"]).toContain(
    `**${quiet.length} of our ${stillOpen.length} open deals** have had no call in the last 14 days`,
  );
  for (const { name } of quiet) expect(answers["risk"]).toContain(name);
});

/** What Sophia's account sees of Asana, open and with a due date. */
const dueTasks = () => {
  const { store } = house.sandbox.asana;
  return store.tasks.filter(
    (task) => task.completedAt === undefined && store.seesTask(task) && (task.dueOn ?? task.dueAt) !== undefined,
  );
};
const dayOf = ({ dueOn, dueAt }: { dueOn?: string | undefined; dueAt?: string | undefined }) =>
  dueOn ?? new Date(Date.parse(dueAt ?? "") - 5 * 3_600_000).toISOString().slice(0, 10);

it("overdue tasks: everybody's, by person", () => {
  const overdue = dueTasks().filter((task) => dayOf(task) < TODAY);
  expect(answers["overdue"]).toContain(`**${overdue.length} tasks** that I can see in Asana are overdue:`);
  const { users } = world.work;
  for (const [gid, own] of Map.groupBy(overdue, ({ assigneeGid }) => assigneeGid)) {
    const name = users.find((user) => user.gid === gid)?.name ?? "Nobody's";
    expect(answers["overdue"]).toContain(`**${name} (${own.length})**`);
  }
});

it("my day: calls, tasks that are due, open deals", () => {
  const calls = callsSince(todayBegan).filter(({ ownerId }) => ownerId === daniel.id);
  expect(answers["day"]).toContain(`**${calls.length} call`);
  const mine = world.work.users.find(({ personId }) => personId === daniel.id)!.gid;
  const due = dueTasks().filter(({ assigneeGid }) => assigneeGid === mine);
  expect(answers["day"]).toContain(`**${due.filter((task) => dayOf(task) === TODAY).length} tasks due today**`);
  expect(answers["day"]).toContain(`**${due.filter((task) => dayOf(task) < TODAY).length} tasks overdue**`);
  const deals = stillOpen.filter(({ ownerId }) => ownerId === daniel.id);
  expect(answers["day"]).toContain(`**${deals.length} open deals`);
});
