import { describe, expect, it } from "vitest";
import { systemPrompt } from "../../../src/agent/prompt.ts";
import { builtinRoles } from "../../../src/agent/roles.ts";

describe.each(builtinRoles)("the prompt of $name", (role) => {
  const prompt = systemPrompt(role, []);

  it("says how a slipping deal's quarter is told: which and why, in a table, a chart and assumptions", () => {
    const guidance = prompt.split("\n").find((line) => line.startsWith("- What a deal means for a quarter")) ?? "";
    for (const part of ["say which, and why", "table", "chart", "assumptions"]) expect(guidance).toContain(part);
  });

  it("lets sums and differences of the tools' figures be computed, and nothing be rounded or guessed", () => {
    expect(prompt).toContain("Sums and differences of figures that tools gave are yours to work out");
    expect(prompt).toContain("Do not round, and do not guess");
    expect(prompt).not.toContain("add up or guess");
  });
});
