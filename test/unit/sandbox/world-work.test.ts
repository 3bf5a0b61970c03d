import { describe, expect, test } from "vitest";
import { createWorld } from "../../../sandbox/world/create-world.ts";
import { isOpen } from "../../../sandbox/world/deals.ts";
import { dayOf } from "../../../sandbox/world/zones.ts";

const MOMENTS = ["2026-03-09T13:00:00-04:00", "2026-11-18T16:00:00Z", "2028-02-29T23:59:59-05:00"];

describe.each(MOMENTS.flatMap((moment) => [1, 7].map((seed) => ({ moment, seed }))))(
  "the project manager of $moment, seed $seed",
  ({ moment, seed }) => {
    const now = Date.parse(moment);
    const world = createWorld({ seed, now });
    const { work } = world;
    const today = dayOf(now, "America/New_York");
    const tasksOf = (project: string) => {
      const gid = work.projects.find((p) => p.name === project)?.gid;
      return work.tasks.filter((task) => task.memberships.some((m) => m.projectGid === gid));
    };
    const openOf = (tasks: typeof work.tasks) => tasks.filter((task) => !task.completedAt);

    test("has about a hundred and twenty tasks, each with a gid of its own", () => {
      expect(work.tasks.length).toBeGreaterThan(105);
      expect(work.tasks.length).toBeLessThan(140);
      const gids = [...work.tasks, ...work.projects, ...work.users, ...work.projects.flatMap((p) => p.sections)];
      expect(new Set(gids.map(({ gid }) => gid)).size).toBe(gids.length);
      for (const { gid } of gids) expect(gid).toMatch(/^\d{16}$/);
    });

    test("knows everybody, and Sophia", () => {
      expect(work.users.map((user) => user.email).toSorted()).toEqual(
        [...world.people.map((p) => p.email), "sophia@payready.example"].toSorted(),
      );
    });

    test("keeps the promises of the calls, and nothing of the private ones", () => {
      const promised = new Set(world.calls.filter((c) => !c.isPrivate).flatMap((c) => c.nextSteps.map((s) => s.due)));
      const followUps = tasksOf("Deal follow-ups");
      expect(followUps.length).toBeGreaterThan(30);
      for (const task of followUps) {
        expect(promised).toContain(task.dueOn);
        const title = /call "(.*)" of/.exec(task.notes)?.[1];
        expect(world.calls.some((call) => call.title === title && !call.isPrivate)).toBe(true);
      }
      const names = new Set(
        world.deals.filter(isOpen).map((d) => world.accounts.find((a) => a.id === d.accountId)?.name),
      );
      for (const task of followUps) expect(names).toContain(task.name.split(":")[0]);
    });

    test("has some that are late, and some of Acme's, of which one is open at least", () => {
      const late = openOf(work.tasks).filter((task) => task.dueOn && task.dueOn < today);
      expect(late.length).toBeGreaterThanOrEqual(5);
      const acme = tasksOf("Deal follow-ups").filter((task) => task.name.startsWith("Acme:"));
      expect(acme.length).toBeGreaterThanOrEqual(5);
      expect(openOf(acme).length).toBeGreaterThanOrEqual(1);
    });

    test("follows every deal that was won to its go-live", () => {
      const won = world.deals.filter((deal) => deal.stage === "closed_won");
      expect(tasksOf("Customer onboarding")).toHaveLength(won.length * 5);
    });

    test("holds nothing that has not happened yet", () => {
      for (const task of work.tasks) {
        const { createdAt, modifiedAt, completedAt = modifiedAt, comments } = task;
        for (const at of [createdAt, modifiedAt, completedAt, ...comments.map((c) => c.at)]) {
          expect(Date.parse(at)).toBeLessThanOrEqual(now);
        }
        expect(Date.parse(completedAt)).toBeGreaterThanOrEqual(Date.parse(createdAt));
        if (task.startOn && task.dueOn) expect(task.startOn <= task.dueOn).toBe(true);
      }
    });
  },
);

test("the frame is the same for every seed, the tasks are not", () => {
  const now = Date.parse("2026-11-18T16:00:00Z");
  const [first, second] = [1, 2].map((seed) => createWorld({ seed, now }).work);
  expect(first?.projects).toEqual(second?.projects);
  expect(first?.users).toEqual(second?.users);
  expect(createWorld({ seed: 1, now }).work).toEqual(first);
  expect(second?.tasks).not.toEqual(first?.tasks);
});
