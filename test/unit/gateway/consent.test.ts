import { afterEach, describe, expect, it } from "vitest";
import { APPROVAL_META, CALLER_META } from "../../../src/mcp/types.ts";
import { call, caller, day, erase, setUp } from "../../support/consent-gateway.ts";
import { closeAll, connectTo, flakyUpstream, textOf } from "../../support/gateway.ts";

afterEach(closeAll);

describe("a write that asks", () => {
  it("waits, with what its server says would change, and asks once", async () => {
    const { client, log, approvals, audit, time } = await setUp();
    for (const _ of [1, 2]) {
      const result = await erase(client);
      expect(result).toMatchObject({ isError: true, _meta: { [APPROVAL_META]: { id: approvals.rows[0]?.id } } });
      expect(textOf(result)).toBe("greeter__erase waits for a person's consent, or for word of what came of it.");
    }
    expect(log.calls).toEqual([]);
    expect(approvals.rows).toMatchObject([
      {
        turnId: "turn_1",
        tool: "greeter__erase",
        arguments: { name: "Ada" },
        preview: { summary: "Erase Ada", changes: [{ field: "greeting", before: "Ada", after: null }] },
        expiresAt: new Date(time.now + day),
      },
    ]);
    expect(audit.at(-1)).toMatchObject({ outcome: "refused", reason: "consent_pending" });
  });

  it("passes once by a grant", async () => {
    const { client, log, decide, resumed } = await setUp();
    await erase(client);
    expect(await decide("granted")).toMatchObject({ kind: "decided" });
    expect(resumed).toEqual(["turn_1"]);
    const results = await Promise.all([erase(client), erase(client), erase(client)]);
    expect(results.filter(({ isError }) => !isError)).toHaveLength(1);
    expect(log.calls.map(({ tool }) => tool)).toEqual(["erase"]);
    const [refused] = results.filter(({ isError }) => isError);
    expect(textOf(refused!)).toMatch(
      /^This is being sent at this moment, and is not sent twice\.\nThat was greeter__erase/,
    );
  });

  it.for([
    ["other arguments", { name: "Bob" }, caller],
    ["another turn", { name: "Ada" }, { ...caller, turnId: "turn_2" }],
  ] as const)("does not pass by the grant for %s", async ([, args, from]) => {
    const { client, log, approvals, decide } = await setUp();
    await erase(client);
    await decide("granted");
    expect((await call(client, "greeter__erase", args, from))._meta).toHaveProperty([APPROVAL_META]);
    expect(approvals.rows).toHaveLength(2);
    expect(log.calls).toEqual([]);
  });

  it("is bound to its arguments, in whatever order they come", async () => {
    const { client, log, decide } = await setUp({}, { trusted: false });
    await call(client, "greeter__greet", { name: "Ada", loudness: 3 });
    await decide("granted");
    await call(client, "greeter__greet", { loudness: 3, name: "Ada" });
    expect(log.calls).toHaveLength(1);
  });

  it("does not pass when it was denied, and says what to do", async () => {
    const { client, log, decide } = await setUp();
    await erase(client);
    await decide("denied");
    expect(textOf(await erase(client))).toMatch(/^Not done: it was denied\.\nDo not try greeter__erase/);
    expect(log.calls).toEqual([]);
  });

  it("does not pass when a day has gone by, nor can it be decided then", async () => {
    const { client, log, decide, time } = await setUp();
    await erase(client);
    time.now += day;
    expect(textOf(await erase(client))).toMatch(/^Not done: nobody decided in time\./);
    expect(await decide("granted")).toEqual({ kind: "unknown" });
    expect(textOf(await erase(client))).toMatch(/^Not done: nobody decided/);
    expect(log.calls).toEqual([]);
  });

  it("is decided by the asker alone", async () => {
    const { client, decide, approvals, resumed } = await setUp();
    await erase(client);
    expect(await decide("granted", "U2")).toMatchObject({ kind: "forbidden", approvals: [{ status: "planned" }] });
    expect(await decide("denied")).toMatchObject({ kind: "decided", approvals: [{ decidedBy: "U1" }] });
    expect(await decide("granted")).toMatchObject({ kind: "closed", approvals: [{ status: "denied" }] });
    expect(approvals.rows[0]?.status).toBe("denied");
    // A press that died after it had decided may have left the turn waiting: the next one puts it right.
    expect(resumed).toEqual(["turn_1", "turn_1"]);
  });

  it("is asked again where it would change something else by now", async () => {
    const { client, log, decide, approvals } = await setUp();
    await erase(client);
    await decide("granted");
    log.standing.set("Ada", "rewritten meanwhile");
    expect((await erase(client))._meta?.[APPROVAL_META]).toEqual({ id: approvals.rows[0]?.id });
    expect(log.calls).toEqual([]);
    expect(approvals.rows).toMatchObject([
      { status: "planned", preview: { changes: [{ field: "greeting", before: "rewritten meanwhile", after: null }] } },
    ]);
    await decide("granted");
    expect((await erase(client)).isError).toBeFalsy();
    expect(log.calls).toHaveLength(1);
  });

  it("is not said to have been sent where its turn is to stop", async () => {
    const { client, log, decide, approvals } = await setUp();
    await erase(client);
    await decide("granted");
    approvals.isStopping = true;
    expect(textOf(await erase(client))).toMatch(/^Not done: the question was stopped/);
    expect(log.calls).toEqual([]);
  });

  it("is refused where a person could not be shown all of it", async () => {
    const { client, log, approvals } = await setUp();
    log.standing.set("Ada", "x".repeat(3_001));
    expect(textOf(await erase(client))).toContain("would change more at once than a person can be shown");
    expect(approvals.rows).toEqual([]);
    expect(log.calls).toEqual([]);
  });

  it("keeps its grant where it was certainly not sent", async () => {
    const { client, log, decide, time } = await setUp(
      { limits: { budgetWaitMs: 1 } },
      { budget: { perSecond: 1, burst: 2 } },
    );
    await erase(client);
    await decide("granted");
    expect(textOf(await erase(client))).toContain("is asked too often just now");
    expect(log.calls).toEqual([]);
    time.elapsed += 2_000;
    expect((await erase(client)).isError).toBeFalsy();
  });
});

describe("nobody is asked", () => {
  it("about arguments that are wrong, or what could not be carried out", async () => {
    const { client, approvals, log } = await setUp();
    expect(textOf(await call(client, "greeter__erase", { nmae: "Ada" }))).toContain('did you mean "name"?');
    expect(textOf(await erase(client, "nobody"))).toContain("There is no greeting of nobody.");
    expect(approvals.rows).toEqual([]);
    expect(log.calls).toEqual([]);
  });

  it("about what is read, allowed or switched off", async () => {
    const policies = [
      { tools: "greeter__erase", policy: "allow" },
      { tools: "greeter__recite", policy: "deny" },
    ] as const;
    const { client, approvals, log } = await setUp({ policies });
    for (const [tool, args] of [
      ["greet", { name: "Ada" }],
      ["erase", { name: "Ada" }],
      ["recite", { characters: 1 }],
    ] as const)
      await call(client, `greeter__${tool}`, args);
    expect(log.calls.map(({ tool }) => tool)).toEqual(["greet", "erase"]);
    expect(approvals.rows.map(({ cardId, status }) => ({ cardId, status }))).toEqual([{ status: "done" }]);
  });

  it.for([
    ["outside a turn", { userId: "U1", audience: "private" }],
    ["by nobody", { turnId: "turn_1", audience: "private" }],
    ["by Sophia herself", undefined],
  ] as const)("by a call %s, which is refused", async ([, from]) => {
    const { client, approvals, log } = await setUp();
    // Not `erase`, whose default would fill in the caller.
    const result = await client.callTool("greeter__erase", { name: "Ada" }, metaOf(from));
    expect(textOf(result)).toContain("nobody can be asked for their consent here");
    expect([approvals.rows, log.calls]).toEqual([[], []]);
  });

  it("by another MCP client, whoever it says that it is, though a person has consented", async () => {
    const clients = [{ name: "other", token: "t", tools: ["*"] }];
    const { client, gateway, decide, approvals, log } = await setUp({ clients });
    await erase(client);
    await decide("granted");
    const other = await connectTo(gateway, { client: "other" });
    expect(textOf(await erase(other))).toContain("nobody can be asked for their consent here");
    expect(approvals.rows).toMatchObject([{ status: "granted" }]);
    expect(log.calls).toEqual([]);
  });
});

describe("what would change", () => {
  it("is not asked of a server that is not ours, which would make the change", async () => {
    const { client, approvals, log } = await setUp({}, { trusted: false, believeHints: true });
    await erase(client);
    expect(log.calls).toEqual([]);
    expect(approvals.rows[0]?.preview).toEqual({
      summary: "greeter__erase: Erase",
      changes: [{ field: "name", before: null, after: "Ada" }],
    });
  });

  it("is not asked of a server that does not know the question, though it is trusted", async () => {
    const flaky = flakyUpstream({ trusted: true });
    const { client, approvals } = await setUp({}, {}, flaky.upstream);
    const [tool] = (await client.listTools()).filter(({ annotations }) => annotations?.readOnlyHint !== true);
    await call(client, String(tool?.name), {});
    expect(approvals.rows).toHaveLength(1);
    expect(flaky.received().filter(({ method }) => method === "tools/call")).toEqual([]);
  });
});

function metaOf(from: object | undefined) {
  return { timeoutMs: 5_000, ...(from ? { meta: { [CALLER_META]: from } } : {}) };
}
