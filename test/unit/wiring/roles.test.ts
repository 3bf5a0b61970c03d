import { expect, it } from "vitest";
import { readAskableRoles, readRoles } from "../../../src/wiring/roles.ts";

const own = { description: "Ours", prompt: "", tools: ["gong__*"] };

it("a role for Sophia's own work that is configured stays nobody's to ask in", () => {
  const config = { agents: { "call-summaries": own, "sales-analyst": own, "deal-desk": own } };
  expect(readRoles(config)).toMatchObject({ "call-summaries": { ...own, isInternal: true }, "sales-analyst": own });
  expect(Object.keys(readAskableRoles(config))).toEqual(["sophia", "sales-analyst", "project-manager", "deal-desk"]);
});
