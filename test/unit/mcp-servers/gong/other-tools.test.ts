import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Answer, callPages, connectGong, customer, gongCall, noCalls, textOf, users } from "./support.ts";

const day = 86_400_000;
const now = "2026-03-11T15:00:00Z";
const at = (daysAgo: number) => new Date(Date.parse(now) - daysAgo * day).toISOString();

describe("the tools", () => {
  it("are named as their files, with closed schemas and all hints", async () => {
    const gong = await connectGong(() => noCalls);
    const files = readdirSync(new URL("../../../../mcp-servers/gong/tools/", import.meta.url)).map((file) =>
      file.replace(".ts", ""),
    );
    const tools = await gong.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(files.sort());
    for (const tool of tools) {
      expect(tool.inputSchema.additionalProperties).toBe(false);
      expect(tool.outputSchema?.additionalProperties).toBe(false);
      expect(tool.annotations).toMatchObject({
        readOnlyHint: true,
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: true,
      });
    }
    expect(tools).toMatchSnapshot();
  });
});

describe("find_calls", () => {
  /** Calls that a filter's dates leave, as Gong would. */
  function history(calls: any[]) {
    return (sent: any): Answer => {
      if (sent.method === "GET") return { body: { users, records: {} } };
      const { fromDateTime, toDateTime } = sent.body.filter;
      const inside = calls.filter(({ metaData }) => metaData.started >= fromDateTime && metaData.started < toDateTime);
      return inside.length === 0 ? noCalls : callPages(inside)(sent);
    };
  }

  const calls = [
    gongCall(
      { id: "1", started: at(1), title: "Weekly sync" },
      { parties: [customer({ name: "Ann Émile", emailAddress: "ann@globex.example" })], context: [] },
    ),
    gongCall(
      { id: "2", started: at(20), title: "ACME: renewal" },
      { parties: [customer({ name: "Joanna Bo" })], context: [] },
    ),
    gongCall(
      { id: "3", started: at(80), title: "Intro" },
      { context: [{ objects: [{ objectType: "Account", fields: [{ name: "name", value: "Acmé Holding" }] }] }] },
    ),
  ];

  it.each([
    [{ account: "acme" }, ["2", "3"]],
    [{ account: "globex" }, ["1"]],
    [{ person: "ann emile" }, ["1"]],
    [{ person: "dana@ours.example" }, ["1", "2", "3"]],
    [{ title: "renew" }, ["2"]],
    [{ account: "acme", title: "intro" }, ["3"]],
    [{ person: "nobody" }, []],
  ])("finds %j, newest first, over the last 90 days", async (args, ids) => {
    const gong = await connectGong(
      (sent) => (sent.method === "GET" ? { body: { users, records: {} } } : history(calls)(sent)),
      { now },
    );
    const result = await gong.ask("find_calls", args);
    expect(result.calls.map((call: any) => call.id)).toEqual(ids);
    expect(result).toMatchObject({
      truncated: false,
      searched_from: "2025-12-11T15:00:00+00:00",
      searched_to: "2026-03-11T15:00:01+00:00",
    });
  });

  it("stops looking back once the limit is full, and says from where on it is complete", async () => {
    const many = Array.from({ length: 9 }, (_, index) =>
      gongCall({ id: String(100 + index), started: at(index * 0.5 + 0.1) }),
    );
    const gong = await connectGong(history([...many, ...calls]), { now });
    const result = await gong.ask("find_calls", { title: "pricing", limit: 4 });
    expect(result.calls.map((call: any) => call.id)).toEqual(["100", "101", "102", "103"]);
    // The call at the edge may come again, so that another one of the same second is not lost.
    expect(result.truncated).toBe(true);
    expect(Date.parse(result.searched_from)).toBe(Date.parse(result.calls[3].started_at) + 1000);
    expect(gong.fake.sent.filter(({ method }) => method === "POST").length).toBe(1);
    const rest = await gong.ask("find_calls", { title: "pricing", to_date: result.searched_from });
    expect(rest.calls.map((call: any) => call.id)).toEqual(["103", "104", "105", "106", "107", "108"]);
  });

  it("tells what it found, and how far it looked, when Gong's limit ends the search", async () => {
    const gong = await connectGong(
      (sent) =>
        sent.body?.filter.fromDateTime < at(8)
          ? { status: 429, headers: { "retry-after": "90" } }
          : history(calls)(sent),
      { now },
    );
    const result = await gong.ask("find_calls", { title: "sync" });
    expect(result.calls.map((call: any) => call.id)).toEqual(["1"]);
    expect(result).toMatchObject({ truncated: true, searched_from: "2026-03-04T15:00:01+00:00" });
  });

  it("fails when it could look at nothing, and when it is not told what to look for", async () => {
    const gong = await connectGong(() => ({ status: 429, headers: { "retry-after": "90" } }), { now });
    expect(textOf(await gong.call("find_calls", { title: "sync" }))).toContain("90 s");
    expect(textOf(await gong.call("find_calls", {}))).toContain("person, account or title");
    expect(gong.fake.sent.length).toBe(1);
  });
});

describe("get_call_summary", () => {
  const content = {
    brief: "Brief.",
    keyPoints: [{ text: "They pay too much." }, { text: null }],
    highlights: [
      {
        title: "Next steps",
        items: [
          { text: "Send the offer", startTimes: [754.4] },
          { text: "Call again", startTimes: [] },
        ],
      },
      { title: "Objections", items: [{ text: "Too expensive", startTimes: [61] }] },
    ],
    trackers: [
      { name: "Competitors", count: 3 },
      { name: "Budget", count: 0 },
    ],
    topics: [{ name: "Pricing", duration: 600 }],
    callOutcome: { id: "X", category: "Answered", name: "Next steps set" },
  };

  it("asks for Gong's own content, never for media, and tells moments as text", async () => {
    const gong = await connectGong(() => ({ body: { calls: [gongCall({}, { content })], records: {} } }));
    const result = await gong.ask("get_call_summary", { call_id: "7782342274025937895" });
    expect(gong.fake.sent.length).toBe(1);
    expect(gong.fake.sent[0]?.body).toEqual({
      filter: { callIds: ["7782342274025937895"] },
      contentSelector: {
        context: "Extended",
        exposedFields: {
          parties: true,
          content: {
            brief: true,
            keyPoints: true,
            highlights: true,
            pointsOfInterest: true,
            trackers: true,
            topics: true,
            callOutcome: true,
          },
        },
      },
    });
    expect(result).toMatchObject({
      call_id: "7782342274025937895",
      brief: "Brief.",
      account: "Acme Inc.",
      key_points: [{ text: "They pay too much.", at: null }],
      next_steps: [
        { text: "Send the offer", at: "12:34" },
        { text: "Call again", at: null },
      ],
      highlights: [{ title: "Objections", points: [{ text: "Too expensive", at: "01:01" }] }],
      trackers: [{ name: "Competitors", count: 3 }],
      topics: [{ name: "Pricing", minutes: 10 }],
      outcome: "Next steps set",
    });
    expect(JSON.stringify(result)).not.toMatch(/media|mp3|phone/i);
  });

  it("takes the next steps from what Gong had before highlights, and is empty where Gong wrote nothing", async () => {
    const old = { pointsOfInterest: { actionItems: [{ snippet: "I will send it", snippetStartTime: 5 }] } };
    const gong = await connectGong(({ body }) => ({
      body: {
        calls: [gongCall({ id: body.filter.callIds[0] }, { content: body.filter.callIds[0] === "1" ? old : null })],
        records: {},
      },
    }));
    expect((await gong.ask("get_call_summary", { call_id: "1" })).next_steps).toEqual([
      { text: "I will send it", at: "00:05" },
    ]);
    expect(await gong.ask("get_call_summary", { call_id: "2" })).toMatchObject({
      brief: null,
      key_points: [],
      next_steps: [],
      outcome: null,
    });
  });
});

describe("find_user", () => {
  const paged = ({ url }: { url: string }): Answer =>
    url.includes("cursor=")
      ? { body: { users: users.slice(1), records: {} } }
      : { body: { users: users.slice(0, 1), records: { cursor: "a/b+c=" } } };

  it("reads all pages once and finds by name, address and alias", async () => {
    const gong = await connectGong(paged);
    const joanna = {
      id: "22222222222222222222",
      name: "Joanna Lee",
      email: "joanna@ours.example",
      title: "Sales Manager",
      active: true,
      manager: "Dana Fox",
    };
    for (const query of ["joanna", "lee jo", "JOANNA@ours.example", "jo.lee"]) {
      expect(await gong.ask("find_user", { query })).toEqual({ users: [joanna], total: 1, truncated: false });
    }
    expect(gong.fake.sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET /v2/users",
      "GET /v2/users?cursor=a%2Fb%2Bc%3D",
    ]);
  });

  it("lists several, in pages, and offers the nearest name where nobody fits", async () => {
    const gong = await connectGong(paged);
    const first = await gong.ask("find_user", { query: "ours example", limit: 1 });
    expect(first).toMatchObject({ total: 2, truncated: true, users: [{ name: "Dana Fox" }] });
    const second = await gong.ask("find_user", { query: "ours example", limit: 1, cursor: first.cursor });
    expect(second).toMatchObject({ truncated: false, users: [{ name: "Joanna Lee" }] });
    expect(await gong.ask("find_user", { query: "Jonana Lee" })).toMatchObject({
      users: [],
      did_you_mean: "Joanna Lee",
    });
  });
});

describe("statistics", () => {
  const stats = (sent: any): Answer => {
    if (sent.url === "/v2/users") return { body: { users, records: {} } };
    if (sent.url === "/v2/calls/extensive") return noCalls;
    const person = { userId: "22222222222222222222", userEmailAddress: "joanna@ours.example" };
    if (sent.url === "/v2/stats/interaction") {
      const personInteractionStats = [
        { name: "Longest Monologue", value: 90.5 },
        { name: "Talk Ratio", value: 0.5 },
      ];
      return {
        body: { peopleInteractionStats: [{ ...person, personInteractionStats }], timeZone: "US/Pacific", records: {} },
      };
    }
    return {
      body: {
        usersAggregateActivityStats: [{ ...person, userAggregateActivityStats: { callsAsHost: 7 } }],
        timeZone: "US/Pacific",
        records: {},
      },
    };
  };

  it.each(["get_rep_activity", "get_interaction_stats"])(
    "%s asks for the company's days, the last one exclusive",
    async (tool) => {
      const gong = await connectGong(stats, { now, config: { timeZone: "America/Los_Angeles" } });
      const result = await gong.ask(tool, {
        from_date: "2026-03-07",
        to_date: "2026-03-08",
        emails: ["joanna@ours.example"],
      });
      const asked = gong.fake.sent.filter(({ url }) => url.startsWith("/v2/stats/"));
      expect(asked.map(({ body }) => body)).toEqual([
        { filter: { fromDate: "2026-03-07", toDate: "2026-03-09", userIds: ["22222222222222222222"] } },
      ]);
      const looked = gong.fake.sent.find(({ url }) => url === "/v2/calls/extensive");
      expect(looked?.body.filter).toEqual({
        fromDateTime: "2026-03-07T08:00:00.000Z",
        toDateTime: "2026-03-09T07:00:00.000Z",
      });
      expect(result).toMatchObject({
        from_date: "2026-03-07",
        to_date: "2026-03-08",
        time_zone: "US/Pacific",
        total: 1,
        people: [{ name: "Joanna Lee" }],
      });
    },
  );

  it("leaves out today, which Gong does not take, and says so when nothing else is asked for", async () => {
    // 02:00 UTC on the 12th is still the 11th in Los Angeles.
    const gong = await connectGong(stats, { now: "2026-03-12T02:00:00Z", config: { timeZone: "America/Los_Angeles" } });
    const result = await gong.ask("get_rep_activity", { from_date: "2026-03-10", to_date: "2026-03-31" });
    expect(result.to_date).toBe("2026-03-10");
    expect(gong.fake.sent.find(({ url }) => url.includes("stats"))?.body.filter).toEqual({
      fromDate: "2026-03-10",
      toDate: "2026-03-11",
    });
    const today = await gong.call("get_interaction_stats", { from_date: "2026-03-11", to_date: "2026-03-11" });
    expect(textOf(today)).toContain("the last one is 2026-03-10 (America/Los_Angeles)");
  });

  it("takes the company's days of instants, as the calendar gives them", async () => {
    const gong = await connectGong(stats, { now, config: { timeZone: "America/Los_Angeles" } });
    const result = await gong.ask("get_rep_activity", {
      from_date: "2026-03-02T00:00:00-05:00",
      to_date: "2026-03-09T00:00:00-04:00",
    });
    expect(result).toMatchObject({ from_date: "2026-03-01", to_date: "2026-03-08" });
  });

  it("has figures by their names, null where Gong has none", async () => {
    const gong = await connectGong(stats, { now });
    const { people } = await gong.ask("get_interaction_stats", { from_date: "2026-03-01", to_date: "2026-03-08" });
    expect(people[0]).toMatchObject({ longest_monologue_seconds: 90.5, talk_ratio: 0.5, patience_seconds: null });
  });

  it("is empty where Gong has nothing", async () => {
    const gong = await connectGong((sent) => (sent.url === "/v2/users" ? stats(sent) : noCalls), { now });
    expect(await gong.ask("get_rep_activity", { from_date: "2026-03-01", to_date: "2026-03-08" })).toMatchObject({
      people: [],
      total: 0,
      time_zone: "UTC",
    });
  });

  it("asks for a shorter range where it cannot tell the private calls", async () => {
    const crowd = Array.from({ length: 1001 }, (_, index) => gongCall({ id: String(index) }));
    const gong = await connectGong(
      (sent) => (sent.url === "/v2/calls/extensive" ? callPages(crowd)(sent) : stats(sent)),
      { now },
    );
    const result = await gong.call("get_rep_activity", { from_date: "2026-01-01", to_date: "2026-03-08" });
    expect(textOf(result)).toContain("Ask for a shorter range");
  });
});

describe("list_trackers", () => {
  it("shows what each listens for, long lists cut, none repeated", async () => {
    const keywords = Array.from({ length: 40 }, (_, index) => `word ${index}`);
    const keywordTrackers = [
      {
        trackerId: "2",
        trackerName: "Pricing",
        affiliation: "NonCompany",
        partOfQuestion: true,
        languageKeywords: [{ keywords }, { keywords: ["prix"] }],
      },
      { trackerId: "1", trackerName: "Competitors", affiliation: "Anyone", languageKeywords: null, filterQuery: "{}" },
    ];
    const gong = await connectGong(() => ({ body: { requestId: "r", keywordTrackers } }));
    const result = await gong.ask("list_trackers", {});
    expect(gong.fake.sent.map(({ method, url }) => `${method} ${url}`)).toEqual(["GET /v2/settings/trackers"]);
    expect(result).toEqual({
      trackers: [
        {
          id: "1",
          name: "Competitors",
          listens_to: "anyone",
          only_in_questions: false,
          keywords: [],
          keyword_count: 0,
        },
        {
          id: "2",
          name: "Pricing",
          listens_to: "customers",
          only_in_questions: true,
          keywords: keywords.slice(0, 25),
          keyword_count: 41,
        },
      ],
      total: 2,
      truncated: false,
    });
    expect((await gong.ask("list_trackers", { query: "pric" })).trackers.length).toBe(1);
  });
});
