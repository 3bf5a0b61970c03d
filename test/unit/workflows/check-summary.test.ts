import { describe, expect, it } from "vitest";
import type { Segment } from "../../../src/workflows/calls/call-facts.ts";
import { checkSummary, type Heard, isEnough } from "../../../src/workflows/calls/check-summary.ts";
import { isDaySaid } from "../../../src/workflows/calls/said-days.ts";
import { readSummary, type Summary, summaryFormat } from "../../../src/workflows/calls/summary.ts";

const segment = (at: string, speaker: string, text: string): Segment => {
  const [minutes, seconds] = at.split(":").map(Number);
  return { at, at_seconds: (minutes ?? 0) * 60 + (seconds ?? 0), speaker, side: "internal", text };
};
const calendar = { weekStart: "monday", fiscalYearStartMonth: 1 } as const;
const saidAt = "2026-11-18T10:30:00-05:00";
const heard: Heard = {
  call: {
    started_at: saidAt,
    participants: [
      { name: "Daniel Whitfield", email: "daniel@ours.example", side: "internal" },
      { name: "Wes Fonseca", email: "wes@acme.example", side: "external" },
    ],
  },
  segments: [
    segment("00:10", "Daniel Whitfield", "The proposal stands at $1.15 per home for 18,220 homes."),
    segment("02:00", "Wes Fonseca", "We are also talking to TenantFlow. Our board meets soon."),
    segment("05:00", "Daniel Whitfield", "I will send the revised proposal by Thursday, November 19."),
    segment("05:30", "Wes Fonseca", "I can ask legal. Thank you."),
  ],
  records: '{"amount":251436}',
  calendar,
};

const step = {
  what: "Send the revised proposal",
  owner: "Daniel",
  due: "2026-11-19",
  priority: "high" as const,
  reason: "worth $251,436",
  at: "05:00",
};
const truth: Summary = {
  gist: "Acme looks at a proposal of $1.15 per home.",
  points: [
    { text: "18,220 homes at $1.15", speaker: "Daniel Whitfield", at: "00:10" },
    { text: "Another vendor is in it", speaker: "Wes", at: "02:05" },
  ],
  objections: [{ text: "The board comes first", speaker: "Wes Fonseca", at: "02:00" }],
  competitors: ["TenantFlow"],
  next_steps: [step],
  sentiment: "positive",
};

describe("a summary that is held against what was said", () => {
  it("stays where it is true, with whole names", () => {
    const { kept, wrong } = checkSummary(truth, heard);
    expect(wrong).toEqual([]);
    expect(kept.points.map(({ speaker }) => speaker)).toEqual(["Daniel Whitfield", "Wes Fonseca"]);
    expect(kept.next_steps).toMatchObject([{ owner: "Daniel Whitfield", due: "2026-11-19", reason: "worth $251,436" }]);
  });

  it.each<[string, Partial<Summary>, RegExp, Partial<Summary>]>([
    [
      "a minute that there is not",
      { objections: [{ text: "x", speaker: "Wes Fonseca", at: "55:00" }] },
      /no minute 55:00/,
      { objections: [] },
    ],
    [
      "a minute that is none",
      { objections: [{ text: "x", speaker: "Wes Fonseca", at: "soon" }] },
      /no minute soon/,
      { objections: [] },
    ],
    [
      "somebody else's words",
      { objections: [{ text: "x", speaker: "Daniel Whitfield", at: "02:30" }] },
      /did not speak at 02:30/,
      { objections: [] },
    ],
    [
      "a figure that nobody said",
      { objections: [{ text: "It costs $99 more", speaker: "Wes Fonseca", at: "02:00" }] },
      /Nobody said 99/,
      { objections: [] },
    ],
    [
      "a part of a figure",
      { objections: [{ text: "Only 220 homes", speaker: "Wes Fonseca", at: "02:00" }] },
      /Nobody said 220/,
      { objections: [] },
    ],
    [
      "a competitor whom nobody named",
      { competitors: ["TenantFlow", "RentSwift"] },
      /RentSwift/,
      { competitors: ["TenantFlow"] },
    ],
    [
      "a competitor's name that is a sentence of the call",
      { competitors: ["TenantFlow", "I will send the revised proposal by Thursday, November 19."] },
      /too long for a competitor's name/,
      { competitors: ["TenantFlow"] },
    ],
    [
      "an owner who was not there",
      { next_steps: [{ ...step, owner: "Grace" }] },
      /Grace is no participant/,
      { next_steps: [{ ...step, owner: null }] },
    ],
    [
      "a day that was not said",
      { next_steps: [{ ...step, owner: null, due: "2026-11-25" }] },
      /Nobody said the day/,
      { next_steps: [{ ...step, owner: null, due: null }] },
    ],
    [
      "a day said elsewhere",
      { next_steps: [{ ...step, owner: null, at: "00:10" }] },
      /Nobody said the day/,
      { next_steps: [{ ...step, owner: null, due: null, at: "00:10" }] },
    ],
    ["a figure in a step", { next_steps: [{ ...step, what: "Send 42 pages" }] }, /Nobody said 42/, { next_steps: [] }],
    ["a figure in the gist", { gist: "They pay $77 now." }, /Nobody said 77/, { gist: "" }],
  ])("loses %s", (_, lie, words, left) => {
    const { kept, wrong } = checkSummary({ ...truth, ...lie }, heard);
    expect(wrong).toEqual([expect.stringMatching(words)]);
    expect(kept).toMatchObject(left);
    for (const [name, value] of Object.entries(left))
      if (Array.isArray(value)) expect(kept[name as keyof Summary]).toHaveLength(value.length);
  });

  describe("with two people of one first name", () => {
    const park = { name: "Daniel Park", email: "park@acme.example", side: "external" as const };
    const both: Heard = {
      ...heard,
      call: { ...heard.call, participants: [park, ...heard.call.participants] },
      segments: [
        ...heard.segments,
        segment("06:00", "Daniel Park", "We sign."),
        segment("06:05", "Wes Fonseca", "Yes."),
      ],
    };
    const ownerAt = (at: string, owner = "Daniel", spoken = both) => {
      const { kept, wrong } = checkSummary({ ...truth, next_steps: [{ ...step, owner, at, due: null }] }, spoken);
      return { owner: kept.next_steps[0]?.owner, wrong };
    };

    it.each([
      ["05:00", "Daniel", "Daniel Whitfield"],
      ["06:00", "Daniel", "Daniel Park"],
      ["05:00", "daniel park", "Daniel Park"],
    ])("gives a step at %s to the %s who speaks there", (at, owner, whole) => {
      expect(ownerAt(at, owner)).toEqual({ owner: whole, wrong: [] });
    });

    it("gives it to nobody where neither, or both, speak there", () => {
      const wrong = [expect.stringMatching(/more than one Daniel; give the whole name/)];
      expect(ownerAt("02:00")).toEqual({ owner: null, wrong });
      const close = { ...both, segments: [...both.segments, segment("06:08", "Daniel Whitfield", "Good.")] };
      expect(ownerAt("06:07", "Daniel", close)).toEqual({ owner: null, wrong });
      const point = { text: "They sign", speaker: "Daniel", at: "06:07" };
      const { kept, wrong: said } = checkSummary({ ...truth, points: [point, ...truth.points] }, close);
      expect(said).toEqual([expect.stringMatching(/More than one Daniel spoke at 06:07/)]);
      expect(kept.points).toHaveLength(2);
    });
  });

  it.each([
    ["Arc", "We start in March.", false],
    ["Arc", "Arc's offer, and ARC again.", true],
    ["C++", "We use C++.", true],
    ["Arc", "競合はArcです。", true],
  ])("takes the competitor %s for said in “%s”: %s", (name, words, stands) => {
    const spoken = { ...heard, segments: [...heard.segments, segment("06:00", "Wes Fonseca", words)] };
    expect(checkSummary({ ...truth, competitors: [name] }, spoken).kept.competitors).toEqual(stands ? [name] : []);
  });

  it.each([
    ["$50", "It is $50.5 a month.", false],
    ["$50", "It is $50.00 a month, or $50.", true],
    ["50.5 %", "It was 50.50 percent.", true],
    ["50 %", "Es waren 50,5 Prozent.", false],
    ["50,5 %", "Es waren 50,5 Prozent.", true],
    ["1.250.000 €", "Es sind 1.250.000 Euro.", true],
    ["$1,250", "It is $1,250,000.", false],
    ["10.000 €", "Es sind 10 Euro.", false],
    ["10.000 €", "Es sind 10.000 Euro.", true],
    ["$10", "It is $10.0 or $10.00.", true],
  ])("takes the figure %s for said in “%s”: %s", (text, words, stands) => {
    const spoken = { ...heard, segments: [...heard.segments, segment("06:00", "Wes Fonseca", words)] };
    const objections = [{ text, speaker: "Wes", at: "06:00" }];
    expect(checkSummary({ ...truth, objections }, spoken).kept.objections).toHaveLength(stands ? 1 : 0);
  });

  it("is none with less than two points, and five of them and of steps at most", () => {
    const few = checkSummary({ ...truth, points: truth.points.slice(1) }, heard);
    expect(isEnough(few)).toBe(false);
    const many = checkSummary(
      {
        ...truth,
        points: Array.from({ length: 9 }, () => truth.points[0]!),
        next_steps: Array.from({ length: 9 }, () => step),
      },
      heard,
    );
    expect([many.kept.points.length, many.kept.next_steps.length]).toEqual([5, 5]);
  });

  it("is read only as the JSON that was asked for", () => {
    expect(readSummary(JSON.stringify(truth))).toEqual(truth);
    for (const text of [
      "",
      "no JSON",
      "{}",
      JSON.stringify({ ...truth, extra: 1 }),
      JSON.stringify({ ...truth, points: "many" }),
    ])
      expect(readSummary(text)).toBeUndefined();
    expect(JSON.stringify(summaryFormat())).not.toMatch(/\$schema|maxItems|minLength/);
  });
});

describe("a day", () => {
  it.each([
    ["2026-11-19", "by Thursday, November 19"],
    ["2026-11-19", "on the 19th of November"],
    ["2026-11-20", "by Friday then"],
    ["2026-11-19", "I will send it tomorrow"],
    ["2026-11-18", "later today"],
    ["2026-11-25", "some time next week"],
  ])("%s is said by “%s”", (day, words) => {
    expect(isDaySaid(day, words, saidAt, calendar)).toBe(true);
  });

  it.each([
    ["2026-11-20", "by Thursday, November 19"],
    ["2026-12-19", "by November 19"],
    ["2026-11-21", "by Friday then"],
    ["2026-11-19", "soon"],
    ["2026-12-20", "in this quarter"],
    ["the 19th", "by November 19"],
  ])("%s is not said by “%s”", (day, words) => {
    expect(isDaySaid(day, words, saidAt, calendar)).toBe(false);
  });
});
