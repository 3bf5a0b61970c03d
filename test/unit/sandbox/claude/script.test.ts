import { describe, expect, it } from "vitest";
import { salesScript } from "../../../../sandbox/claude/script/index.ts";
import type { Message } from "../../../../sandbox/claude/wire.ts";
import {
  acme,
  ahead,
  ask,
  borealis,
  contextFor,
  converse,
  Failure,
  listedCall,
  NOON,
  standardTools,
  Text,
  thisWeek,
  transcripts,
  yesterday,
} from "./scripted-thread.ts";

describe("a period's calls", () => {
  it("are listed for the instants of the context, read side by side, and told with a link each", () => {
    const { text, steps, thoughts } = ask("<@U0SOPHIA> summarize yesterday's calls");
    expect(steps[0]).toEqual([
      { name: "gong__get_calls", input: { from_date: yesterday.from, to_date: yesterday.to } },
    ]);
    expect(steps[1]?.map(({ input }) => input.call_id)).toEqual(["1", "2"]);
    expect(steps).toHaveLength(2);
    expect(thoughts).toHaveLength(2);
    expect(text).toContain("### 2 calls on Thursday, November 19, 2026");
    expect(text).toContain(
      String.raw`**[Acme \*pilot\* \[review\]](https://gong.example/call?id=1)** · Acme · Maya Chen, Dana Reyes · 30 min`,
    );
    expect(text).toContain(
      "**Objection:** Dana Reyes: “Honestly, $48,000 a year is too expensive for us.” ([at 04:12](https://gong.example/call?id=1))",
    );
    expect(text).toContain("PayLeaf");
    expect(text).toContain("security pack to Dana by Friday");
    expect(text).toContain("Borealis discovery");
    expect(text).toMatch(/_Scripted model: no Claude was asked\._$/);
  });

  it("are read page after page", () => {
    const get = ({ cursor }: any) =>
      cursor ? { calls: [borealis] } : { calls: [acme], truncated: true, cursor: "p2" };
    const { text, steps } = ask("summarize yesterday's calls", { ...standardTools, gong__get_calls: get });
    expect(steps.slice(0, 2).map(([one]) => one?.input.cursor)).toEqual([undefined, "p2"]);
    expect(text).toContain("### 2 calls");
  });

  it("whose list was cut into parts is put together again", () => {
    const list = JSON.stringify({ calls: [acme, borealis], total: 2, truncated: false });
    const notice = (cursor: string) =>
      `\n[Cut here: 9 of 99 characters are left. For the next part call read_more with cursor "${cursor}".]`;
    const parts: Record<string, string> = {
      "toolu_2_1:300": list.slice(300, 500) + notice("toolu_2_1:500"),
      "toolu_2_1:500": `${list.slice(500, 600)}\n[characters 501 to 600 of 999. For what follows call gongway__read_more with {"cursor": "xyz"}]`,
      xyz: `${list.slice(600)}\n[characters 601 to 999 of 999: this is the end]`,
    };
    const read = ({ cursor }: any) => new Text(parts[cursor] ?? "?");
    const get = () => new Text(list.slice(0, 300) + notice("toolu_2_1:300"));
    const { text, steps } = ask("summarize yesterday's calls", {
      ...standardTools,
      gong__get_calls: get,
      read_more: read,
      gongway__read_more: read,
    });
    expect(steps.slice(1, 4).map(([one]) => one?.input.cursor)).toEqual(["toolu_2_1:300", "toolu_2_1:500", "xyz"]);
    expect(text).toContain("### 2 calls on");
    expect(text).toContain("Borealis discovery");
  });

  it("that came in a form it cannot read are not said to be none", () => {
    const { text } = ask("summarize yesterday's calls", {
      ...standardTools,
      gong__get_calls: () => new Text("8 calls"),
    });
    expect(text).toContain("a form that I cannot read");
  });

  it("when there are many, are read from where they end, and it says so", () => {
    const five = Array.from({ length: 5 }, (_, n) => listedCall(String(n), `Call ${n}`, "Acme"));
    const { text, steps } = ask("summarize yesterday's calls", {
      ...standardTools,
      gong__get_calls: () => ({ calls: five }),
    });
    expect(steps[1]?.map(({ input }) => input.from_minute)).toEqual([18, 18, 18, 18, 18]);
    expect(text).toContain("last 12 minutes");
  });

  it("that do not exist are not made up", () => {
    const { text } = ask("summarize yesterday's calls", {
      ...standardTools,
      gong__get_calls: () => ({ calls: [], total: 0 }),
    });
    expect(text).toContain("There were no calls on Thursday, November 19, 2026");
  });

  it.each([
    ["what happened on calls tomorrow?", "tomorrow"],
    ["what are the next steps by EOD Friday?", "EOD Friday"],
    ["Acme's calls tomorrow", "tomorrow"],
    ["my calls tomorrow", "tomorrow"],
    ["talk ratio tomorrow", "tomorrow"],
  ])("of a day that lies ahead are not said to have been none: %s", (question, phrase) => {
    const { text, steps } = ask(question, standardTools, { asked: [{ ...ahead, phrase }], now: NOON });
    expect(text).toMatch(/^Saturday, November 21, 2026 still lies ahead/);
    expect(steps).toEqual([]);
  });

  it("of a period that has begun are listed, whatever deadline is named beside it", () => {
    const asked = [{ ...ahead, phrase: "EOD Saturday" }, yesterday];
    const question = "by EOD Saturday: next steps from yesterday's calls";
    const { steps } = ask(question, standardTools, { asked, now: NOON });
    expect(steps[0]?.[0]?.input).toEqual({ from_date: yesterday.from, to_date: yesterday.to });
    const week = ask("what happened on calls this week?", standardTools, { asked: [thisWeek], now: NOON });
    expect(week.steps[0]?.[0]?.input).toEqual({ from_date: thisWeek.from, to_date: thisWeek.to });
  });

  it("too many to read are listed with what Gong says, and it says so", () => {
    const many = Array.from({ length: 13 }, (_, n) => listedCall(String(n), `Call ${n}`, "Acme"));
    const { text, steps } = ask("what happened on calls this week", {
      ...standardTools,
      gong__get_calls: () => ({ calls: many }),
    });
    expect(steps).toHaveLength(1);
    expect(text).toContain("I have not read their transcripts");
    for (const { url } of many) expect(text).toContain(`(${url})`);
  });

  it("of a service that is down: in the tool's own words", () => {
    const { text } = ask("summarize yesterday's calls", {
      ...standardTools,
      gong__get_calls: () => new Failure("Gong is not answering (503)."),
    });
    expect(text).toContain("Gong is not answering (503).");
  });

  it("whose transcript cannot be read are still named", () => {
    const read = ({ call_id: id }: any) =>
      id === "1" ? new Failure("Gong has no transcript yet.") : { segments: transcripts[id] };
    const { text } = ask("summarize yesterday's calls", { ...standardTools, gong__get_call_transcript: read });
    expect(text).toContain(acme.url);
    expect(text).toContain("A talk with Acme.");
    expect(text).toContain("Gong has no transcript yet.");
  });
});

describe("other questions", () => {
  it.each([
    ["what did Acme say?", { account: "Acme" }],
    ["last call with Acme", { account: "Acme" }],
    ["calls with acme", { account: "acme" }],
    ["what did Acme say this week", { account: "Acme", from_date: thisWeek.from, to_date: thisWeek.to }],
    ["what was said about pricing in the Acme call", { account: "Acme" }],
  ])("%s: looks for the account", (question, input) => {
    const { steps } = ask(question);
    expect(steps[0]).toEqual([{ name: "gong__find_calls", input }]);
  });

  it("one topic of one call", () => {
    const { text } = ask("what was said about pricing in the Acme call?");
    expect(text).toContain("too expensive");
    expect(text).not.toContain("security pack");
  });

  it.each([
    ["my calls yesterday", "sam@sophia.example"],
    ["Maya's calls yesterday", "maya@sophia.example"],
  ])("%s: of that owner", (question, owner_email) => {
    const { steps, text } = ask(question);
    expect(steps.flat().find(({ name }) => name === "gong__get_calls")?.input).toMatchObject({
      owner_email,
      from_date: yesterday.from,
    });
    expect(text).toContain("2 calls of ");
  });

  it("a name that nobody has is an account's", () => {
    const { steps } = ask("Borealis' calls");
    expect(steps[0]).toEqual([{ name: "gong__find_user", input: { query: "Borealis" } }]);
    expect(steps[1]).toEqual([{ name: "gong__find_calls", input: { account: "Borealis" } }]);
  });

  it.each([
    ["what objections came up yesterday?", "too expensive", "PayLeaf"],
    ["competitors mentioned yesterday", "PayLeaf", "security pack"],
    ["action items from yesterday's calls", "security pack", "PayLeaf"],
  ])("%s", (question, there, notThere) => {
    const { text } = ask(question);
    expect(text).toContain(there);
    expect(text).not.toContain(notThere);
  });

  it("figures as a table", () => {
    expect(ask("what is our talk ratio this week").text).toContain("| Maya Chen | 0.46 |");
    expect(ask("which trackers do we have?").text).toContain("| Competitors | PayLeaf, Rentora |");
  });

  it("figures of tools that take plain dates only: read off the period's words, not counted", () => {
    const plainDates = { from_date: { pattern: "^x$" }, to_date: { pattern: "^x$" } };
    const week = { ...thisWeek, days: "Mon 16 Nov - Sun 22 Nov 2026" };
    const messages: Message[] = [
      { role: "user", content: "rep activity this week" },
      { role: "system", content: contextFor("", { asked: [week] }) },
    ];
    const tools = [{ name: "gong__get_rep_activity", input_schema: { type: "object", properties: plainDates } }];
    const [, use] = salesScript({ model: "m", max_tokens: 1, messages, tools });
    expect(use).toMatchObject({ input: { from_date: "2026-11-16", to_date: "2026-11-22" } });
  });

  it("asks back where a date is ambiguous, naming both readings", () => {
    const ambiguous = [
      { phrase: "next Friday", readings: [{ days: "Friday, November 20" }, { days: "Friday, November 27" }] },
    ];
    const { text, steps } = ask("calls next Friday", standardTools, { ambiguous });
    expect(steps).toEqual([]);
    expect(text).toContain("**Friday, November 20** or **Friday, November 27**");
  });

  it.each(["hello", "help", "what can you do?"])("%s: says what it can do", (question) => {
    expect(ask(question).text).toContain("summarize yesterday's calls");
  });

  it("says that it is a script when it does not understand", () => {
    const { text, steps } = ask("write me a poem");
    expect(steps).toEqual([]);
    expect(text).toContain("scripted stand-in");
  });

  it("calls no tool that it was not given", () => {
    const { text, steps } = ask("summarize yesterday's calls", {});
    expect(steps).toEqual([]);
    expect(text).toContain("no tool");
  });

  it("answers from what it has when it may call no more tools", () => {
    const messages: Message[] = [
      { role: "user", content: "summarize yesterday's calls" },
      { role: "system", content: contextFor("yesterday") },
      {
        role: "assistant",
        content: [
          {
            type: "tool_use",
            id: "t1",
            name: "gong__get_calls",
            input: { from_date: yesterday.from, to_date: yesterday.to },
          },
        ],
      },
      {
        role: "user",
        content: [{ type: "tool_result", tool_use_id: "t1", content: JSON.stringify({ calls: [acme] }) }],
      },
    ];
    const tools = Object.keys(standardTools).map((name) => ({ name }));
    const [block] = salesScript({ model: "m", max_tokens: 1, messages, tools, tool_choice: { type: "none" } });
    expect(block).toMatchObject({ type: "text", text: expect.stringContaining("I had to stop before reading it") });
  });

  it("goes on where an answer was cut off", () => {
    const whole = ask("hello", {}).text;
    const messages: Message[] = [
      { role: "user", content: "hello" },
      { role: "system", content: contextFor("hello") },
      { role: "assistant", content: whole.slice(0, 40) },
      { role: "user", content: "Go on where you stopped." },
    ];
    expect(salesScript({ model: "m", max_tokens: 1, messages })).toEqual([{ type: "text", text: whole.slice(40) }]);
  });

  it("bench: two tool calls, one after the other, and 600 characters", () => {
    const { text, steps } = ask("bench:two-tools yesterday");
    expect(steps.map((step) => step.map(({ name }) => name))).toEqual([
      ["gong__get_calls"],
      ["gong__get_call_summary"],
    ]);
    expect(text).toHaveLength(600);
  });
});

describe("follow-ups in a thread", () => {
  it("use what was read before and call nothing again", () => {
    const thread: Message[] = [];
    converse(thread, "summarize yesterday's calls", standardTools);
    const next = converse(thread, "and the next steps?", standardTools);
    expect(next.steps).toEqual([]);
    expect(next.text).toContain("### Next steps from 2 calls");
    expect(next.text).toContain("security pack");
    expect(next.text).not.toContain("Scripted model");
    const only = converse(thread, "only Acme's", standardTools);
    expect(only.text).toContain(acme.url);
    expect(only.text).not.toContain(borealis.url);
    const short = converse(thread, "make it shorter", standardTools);
    expect(short.text.split("\n- ").length).toBeLessThan(4);
    expect(short.text).toContain(borealis.url);
  });

  it("a new period is read anew", () => {
    const thread: Message[] = [];
    converse(thread, "summarize yesterday's calls", standardTools);
    const next = converse(thread, "and what happened on calls this week?", standardTools);
    expect(next.steps[0]?.[0]?.input.from_date).toBe(thisWeek.from);
  });
});
