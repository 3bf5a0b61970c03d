import { describe, expect, it } from "vitest";
import { callPages, connectGong, customer, gongCall, noCalls, party, textOf, users } from "./support.ts";

const one = () => ({ body: { requestId: "r", records: { totalRecords: 1 }, calls: [gongCall()] } });

describe("get_calls", () => {
  it("asks Gong once for a day of the asker's zone and gives the projected calls", async () => {
    const gong = await connectGong(one);
    const result = await gong.ask("get_calls", {
      from_date: "2026-03-09",
      to_date: "2026-03-09",
      time_zone: "America/New_York",
    });
    expect(gong.fake.sent).toEqual([
      {
        method: "POST",
        url: "/v2/calls/extensive",
        authorization: `Basic ${Buffer.from("key:secret").toString("base64")}`,
        body: {
          filter: { fromDateTime: "2026-03-09T04:00:00.000Z", toDateTime: "2026-03-10T04:00:00.000Z" },
          contentSelector: { context: "Extended", exposedFields: { parties: true, content: { brief: true } } },
        },
      },
    ]);
    expect(result).toEqual({
      calls: [
        {
          id: "7782342274025937895",
          title: "Acme: pricing",
          url: "https://us-1.app.gong.io/call?id=7782342274025937895",
          started_at: "2026-03-09T14:00:00-04:00",
          duration_minutes: 31,
          direction: "Conference",
          owner: { name: "Dana Fox", email: "dana@ours.example" },
          participants: [
            { name: "Dana Fox", email: "dana@ours.example", title: "Account Executive", side: "internal" },
            { name: "Jo Ruiz", email: "jo@acme.example", title: "CFO", side: "external" },
          ],
          account: "Acme Inc.",
          brief: "Jo asked for a discount.",
        },
      ],
      total: 1,
      truncated: false,
      from: "2026-03-09T00:00:00-04:00",
      to: "2026-03-10T00:00:00-04:00",
    });
  });

  it.each([
    ["America/New_York", "2026-03-08", "2026-03-08T05:00:00.000Z", "2026-03-09T04:00:00.000Z", "a day of 23 hours"],
    ["America/New_York", "2026-11-01", "2026-11-01T04:00:00.000Z", "2026-11-02T05:00:00.000Z", "a day of 25 hours"],
    ["Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z", "a day of 23 hours"],
    [
      "America/Santiago",
      "2026-09-06",
      "2026-09-06T04:00:00.000Z",
      "2026-09-07T03:00:00.000Z",
      "a day that begins at 01:00",
    ],
    ["Asia/Kolkata", "2026-03-09", "2026-03-08T18:30:00.000Z", "2026-03-09T18:30:00.000Z", "half an hour off"],
  ])("%s %s is %s to %s: %s", async (time_zone, day, fromDateTime, toDateTime) => {
    const gong = await connectGong(() => noCalls);
    await gong.ask("get_calls", { from_date: day, to_date: day, time_zone });
    expect(gong.fake.sent[0]?.body.filter).toEqual({ fromDateTime, toDateTime });
  });

  it("writes each start with the offset of its own moment, on both sides of a change of clocks", async () => {
    const calls = [
      gongCall({ id: "2", started: "2026-03-08T07:30:00Z" }),
      gongCall({ id: "1", started: "2026-03-08T06:30:00Z" }),
    ];
    const gong = await connectGong(callPages(calls));
    const day = { from_date: "2026-03-08", to_date: "2026-03-08", time_zone: "America/New_York" };
    const result = await gong.ask("get_calls", day);
    expect(result.calls.map((call: any) => call.started_at)).toEqual([
      "2026-03-08T01:30:00-05:00",
      "2026-03-08T03:30:00-04:00",
    ]);
  });

  it("takes date-times as they are, the end not included, and plain dates in the company's zone", async () => {
    const gong = await connectGong(() => noCalls, { config: { timeZone: "America/Chicago" } });
    await gong.ask("get_calls", { from_date: "2026-03-09T09:00:00-07:00", to_date: "2026-03-09T17:00:00Z" });
    await gong.ask("get_calls", { from_date: "2026-03-09", to_date: "2026-03-10" });
    expect(gong.fake.sent.map(({ body }) => body.filter)).toEqual([
      { fromDateTime: "2026-03-09T16:00:00.000Z", toDateTime: "2026-03-09T17:00:00.000Z" },
      { fromDateTime: "2026-03-09T05:00:00.000Z", toDateTime: "2026-03-11T05:00:00.000Z" },
    ]);
  });

  it("says that a day without calls has none", async () => {
    const gong = await connectGong(() => noCalls);
    const result = await gong.ask("get_calls", { from_date: "2026-03-09", to_date: "2026-03-09" });
    expect(result).toMatchObject({ calls: [], total: 0, truncated: false });
  });

  it.each([
    [{ from_date: "2026-02-30", to_date: "2026-03-01" }, 'from_date ("2026-02-30") must be a date such as'],
    [{ from_date: "2026-03-09T10:00:00", to_date: "2026-03-10" }, "a date-time with its offset"],
    [{ from_date: "2026-03-10", to_date: "2026-03-09" }, "from_date (2026-03-10) must lie before to_date (2026-03-09)"],
    [{ from_date: "2026-03-09", to_date: "2026-03-09", time_zone: "Mars/Olympus" }, "must be an IANA time zone"],
    [{ from_date: "2026-03-09", to_date: "2026-03-09", cursor: "nonsense" }, "This cursor belongs to another question"],
    [{ from_date: "2026-03-09", to_date: "2026-03-09", limit: 101 }, "limit"],
    [{ from_date: "2026-03-09", to_date: "2026-03-09", fromDate: "x" }, '"fromDate" is not an argument'],
  ])("refuses %j without asking Gong", async (args, words) => {
    const gong = await connectGong(one);
    const result = await gong.call("get_calls", args);
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain(words);
    expect(gong.fake.sent).toEqual([]);
  });
});

describe("get_calls, many", () => {
  /** 250 calls a minute apart, in no order at all. */
  const many = Array.from({ length: 250 }, (_, index) => {
    const minute = (index * 77) % 250;
    return gongCall({
      id: `77823422740259${10_000 + minute}`,
      started: new Date(Date.UTC(2026, 2, 9, 0, minute)).toISOString(),
    });
  });
  const range = { from_date: "2026-03-09", to_date: "2026-03-09" };

  it("gives all pages by start, with the true total, each call once, without asking Gong again", async () => {
    const gong = await connectGong(callPages(many));
    const pages: any[] = [];
    let cursor: string | undefined;
    do {
      pages.push(await gong.ask("get_calls", { ...range, limit: 60, ...(cursor ? { cursor } : {}) }));
      cursor = pages.at(-1).cursor;
    } while (cursor);
    expect(pages.map(({ calls, total, truncated }) => [calls.length, total, truncated])).toEqual([
      [60, 250, true],
      [60, 250, true],
      [60, 250, true],
      [60, 250, true],
      [10, 250, false],
    ]);
    const starts = pages.flatMap(({ calls }) => calls.map((call: any) => call.started_at));
    expect(new Set(starts).size).toBe(250);
    expect(starts.every((start, index) => index === 0 || start > starts[index - 1])).toBe(true);
    expect(gong.fake.sent.map(({ body }) => body.cursor)).toEqual([undefined, "100", "200"]);
    for (const { body } of gong.fake.sent) expect(body.filter).toEqual(gong.fake.sent[0]?.body.filter);
  });

  it("loses and repeats nothing when a call is recorded between two pages, even after the batch is forgotten", async () => {
    const gong = await connectGong(callPages(many));
    const first = await gong.ask("get_calls", { ...range, limit: 100 });
    (gong.timer as any).advance(61_000);
    const early = gongCall({ id: "5", started: "2026-03-09T00:00:30Z" });
    gong.fake.respond = callPages([...many, early]);
    const second = await gong.ask("get_calls", { ...range, limit: 100, cursor: first.cursor });
    expect(second.calls[0].started_at).toBe("2026-03-09T01:40:00+00:00");
    expect(second.total).toBe(251);
  });

  it("refuses a cursor of another question", async () => {
    const gong = await connectGong(callPages(many));
    const { cursor } = await gong.ask("get_calls", range);
    const other = await gong.call("get_calls", { from_date: "2026-03-08", to_date: "2026-03-09", cursor });
    expect(textOf(other)).toContain("This cursor belongs to another question");
  });

  it("goes on beyond 1,000 calls and does not make up a total", async () => {
    const crowd = Array.from({ length: 1030 }, (_, index) =>
      gongCall({ id: String(index), started: new Date(Date.UTC(2026, 2, 9, 0, 0, index)).toISOString() }),
    );
    const gong = await connectGong(callPages(crowd));
    const ids: string[] = [];
    let page = await gong.ask("get_calls", range);
    expect(page.total).toBeNull();
    for (; page; page = page.cursor && (await gong.ask("get_calls", { ...range, cursor: page.cursor }))) {
      ids.push(...page.calls.map((call: any) => call.id));
    }
    expect(ids).toEqual(crowd.map(({ metaData }) => (metaData as any).id));
    expect(gong.fake.sent.length).toBe(11);
  });

  it("waits out a 429 in the middle of its pages", async () => {
    const pages = callPages(many);
    let refused = 0;
    const gong = await connectGong((sent) => {
      if (sent.body.cursor === "100" && refused++ === 0)
        return { status: 429, headers: { "retry-after": "2" }, body: {} };
      return pages(sent);
    });
    const result = await gong.ask("get_calls", range);
    expect(result.total).toBe(250);
    expect(gong.fake.sent.map(({ body }) => body.cursor)).toEqual([undefined, "100", "100", "200"]);
    expect((gong.timer as any).slept).toEqual([2000]);
  });

  it("says how long to wait when that is longer than a call may take, and asks no more until then", async () => {
    const pages = callPages(many);
    const gong = await connectGong((sent) =>
      sent.body.cursor === "100"
        ? { status: 429, headers: { "retry-after": "600" }, body: { errors: ["raw words"] } }
        : pages(sent),
    );
    const result = await gong.call("get_calls", range);
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain("request limit is used up");
    expect(textOf(result)).toContain("Try again in 10 min.");
    expect(textOf(result)).not.toContain("raw words");
    const again = await gong.call("get_calls", range);
    expect(textOf(again)).toContain("600 s");
    expect(gong.fake.sent.length).toBe(2);
  });
});

describe("get_calls, whose", () => {
  it("filters by owner through the users, aliases included", async () => {
    const gong = await connectGong(({ url }) => (url === "/v2/users" ? { body: { users, records: {} } } : noCalls));
    await gong.ask("get_calls", { from_date: "2026-03-09", to_date: "2026-03-09", owner_email: "Jo.Lee@ours.example" });
    expect(gong.fake.sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET /v2/users",
      "POST /v2/calls/extensive",
    ]);
    expect(gong.fake.sent[1]?.body.filter.primaryUserIds).toEqual(["22222222222222222222"]);
  });

  it("says so when nobody has the address", async () => {
    const gong = await connectGong(() => ({ body: { users, records: {} } }));
    const args = { from_date: "2026-03-09", to_date: "2026-03-09", owner_email: "who@ours.example" };
    expect(textOf(await gong.call("get_calls", args))).toContain(
      "Nobody in Gong has the e-mail address who@ours.example",
    );
  });

  it("finds the name of a host who did not join, and goes without where users are not allowed", async () => {
    const orphan = () => ({ body: { calls: [gongCall({ primaryUserId: "22222222222222222222" })], records: {} } });
    const day = { from_date: "2026-03-09", to_date: "2026-03-09" };
    const gong = await connectGong((sent) => (sent.method === "GET" ? { body: { users, records: {} } } : orphan()));
    expect((await gong.ask("get_calls", day)).calls[0].owner).toEqual({
      name: "Joanna Lee",
      email: "joanna@ours.example",
    });

    const closed = await connectGong((sent) => (sent.method === "GET" ? { status: 403, body: {} } : orphan()));
    expect((await closed.ask("get_calls", day)).calls[0].owner).toBeNull();
    expect(closed.warnings).toEqual([{ service: "Gong", status: 403 }]);
  });

  it("keeps the digits of ids that come as numbers, and lives with what Gong leaves out", async () => {
    const bare = {
      metaData: { id: 1, scheduled: "2026-03-09T10:00:00Z" },
      parties: [party({ name: null, affiliation: "Unknown" }), customer({ affiliation: undefined })],
    };
    const body = JSON.stringify({ calls: [bare], records: null }).replace('"id":1', '"id":77823422740259378951');
    const gong = await connectGong(() => ({ body }));
    const { calls } = await gong.ask("get_calls", { from_date: "2026-03-09", to_date: "2026-03-09" });
    expect(calls[0]).toMatchObject({
      id: "77823422740259378951",
      title: "Untitled call",
      url: null,
      duration_minutes: 0,
      owner: null,
      account: null,
      brief: null,
    });
    expect(calls[0].participants.map((p: any) => [p.name, p.side])).toEqual([
      ["dana@ours.example", "internal"],
      ["Jo Ruiz", "external"],
    ]);
  });
});
