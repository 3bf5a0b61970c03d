import { expect, it } from "vitest";
import { splitDigest } from "../../../../src/workflows/digests/digest-words.ts";
import { templateOf, templates } from "../../../../src/workflows/digests/templates.ts";

const asked = { zone: "Europe/Berlin", now: Date.parse("2026-11-18T15:00:00Z") };

it.for([
  ["weekdays at 8:30 yesterday's calls", "weekdays at 8:30", "yesterday's calls"],
  ["weekdays at 8:30: yesterday's calls", "weekdays at 8:30", "yesterday's calls"],
  ["every Monday and Thursday at 16:00 deals at risk", "every Monday and Thursday at 16:00", "deals at risk"],
  ["my day, every day at 8", "every day at 8", "my day"],
  ["which deals over 50k close on friday? weekdays at 9", "weekdays at 9", "which deals over 50k close on friday?"],
  ["weekdays at 8:30", "weekdays at 8:30", ""],
  ["mornings deals at risk", "", "mornings deals at risk"],
  ["", "", ""],
] as const)("%s", ([text, said, what]) => {
  expect(splitDigest(text, asked)).toEqual({ said, what });
});

it("long words are split in time", () => {
  const text = "which deals close on friday and monday ".repeat(200).trim();
  expect(splitDigest(text, asked)).toEqual({ said: "", what: text });
});

it("a template is known by its title and by what people call it", () => {
  for (const template of templates) expect(templateOf(`The ${template.title}.`)).toBe(template);
  expect(templateOf("Yesterday’s calls")?.name).toBe("calls");
  expect(templateOf("overdue")?.name).toBe("overdue");
  expect(templateOf("what is new at Acme")).toBeUndefined();
});
