import { afterEach, describe, expect, it } from "vitest";
import { APPROVAL_META, NOTE_META } from "../../../src/mcp/types.ts";
import { caller, erase, setUp } from "../../support/consent-gateway.ts";
import { closeAll, textOf } from "../../support/gateway.ts";

afterEach(closeAll);

describe("what was sent", () => {
  it("is told again to the same call, and not sent again", async () => {
    const { client, log, decide, approvals } = await setUp();
    await erase(client);
    await decide("granted");
    const results = [await erase(client), await erase(client)];
    expect(results.map(({ structuredContent }) => structuredContent)).toEqual([{ erased: "Ada" }, { erased: "Ada" }]);
    expect(log.erased).toEqual([{ name: "Ada", writeId: approvals.rows[0]?.id }]);
    expect(approvals.rows).toMatchObject([{ status: "done", sends: 1 }]);
  });

  it("keeps its grant where the service would take it later", async () => {
    const { client, log, decide, approvals } = await setUp();
    await erase(client);
    await decide("granted");
    log.fates.push("busy");
    expect(textOf(await erase(client))).toContain("Its request limit is used up");
    expect(approvals.rows).toMatchObject([{ status: "granted" }]);
    expect((await erase(client)).isError).toBeFalsy();
    expect(log.erased).toHaveLength(1);
  });

  it("is looked up where its answer was lost, and then told as if it had come", async () => {
    const { client, log, decide, approvals, outcomes, resumed } = await setUp();
    await erase(client);
    await decide("granted");
    log.fates.push("lost");
    expect((await erase(client))._meta?.[APPROVAL_META]).toEqual({ id: approvals.rows[0]?.id });
    expect((await erase(client))._meta).toHaveProperty([APPROVAL_META]);
    await outcomes.sweep();
    expect(resumed).toEqual(["turn_1", "turn_1"]);
    expect((await erase(client)).structuredContent).toEqual({ erased: "Ada" });
    expect(log.erased).toHaveLength(1);
  });

  it("is sent again only once it can no longer be on its way and is not there", async () => {
    const { client, log, decide, approvals, outcomes, resumed, time } = await setUp();
    await erase(client);
    await decide("granted");
    log.fates.push("dropped");
    await erase(client);
    time.now += 34_000;
    await outcomes.sweep();
    expect(approvals.rows).toMatchObject([{ status: "sent" }]);
    expect(resumed).toHaveLength(1);
    time.now += 1_000;
    await outcomes.sweep();
    expect(approvals.rows).toMatchObject([{ status: "granted" }]);
    expect((await erase(client)).isError).toBeFalsy();
    expect(log.erased).toHaveLength(1);
    expect(log.calls).toHaveLength(2);
  });

  it("is given up as not carried out when that has happened three times", async () => {
    const { client, log, decide, approvals, outcomes, time } = await setUp();
    await erase(client);
    await decide("granted");
    for (let sends = 0; sends < 3; sends++) {
      log.fates.push("dropped");
      await erase(client);
      time.now += 35_000;
      await outcomes.sweep();
    }
    expect(approvals.rows).toMatchObject([{ status: "failed", sends: 3 }]);
    expect(textOf(await erase(client))).toContain("it was not carried out");
    expect(log.calls).toHaveLength(3);
  });

  it("stays unknown where nobody can say, until somebody looks again", async () => {
    const { client, log, decide, approvals, outcomes } = await setUp();
    await erase(client);
    await decide("granted");
    log.fates.push("lost");
    await erase(client);
    log.lookUp = "unknown";
    await outcomes.sweep();
    expect(textOf(await erase(client))).toContain("it is not known what came of it. It is not sent twice.");
    expect(await outcomes.checkAgain(approvals.rows[0]!)).toBe("Look at the wall.");
    delete log.lookUp;
    expect(await outcomes.checkAgain(approvals.rows[0]!)).toBeUndefined();
    expect(approvals.rows).toMatchObject([{ status: "done", result: { structuredContent: { erased: "Ada" } } }]);
    expect(log.calls).toHaveLength(1);
  });

  it("is asked about for two minutes where its service is away", async () => {
    const { client, log, decide, approvals, outcomes, time } = await setUp();
    await erase(client);
    await decide("granted");
    log.fates.push("lost");
    await erase(client);
    log.lookUp = "unreachable";
    time.now += 119_000;
    await outcomes.sweep();
    expect(approvals.rows).toMatchObject([{ status: "sent" }]);
    time.now += 1_000;
    await outcomes.sweep();
    expect(approvals.rows).toMatchObject([{ status: "unknown" }]);
  });

  it("is on record where policy alone let it pass", async () => {
    const { client, log, approvals } = await setUp({ policies: [{ tools: "*", policy: "allow" }] });
    await Promise.all([erase(client), erase(client), erase(client)]);
    await erase(client);
    expect(approvals.rows).toMatchObject([{ status: "done", sends: 1 }]);
    expect(log.erased).toHaveLength(1);
  });
});

describe("who decides", () => {
  const policies = [{ tools: "greeter__erase", above: 100, policy: "ask" as const, approvers: ["@deal-desk"] }];

  it("is whom the policy names where the record stands for more, and the asker is not enough", async () => {
    const { client, log, decide, approvals } = await setUp({ policies });
    await erase(client, "500");
    expect(approvals.rows).toMatchObject([{ approvers: ["@deal-desk"] }]);
    expect(await decide("granted", "U1")).toMatchObject({ kind: "forbidden" });
    expect(await decide("granted", "U3")).toMatchObject({ kind: "forbidden" });
    expect(await decide("granted", "U2")).toMatchObject({ kind: "decided" });
    expect((await erase(client, "500")).isError).toBeFalsy();
    expect(log.erased).toHaveLength(1);
  });

  it("is the asker below that, and no one where the rest is allowed", async () => {
    const { client, approvals, log } = await setUp({ policies: [...policies, { tools: "*", policy: "allow" }] });
    expect((await erase(client, "100")).isError).toBeFalsy();
    expect((await erase(client, "101"))._meta).toHaveProperty([APPROVAL_META]);
    expect(approvals.rows).toMatchObject([{ status: "done" }, { status: "planned" }]);
    expect(log.erased).toHaveLength(1);
  });

  it("is asked even about what is allowed, once others' texts have been read", async () => {
    const { client, log } = await setUp({ policies: [{ tools: "*", policy: "allow" }] });
    const read = { ...caller, hasReadOthers: true };
    expect((await erase(client, "Ada", read))._meta).toHaveProperty([APPROVAL_META]);
    const { hasReadOthers: _, ...untold } = caller;
    expect((await erase(client, "Bob", untold))._meta).toHaveProperty([APPROVAL_META]);
    expect(log.calls).toEqual([]);
  });

  it.for([
    ["another role", { agents: ["analyst"] }],
    ["another asker", { askers: ["@sales"] }],
    ["another channel", { channels: ["#general"] }],
  ])("goes by rules that fit, and not by one for %s", async ([, condition]) => {
    const { client } = await setUp({ policies: [{ tools: "*", policy: "allow", ...(condition as object) }] });
    expect((await erase(client))._meta).toHaveProperty([APPROVAL_META]);
  });

  it("says why they deny, to the model as their words", async () => {
    const { client, decide } = await setUp();
    await erase(client);
    await decide("denied", "U1", 'Not before "Friday"');
    expect(textOf(await erase(client))).toContain(String.raw`What they said to it: "Not before \"Friday\""`);
  });
});

describe("a person who changes the arguments", () => {
  const edit = (name: string) => ({ who: { userId: "U1", groups: [] }, arguments: { name } });

  it("sees what that would change, and what was approved is what is sent", async () => {
    const { client, log, decide, decisions, approvals } = await setUp();
    await erase(client);
    await approvals.onCards("turn_1", "card", 5);
    const approvalId = approvals.rows[0]!.id;
    const edited = await decisions.edit({ approvalId, ...edit("Bob") }, AbortSignal.timeout(5_000));
    expect(edited).toMatchObject({ kind: "open", approvals: [{ preview: { summary: "Erase Bob" }, editedBy: "U1" }] });
    await decide("granted");
    const result = await erase(client);
    expect(log.erased).toEqual([{ name: "Bob", writeId: approvalId }]);
    expect(result._meta?.[NOTE_META]).toContain('What was sent: {"name":"Bob"}');
    expect((await erase(client))._meta?.[NOTE_META]).toContain('{"name":"Bob"}');
  });

  it("is told what is wrong with them, and nothing changes", async () => {
    const { client, decisions, approvals } = await setUp();
    await erase(client);
    await approvals.onCards("turn_1", "card", 5);
    const approvalId = approvals.rows[0]!.id;
    const signal = AbortSignal.timeout(5_000);
    expect(await decisions.edit({ approvalId, ...edit("nobody") }, signal)).toMatchObject({
      kind: "invalid",
      problem: expect.stringContaining("There is no greeting of nobody."),
    });
    const wrong = { ...edit(""), arguments: { nmae: "Ada" } };
    expect(await decisions.edit({ approvalId, ...wrong }, signal)).toMatchObject({ kind: "invalid" });
    expect(approvals.rows[0]).not.toHaveProperty("edited");
  });

  it("cannot be somebody else, nor come too late", async () => {
    const { client, decide, decisions, approvals } = await setUp();
    await erase(client);
    await approvals.onCards("turn_1", "card", 5);
    const approvalId = approvals.rows[0]!.id;
    const signal = AbortSignal.timeout(5_000);
    const foreign = { approvalId, who: { userId: "U2", groups: [] }, arguments: { name: "Bob" } };
    expect(await decisions.edit(foreign, signal)).toMatchObject({ kind: "forbidden" });
    await decide("granted");
    expect(await decisions.edit({ approvalId, ...edit("Bob") }, signal)).toMatchObject({ kind: "closed" });
    expect(approvals.rows[0]).not.toHaveProperty("edited");
  });
});
