import { describe, expect, it } from "vitest";
import type { PreviewedWrite, Step, ToolDefinition, ToolResult } from "../../../src/agent/ports.ts";
import { createLogger } from "../../../src/observability/log.ts";
import type { CallRecord } from "../../../src/workflows/calls/call-record.ts";
import { recordOf } from "../../../src/workflows/calls/call-record.ts";
import { createCallActions } from "../../../src/workflows/calls/call-actions.ts";
import { documentsOf } from "../../../src/workflows/calls/call-documents.ts";
import { createCallIndex } from "../../../src/workflows/calls/index-call.ts";
import { renderSummary } from "../../../src/workflows/calls/render-summary.ts";
import { sophiaCaller } from "../../../src/workflows/tool-reader.ts";

const url = "https://gong.example/call?id=1";
const calendar = { weekStart: "monday", fiscalYearStartMonth: 1 } as const;
const signal = new AbortController().signal;
const participants = [
  { name: "Daniel Whitfield", email: "daniel@ours.example", side: "internal" as const },
  { name: "Wes [x](https://evil.example) Fonseca", email: "wes@acme.example", side: "external" as const },
];
const segments = participants.flatMap(({ name }, index) =>
  [0, 1, 2].map((part) => {
    const seconds = part * 120 + index * 60;
    const at = `${String(seconds / 60).padStart(2, "0")}:00`;
    return {
      at,
      at_seconds: seconds,
      speaker: name,
      side: "internal" as const,
      text: `Words by Thursday, November 19. `.repeat(5),
    };
  }),
);
const call: CallRecord["call"] = {
  call_id: "1",
  title: "Proposal | *review*",
  url,
  started_at: "2026-11-18T10:00:00-05:00",
  duration_minutes: 30,
  owner: { name: "Daniel Whitfield", email: "daniel@ours.example" },
  participants,
  account: "Acme",
  brief: "They spoke.",
  key_points: [{ text: "A point", at: null }],
  next_steps: [{ text: "Dana: send it", at: null }],
  trackers: [],
};
const long = "word ".repeat(80);
const step = (owner: string | null) => ({
  what: `Send it ${long}`,
  owner,
  due: "2026-11-19",
  priority: "high" as const,
  reason: "soon",
  at: "00:00",
});
const summary: NonNullable<CallRecord["summary"]> = {
  gist: long,
  points: [0, 1, 2, 3, 4].map((n) => ({ text: `${n} ${long}`, speaker: "Daniel Whitfield", at: "00:00" })),
  objections: [0, 1].map(() => ({ text: long, speaker: "Daniel Whitfield", at: "00:00" })),
  competitors: ["One", "Two", "Three"],
  next_steps: [step("Daniel Whitfield"), step(participants[1]?.name ?? null), step(null)],
  sentiment: "mixed",
};
const record: CallRecord = {
  call,
  segments,
  company: undefined,
  deal: undefined,
  otherDeals: 0,
  isDealUnknown: false,
  summary,
  wrong: [],
};

const hour = 3_600_000;
const end = Date.parse(call.started_at) + hour / 2;

describe("a summary", () => {
  it.each([
    [3 * hour, undefined],
    [25 * hour, "25 hours"],
    [75 * hour, "3 days"],
  ])("that comes %i milliseconds after its call says how late it is", (after, late) => {
    const markdown = renderSummary({ record, postedAt: end + after });
    expect(/_late: (.*?) after/.exec(markdown)?.[1]).toBe(late);
  });

  it("is read in twenty seconds, however much there is to say", () => {
    const markdown = renderSummary({ record, postedAt: end + 3 * hour + 1 });
    const shown = markdown.replaceAll(/\]\([^)]*\)/g, "]");
    expect(shown.length).toBeLessThan(1_400);
    expect(markdown).toContain("_late: 3 hours after this call, which was on Wed 18 Nov_");
    expect(markdown.match(/^- /gm)).toHaveLength(6);
    expect(markdown).toContain("**nobody yet**, by Thu 19 Nov");
    expect(markdown).not.toMatch(/[^\\]\]\(https:\/\/evil/);
  });

  it.each([
    ["Claude's", summary],
    ["Gong's", undefined],
  ])("keeps to its length whatever its names are: %s", (_, own) => {
    const name = "Of-a-name-without-end ".repeat(60);
    const owner = { name, email: null };
    const said = { text: name, speaker: name, at: "00:00" };
    const deal = { id: "9", name, url: "https://crm.example/9", status: "open" as const, stage: name, owner };
    const others = { close_date: null, last_activity_at: null, created_at: null };
    const texts = [0, 1, 2, 3, 4].map(() => ({ text: name, at: null }));
    const markdown = renderSummary({
      record: {
        ...record,
        call: { ...call, title: name, brief: name, key_points: texts, next_steps: texts },
        segments: segments.map((one, index) => ({ ...one, speaker: `${index}${name}` })),
        company: { id: "1", name, url: "https://crm.example/1" },
        deal: { ...deal, ...others, amount: { amount: 1_234_567_890, currency: name } },
        otherDeals: 12,
        summary: own && {
          ...own,
          gist: name,
          points: [said, said, said, said],
          objections: [said, said],
          competitors: Array.from({ length: 9 }, () => name),
          next_steps: [0, 1, 2, 3, 4].map(() => ({ ...step(name), what: name })),
        },
      },
      postedAt: end + 75 * hour,
      notice: "Claude's summary did not hold against the transcript, so this is what Gong itself says of the call.",
    });
    expect(markdown.replaceAll(/\]\([^)]*\)/g, "]").length).toBeLessThan(1_250);
  });

  it("says where HubSpot did not say, and where it has no deal", () => {
    expect(renderSummary({ record: { ...record, isDealUnknown: true }, postedAt: end })).toContain(
      "**Acme** · HubSpot did not say",
    );
    expect(renderSummary({ record, postedAt: end })).toContain("**Acme** · no deal in HubSpot");
  });

  it("tells an amount in a currency that nobody knows", () => {
    const amount = { amount: 1_200, currency: "Points" };
    const one = {
      id: "9",
      name: "Rollout",
      url: "https://crm.example/9",
      status: "open" as const,
      stage: "Won",
      amount,
    };
    const deal = { ...one, close_date: null, owner: null, last_activity_at: null, created_at: null };
    expect(renderSummary({ record: { ...record, deal }, postedAt: end })).toContain("**1,200 Points**");
  });

  it("is Gong's own where Claude's is missing, and says why", () => {
    const markdown = renderSummary({
      record: { ...record, summary: undefined },
      postedAt: end,
      notice: "Claude is away.",
    });
    expect(markdown).toMatch(/They spoke\.\n\n- A point\n\n\*\*Next steps\*\*\n- Dana: send it\n\n_Claude is away\._$/);
  });
});

const tools = (policy: PreviewedWrite["policy"] | "refused", offered = ["pinecone__upsert_document"]) => {
  const calls: unknown[] = [];
  return {
    calls,
    list: () => Promise.resolve(offered.map((name) => ({ name }) as ToolDefinition)),
    preview: () =>
      Promise.resolve(policy === "refused" ? { refused: "no" } : { preview: { summary: "", changes: [] }, policy }),
    call: (_: string, args: unknown): Promise<ToolResult> => {
      calls.push(args);
      return Promise.resolve({ text: "Pinecone is at fault", isError: true });
    },
  };
};
const caller = sophiaCaller(
  { teamId: "T1", botUserId: "U1" },
  { turnId: "t", agent: "call-summaries", channel: "C1", threadTs: "1.1" },
);

describe("the search index", () => {
  it("gets a call's meaning where a policy lets it, and a failure keeps nothing back", async () => {
    const offered = tools("allow");
    const index = createCallIndex({ tools: offered, logger: createLogger({ level: "silent" }) });
    expect(await index.keep(record, caller, signal)).toBe("ended");
    expect(offered.calls.slice(0, 1)).toMatchObject([
      { id: "1", title: call.title, url, source: "gong", account: "Acme", owner_email: "daniel@ours.example" },
    ]);
    expect((offered.calls[0] as { text: string }).text).toContain("Next steps:\n- Daniel Whitfield: Send it");
    expect(offered.calls.slice(1)).toMatchObject([
      {
        id: "call:1:1",
        title: `${call.title} (from 00:00)`,
        url,
        metadata: { minute: 0, speakers: ["Daniel Whitfield"] },
      },
      { id: "call:1:2", title: `${call.title} (from 04:00)`, url, metadata: { minute: 4, call_id: "1" } },
    ]);
  });

  it("gets all that was said, in pieces that it takes, however long the talk", async () => {
    const speech = Array.from({ length: 60_000 }, (_, index) => `w${index}`).join(" ");
    const talk = Array.from({ length: 400 }, (_, index) => ({
      at: `${String(index).padStart(2, "0")}:00`,
      at_seconds: index * 60,
      speaker: index % 2 ? "Dana" : "Wes",
      side: "internal" as const,
      text: speech.slice(index * 900, (index + 1) * 900),
    }));
    for (const spoken of [talk, [{ ...talk[0]!, text: speech }], talk.slice(0, 50)]) {
      const documents = documentsOf({ ...record, segments: spoken }).slice(1);
      expect(documents.length).toBeLessThanOrEqual(96);
      expect(documents.length).toBeGreaterThan(20);
      expect(Math.max(...documents.map(({ text }) => text.length))).toBeLessThanOrEqual(6_000);
      const words = documents.flatMap(({ text }) => text.split(/\s+/)).filter((word) => /^w\d+$/.test(word)).length;
      expect(words).toBeGreaterThan(
        spoken
          .map(({ text }) => text)
          .join(" ")
          .split(" ").length * 0.99,
      );
    }
  });

  it.each([
    ["asks", tools("ask")],
    ["forbids", tools("deny")],
    ["is not asked, as the write would fail", tools("refused")],
    ["is not asked, as Pinecone is not there", tools("allow", [])],
  ])("gets nothing where the policy %s", async (_, offered) => {
    const index = createCallIndex({ tools: offered, logger: createLogger({ level: "silent" }) });
    expect(await index.keep(record, caller, signal)).toBe("ended");
    expect(offered.calls).toEqual([]);
  });

  it.each([
    ["is left alone", { call: async () => ({ text: "left alone", isError: true, isRetryable: true }) }],
    ["did not say what came of it", { call: async () => ({ text: "waits", isError: true, isWaiting: true }) }],
    ["is away before anything is written", { preview: async () => ({ refused: "left alone", isRetryable: true }) }],
    ["cannot be reached", { list: () => Promise.reject(new Error("broke off")) }],
  ])("gets it later where Pinecone %s", async (_, failing) => {
    const offered = { ...tools("allow"), ...failing };
    const index = createCallIndex({ tools: offered, logger: createLogger({ level: "silent" }) });
    expect(await index.keep(record, caller, signal)).toBe("later");
  });
});

const read = (tool: string, output: unknown): Step => ({
  kind: "tool_result",
  toolUseId: tool,
  tool,
  arguments: {},
  text: JSON.stringify(output),
  isError: false,
  ms: 1,
});
const steps: Step[] = [
  read("gong__get_call_summary", call),
  read("gong__get_call_transcript", { segments }),
  {
    kind: "answer",
    content: [
      {
        type: "text",
        text: JSON.stringify({
          ...summary,
          competitors: [],
          next_steps: summary.next_steps.map((one) => ({ ...one, what: "Send it" })),
        }),
      },
    ],
    stopReason: "end_turn",
    model: "claude-test",
    usage: { inputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, outputTokens: 0 },
  },
];

describe("a deal", () => {
  const company = { company: { id: "1", name: "Acme", url: "https://crm.example/1" }, open_deals: [] };
  const failed = (tool: string, text: string): Step => ({ ...read(tool, {}), text, isError: true }) as Step;
  const account = read("hubspot__get_company", company);
  it.each([
    ["is none where HubSpot has none", [account, read("hubspot__search_deals", { deals: [] })], false],
    [
      "is none of a company that HubSpot does not have",
      [failed("hubspot__get_company", 'HubSpot has no company "A".')],
      false,
    ],
    [
      "is unknown where HubSpot did not find the company",
      [failed("hubspot__get_company", "hubspot is left alone.")],
      true,
    ],
    [
      "is unknown where the closed ones were not read",
      [account, failed("hubspot__search_deals", "hubspot is left alone.")],
      true,
    ],
  ])("%s", (_, found, isUnknown) => {
    const known = recordOf([...steps, ...found], calendar);
    expect(known?.isDealUnknown).toBe(isUnknown);
    expect(known && renderSummary({ record: known, postedAt: end })).toContain(
      isUnknown ? "HubSpot did not say" : "no deal in HubSpot",
    );
  });
});

describe("the tasks of a call", () => {
  const presser = { turnId: "t2", userId: "U2", groups: [], identities: {} };
  const actions = (taken: (args: Record<string, unknown>) => boolean, projects: { id: string; name: string }[]) =>
    createCallActions({
      turns: {
        get: () =>
          Promise.resolve({
            id: "t",
            teamId: "T1",
            channel: "C1",
            threadTs: "1.1",
            task: { kind: "call_summary" },
          } as never),
        steps: () => Promise.resolve(steps),
      },
      presses: { keyOf: (button) => Promise.resolve(button) },
      tools: {
        call: (_, args) => {
          const { query = "" } = args as { query?: string };
          const named = projects.filter(({ name }) => name.includes(query));
          return Promise.resolve({ text: JSON.stringify({ projects: named }), isError: false });
        },
        preview: (_, args) =>
          Promise.resolve(
            taken(args as Record<string, unknown>)
              ? { preview: { summary: "", changes: [] }, policy: "ask" as const }
              : { refused: "no" },
          ),
      },
      calendar,
      followUpProject: "Deal follow-ups",
      agent: "sophia",
    });
  const planned = async (
    taken: (args: Record<string, unknown>) => boolean,
    projects: { id: string; name: string }[] = [],
  ) => {
    const found = await actions(taken, projects).tasks("t", presser, signal);
    return typeof found === "string" ? found : found.calls.map(({ arguments: args }) => args);
  };

  it("are known from the steps alone", () => {
    expect(recordOf(steps, calendar)?.summary?.next_steps).toHaveLength(3);
  });

  it("are for whom the words name, in the account's project, with a priority and its reason", async () => {
    expect(
      await planned(
        () => true,
        [
          { id: "7", name: "Acme" },
          { id: "8", name: "Acme renewal" },
        ],
      ),
    ).toMatchObject([
      { name: "Send it", assignee: "daniel@ours.example", project: "7", priority: "High", due_on: "2026-11-19" },
      { name: expect.stringMatching(/^Follow up with Wes .* Fonseca: Send it$/), assignee: "daniel@ours.example" },
      {
        name: "Send it",
        notes: expect.stringMatching(/^Nobody yet, in the call .*\nPriority high: soon\n/),
        due_on: "2026-11-19",
      },
    ]);
  });

  it("are in the usual project where the account has none of its own, and in none where that is not there either", async () => {
    const usual = { id: "9", name: "Deal follow-ups" };
    expect(await planned(() => true, [usual])).toMatchObject([{ project: "9", priority: "High" }, {}, {}]);
    expect(await planned(() => true, [usual, { id: "7", name: "Acme" }])).toMatchObject([{ project: "7" }, {}, {}]);
    const [task] = await planned(() => true, [{ ...usual, name: "Old Deal follow-ups" }]);
    expect(task).not.toHaveProperty("project");
  });

  it("leave out what Asana would not take, and keep it in their notes", async () => {
    const noPriority = await planned((args) => args["priority"] === undefined, [{ id: "7", name: "Acme" }]);
    expect(noPriority).toMatchObject([{ project: "7", assignee: "daniel@ours.example" }, {}, {}]);
    const [nobody] = await planned((args) => args["assignee"] === undefined && args["project"] === undefined);
    expect(nobody).toMatchObject({ notes: expect.stringContaining("Daniel Whitfield") });
    expect(nobody).not.toHaveProperty("assignee");
  });
});
