import { describe, expect, it } from "vitest";
import { type Answer, connectGong, customer, gongCall, party, type Sent, textOf } from "./support.ts";

const dana = "6432345678555530067";
const jo = "7432345678555530068";
const id = "7782342274025937895";

const monologue = (speakerId: string | null, start: number, ...texts: string[]) => ({
  speakerId,
  topic: start < 60_000 ? "Small talk" : "Pricing",
  sentences: texts.map((text, index) => ({ start: start + index * 4000, end: start + index * 4000 + 3900, text })),
});

const short = [
  monologue(dana, 1_000, "Hello Jo.", "How are you?"),
  monologue(jo, 65_000, "What does it cost?"),
  monologue("999", 4_500_000, "Goodbye."),
];

/** Calls and transcripts for any ids. */
function twoRoutes(transcript: any[], call: (callId: string) => object = (callId) => gongCall({ id: callId })) {
  return ({ url, body }: Sent): Answer => {
    const ids: string[] = body.filter.callIds ?? [id];
    if (url === "/v2/calls/extensive") return { body: { calls: ids.map(call), records: {} } };
    return { body: { callTranscripts: ids.map((callId) => ({ callId, transcript })), records: {} } };
  };
}

describe("get_call_transcript", () => {
  it("asks for the parties and the words at once, and joins them", async () => {
    const answer = twoRoutes(short);
    const waiting: (() => void)[] = [];
    // Neither is answered before both have come.
    const gong = await connectGong(async (sent, count) => {
      if (count === 1) await new Promise<void>((resolve) => waiting.push(resolve));
      else for (const go of waiting.splice(0)) go();
      return answer(sent);
    });
    const result = await gong.ask("get_call_transcript", { call_id: id });
    expect(
      new Set(gong.fake.sent.map(({ method, url, body }) => `${method} ${url} ${JSON.stringify(body.filter)}`)),
    ).toEqual(
      new Set([`POST /v2/calls/extensive {"callIds":["${id}"]}`, `POST /v2/calls/transcript {"callIds":["${id}"]}`]),
    );
    expect(result).toEqual({
      call_id: id,
      title: "Acme: pricing",
      url: "https://us-1.app.gong.io/call?id=7782342274025937895",
      started_at: "2026-03-09T18:00:00+00:00",
      duration_minutes: 31,
      segments: [
        {
          at: "00:01",
          at_seconds: 1,
          speaker: "Dana Fox",
          side: "internal",
          topic: "Small talk",
          text: "Hello Jo. How are you?",
        },
        {
          at: "01:05",
          at_seconds: 65,
          speaker: "Jo Ruiz",
          side: "external",
          topic: "Pricing",
          text: "What does it cost?",
        },
        {
          at: "75:00",
          at_seconds: 4500,
          speaker: "Unknown speaker",
          side: "unknown",
          topic: "Pricing",
          text: "Goodbye.",
        },
      ],
      truncated: false,
    });
  });

  it("starts where from_minute says, within a long monologue as well", async () => {
    const gong = await connectGong(
      twoRoutes([monologue(dana, 58_000, "One.", "Two.", "Three."), monologue(jo, 90_000, "Four.")]),
    );
    const result = await gong.ask("get_call_transcript", { call_id: id, from_minute: 1.1 });
    expect(result.segments.map((s: any) => [s.at, s.text])).toEqual([
      ["01:06", "Three."],
      ["01:30", "Four."],
    ]);
    const late = await gong.ask("get_call_transcript", { call_id: id, from_minute: 600 });
    expect(late).toMatchObject({ segments: [], truncated: false });
  });

  it("pages a long call at whole sentences, nothing lost or repeated, reading it once", async () => {
    const sentence = (n: number) => `Sentence ${n} ${"x".repeat(180)}.`;
    const texts = Array.from({ length: 700 }, (_, n) => sentence(n));
    // One monologue that is longer than a page among ordinary ones.
    const long = [monologue(dana, 0, ...texts.slice(0, 20)), monologue(jo, 100_000, ...texts.slice(20, 400))];
    for (let n = 400; n < 700; n += 10) long.push(monologue(dana, n * 4000, ...texts.slice(n, n + 10)));
    const gong = await connectGong(twoRoutes(long));
    const said: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await gong.ask("get_call_transcript", { call_id: id, ...(cursor ? { cursor } : {}) });
      const size = page.segments.reduce((sum: number, segment: any) => sum + segment.text.length, 0);
      expect(size).toBeLessThanOrEqual(20_000);
      if (page.truncated) expect(size).toBeGreaterThan(19_000);
      said.push(...page.segments.map((segment: any) => segment.text));
      cursor = page.cursor;
      pages++;
    } while (cursor);
    expect(said.join(" ")).toBe(texts.join(" "));
    expect(pages).toBeGreaterThan(6);
    expect(gong.fake.sent.length).toBe(2);
  });

  it("ends with a sentence that is longer than a page", async () => {
    const gong = await connectGong(twoRoutes([monologue(dana, 0, "Short.", "y".repeat(30_000), "End.")]));
    const first = await gong.ask("get_call_transcript", { call_id: id });
    expect(first.segments.map((s: any) => s.text)).toEqual(["Short."]);
    const second = await gong.ask("get_call_transcript", { call_id: id, cursor: first.cursor });
    expect(second.segments[0].text.length).toBe(30_000);
    const third = await gong.ask("get_call_transcript", { call_id: id, cursor: second.cursor });
    expect(third).toMatchObject({ truncated: false, segments: [{ text: "End." }] });
  });

  it("refuses another call's cursor", async () => {
    const gong = await connectGong(twoRoutes([monologue(dana, 0, "y".repeat(15_000), "z".repeat(15_000))]));
    const { cursor } = await gong.ask("get_call_transcript", { call_id: id });
    expect(textOf(await gong.call("get_call_transcript", { call_id: "42", cursor }))).toContain("another question");
  });

  it("asks for six calls' words in one request, and not again for what get_calls has just shown", async () => {
    const ids = ["1", "2", "3", "4", "5", "6"];
    const calls = ids.map((callId) => gongCall({ id: callId }));
    const routes = twoRoutes(short);
    const gong = await connectGong((sent) =>
      sent.body.filter.fromDateTime ? { body: { calls, records: {} } } : routes(sent),
    );
    await gong.ask("get_calls", { from_date: "2026-03-09", to_date: "2026-03-09" });
    const read = await Promise.all(ids.map((callId) => gong.ask("get_call_transcript", { call_id: callId })));
    expect(read.map(({ call_id, segments }) => [call_id, segments[1].speaker])).toEqual(
      ids.map((callId) => [callId, "Jo Ruiz"]),
    );
    expect(gong.fake.sent.slice(1).map(({ url, body }) => [url, body.filter])).toEqual([
      ["/v2/calls/transcript", { callIds: ids }],
    ]);
  });

  it("keeps the others' answers when one of a batch is cancelled", async () => {
    const abort = new AbortController();
    const routes = twoRoutes(short);
    const gong = await connectGong((sent) => {
      abort.abort();
      return routes(sent);
    });
    const cancelled = gong.call("get_call_transcript", { call_id: "1" }, undefined, abort.signal);
    const kept = gong.ask("get_call_transcript", { call_id: "2" });
    await expect(cancelled).rejects.toThrow();
    expect((await kept).segments.length).toBe(3);
  });

  it("has no segments where Gong has no transcript yet", async () => {
    const gong = await connectGong(({ url }) =>
      url === "/v2/calls/transcript" ? { status: 404, body: {} } : { body: { calls: [gongCall()], records: {} } },
    );
    expect(await gong.ask("get_call_transcript", { call_id: id })).toMatchObject({ segments: [], truncated: false });
  });

  it.each(["../users", "7782342274025937895/media", "", "123456789012345678901", "12a"])(
    "refuses the id %j",
    async (call_id) => {
      const gong = await connectGong(twoRoutes(short));
      expect((await gong.call("get_call_transcript", { call_id })).isError).toBe(true);
      expect(gong.fake.sent).toEqual([]);
    },
  );

  it("names speakers that share a name by their own ids", async () => {
    const parties = [
      party({ name: "Sam", speakerId: "1" }),
      customer({ name: "Sam", speakerId: "2" }),
      customer({ speakerId: undefined }),
    ];
    const routes = twoRoutes(
      [monologue("2", 0, "Hi."), monologue("1", 9_000, "Hey."), monologue(null, 20_000, "Um.")],
      (callId) => gongCall({ id: callId }, { parties }),
    );
    const gong = await connectGong(routes);
    const { segments } = await gong.ask("get_call_transcript", { call_id: id });
    expect(segments.map((s: any) => [s.speaker, s.side])).toEqual([
      ["Sam", "external"],
      ["Sam", "internal"],
      ["Unknown speaker", "unknown"],
    ]);
  });
});
