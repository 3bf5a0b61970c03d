import { describe, expect, it } from "vitest";
import { changesOf } from "../../../src/workflows/notices/changes.ts";
import { lineFor } from "../../../src/workflows/notices/lines.ts";
import {
  type Contact,
  type CurrentRecord,
  type Deal,
  type Task,
  valuesOf,
} from "../../../src/workflows/notices/records.ts";

const today = "2026-11-23";
const usd = (amount: number) => ({ amount, currency: "USD" });
const maya = { name: "Maya Okafor", email: "maya@northwind.example" };
const acme = { id: "9", name: "Acme", url: "https://crm/9" };

const deal: Deal = {
  kind: "deal",
  id: "1",
  name: "Acme renewal",
  url: "https://crm/1",
  status: "open",
  stage: "Proposal",
  amount: usd(50_000),
  owner: maya,
  company: acme,
};
const task: Task = {
  kind: "task",
  id: "2",
  name: "Send the offer",
  url: "https://tasks/2",
  completed: false,
  assignee: maya,
  due_on: "2026-11-30",
  projects: [{ id: "3", name: "Acme" }],
  comments: [],
};

/** What is said where these events came of a record that was one and is the other. */
function said(before: CurrentRecord | undefined, now: CurrentRecord, ...kinds: string[]): string {
  const events = kinds.map((kind) => ({ kind, data: { storyGid: "c1" } }));
  const changes = changesOf(now, before ? valuesOf(before) : {}, events, today);
  return changes.length === 0 ? "" : lineFor(now, changes);
}

describe("a line about a deal", () => {
  it.for<[string, Partial<Deal>, string[], string]>([
    ["moved", { stage: "Negotiation" }, ["deal.stage"], "moved from Proposal to **Negotiation**, $50,000"],
    ["worth more", { amount: usd(80_000) }, ["deal.amount"], "amount from $50,000 to $80,000"],
    ["worth nothing", { amount: null }, ["deal.amount"], "amount from $50,000 to no amount"],
    [
      "both, told of one",
      { stage: "Negotiation", amount: usd(1) },
      ["deal.amount"],
      "moved from Proposal to **Negotiation**, amount from $50,000 to $1",
    ],
    ["won", { stage: "Closed Won", status: "won" }, ["deal.stage"], "was **won** (from Proposal), $50,000"],
    [
      "lost",
      { stage: "Closed Lost", status: "lost", lostReason: "Price *too* high" },
      ["deal.stage"],
      "was **lost** (from Proposal): Price \\*too\\* high, $50,000",
    ],
  ])("%s", ([, fields, kinds, words]) => {
    expect(said(deal, { ...deal, ...fields }, ...kinds)).toBe(
      `[Acme renewal](https://crm/1) ${words} (owner Maya Okafor)`,
    );
  });

  it("says nothing where all was undone, and where what was before is not known, how it is", () => {
    expect(said(deal, deal, "deal.stage", "deal.amount")).toBe("");
    expect(said(undefined, deal, "deal.stage")).toBe(
      "[Acme renewal](https://crm/1) is now in **Proposal**, $50,000 (owner Maya Okafor)",
    );
    expect(said(undefined, { ...deal, name: "Renewal", owner: null }, "deal.created", "deal.amount")).toBe(
      "New deal [Renewal](https://crm/1): **Proposal**, $50,000 (Acme, no owner)",
    );
  });
});

describe("a line about a contact", () => {
  const contact: Contact = {
    kind: "contact",
    id: "4",
    name: "Lena [x](https://evil.example)",
    url: "https://crm/4",
    job_title: "CFO",
    owner: maya,
    company: acme,
    openDeals: [deal],
  };

  it("names the account's open deal, and there is none without one", () => {
    expect(said(undefined, contact, "contact.created")).toBe(
      "New contact [Lena \\[x\\](https://evil.example)](https://crm/4), CFO, at [Acme](https://crm/9), which has an open deal: " +
        "[Acme renewal](https://crm/1) (Proposal, $50,000)",
    );
    expect(said(undefined, { ...contact, openDeals: [] }, "contact.created")).toBe("");
  });
});

describe("a line about a task", () => {
  it.for<[string, Partial<Task>, string[], string]>([
    ["completed", { completed: true }, ["task.completed"], "was **completed** (Maya Okafor, Acme)"],
    [
      "reassigned",
      { assignee: { name: "Zoe", email: null } },
      ["task.reassigned"],
      "was reassigned from Maya Okafor to Zoe (Acme)",
    ],
    ["nobody's", { assignee: null }, ["task.reassigned"], "was reassigned from Maya Okafor to nobody (Acme)"],
    [
      "put off",
      { due_on: "2026-12-04" },
      ["task.due_changed"],
      "is due Dec 4, 2026, moved from Nov 30, 2026 (Maya Okafor, Acme)",
    ],
  ])("%s", ([, fields, kinds, words]) => {
    expect(said(task, { ...task, ...fields }, ...kinds)).toBe(`[Send the offer](https://tasks/2) ${words}`);
  });

  it("says since when it is overdue, unless it was done or put off meanwhile", () => {
    const late = { ...task, due_on: "2026-11-20" };
    expect(said(late, late, "task.overdue")).toContain("is **overdue** since Nov 20, 2026");
    expect(said(late, task, "task.overdue")).not.toContain("overdue");
    expect(said({ ...late, completed: true }, { ...late, completed: true }, "task.overdue")).toBe("");
  });

  it("quotes the beginning of a comment as what somebody wrote, and none that is gone", () => {
    const comments = [
      { id: "c1", by: "Zoe", text: `*Done*?\n${"x".repeat(300)}` },
      // At the same second, and of another event.
      { id: "c0", by: "Sam", text: "earlier" },
    ];
    expect(said(task, { ...task, comments }, "task.commented")).toBe(
      `[Send the offer](https://tasks/2) was commented on by Zoe: “\\*Done\\*? ${"x".repeat(191)}…” (Maya Okafor, Acme)`,
    );
    expect(said(task, task, "task.commented")).toBe("");
  });
});
