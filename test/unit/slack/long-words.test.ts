import { describe, expect, it } from "vitest";
import { LinkSources } from "../../../src/agent/link-sources.ts";
import { toMrkdwn } from "../../../src/slack/markdown/mrkdwn.ts";
import { soundEnd } from "../../../src/slack/markdown/sound-end.ts";
import { cleanText, isStopRequest } from "../../../src/slack/message-text.ts";
import { readRoleOption, roleOf } from "../../../src/slack/roles.ts";
import { splitDigest } from "../../../src/workflows/digests/digest-words.ts";
import { templateOf } from "../../../src/workflows/digests/templates.ts";
import { readWhen } from "../../../src/workflows/digests/when.ts";
import { readRoute } from "../../../src/workflows/route-words.ts";
import { readDue } from "../../../src/workflows/tasks/due-date.ts";
import { onlyDayIn, placeFor } from "../../../src/workflows/tasks/line-place.ts";
import { readTaskLine } from "../../../src/workflows/tasks/task-line.ts";

const now = Date.parse("2026-12-01T15:00:00Z");
const calendar = { weekStart: "monday", fiscalYearStartMonth: 1 } as const;
const timeZone = "Europe/Berlin";
const place = placeFor(now, timeZone, calendar);
const asked = { zone: timeZone, now };
const people = { mentioned: async () => ({ cannot: "They are a guest." }), named: async () => [] };
const roles = { sophia: {}, "sales-analyst": {}, "project-manager": {} };

/** What reads a person's words before Slack has its acknowledgement, or as they are shown. */
const readers: [string, (text: string) => unknown][] = [
  ["a message", (text) => cleanText(text, { botUserId: "U1", names: new Map() })],
  ["a request to stop", isStopRequest],
  ["a role's option", (text) => readRoleOption(text, roles)],
  ["a role", (text) => roleOf(text, roles)],
  ["a route", (text) => readRoute(`calls #sales where owner is ${text}`)],
  ["a task's line", (text) => readTaskLine(text, { now, timeZone, calendar, people, projects: ["Sales"] })],
  ["a message's only day", (text) => onlyDayIn(text, place)],
  ["a due date", (text) => readDue(text, place)],
  ["a digest", (text) => splitDigest(text, asked)],
  ["a digest's times", (text) => readWhen(text, asked)],
  ["a template", templateOf],
  ["a message as text", toMrkdwn],
  ["a message that grows", soundEnd],
  [
    "an address",
    (text) => {
      const question = { kind: "question", text: `https://${text}`, context: "", userId: "U1" } as const;
      new LinkSources([]).learn(question, "U1");
    },
  ],
];

describe("a very long text", () => {
  // What takes time by the square of its length took from 5 to 60 seconds of these.
  it.each(readers)("is read in time by its length: %s", async (_, read) => {
    for (const unit of [" ", "\n", ".", "1", ",", ", ", "<", "@", "a ", ")", "!", "-", ":", "(", "`"]) {
      const text = `x friday${unit.repeat(100_000 / unit.length)}x`;
      const began = performance.now();
      await read(text);
      expect(performance.now() - began, JSON.stringify(unit)).toBeLessThan(3_000);
    }
  });
});
