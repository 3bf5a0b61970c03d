import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type GongStore, startGong } from "../../sandbox/gong/start-gong.ts";
import { createSandboxClock, type StandIn, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";

const now = Date.parse("2026-11-18T16:00:00Z");
const world = createWorld({ seed: 1, now });
const board = new Switchboard(createSandboxClock(now));
const credentials = { key: "ACCESSKEY", secret: "s3cret:with:colons" };
let gong: StandIn<GongStore>;

beforeAll(async () => {
  gong = await startGong({ world, board, credentials, rateLimitPerSecond: 0 });
});
afterAll(() => gong.close());
afterEach(() => {
  gong.reset();
  board.reset();
});

const basic = (key: string, secret: string): string => `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`;

interface Answer {
  status: number;
  headers: Headers;
  body: any;
}

async function get(path: string, authorization = basic(credentials.key, credentials.secret)): Promise<Answer> {
  const response = await fetch(`${gong.url}${path}`, { headers: { authorization } });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

async function post(path: string, body: unknown, type = "application/json"): Promise<Answer> {
  const response = await fetch(`${gong.url}${path}`, {
    method: "POST",
    headers: { authorization: basic(credentials.key, credentials.secret), "content-type": type },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

function expectRefusal({ status, body }: Answer, wanted: number, words: string | RegExp): void {
  expect(status).toBe(wanted);
  expect(Object.keys(body).sort()).toEqual(["errors", "requestId"]);
  expect(body.requestId).toMatch(/^[a-z0-9]{15,24}$/);
  expect(body.errors[0]).toMatch(words);
}

describe("who may ask", () => {
  test.each([
    ["no credentials", ""],
    ["a wrong secret", basic(credentials.key, "wrong")],
    ["the secret cut at its colon", basic(credentials.key, "s3cret")],
    ["a bearer token", "Bearer abc"],
    ["the right pair under another scheme", basic(credentials.key, credentials.secret).replace("Basic", "Bearer")],
  ])("%s is refused", async (_, authorization) => {
    expectRefusal(await get("/v2/users", authorization), 401, "Access denied");
  });
});

describe("POST /v2/calls/extensive", () => {
  test("pages through all calls with a cursor, each once", async () => {
    const ids: string[] = [];
    let cursor: string | undefined;
    const sizes: number[] = [];
    do {
      const { status, body }: Answer = await post("/v2/calls/extensive", { filter: {}, cursor });
      expect(status).toBe(200);
      expect(body.records.totalRecords).toBe(200);
      expect(body.records.currentPageNumber).toBe(sizes.length);
      sizes.push(body.records.currentPageSize);
      ids.push(...body.calls.map((c: any) => c.metaData.id));
      cursor = body.records.cursor;
    } while (cursor);
    expect(sizes).toEqual([100, 100]);
    expect(ids).toEqual(world.calls.map((c) => c.id));
  });

  test("a cursor is good for its own list and filter only", async () => {
    const filter = { fromDateTime: "2026-01-01T00:00:00Z" };
    const { body } = await post("/v2/calls/extensive", { filter });
    const { cursor } = body.records;
    expectRefusal(await post("/v2/calls/extensive", { filter: {}, cursor }), 400, "cursor");
    expectRefusal(await post("/v2/calls/transcript", { filter, cursor }), 400, "cursor");
    expectRefusal(await post("/v2/calls/extensive", { filter, cursor: "page2" }), 400, "cursor");
    expectRefusal(await post("/v2/calls/extensive", { filter, cursor: `${cursor}x` }), 400, "cursor");
    expectRefusal(await post("/v2/calls/extensive", { filter, cursor: 2 }), 400, "cursor");
    expect((await post("/v2/calls/extensive", { filter, cursor })).status).toBe(200);
  });

  test("shows nothing that was not asked for", async () => {
    const callIds = [world.calls[0]?.id];
    const bare = await post("/v2/calls/extensive", { filter: { callIds } });
    expect(Object.keys(bare.body.calls[0])).toEqual(["metaData"]);
    const brief = await post("/v2/calls/extensive", {
      filter: { callIds },
      contentSelector: { exposedFields: { parties: false, content: { brief: true, keyPoints: false } } },
    });
    expect(Object.keys(brief.body.calls[0]).sort()).toEqual(["content", "metaData"]);
    expect(brief.body.calls[0].content).toEqual({ brief: world.calls[0]?.brief });
  });

  test("shows all of it when it is asked for", async () => {
    const call = world.calls.at(-1);
    const content = { topics: true, trackers: true, trackerOccurrences: true, outline: true, keyPoints: true };
    const { body } = await post("/v2/calls/extensive", {
      filter: { callIds: [call?.id] },
      contentSelector: {
        context: "Extended",
        exposedFields: {
          parties: true,
          media: true,
          content: { ...content, brief: true, highlights: true, callOutcome: true, structure: true },
          interaction: { speakers: true, personInteractionStats: true, questions: true, video: true },
          collaboration: { publicComments: true },
        },
      },
    });
    const view = body.calls[0];
    expect(view.parties.map((p: any) => p.speakerId)).toEqual(call?.parties.map((p) => p.speakerId));
    expect(view.parties[0].userId).toBe(call?.parties[0]?.gongUserId);
    expect(view.content.keyPoints).toEqual(call?.keyPoints.map((text) => ({ text })));
    const heard = view.content.trackers.filter((t: any) => t.count > 0);
    for (const tracker of heard) {
      expect(tracker.occurrences).toHaveLength(tracker.count);
      expect(tracker.phrases.reduce((sum: number, p: any) => sum + p.count, 0)).toBe(tracker.count);
    }
    const talked = view.interaction.speakers.reduce((sum: number, s: any) => sum + s.talkTime, 0);
    expect(talked).toBeLessThanOrEqual(call?.durationSeconds ?? 0);
    expect(talked).toBeGreaterThan((call?.durationSeconds ?? 0) * 0.8);
    expect(view.context[0].objects[0]).toMatchObject({ objectType: "Account", objectId: call?.accountId });
    expect(Number(new URL(view.media.audioUrl).searchParams.get("Expires")) * 1000).toBeLessThan(now + 8.1 * 3_600_000);
  });

  test("metadata is the vendor's: ids as text, instants with the company's offset, the page's address", async () => {
    const call = world.calls.at(-1);
    const { body } = await post("/v2/calls/extensive", { filter: { callIds: [call?.id] } });
    const meta = body.calls[0].metaData;
    expect(meta.id).toBe(call?.id);
    expect(meta.url).toBe(`https://us-12345.app.gong.io/call?id=${call?.id}`);
    expect(meta.started).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-06:00$/);
    expect(Date.parse(meta.started)).toBe(Date.parse(call?.startedAt ?? ""));
    expect(meta.duration).toBe(call?.durationSeconds);
  });

  test("a start counts from the first instant on and not at the last", async () => {
    const call = world.calls[100];
    const at = new Date(call?.startedAt ?? "");
    const later = new Date(at.getTime() + 60_000).toISOString();
    const from = { filter: { fromDateTime: at.toISOString(), toDateTime: later } };
    expect((await post("/v2/calls/extensive", from)).body.calls[0].metaData.id).toBe(call?.id);
    const until = {
      filter: { fromDateTime: new Date(at.getTime() - 1000).toISOString(), toDateTime: at.toISOString() },
    };
    expectRefusal(
      await post("/v2/calls/extensive", until),
      404,
      "No calls found corresponding to the provided filters",
    );
  });

  test("offsets are understood", async () => {
    const call = world.calls[100];
    const at = Date.parse(call?.startedAt ?? "");
    const inKolkata = `${new Date(at + 330 * 60_000).toISOString().slice(0, 19)}+05:30`;
    const filter = { fromDateTime: inKolkata, toDateTime: new Date(at + 1000).toISOString() };
    expect((await post("/v2/calls/extensive", { filter })).body.calls).toHaveLength(1);
  });

  test("primaryUserIds and callIds narrow together", async () => {
    const daniel = world.people.find((p) => p.handle === "daniel");
    const own = world.calls.filter((c) => c.ownerId === daniel?.id);
    const primaryUserIds = [daniel?.gongUserId];
    const all = await post("/v2/calls/extensive", { filter: { primaryUserIds } });
    expect(all.body.records.totalRecords).toBe(own.length);
    const other = world.calls.find((c) => c.ownerId !== daniel?.id);
    const both = { primaryUserIds, callIds: [own[0]?.id, other?.id] };
    expect((await post("/v2/calls/extensive", { filter: both })).body.records.totalRecords).toBe(1);
    expectRefusal(await post("/v2/calls/extensive", { filter: { primaryUserIds: ["999"] } }), 404, "No calls found");
  });

  test("private calls are given out, and marked", async () => {
    const { body } = await post("/v2/calls/extensive", {
      filter: { callIds: world.calls.filter((c) => c.isPrivate).map((c) => c.id) },
    });
    expect(body.calls.length).toBeGreaterThan(0);
    expect(body.calls.every((c: any) => c.metaData.isPrivate === true)).toBe(true);
  });

  test.each([
    ["no filter", {}, /filter/],
    ["a filter that is a list", { filter: [] }, /filter/],
    ["no offset", { filter: { fromDateTime: "2026-11-17T00:00:00" } }, /fromDateTime/],
    ["a bare day", { filter: { fromDateTime: "2026-11-17" } }, /fromDateTime/],
    ["no such day", { filter: { toDateTime: "2026-13-45T00:00:00Z" } }, /toDateTime/],
    [
      "an end before its start",
      { filter: { fromDateTime: "2026-11-17T00:00:00Z", toDateTime: "2026-11-16T00:00:00Z" } },
      /fromDateTime/,
    ],
    ["ids that are not a list", { filter: { callIds: "123" } }, /callIds/],
    ["ids that are not numbers", { filter: { callIds: ["abc"] } }, /callIds/],
    ["an id that went through a float", { filter: { callIds: [1.5e25] } }, /callIds/],
    ["broken JSON", "{", /body/],
    ["no body", "", /body/],
  ])("%s is a malformed request", async (_, body, words) => {
    expectRefusal(await post("/v2/calls/extensive", body), 400, words);
  });

  test("unknown fields are ignored, another content type is not", async () => {
    expect((await post("/v2/calls/extensive", { filter: { accountName: "Acme" }, limit: 5 })).body.calls).toHaveLength(
      100,
    );
    expectRefusal(await post("/v2/calls/extensive", "filter=1", "application/x-www-form-urlencoded"), 415, "json");
  });
});

describe("the other lists", () => {
  test("GET /v2/calls needs both ends, and a plus that was not escaped is refused", async () => {
    const call = world.calls[50];
    const from = encodeURIComponent("2026-01-01T00:00:00+00:00");
    const to = encodeURIComponent(call?.startedAt ?? "");
    const { body } = await get(`/v2/calls?fromDateTime=${from}&toDateTime=${to}`);
    expect(body.records.totalRecords).toBe(50);
    expect(body.calls[0].id).toBe(world.calls[0]?.id);
    expectRefusal(await get(`/v2/calls?fromDateTime=${from}`), 400, "toDateTime");
    expectRefusal(await get(`/v2/calls?fromDateTime=2026-01-01T00:00:00+00:00&toDateTime=${to}`), 400, "fromDateTime");
  });

  test("GET /v2/calls/{id} gives one call, and 404 for an id that is unknown", async () => {
    const call = world.calls[3];
    expect((await get(`/v2/calls/${call?.id}`)).body.call).toMatchObject({ id: call?.id, title: call?.title });
    expectRefusal(await get("/v2/calls/12345678901234567890"), 404, "not found");
    expectRefusal(await get("/v2/calls/none"), 400, "Invalid call ID");
  });

  test("POST /v2/calls/transcript gives monologues by speaker id, without names", async () => {
    const call = world.calls[7];
    const { body } = await post("/v2/calls/transcript", { filter: { callIds: [call?.id] } });
    expect(body.callTranscripts).toEqual([{ callId: call?.id, transcript: call?.transcript }]);
    expectRefusal(await post("/v2/calls/transcript", { filter: { callIds: ["1"] } }), 404, "No calls found");
  });

  test("users: all, one, some, and none for an unknown id", async () => {
    const [maya] = world.people;
    const all = await get("/v2/users");
    expect(all.body.users.map((u: any) => u.emailAddress)).toEqual(world.people.map((p) => p.email));
    expect((await get(`/v2/users/${maya?.gongUserId}`)).body.user).toMatchObject({
      firstName: "Maya",
      lastName: "Okafor",
    });
    expectRefusal(await get("/v2/users/1"), 404, "User not found");
    const one = await post("/v2/users/extensive", { filter: { userIds: [maya?.gongUserId] } });
    expect(one.body.users).toHaveLength(1);
    const mixed = { filter: { userIds: [maya?.gongUserId, "42"] } };
    expectRefusal(await post("/v2/users/extensive", mixed), 404, "The following userIds were not found: 42");
  });

  test("trackers are listed with their keywords", async () => {
    const { body } = await get("/v2/settings/trackers");
    const names = body.keywordTrackers.map((t: any) => t.trackerName);
    expect(names).toContain("Competitors");
    for (const call of world.calls.slice(0, 20))
      for (const name of Object.keys(call.trackers)) expect(names).toContain(name);
  });

  test("an address that Gong does not have is 404 in its own form", async () => {
    expectRefusal(await get("/v2/calls/search/x"), 404, "not found");
  });
});
