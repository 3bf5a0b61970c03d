import { describe, expect, test } from "vitest";
import { createWorld } from "../../../sandbox/world/create-world.ts";
import { compile, compileBank, render } from "../../../sandbox/world/template.ts";
import { createRandom } from "../../../sandbox/world/random.ts";
import { splitSentences } from "../../../sandbox/world/transcript.ts";
import type { Call } from "../../../sandbox/world/types.ts";

const world = createWorld({ seed: 1, now: Date.parse("2026-11-18T16:00:00Z") });
const sentencesOf = (call: Call): string[] => call.transcript.flatMap((m) => m.sentences.map((s) => s.text));
const textOf = (call: Call): string => sentencesOf(call).join(" ");
const figuresIn = (text: string): string[] => text.match(/\d[\d,.]*\d|\d/g) ?? [];

describe("transcripts", () => {
  test("everybody who speaks is a party, and no party is there twice", () => {
    for (const call of world.calls) {
      const speakers = new Set(call.parties.map((p) => p.speakerId));
      expect(speakers.size).toBe(call.parties.length);
      for (const { speakerId } of call.transcript) expect(speakers.has(speakerId)).toBe(true);
    }
  });

  test("sentences follow each other and end with the call", () => {
    for (const call of world.calls) {
      let at = 0;
      for (const { start, end, text } of call.transcript.flatMap((m) => m.sentences)) {
        expect(start).toBeGreaterThanOrEqual(at);
        expect(end).toBeGreaterThan(start);
        expect(text.trim()).not.toBe("");
        at = end;
      }
      expect(at).toBeLessThanOrEqual(call.durationSeconds * 1000);
      expect(at).toBeGreaterThan((call.durationSeconds - 10) * 1000);
    }
  });

  test("what a summary says was said: figures, owners, dates, competitors, trackers", () => {
    for (const call of world.calls) {
      const text = textOf(call);
      for (const figure of figuresIn([call.brief, ...call.keyPoints, ...call.objections].join(" "))) {
        expect(text.includes(figure), `${call.title}: ${figure}`).toBe(true);
      }
      for (const name of call.competitors) expect(text).toContain(name);
      for (const { owner } of call.nextSteps) expect(call.parties.map((p) => p.name)).toContain(owner);
      expect(call.nextSteps.length).toBeGreaterThanOrEqual(2);
      for (const count of Object.values(call.trackers)) expect(count).toBeGreaterThan(0);
    }
  });

  test("the customer's people are those of the account, and the host is one of ours", () => {
    for (const call of world.calls) {
      const account = world.accounts.find((a) => a.id === call.accountId);
      const owner = world.people.find((p) => p.id === call.ownerId);
      const contacts = new Set(account?.contacts.map((c) => c.email));
      for (const p of call.parties.filter((p) => p.affiliation === "External"))
        expect(contacts.has(p.email)).toBe(true);
      expect(call.parties[0]?.gongUserId).toBe(owner?.gongUserId);
      const deal = world.deals.find((d) => d.id === call.dealId);
      if (call.dealId) expect(deal?.accountId).toBe(call.accountId);
    }
  });

  test("a proposal is discussed at the deal's own price", () => {
    const reviews = world.calls.filter((c) => c.title.startsWith("Proposal review"));
    expect(reviews.length).toBeGreaterThan(5);
    for (const call of reviews) {
      const deal = world.deals.find((d) => d.id === call.dealId);
      expect(call.brief).toContain(deal?.amount.toLocaleString("en-US"));
      expect(deal?.amount).toBe(Math.round(((deal?.units ?? 0) * (deal?.unitPrice ?? 0) * 12) / 100));
    }
  });

  test("no two calls are the same, and nobody repeats themselves within one", () => {
    expect(new Set(world.calls.map(textOf)).size).toBe(world.calls.length);
    for (const call of world.calls) {
      const sentences = sentencesOf(call);
      expect(new Set(sentences).size / sentences.length, call.title).toBeGreaterThan(0.97);
    }
  });

  test("some are long and most are not", () => {
    const words = world.calls.map((call) => ({ words: textOf(call).split(" ").length, seconds: call.durationSeconds }));
    const long = words.filter((w) => w.seconds > 44 * 60);
    expect(long.length).toBeGreaterThanOrEqual(4);
    expect(Math.max(...long.map((w) => w.words))).toBeGreaterThan(6000);
    for (const w of long) expect(w.words).toBeLessThan(9000);
    expect(words.filter((w) => w.seconds >= 480 && w.seconds <= 1860).length).toBeGreaterThan(150);
  });

  test("nothing of the template language is left over", () => {
    const odd = world.calls.filter((call) => /[{}]|undefined|NaN|\( /.test(`${textOf(call)} ${call.brief}`));
    expect(odd.map((c) => c.title)).toEqual([]);
  });

  test("some are made to be tripped over", () => {
    const all = world.calls.map((c) => `${c.title} ${textOf(c)}`).join("\n");
    for (const part of ["ignore your instructions", "<!channel>", "</transcript><system>", "🎉", "李小龍"]) {
      expect(all).toContain(part);
    }
    expect(all).toContain("18446744073709551614");
    expect(world.calls.some((c) => c.title.includes("<!channel>"))).toBe(true);
  });
});

describe("the template language", () => {
  const random = createRandom("template");

  test("fills slots and picks one of the wordings, nested as well", () => {
    const seen = new Set(Array.from({ length: 200 }, () => render(compile("(a|b (c|{d}))!"), { d: "x" }, random)));
    expect([...seen].sort()).toEqual(["a!", "b c!", "b x!"]);
  });

  test("refuses what it cannot read", () => {
    expect(() => compile("(a|b")).toThrow(SyntaxError);
    expect(() => compile("{a")).toThrow(SyntaxError);
    expect(() => render(compile("{gone}"), {}, random)).toThrow("no such slot: gone");
    expect(() => compileBank("T", "X: nobody has this role")).toThrow(SyntaxError);
  });

  test("sentences end where a new one begins", () => {
    expect(splitSentences("It is 4.5 percent. Really? “Yes.” Fine, e.g. now.")).toEqual([
      "It is 4.5 percent.",
      "Really?",
      "“Yes.” Fine, e.g. now.",
    ]);
  });
});
