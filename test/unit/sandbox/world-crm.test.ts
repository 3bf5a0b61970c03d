import { describe, expect, test } from "vitest";
import { createWorld } from "../../../sandbox/world/create-world.ts";
import { isOpen } from "../../../sandbox/world/deals.ts";

const MOMENTS = ["2026-03-09T13:00:00-04:00", "2026-11-18T16:00:00Z", "2028-02-29T23:59:59-05:00"];

describe.each(MOMENTS.flatMap((moment) => [1, 7].map((seed) => ({ moment, seed }))))(
  "the CRM of $moment, seed $seed",
  ({ moment, seed }) => {
    const now = Date.parse(moment);
    const world = createWorld({ seed, now });
    const { crm } = world;

    test("knows everybody and everything of the world, once", () => {
      expect(crm.companies.map((c) => c.accountId)).toEqual(world.accounts.map((a) => a.id));
      expect(crm.deals.map((d) => d.dealId)).toEqual(world.deals.map((d) => d.id));
      const contacts = world.accounts.flatMap((a) => a.contacts.map((c) => c.id));
      expect(crm.contacts.map((c) => c.contactId)).toEqual(contacts);
      const owners = world.people.map((p) => crm.owners[p.id]);
      expect(new Set(owners.flatMap((o) => [o?.ownerId, o?.userId])).size).toBe(24);
      const ids = [...contacts, ...[...crm.notes, ...crm.tasks, ...world.deals, ...world.accounts].map((x) => x.id)];
      expect(new Set(ids).size).toBe(ids.length);
    });

    test("holds nothing that has not happened yet, and nothing in the wrong order", () => {
      for (const deal of crm.deals) {
        const created = Date.parse(deal.createdAt);
        const account = crm.companies.find(
          (c) => c.accountId === world.deals.find((d) => d.id === deal.dealId)?.accountId,
        );
        const calls = world.calls.filter((c) => c.dealId === deal.dealId);
        expect(created).toBeGreaterThan(Date.parse(account?.createdAt ?? ""));
        expect(created).toBeLessThan(Date.parse(calls[0]?.startedAt ?? moment));
        expect(Date.parse(deal.stageSince)).toBeGreaterThan(created);
        expect(Date.parse(deal.stageSince)).toBeLessThanOrEqual(now);
      }
      for (const { writtenAt } of crm.notes) expect(Date.parse(writtenAt)).toBeLessThanOrEqual(now);
      for (const task of crm.tasks) {
        expect(Date.parse(task.createdAt)).toBeLessThanOrEqual(now);
        if (task.isDone) expect(Date.parse(task.dueAt)).toBeLessThan(now);
      }
    });

    test("says of no private call that it was held", () => {
      for (const call of world.calls.filter((c) => c.isPrivate)) {
        expect(
          crm.notes.some(
            (n) =>
              n.body.includes(call.title) &&
              n.dealId === call.dealId &&
              n.writtenAt.slice(0, 10) === call.startedAt.slice(0, 10),
          ),
        ).toBe(false);
      }
    });

    test("knows why each lost deal was lost and of no other", () => {
      const lost = world.deals.filter((d) => d.stage === "closed_lost").map((d) => d.id);
      expect(crm.deals.filter((d) => d.lostReason).map((d) => d.dealId)).toEqual(lost);
      expect(crm.tasks.map((t) => t.dealId)).toEqual(world.deals.filter(isOpen).map((d) => d.id));
    });
  },
);

test("a call that ends later does not change what the CRM began with", () => {
  const now = Date.parse("2026-11-18T16:00:00Z");
  const world = createWorld({ now });
  world.calls.splice(0);
  expect(world.crm).toEqual(createWorld({ now }).crm);
});
