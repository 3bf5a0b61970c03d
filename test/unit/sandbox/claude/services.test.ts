import { describe, expect, it } from "vitest";
import { salesScript } from "../../../../sandbox/claude/script/index.ts";
import type { Message } from "../../../../sandbox/claude/wire.ts";
import { deal, deals, inputsOf, lastMonth, tools, twoWeeks } from "./scripted-services.ts";
import { ahead, ask, contextFor, Failure, NOON, standardTools, yesterday } from "./scripted-thread.ts";

const first = (question: string, extra: Record<string, unknown> = {}): string =>
  ask(question, tools, { now: NOON, ...extra }).steps[0]?.[0]?.name ?? "";
describe("a question is taken by", () => {
  it.each([
    ["summarize yesterday's calls", "gong__get_calls"],
    ["which deals came up in yesterday's calls?", "gong__get_calls"],
    ["what was said about the pipeline in the Acme call", "gong__find_calls"],
    ["what was said about revenue by month in the Acme call", "gong__find_calls"],
    ["what did Acme say about their stacks drifting?", "gong__find_calls"],
    ["what did Acme say about losing Borealis and what it cost?", "gong__find_calls"],
    ["what did customers say about pricing in the Acme call?", "gong__find_calls"],
    ["what did customers say about competitors yesterday?", "gong__get_calls"],
    ["next steps and tasks from yesterday's calls", "gong__get_calls"],
    ["who owns the next steps from yesterday's calls?", "gong__get_calls"],
    ["did anyone create a task in yesterday's calls?", "gong__get_calls"],
    ["Maya's calls yesterday", "gong__find_user"],
    ["talk ratio this week", "gong__get_interaction_stats"],
    ["which trackers do we have?", "gong__list_trackers"],
  ])("the calls: %s", (question, tool) => {
    expect(first(question)).toBe(tool);
  });

  it.each([
    ["which of my deals over 50k have had no call in 14 days?", "hubspot__search_deals"],
    ["which deals haven't had a call this week?", "hubspot__search_deals"],
    ["what would losing Acme cost us this year?", "hubspot__get_company"],
    ["how much would it cost us to lose Acme?", "hubspot__get_company"],
    ["what happens if we lose Acme?", "hubspot__get_company"],
    ["how much do we lose if Acme leaves?", "hubspot__get_company"],
    ["revenue by month for Acme", "hubspot__get_company"],
    ["show me Acme's revenue", "hubspot__get_company"],
    ["revenue by month", "snowflake__execute_query"],
    ["who owns Acme?", "hubspot__get_company"],
    ["show the pipeline", "hubspot__search_deals"],
    ["what did customers say about pricing last month?", "pinecone__semantic_search"],
    ["did customers complain about late fees last month?", "pinecone__semantic_search"],
    ["my tasks", "asana__get_my_tasks"],
    ["create a task for the Acme follow-up due Friday", "asana__list_projects"],
    ["please mark the task Call Acme as done", "asana__search_tasks"],
    ["add a note to the Acme deal: they call back next Friday", "hubspot__search_deals"],
    ["move the Acme deal to negotiation", "hubspot__search_deals"],
    ["send a message to #sales: what did Acme say?", "slack__send_message"],
    ["is the billing stack drifting?", "pulumi__list_stacks"],
    ["list our stacks", "pulumi__list_stacks"],
  ])("its own service: %s", (question, tool) => {
    expect(first(question, { asked: [lastMonth].filter(({ phrase }) => question.includes(phrase)) })).toBe(tool);
  });

  it("nobody where the tool is not there: it says so", () => {
    for (const question of ["who owns Acme?", "show the pipeline", "list our stacks", "send a message to #sales: hi"])
      expect(ask(question, {}).text).toContain("no tool here");
  });
});

describe("deals without a call", () => {
  const question = "which of my deals over 50k have had no call in 14 days?";

  it("are those whose account is in no call of the days, with the last call before", () => {
    const found = ask(
      question,
      {
        ...tools,
        gong__find_calls: () => ({
          calls: [
            {
              id: "9",
              title: "x",
              url: "https://gong.example/9",
              started_at: "2026-10-30T10:00:00-04:00",
              account: "Cirrus & Co",
            },
          ],
        }),
        hubspot__search_deals: () => ({ deals: [...deals, deal("4", "Cirrus & Co", 60_000)] }),
      },
      { asked: [twoWeeks] },
    );
    expect(inputsOf(found.steps, "hubspot__search_deals")).toEqual([
      { status: "open", owner: "me", min_amount: 50_000, sort_by: "amount", order: "descending", limit: 100 },
    ]);
    expect(inputsOf(found.steps, "gong__get_calls")).toEqual([{ from_date: twoWeeks.from, to_date: twoWeeks.to }]);
    expect(inputsOf(found.steps, "gong__find_calls")).toMatchObject([
      { account: "Cirrus & Co", to_date: twoWeeks.from, limit: 1 },
    ]);
    // 50,000 is not over 50k.
    expect(found.text).toContain("**1 of your 3 open deals over 50,000** has had no call in 14 days");
    expect(found.text).toContain(
      "| [Cirrus & Co: rollout](https://crm.example/4) | $60,000 | Proposal | 5 Jan 2027 | Sam Ortiz | [30 Oct 2026](https://gong.example/9) |",
    );
    expect(found.text).not.toContain("Acme");
  });

  it.each([
    ["which of my deals over €60k have had no call in 14 days?", { owner: "me" }, "of your 3 open deals over €60,000"],
    ["which of Daniel's deals over $60,000 have had no call in 14 days?", { owner: "Daniel" }, "of Daniel's 3 open"],
    ["which of our team's deals over £60k have had no call in 14 days?", {}, "of our 3 open deals over £60,000"],
  ])("are of every currency, each by its own number: %s", (words, whose, head) => {
    const search = () => ({ deals: [...deals, deal("4", "Delta", 65_000, "GBP")] });
    const { text, steps } = ask(words, { ...tools, hubspot__search_deals: search }, { asked: [twoWeeks] });
    const [input] = inputsOf(steps, "hubspot__search_deals");
    expect(input).toMatchObject({ ...whose, min_amount: 60_000 });
    expect(input).not.toHaveProperty("currency");
    expect(text).toContain(head);
    expect(text).toContain("£65,000");
    expect(text).toContain("Amounts in other currencies are compared as they stand, without converting.");
  });

  it("are counted in words that fit their number", () => {
    const told = (own: unknown[]) =>
      ask(question, { ...tools, hubspot__search_deals: () => ({ deals: own }) }, { asked: [twoWeeks] }).text;
    expect(told([deals[0]])).toContain("None: your only open deal over 50,000 has had a call in 14 days");
    const [one, two] = [deal("4", "Delta", 65_000), deal("5", "Echo", 64_000)];
    expect(told([one])).toContain("**Your only open deal over 50,000** has had no call");
    expect(told([one, two])).toContain("**All 2 of your open deals over 50,000** have had no call");
    expect(told([deals[0], one])).toContain("**1 of your 2 open deals over 50,000** has had no call");
  });

  it("repeat the days as they were asked for", () => {
    const asked = [{ ...lastMonth, days: "Thu 22 Oct - Fri 20 Nov 2026" }];
    const { text } = ask("which of my deals had no call in the last month?", tools, { asked });
    expect(text).toContain("in the last month (Thu 22 Oct - Fri 20 Nov 2026)");
  });

  it("are everybody's where the asker owns none, and it says so", () => {
    const search = ({ owner }: any) => ({ deals: owner ? [] : deals });
    const { text } = ask(question, { ...tools, hubspot__search_deals: search }, { asked: [twoWeeks] });
    expect(text).toMatch(/^You own no open deals over 50,000 in HubSpot yourself/);
    expect(text).toContain("None: each of our 2 open deals");
  });

  it("are not told of days to come, nor without the calls", () => {
    expect(ask("my deals without a call tomorrow", tools, { asked: [ahead], now: NOON }).text).toContain(
      "still lies ahead",
    );
    const down = {
      ...tools,
      gong__get_calls: () => new Failure("Gong is at fault, not the request: it is not answering (503)."),
    };
    expect(ask(question, down, { asked: [twoWeeks] }).text).toContain("it is not answering (503).");
  });
});

describe("the loss of an account", () => {
  const question = "what would losing Acme cost us this year?";
  const year = {
    phrase: "this year",
    from: "2026-01-01T00:00:00-05:00",
    to: "2027-01-01T00:00:00-05:00",
    days: "2026",
  };

  it("is what the forecast still has, beside what is billed, and the open deals", () => {
    const { text, steps } = ask(question, tools, { asked: [year] });
    const [{ sql }] = inputsOf(steps, "snowflake__execute_query");
    expect(sql).toContain("WHERE ACCOUNT_ID = '91' AND MONTH >= '2026-01-01' AND MONTH < '2027-01-01'");
    expect(text).toContain(
      "would cost us **$300** of this year's revenue: what the forecast still has for Nov 2026 to Dec 2026.",
    );
    expect(text).toContain("Under signed contracts: $200 of it.");
    expect(text).toContain("Billed already, through Oct 2026: $1,000.50");
    expect(text).toContain("[Acme: rollout](https://crm.example/1) (Proposal, $90,000, closes 5 Jan 2027)");
  });

  it("of nobody, or without revenue, is said to be so", () => {
    const unknown = () =>
      new Failure(
        'The request is at fault: HubSpot has no company "Zzyzx". search_companies finds companies by part of a name.',
      );
    const { text, steps } = ask(
      "what would losing Zzyzx cost us this year?",
      {
        ...tools,
        hubspot__get_company: unknown,
      },
      { asked: [year] },
    );
    expect(text).toMatch(/^HubSpot has no company "Zzyzx". So I looked no further\./);
    expect(steps).toHaveLength(1);
    const none = ask(
      question,
      { ...tools, snowflake__execute_query: () => ({ status: "succeeded", rows: [] }) },
      { asked: [year] },
    );
    expect(none.text).toContain("is not in this year's revenue");
    expect(none.text).toContain("What would be lost is 1 open deal:");
  });

  it("puts a name into no statement as it stands, where HubSpot is down", () => {
    const down = () => new Failure("HubSpot is at fault, not the request: it is not answering (503).");
    const name = String.raw`O'Hara\' OR 1=1 --`;
    const { steps, text } = ask(
      `what would losing ${name} cost us this year?`,
      { ...tools, hubspot__get_company: down },
      { asked: [year] },
    );
    const [{ sql }] = inputsOf(steps, "snowflake__execute_query");
    expect(sql).toContain(String.raw`ACCOUNT_NAME = 'O''Hara\\'' OR 1=1 --' AND`);
    expect(text).toContain("could not look up its open deals: it is not answering (503).");
  });
});

describe("what customers say", () => {
  const question = "what did customers say about pricing last month?";
  const passage = {
    title: "Acme *pilot*",
    url: "https://gong.example/call?id=1",
    date: "2026-10-05T10:00:00-04:00",
    account: "Acme",
    text: "A talk.",
  };

  it("is found by meaning and quoted from the calls, with link and minute, customers alone", () => {
    const found = ask(
      question,
      { ...tools, pinecone__semantic_search: () => ({ passages: [passage, passage] }) },
      { asked: [lastMonth] },
    );
    expect(inputsOf(found.steps, "pinecone__semantic_search")).toMatchObject([
      { query: "pricing", source: "gong", from_date: lastMonth.from, to_date: lastMonth.to },
    ]);
    expect(inputsOf(found.steps, "gong__get_call_transcript")).toEqual([{ call_id: "1" }]);
    expect(found.text).toContain(
      "Dana Reyes: “Honestly, $48,000 a year is too expensive for us.” ([at 04:12](https://gong.example/call?id=1))",
    );
    expect(found.text).not.toContain("Maya Chen");
  });

  it("is told with how many calls came up, were read, and held something", () => {
    const passages = ["1", "2", "3", "4", "5", "1"].map((id) => ({
      ...passage,
      url: `https://gong.example/call?id=${id}`,
    }));
    const tell = (found: unknown, read = tools["gong__get_call_transcript"]) =>
      ask(
        question,
        { ...tools, pinecone__semantic_search: () => found, gong__get_call_transcript: read as any },
        { asked: [lastMonth] },
      );
    const { text, steps } = tell({ passages, truncated: true });
    expect(inputsOf(steps, "pinecone__semantic_search")).toMatchObject([{ top_k: 50 }]);
    expect(text).toContain(
      "_At least 5 calls came up; I read the nearest 4, and 1 of the 4 held a customer's own words about it._",
    );
    expect(tell({ passages: passages.slice(0, 2), truncated: false }).text).toContain(
      "_2 calls came up; I read all 2, and 1 of the 2 held a customer's own words about it._",
    );
    const down = () => new Failure("Gong is at fault, not the request: it is not answering (503).");
    expect(tell({ passages, truncated: false }, down).text).toContain("_5 calls came up; I could read none of them._");
  });

  it.each([
    [true, "You are at $4.20 a home, and we pay PayLeaf $3.10."],
    [true, "At $3.50 per home I can sign this without asking anybody."],
    [true, "What would a competitor tell me about your price?"],
    [false, "We waive about $48,000 of late fees a year because nobody could tell."],
    [false, "They quoted us $3.10 per home and showed us a nice app."],
    [false, "They will ask me on Monday whether it costs jobs."],
    [true, "I need to know by Friday what it costs us in the second year."],
    [false, "Our auditor will ask whether it is an expense or a contra to revenue."],
  ])("is quoted of our price alone: %s for %s", (isQuoted, text) => {
    const segments = [{ at: "01:00", speaker: "Dana Reyes", side: "external", topic: "Pricing", text }];
    const found = ask(
      question,
      {
        ...tools,
        pinecone__semantic_search: () => ({ passages: [passage], truncated: false }),
        gong__get_call_transcript: () => ({ segments }),
      },
      { asked: [lastMonth] },
    );
    expect(found.text.includes("Dana Reyes: “")).toBe(isQuoted);
  });

  it("is looked for in the calls themselves where the index has nothing and they are few", () => {
    const get = ({ limit }: any) => (limit === 1 ? { calls: [], total: 2 } : standardTools["gong__get_calls"]?.({}));
    const few = ask(
      "what did customers say about pricing yesterday?",
      { ...tools, gong__get_calls: get },
      { asked: [yesterday] },
    );
    expect(few.text).toContain('The index of calls has nothing about "pricing"');
    expect(few.text).toContain("too expensive");
    const many = ask(question, { ...tools, gong__get_calls: () => ({ calls: [], total: 80 }) }, { asked: [lastMonth] });
    expect(many.text).toContain("There were 80 calls, too many to read one by one");
  });
});

describe("figures of one service", () => {
  it("the pipeline by stage, currencies apart", () => {
    const { text } = ask("show the pipeline", tools);
    expect(text).toContain("Our pipeline has **3 open deals**, worth $140,000 and €70,000 together:");
    expect(text).toContain("| Proposal | 3 | $140,000 and €70,000 |");
    expect(text).not.toContain("converting");
    const large = ask("show the pipeline over £60k", tools).text;
    expect(large).toContain("Our pipeline has **2 open deals over £60,000**, worth $90,000 and €70,000 together:");
    expect(large).toContain("compared as they stand, without converting._");
  });

  it("drift of the stacks that are meant, and of none that is not there", () => {
    const { text, steps } = ask("is the billing stack drifting?", tools);
    expect(inputsOf(steps, "pulumi__drift_status")).toEqual([{ stack: "billing/prod" }]);
    expect(text).toContain("Yes: **billing/prod** has drifted");
    expect(ask("is the payroll stack drifting?", tools).text).toContain('There is no stack "payroll" in Pulumi.');
    const unknown = { ...tools, pulumi__drift_status: () => ({ drifted: null }) };
    expect(ask("are our stacks drifting?", unknown).text).toMatch(/^Not as far as is known:/);
  });

  it("searches for a deferred tool by the reason for its call, which does not name it", () => {
    const messages: Message[] = [
      { role: "user", content: "list our stacks" },
      { role: "system", content: contextFor("") },
    ];
    const blocks = salesScript({ model: "m", max_tokens: 1, messages, tools: [{ name: "pulumi__list_stacks" }] });
    expect(blocks).toMatchObject([
      { type: "thinking", thinking: "Pulumi knows the stacks." },
      { type: "tool_use", search: "Pulumi knows the stacks." },
    ]);
  });
});
