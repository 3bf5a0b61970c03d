import { expect, it } from "vitest";
import { type Config, configSchema } from "../../../src/config/config-file.ts";
import { policyRevision } from "../../../src/wiring/policy-revision.ts";

const given = {
  policies: [{ tools: "hubspot__*", policy: "ask" }],
  access: [{ tools: "gong__*", people: ["@sales"] }],
  agents: { analyst: { description: "Counts", tools: ["gong__*"] } },
};
const read = (more: object): Config => configSchema.parse({ ...given, ...more });

it("names the rules, and nothing else", () => {
  const revision = policyRevision(read({}));
  expect(revision).toMatch(/^[0-9a-f]{12}$/);
  expect(policyRevision(read({ budget: { steps: 3 }, calendar: { weekStart: "sunday" } }))).toBe(revision);
  expect(policyRevision(read({ agents: { analyst: { description: "Reads", tools: ["gong__*"] } } }))).toBe(revision);
});

it.each([
  { policies: [] },
  { policies: [{ tools: "hubspot__*", policy: "allow" }] },
  { access: [] },
  { agents: { analyst: { description: "Counts", tools: ["*"] } } },
  { agents: { analyst: { description: "Counts", tools: ["gong__*"], people: ["@sales"] } } },
  { admins: ["U1"] },
  { guests: "answer" },
  { confidential: [{ tools: "gong__*" }] },
])("is another where a rule is: %j", (more) => {
  expect(policyRevision(read(more))).not.toBe(policyRevision(read({})));
});
