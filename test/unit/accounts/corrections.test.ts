import { expect, it } from "vitest";
import { createCorrections, type Correction, type CorrectionVerdict } from "../../../src/accounts/corrections.ts";
import type { AuditEvent } from "../../../src/observability/audit.ts";
import { MemoryIdentities } from "../../support/memory-accounts.ts";

const maya = { teamId: "T1", userId: "U1" };
const members: Record<string, string | undefined> = { "maya@ours.example": "U1", "oliver@ours.example": "U2" };

async function setUp() {
  const identities = new MemoryIdentities();
  await identities.set({ teamId: "T1", userId: "U3", service: "hubspot", email: "Zoe@Old.example", setBy: "U9" });
  const asked: string[] = [];
  const memberWith = async (email: string) => {
    asked.push(email);
    return email.startsWith("unsure") ? undefined : { userId: members[email] };
  };
  const audited: AuditEvent[] = [];
  const audit = { append: (event: AuditEvent) => void audited.push(event) };
  const corrections = createCorrections({ identities, memberWith, audit, clock: { now: () => 0 } });
  return { identities, asked, audited, correct: (one: Correction) => corrections.correct(one) };
}

const self = { userId: "U1", isAdmin: false };
const admin = { userId: "U9", isAdmin: true };
const other = { userId: "U2", isAdmin: false };

it.for<[string, Partial<Correction>, CorrectionVerdict]>([
  ["a person, of an address that is nobody's", {}, "set"],
  ["a person, of their own", { email: "maya@ours.example" }, "set"],
  ["a person, of another member's", { email: "oliver@ours.example" }, "taken"],
  ["a person, of one that was set for another", { email: "zoe@old.example" }, "taken"],
  ["a person, of one set for another at another service", { service: "asana", email: "zoe@old.example" }, "set"],
  ["a person, where Slack does not say whose it is", { email: "unsure@x.example" }, "unsure"],
  ["a person, at Gong", { service: "gong" }, "admins_only"],
  ["a person, of their own at Gong", { service: "gong", email: "maya@ours.example" }, "admins_only"],
  ["a person, who takes back what was set at Gong", { service: "gong", email: undefined }, "admins_only"],
  ["a person, for somebody else", { by: other }, "admins_only"],
  ["a person, who takes back what was set for somebody else", { by: other, email: undefined }, "admins_only"],
  ["a person, who takes back what was not set", { email: undefined }, "nothing_set"],
  ["an admin, for somebody else", { by: admin, email: "oliver@ours.example" }, "set"],
  ["an admin, at Gong", { by: admin, service: "gong", email: "unsure@x.example" }, "set"],
])("is asked by %s", async ([, change, verdict]) => {
  const { correct, identities, audited } = await setUp();
  const correction: Correction = { of: maya, service: "hubspot", email: "m@old.example", by: self, ...change };
  expect(await correct(correction)).toBe(verdict);
  const now = await identities.of(maya);
  expect(now).toEqual(verdict === "set" ? { [correction.service]: correction.email } : {});
  const row = { kind: "identity", userId: correction.by.userId, outcome: verdict === "set" ? "set" : "refused" };
  expect(audited).toMatchObject(verdict === "nothing_set" ? [] : [row]);
});

it("takes back what was set, and asks Slack of nobody whom an admin names", async () => {
  const { correct, identities, asked } = await setUp();
  await correct({ of: maya, service: "gong", email: "oliver@ours.example", by: admin });
  expect(asked).toEqual([]);
  expect(identities.rows.at(-1)).toMatchObject({ userId: "U1", service: "gong", setBy: "U9" });
  expect(await correct({ of: maya, service: "gong", email: undefined, by: admin })).toBe("cleared");
  expect(await identities.of(maya)).toEqual({});
});
