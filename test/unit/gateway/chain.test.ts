import { afterEach, describe, expect, it } from "vitest";
import type { GatewayOptions, PolicyRule } from "../../../src/gateway/settings.ts";
import { createInProcessLink } from "../../../src/mcp/server.ts";
import { CALLER_META, FAILURE_META, type McpConnection, PREVIEW_META } from "../../../src/mcp/types.ts";
import { closeAll, connectTo, greeterUpstream, startGateway, textOf } from "../../support/gateway.ts";

afterEach(closeAll);

/** A gateway with the greeter behind it, clocks that stand still until they are moved, and a client. */
async function setUp(options: Partial<GatewayOptions> = {}, settings: Parameters<typeof greeterUpstream>[0] = {}) {
  const time = { now: Date.parse("2026-03-02T10:00:00Z"), elapsed: 0 };
  const greeter = greeterUpstream(settings);
  const clock = { now: () => time.now };
  const monotonicNow = () => time.elapsed;
  const { gateway, audit } = startGateway({ upstreams: [greeter.upstream], clock, monotonicNow, ...options });
  return { client: await connectTo(gateway), gateway, audit, log: greeter.log, time };
}

const call = (client: McpConnection, tool: string, args: object = {}, caller?: object) =>
  client.callTool(
    `greeter__${tool}`,
    { ...args },
    {
      timeoutMs: 5_000,
      ...(caller ? { meta: { [CALLER_META]: caller } } : {}),
    },
  );

describe("authorise", () => {
  it("names the tool that was probably meant", async () => {
    const { client, audit } = await setUp();
    await expect(call(client, "gret")).rejects.toThrow(
      'There is no tool "greeter__gret"; did you mean "greeter__greet"?',
    );
    expect(audit).toMatchObject([{ tool: "greeter__gret", outcome: "refused", reason: "unknown_tool" }]);
  });

  it("keeps a tool for the people it is for", async () => {
    const { client, log } = await setUp({ access: [{ tools: "greeter__g*", people: ["U1", "ada@acme.example"] }] });
    const asked = { name: "Ada" };
    expect((await call(client, "greet", asked, { userId: "U1", audience: "private" })).isError).toBeFalsy();
    expect((await call(client, "greet", asked, { userId: "U2", audience: "private" })).isError).toBe(true);
    expect((await call(client, "greet", asked)).isError).toBe(true);
    expect(log.calls).toHaveLength(1);
  });

  it("keeps a tool for those in a user group, by its id or handle, as Sophia alone can say it", async () => {
    const access = [
      { tools: "greeter__g*", people: ["@deal-desk"] },
      { tools: "greeter__gr*", people: ["S1", "U9"] },
    ];
    const { client, gateway, log } = await setUp({ access, clients: [{ name: "ci", token: "t", tools: ["*"] }] });
    const asked = { name: "Ada" };
    const member = { userId: "U1", audience: "private", groups: ["S1", "@deal-desk"] };
    expect((await call(client, "greet", asked, member)).isError).toBeFalsy();
    // Of two rules both count.
    for (const groups of [["@deal-desk"], ["S1"], ["deal-desk", "s1"], [], "S1 @deal-desk", undefined]) {
      const refused = await call(client, "greet", asked, { ...member, groups });
      expect(textOf(refused), String(groups)).toContain("is kept for certain people");
    }
    const other = await connectTo(gateway, { client: "ci" });
    expect((await call(other, "greet", asked, member)).isError).toBe(true);
    expect(log.calls).toHaveLength(1);
  });
});

describe("validate arguments", () => {
  it("sends wrong arguments back with what to do, before the server sees them", async () => {
    const { client, log, audit } = await setUp();
    const result = await call(client, "greet", { nmae: "Ada", loudness: "loud", style: "rude" });
    expect(textOf(result).split("\n")).toEqual([
      "greeter__greet was not called: its arguments are wrong.",
      "- name: is required: text",
      '- "nmae" is not an argument of this tool; did you mean "name"?',
      "- loudness: must be a whole number",
      '- style: must be one of "plain", "formal"',
      "Correct them and call it again.",
    ]);
    expect(log.calls).toEqual([]);
    expect(audit).toMatchObject([{ outcome: "refused", reason: "invalid_arguments" }]);
  });
});

describe("consent", () => {
  it("lets reads pass and refuses writes with a sentence that says what would allow them", async () => {
    const { client, log, audit } = await setUp();
    expect((await call(client, "greet", { name: "Ada" })).isError).toBeFalsy();
    const refused = await call(client, "erase", { name: "Ada" });
    expect(textOf(refused)).toContain('{"tools": "greeter__erase", "policy": "allow"}');
    expect(log.calls.map(({ tool }) => tool)).toEqual(["greet"]);
    expect(audit.at(-1)).toMatchObject({ outcome: "refused", reason: "consent" });
  });

  it("goes by the first policy that fits", async () => {
    const policies: PolicyRule[] = [
      { tools: "greeter__erase", policy: "allow" },
      { tools: "greeter__gr*", policy: "ask" },
      { tools: "greeter__*", policy: "deny" },
    ];
    const { client } = await setUp({ policies });
    expect((await call(client, "erase", { name: "Ada" })).isError).toBeFalsy();
    expect((await call(client, "greet", { name: "Ada" })).isError).toBeFalsy();
    expect(textOf(await call(client, "recite", { characters: 1 }))).toContain("is switched off here");
  });

  it("takes no server's word for being read-only unless its hints are believed", async () => {
    const { client } = await setUp({}, { believeHints: false });
    expect(textOf(await call(client, "greet", { name: "Ada" }))).toContain("greeter__greet changes something");
  });

  it("lists a tool as it is treated: read-only or idempotent only where that is believed", async () => {
    const annotationsOf = async (believeHints: boolean) => {
      const { client } = await setUp({}, { believeHints });
      const tools = await client.listTools();
      return tools.find(({ name }) => name === "greeter__greet")?.annotations;
    };
    const told = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
    expect(await annotationsOf(true)).toMatchObject(told);
    const { idempotentHint: _, ...rest } = told;
    const listed = await annotationsOf(false);
    expect(listed).toMatchObject({ ...rest, readOnlyHint: false });
    expect(listed).not.toHaveProperty("idempotentHint");
  });
});

describe("rate budget", () => {
  it("refuses what would wait too long, with when to come back, and lets it pass then", async () => {
    const budget = { perSecond: 1, burst: 2 };
    const { client, log, time } = await setUp({ limits: { budgetWaitMs: 500 } }, { budget });
    const greet = () => call(client, "greet", { name: "Ada" });
    expect((await greet()).isError).toBeFalsy();
    expect((await greet()).isError).toBeFalsy();
    expect(textOf(await greet())).toBe("greeter is asked too often just now. Call again after 1 s.");
    expect(log.calls).toHaveLength(2);
    time.elapsed += 1_000;
    expect((await greet()).isError).toBeFalsy();
  });

  it("lets a call wait for its turn", async () => {
    const { client, log } = await setUp({}, { budget: { perSecond: 50, burst: 1 } });
    const began = performance.now();
    await Promise.all([1, 2, 3].map(() => call(client, "greet", { name: "Ada" })));
    expect(performance.now() - began).toBeGreaterThan(35);
    expect(log.calls).toHaveLength(3);
  });
});

describe("cache", () => {
  it("gives an answer again to the same person for a while, and to nobody else", async () => {
    const { client, log, time } = await setUp({}, { cacheMs: { greet: 1_000 } });
    const ada = { userId: "U1", email: "ada@acme.example", audience: "private" };
    await call(client, "greet", { name: "Ada" }, ada);
    await call(client, "greet", { name: "Ada" }, ada);
    expect(log.calls).toHaveLength(1);
    await call(client, "greet", { name: "Ada" }, { ...ada, audience: "channel" });
    await call(client, "greet", { name: "Ada" }, { ...ada, userId: "U2" });
    await call(client, "greet", { name: "Bob" }, ada);
    expect(log.calls).toHaveLength(4);
    time.elapsed += 1_001;
    await call(client, "greet", { name: "Ada" }, ada);
    expect(log.calls).toHaveLength(5);
  });

  it("keeps nothing that was not asked for, and no write", async () => {
    const { client, log } = await setUp(
      { policies: [{ tools: "greeter__erase", policy: "allow" }] },
      { cacheMs: { erase: 1_000 } },
    );
    for (const tool of ["greet", "greet", "erase", "erase"]) await call(client, tool, { name: "Ada" });
    expect(log.calls).toHaveLength(4);
  });
});

describe("retry", () => {
  it("does not wait for a service longer than the call may take, and tells what the service said", async () => {
    const { client, log } = await setUp({ limits: { callMs: 1_000 } });
    const began = performance.now();
    const result = await call(client, "fail", { how: "service" });
    expect(textOf(result)).toBe("Gong is at fault, not the request: Its request limit is used up. Try again in 3 s.");
    expect(performance.now() - began).toBeLessThan(500);
    expect(log.calls).toHaveLength(1);
  });

  it("calls again what is idempotent and worth it, as often as is sensible", async () => {
    const { client, log } = await setUp();
    const result = await call(client, "fail", { how: "outage" });
    expect(textOf(result)).toContain("Gong is at fault");
    expect(log.calls).toHaveLength(3);
  });

  it("leaves it at a failure after which a server of ours has tried again itself", async () => {
    const { client, log } = await setUp();
    const result = await call(client, "fail", { how: "retried" });
    expect(textOf(result)).toContain("Gong is at fault");
    expect(log.calls).toHaveLength(1);
  });

  it("leaves a service alone for as long as it asked, whoever calls", async () => {
    const { client, log, time } = await setUp({ limits: { callMs: 1_000, budgetWaitMs: 1_000 } });
    await call(client, "fail", { how: "service" });
    expect(textOf(await call(client, "greet", { name: "Ada" }))).toContain("Call again after 3 s.");
    expect(log.calls).toHaveLength(1);
    time.elapsed += 2_500;
    expect((await call(client, "greet", { name: "Ada" })).isError).toBeFalsy();
  });
});

describe("deadline", () => {
  it("ends a call that takes too long, at the server as well", async () => {
    const { client, log, audit } = await setUp({ limits: { callMs: 50 } });
    const result = await call(client, "wait", { label: "late" });
    expect(textOf(result)).toBe(
      "greeter did not answer within 0.05 s. The request is not at fault; the same call may pass in a minute.",
    );
    await expect.poll(() => log.cancelled).toEqual(["late"]);
    expect(result._meta?.[FAILURE_META]).toEqual({ kind: "service", retryable: true });
    expect(audit).toMatchObject([{ outcome: "failed", reason: "deadline" }]);
  });
});

describe("a look at what a write would change", () => {
  it("may pass later where nobody answers, since nothing was sent", async () => {
    const mute = createInProcessLink({
      info: { name: "mute", version: "1", capabilities: { tools: {}, experimental: { [PREVIEW_META]: {} } } },
      onError: () => {},
      open: () => ({
        handle: async (method) =>
          method === "tools/list"
            ? { tools: [{ name: "add", inputSchema: { type: "object" }, annotations: { readOnlyHint: false } }] }
            : new Promise(() => {}),
      }),
    });
    const source = { type: "builtin", open: async () => mute } as const;
    const { client } = await setUp({ upstreams: [{ name: "mute", trusted: true, source }], limits: { callMs: 20 } });
    const answer = await client.callTool("mute__add", {}, { timeoutMs: 5_000, meta: { [PREVIEW_META]: true } });
    expect(answer._meta?.[FAILURE_META]).toEqual({ kind: "service", retryable: true });
  });
});

describe("circuit breaker", () => {
  it("leaves a server alone that does not answer, tries it once later, and closes again", async () => {
    const { client, log, time } = await setUp({ limits: { callMs: 20 } });
    for (let i = 0; i < 5; i++) await call(client, "wait", { label: `${i}` });
    const refused = await call(client, "greet", { name: "Ada" });
    expect(textOf(refused)).toBe(
      "greeter has failed 5 times in a row and is left alone for now. Call again after 10 s.",
    );
    expect(refused._meta?.[FAILURE_META]).toEqual({ kind: "service", retryable: true, retryAfterSeconds: 10 });
    expect(log.calls).toHaveLength(5);
    time.elapsed += 10_001;
    expect((await call(client, "greet", { name: "Ada" })).isError).toBeFalsy();
    expect((await call(client, "greet", { name: "Ada" })).isError).toBeFalsy();
  });
});

describe("circuit breaker, of calls side by side", () => {
  it("takes what fails at once for one failure, and what fails one after the other for as many", async () => {
    const { client, log, time } = await setUp();
    const fail = () => call(client, "fail", { how: "retried" });
    await Promise.all(Array.from({ length: 8 }, fail));
    expect((await call(client, "greet", { name: "Ada" })).isError).toBeFalsy();
    for (let n = 0; n < 5; n++) await fail();
    expect(textOf(await call(client, "greet", { name: "Ada" }))).toContain("has failed 5 times in a row");
    expect(log.calls).toHaveLength(8 + 1 + 5);
    time.elapsed += 10_001;
    expect((await call(client, "greet", { name: "Ada" })).isError).toBeFalsy();
  });

  it("counts each of those that began together and fail over a while", async () => {
    const { client, time } = await setUp({ limits: { callMs: 20 } });
    const waiting = Array.from({ length: 5 }, async (_, n) => {
      await call(client, "wait", { label: `${n}` });
      time.elapsed += 300;
    });
    await Promise.all(waiting);
    expect(textOf(await call(client, "greet", { name: "Ada" }))).toContain("has failed 5 times in a row");
  });
});

describe("a machine whose time is set back", () => {
  const HOUR = 3_600_000;

  it("waits for a server no longer than it said", async () => {
    const { client, time } = await setUp({ limits: { callMs: 20 } });
    for (let i = 0; i < 5; i++) await call(client, "wait", { label: `${i}` });
    time.now -= HOUR;
    expect(textOf(await call(client, "greet", { name: "Ada" }))).toContain("Call again after 10 s.");
    time.elapsed += 10_001;
    expect((await call(client, "greet", { name: "Ada" })).isError).toBeFalsy();
  });

  it("keeps to a budget", async () => {
    const { client, time } = await setUp({ limits: { budgetWaitMs: 500 } }, { budget: { perSecond: 1, burst: 1 } });
    await call(client, "greet", { name: "Ada" });
    time.now -= HOUR;
    time.elapsed += 1_000;
    expect((await call(client, "greet", { name: "Ada" })).isError).toBeFalsy();
  });
});

describe("size limit", () => {
  const caller = (userId: string) => ({ userId, audience: "private" });

  it("pages a result that is too long, for whoever asked alone, and loses nothing", async () => {
    const { client } = await setUp({ limits: { resultCharacters: 1_000 } });
    const first = await call(client, "recite", { characters: 2_500 }, caller("U1"));
    const wanted = JSON.stringify(first.structuredContent);
    let read = textOf(first);
    let notice = String(first.content[1]?.text);
    const readMore = (cursor: string, userId: string) =>
      client.callTool("gateway__read_more", { cursor }, { timeoutMs: 5_000, meta: { [CALLER_META]: caller(userId) } });
    while (notice.includes("cursor")) {
      const cursor = /"cursor": "([^"]+)"/.exec(notice)?.[1] ?? "";
      expect((await readMore(cursor, "U2")).isError).toBe(true);
      const next = await readMore(cursor, "U1");
      read += textOf(next);
      notice = String(next.content[1]?.text);
    }
    expect(read).toBe(wanted);
    expect(notice).toContain("this is the end");
  });

  it("gives what was found for one person alone to nobody who reads along elsewhere", async () => {
    const { client } = await setUp({ limits: { resultCharacters: 1_000 } }, { cacheMs: { recite: 60_000 } });
    const alone = { userId: "U1", audience: "private", channel: "D1", threadTs: "1.1" };
    const cursorFor = async (asker: object) => {
      const first = await call(client, "recite", { characters: 2_500 }, asker);
      return /"cursor": "([^"]+)"/.exec(String(first.content[1]?.text))?.[1] ?? "";
    };
    const readMore = async (cursor: string, asker: object) =>
      (await client.callTool("gateway__read_more", { cursor }, { timeoutMs: 5_000, meta: { [CALLER_META]: asker } }))
        .isError === true;
    const cursor = await cursorFor(alone);
    expect(await readMore(cursor, { ...alone, audience: "channel" })).toBe(true);
    expect(await readMore(cursor, { ...alone, channel: "C1" })).toBe(true);
    expect(await readMore(cursor, { ...alone, threadTs: "2.2" })).toBe(true);
    expect(await readMore(cursor, alone)).toBe(false);
    // A cached answer in another thread comes with a cursor that is good there.
    const elsewhere = { ...alone, threadTs: "2.2" };
    expect(await readMore(await cursorFor(elsewhere), elsewhere)).toBe(false);
  });

  it("forgets a cursor in time", async () => {
    const { client, time } = await setUp({ limits: { resultCharacters: 1_000 } });
    const first = await call(client, "recite", { characters: 2_500 });
    const cursor = /"cursor": "([^"]+)"/.exec(String(first.content[1]?.text))?.[1] ?? "";
    time.elapsed += 16 * 60_000;
    const late = await client.callTool("gateway__read_more", { cursor }, { timeoutMs: 5_000 });
    expect(textOf(late)).toBe("This cursor is not known or too old. Call the tool again that gave it.");
  });
});

describe("audit", () => {
  it("has a row for each call, without secrets or addresses", async () => {
    const { client, audit, time } = await setUp();
    await call(
      client,
      "greet",
      { name: "ask bob@acme.example with sk-ant-abc123" },
      { userId: "U1", audience: "private" },
    );
    await call(client, "fail", { how: "user" });
    await call(client, "greet", { password: "hunter2", name: "x".repeat(1_000) });
    expect(audit).toMatchObject([
      { tool: "greeter__greet", userId: "U1", outcome: "ok", arguments: { name: "ask [redacted] with [redacted]" } },
      { tool: "greeter__fail", outcome: "tool_error", arguments: { how: "user" } },
      { outcome: "refused", arguments: { password: "[redacted]", name: `${"x".repeat(300)}… (1000 characters)` } },
    ]);
    expect(audit[0]?.at).toEqual(new Date(time.now));
    expect(audit[0]?.durationMs).toBeGreaterThan(0);
  });
});
