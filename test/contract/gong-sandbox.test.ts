/** Our Gong server against the sandbox's Gong, which shares no code with it. */

import { afterEach, describe, expect, it } from "vitest";
import { createGongServer } from "../../mcp-servers/gong/index.ts";
import { linkInProcess } from "../../mcp-servers/shared/serve.ts";
import { startGong } from "../../sandbox/gong/start-gong.ts";
import { createSandboxClock, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";
import { connectMcp } from "../../src/mcp/client.ts";
import { CALLER_META } from "../../src/mcp/types.ts";

const now = Date.parse("2026-11-18T17:00:00Z");
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function setUp(options: { rateLimitPerSecond?: number; requestsPerSecond?: number } = {}) {
  const { rateLimitPerSecond = 0, requestsPerSecond = 1000 } = options;
  const board = new Switchboard(createSandboxClock(now));
  const world = createWorld({ now });
  const gong = await startGong({ world, board, credentials: { key: "k", secret: "s" }, rateLimitPerSecond });
  closing.push(() => gong.close());
  const config = { apiKey: "k", apiSecret: "s", baseUrl: gong.url, timeZone: world.companyTimeZone, requestsPerSecond };
  const definition = createGongServer(config, { clock: board.clock, fetch });
  const link = linkInProcess(definition, { trustCaller: true, clock: board.clock });
  const client = await connectMcp({ type: "in-process", link }, { name: "test", version: "1" });
  closing.push(() => client.close());
  const ask = async (name: string, args: object, asker?: object): Promise<any> => {
    const result = await client.callTool(
      name,
      { ...args },
      { timeoutMs: 30_000, meta: asker ? { [CALLER_META]: asker } : {} },
    );
    if (result.isError) throw new Error(String(result.content[0]?.text));
    return result.structuredContent;
  };
  return { board, world, gong, ask };
}

const dayIn = (instant: string, timeZone: string) =>
  new Intl.DateTimeFormat("en-CA", { timeZone }).format(new Date(instant));

describe("our Gong server and the sandbox's Gong", () => {
  it.each(["America/Chicago", "Asia/Kolkata", "Australia/Melbourne", "America/Los_Angeles"])(
    "lists each of a day's calls in %s, and none of another day",
    async (timeZone) => {
      const { world, ask } = await setUp();
      for (const day of ["2026-11-17", "2026-11-01"]) {
        const { calls, total } = await ask("get_calls", { from_date: day, to_date: day, time_zone: timeZone });
        const expected = world.calls.filter((call) => dayIn(call.startedAt, timeZone) === day).map(({ id }) => id);
        expect(calls.map((call: any) => call.id)).toEqual(expected);
        expect(total).toBe(expected.length);
      }
    },
  );

  it("reads every word of a long call with its speakers, page by page", async () => {
    const { world, ask } = await setUp();
    const long = world.calls.reduce((a, b) => (a.durationSeconds > b.durationSeconds ? a : b));
    const segments: any[] = [];
    let cursor: string | undefined;
    do {
      const page = await ask("get_call_transcript", { call_id: long.id, ...(cursor ? { cursor } : {}) });
      segments.push(...page.segments);
      cursor = page.cursor;
    } while (cursor);
    const said = long.transcript.flatMap(({ sentences }) => sentences.map(({ text }) => text)).join(" ");
    expect(segments.map(({ text }) => text).join(" ")).toBe(said);
    const names = new Set(long.parties.map(({ name }) => name));
    for (const { speaker } of segments) expect(names).toContain(speaker);
  });

  it("finds an account's calls, sums up a call, and knows the account from the CRM", async () => {
    const { world, ask } = await setUp();
    const acme = world.accounts.find(({ name }) => name.startsWith("Acme"))!;
    const found = await ask("find_calls", { account: "acme", limit: 100 });
    const expected = world.calls.filter(({ accountId }) => accountId === acme.id).map(({ id }) => id);
    expect(found.calls.map((call: any) => call.id).toReversed()).toEqual(expected);
    expect(found.calls[0].account).toBe(acme.name);
    const call = world.calls.find(({ id }) => id === found.calls[0].id)!;
    const summary = await ask("get_call_summary", { call_id: call.id });
    expect(summary.brief).toBe(call.brief);
    expect(summary.key_points.map(({ text }: any) => text)).toEqual(call.keyPoints);
    expect(summary.next_steps.length).toBe(call.nextSteps.length);
    const heard = Object.entries(call.trackers).filter(([, count]) => count > 0);
    expect(new Map(summary.trackers.map(({ name, count }: any) => [name, count]))).toEqual(new Map(heard));
  });

  it("counts as if a private call did not exist, but for its owner in private", async () => {
    const { world, ask } = await setUp();
    const days = { from_date: "2026-11-02", to_date: "2026-11-17" };
    const call = world.calls.find(({ startedAt }) => startedAt.startsWith("2026-11-10"))!;
    const owner = world.people.find(({ id }) => id === call.ownerId)!;
    const all = await ask("get_rep_activity", days);
    call.isPrivate = true;
    const less = await ask("get_rep_activity", days);
    const hosted = ({ people }: any) => people.find(({ email }: any) => email === owner.email)?.calls_hosted;
    expect(hosted(less)).toBe(hosted(all) - 1);
    expect(hosted(await ask("get_rep_activity", days, { email: owner.email, audience: "private" }))).toBe(hosted(all));

    const withheld = await ask("get_interaction_stats", { ...days, emails: [owner.email] });
    world.calls.splice(world.calls.indexOf(call), 1);
    const without = await ask("get_interaction_stats", { ...days, emails: [owner.email] });
    for (const figure of ["talk_ratio", "longest_monologue_seconds", "interactivity", "question_rate"]) {
      expect(withheld.people[0][figure]).toBeCloseTo(without.people[0][figure], 1);
    }
  });

  it("never runs into the real limit of three a second, and waits out one that others used up", async () => {
    const { board, ask } = await setUp({ rateLimitPerSecond: 3, requestsPerSecond: 3 });
    const days = ["10", "11", "12", "13", "16", "17"];
    await Promise.all(days.map((d) => ask("get_calls", { from_date: `2026-11-${d}`, to_date: `2026-11-${d}` })));
    expect(board.requests("gong").length).toBe(days.length);
    board.addFault({ service: "gong", status: 429, retryAfter: 1 });
    expect((await ask("get_calls", { from_date: "2026-11-17", to_date: "2026-11-17" })).total).toBeGreaterThan(0);
    expect(
      board
        .requests("gong")
        .slice(-2)
        .map(({ status }) => status),
    ).toEqual([429, 200]);
  });

  it("sees a call that has just ended", async () => {
    const { gong, board, ask } = await setUp();
    const range = { from_date: "2026-11-18", to_date: "2026-11-18" };
    const before = await ask("get_calls", range);
    const { id } = gong.store.endCall({ account: "Acme" });
    const after = await ask("get_calls", range);
    expect(after.total).toBe(before.total + 1);
    expect((await ask("find_calls", { account: "Acme", limit: 1 })).calls[0].id).toBe(id);
    expect(board.requests("gong").every(({ response }) => !response.includes("media.gong"))).toBe(true);
  });
});
