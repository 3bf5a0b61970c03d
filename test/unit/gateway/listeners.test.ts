import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  type ChangePreview,
  defineTool,
  type LookUp,
  type ServerDefinition,
} from "../../../mcp-servers/shared/define-tool.ts";
import { linkInProcess } from "../../../mcp-servers/shared/serve.ts";
import { createConsents } from "../../../src/approvals/consents.ts";
import { randomId } from "../../../src/core/ids.ts";
import type { ConfidentialRule, GatewayOptions, UpstreamSettings } from "../../../src/gateway/settings.ts";
import { CALLER_META, FAILURE_META, LOOK_UP_META, PREVIEW_META, type McpToolResult } from "../../../src/mcp/types.ts";
import { closeAll, connectTo, startGateway, textOf } from "../../support/gateway.ts";
import { MemoryApprovals } from "../../support/memory-approvals.ts";

afterEach(closeAll);

/** What stands in the CRM, and each change that was made to it. */
interface Crm {
  record: Record<string, unknown>;
  changes: number[];
  reads: number;
  /** What the record holds once it was changed, where that is more than was asked for. */
  becomes?: Record<string, unknown>;
  /** What its look-ups find. */
  found: LookUp<{ record: unknown }>;
  /** What its previews show in place of the amount. */
  previewed?: ChangePreview["changes"][number];
}

const define = defineTool<Crm>();
const get = define({
  name: "get",
  title: "Get",
  description: "Reads the record.",
  input: z.object({}),
  output: z.object({ record: z.unknown() }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  progress: { one: "Reading", many: "Reading" },
  async run(_, { client }) {
    client.reads++;
    return { record: client.record };
  },
});
const set = define({
  name: "set",
  title: "Set",
  description: "Changes the amount.",
  input: z.object({ amount: z.number() }),
  output: z.object({ record: z.unknown() }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  progress: { one: "Changing", many: "Changing" },
  async run({ amount }, { client }) {
    client.changes.push(amount);
    return { record: client.becomes ?? { amount } };
  },
  async preview({ amount }, { client }) {
    if (client.previewed) return { summary: "Change it", changes: [client.previewed] };
    const before = Number(client.record.amount);
    return { summary: "Change it", changes: [], amount: Math.max(before, amount) };
  },
  async lookUp(_, __, { client }) {
    return client.found;
  },
});

const secret = { name: "Acme", amount: 900_000 };
const inSales = {
  turnId: "turn_1",
  userId: "U1",
  audience: "channel" as const,
  channel: "C1",
  channelName: "sales",
  threadTs: "1.0",
  hasReadOthers: false,
};

async function setUp(
  rules: ConfidentialRule[],
  record: Record<string, unknown> = secret,
  more: Partial<GatewayOptions> = {},
  settings: Partial<UpstreamSettings> = {},
) {
  const crm: Crm = { record, changes: [], reads: 0, found: { state: "not_done" } };
  const definition: ServerDefinition<Crm> = {
    name: "crm",
    title: "CRM",
    version: "1.0.0",
    instructions: "",
    tools: [get, set],
    client: crm,
  };
  const open = () => linkInProcess(definition, { trustCaller: true, onError: () => {} });
  const upstream: UpstreamSettings = { name: "crm", source: { type: "builtin", open }, ...settings };
  const { gateway, audit } = startGateway({ upstreams: [upstream], confidential: rules, ...more });
  const client = await connectTo(gateway);
  const call = (tool: "get" | "set", args: object = {}, caller: object | undefined = inSales, meta: object = {}) =>
    client.callTool(
      `crm__${tool}`,
      { ...args },
      { timeoutMs: 5_000, meta: { ...meta, ...(caller && { [CALLER_META]: caller }) } },
    );
  return { call, client, crm, audit, gateway };
}

const isPrivate = (result: McpToolResult) => (result._meta?.[FAILURE_META] as any)?.kind === "private";
const everything: ConfidentialRule = { tools: "crm__*", channels: [] };
const large: ConfidentialRule = { tools: "crm__*", field: "amount", above: 100_000, channels: [] };

describe("what a channel may not read", () => {
  it("is not handed out, and nothing of it is said", async () => {
    const { call, audit } = await setUp([everything]);
    const refused = await call("get");
    expect(isPrivate(refused)).toBe(true);
    expect(JSON.stringify(refused)).not.toContain("900");
    expect(audit).toMatchObject([{ outcome: "refused", reason: "private" }]);
  });

  it("is for the asker alone, for channels that the rule names, and for other tools", async () => {
    const { call, gateway } = await setUp([{ ...everything, channels: ["#deal-desk", "C2"] }]);
    expect(isPrivate(await call("get", {}, { ...inSales, audience: "private", channel: "D1" }))).toBe(false);
    expect(isPrivate(await call("get", {}, { ...inSales, channel: "C2" }))).toBe(false);
    expect(isPrivate(await call("get", {}, { ...inSales, channel: "C3", channelName: "deal-desk" }))).toBe(false);
    expect(isPrivate(await call("get", {}, { ...inSales, channelName: "deal-desk-2" }))).toBe(true);
    // Anything but a clear "private" is a channel.
    expect(isPrivate(await call("get", {}, { ...inSales, audience: "dm" }))).toBe(true);
    const other = await setUp([{ tools: "erp__*", channels: [] }]);
    expect(isPrivate(await other.call("get"))).toBe(false);
    // Of another client no channel is known: its token says what it may use.
    const ci = await connectTo(gateway, { client: "sophia" });
    expect(isPrivate(await ci.callTool("crm__get", {}, { timeoutMs: 5_000 }))).toBe(false);
  });

  const above: [string, Record<string, unknown>][] = [
    ["a number", { amount: 100_001 }],
    ["deep within", { deals: [{ a: 1 }, { more: { amount: 200_000 } }] }],
    ["a text", { amount: "250000.50" }],
    ["a text with its currency", { amount: "USD 250,000.00" }],
    ["with its currency beside it", { amount: { value: 250_000, currency: "EUR" } }],
    ["the same as a text", { amount: { value: "250000", currency: "EUR" } }],
    ["another case", { Amount: 250_000 }],
    ["one of several", { amount: [1, 250_000] }],
    ["a table", { columns: [{ name: "NAME" }, { name: "AMOUNT" }], rows: [["Acme", "250000"]] }],
    ["words", { amount: "a lot" }],
    ["several numbers", { amount: "1-2" }],
    ["an object of anything", { amount: { low: 1, high: "2 or so" } }],
    ["a truth", { amount: true }],
    ["another spelling of its name", { "Amount (EUR)": 250_000 }],
    ...["90k", "1.2M", "1 M€", "M$ 1", "900.000,00", "€ 900.000", "900.000", "90000-95000", "9e4", "US$900,000"].map(
      (amount): [string, Record<string, unknown>] => [amount, { amount }],
    ),
    ...["USD 90,000 (net 30)", "90000.00 / yr 2", "90 MIO", "９０００００", "9,00,000", `${"0".repeat(60)}1`].map(
      (amount): [string, Record<string, unknown>] => [amount, { amount }],
    ),
    ...["name", "label", "field", "key", "property"].map((key): [string, Record<string, unknown>] => [
      `beside its ${key}`,
      { fields: [{ [key]: "Amount", value: "250000" }] },
    ]),
    ["beside its name, in words", { fields: [{ name: "amount", type: "number", display_value: "250 thousand" }] }],
    ["rows as objects", { columns: [{ name: "AMOUNT" }], rows: [{ AMOUNT: 250_000 }] }],
  ];
  it.each(above)("is told by a field above the limit: %s", async (_, record) => {
    const { call } = await setUp([large], record);
    expect(isPrivate(await call("get"))).toBe(true);
  });

  const below: [string, Record<string, unknown>][] = [
    ["just as much", { amount: 100_000 }],
    ["another field", { quota: 900_000 }],
    ["nothing", { amount: null }],
    ["no words", { amount: " ", fields: [{ name: "amount", value: "" }] }],
    ["the name alone", { columns: [{ name: "amount", type: "NUMBER" }] }],
    ["another name", { fields: [{ name: "quota", value: "900000" }] }],
    ...["99,999.99 USD", "99.999,99 €", "$99,999", "US$ 99 999", "-900000", "12345", "100000.00", ".5"].map(
      (amount): [string, Record<string, unknown>] => [amount, { amount, fields: [{ name: "Amount", value: amount }] }],
    ),
  ];
  it.each(below)("is not what stays below it: %s", async (_, record) => {
    const { call } = await setUp([large], record);
    expect(isPrivate(await call("get"))).toBe(false);
  });

  it("is all that a server says that we do not know: no value can be read out of words", async () => {
    const { call } = await setUp([large], { amount: 1 }, {}, { trusted: false, believeHints: true });
    expect(isPrivate(await call("get"))).toBe(true);
  });

  it("is not given out by the cache, nor page by page", async () => {
    const long = { amount: 900_000, text: "x".repeat(5_000) };
    const options = { limits: { resultCharacters: 1_000 } };
    const { call, client } = await setUp([large], long, options, { cacheMs: { get: 60_000 } });
    const asker = { ...inSales, audience: "private", channel: "D1" };
    const shown = await call("get", {}, asker);
    const cursor = /"cursor": "([^"]+)"/.exec(JSON.stringify(shown.content).replaceAll("\\", ""))?.[1];
    expect(cursor).toBeDefined();
    for (let times = 0; times < 2; times++) {
      const refused = await call("get");
      expect(isPrivate(refused)).toBe(true);
      expect(JSON.stringify(refused)).not.toContain("cursor");
    }
    const meta = { [CALLER_META]: inSales };
    const page = await client.callTool("gateway__read_more", { cursor }, { timeoutMs: 5_000, meta });
    expect(page.isError).toBe(true);
    expect(textOf(page)).not.toContain("xxx");
  });
});

describe("a write in a channel", () => {
  const setUpWrites = async (rules: ConfidentialRule[], record: Record<string, unknown>) => {
    const clock = { now: () => Date.parse("2026-03-02T10:00:00Z") };
    const place = { teamId: "T1", channel: "C1", threadTs: "1.0", userId: "U1" };
    const approvals = new MemoryApprovals(clock, place);
    const consents = createConsents({ approvals, clock, newId: randomId });
    const policies = [{ tools: "crm__set", policy: "allow" as const }];
    return { ...(await setUp(rules, record, { clock, consents, policies })), approvals };
  };

  it("shows no preview of what the channel may not read, and nobody is asked there", async () => {
    const { call, crm } = await setUp([large], secret);
    expect(isPrivate(await call("set", { amount: 1 }, inSales, { [PREVIEW_META]: true }))).toBe(true);
    const asked = await setUpWrites([large], secret);
    expect(isPrivate(await asked.call("set", { amount: 1 }, { ...inSales, hasReadOthers: true }))).toBe(true);
    expect([...crm.changes, ...asked.crm.changes]).toEqual([]);
  });

  it.each([
    ["before", { field: "Credit limit", before: "900,000 USD", after: null }],
    ["after", { field: "credit_limit", before: null, after: "90k" }],
  ])("shows no preview that names the field as people know it: %s", async (_, previewed) => {
    const rule = { ...large, field: "credit_limit" };
    const { call, crm } = await setUp([rule]);
    crm.previewed = previewed;
    expect(isPrivate(await call("set", { amount: 1 }, inSales, { [PREVIEW_META]: true }))).toBe(true);
    crm.previewed = { field: "Credit limit", before: null, after: "90,000 USD" };
    expect(isPrivate(await call("set", { amount: 1 }, inSales, { [PREVIEW_META]: true }))).toBe(false);
  });

  it("tells where it is looked up that it was done, and not what was found", async () => {
    const about = { [LOOK_UP_META]: { id: "w1", sentAt: "2026-03-02T10:00:00Z" } };
    const { call, crm } = await setUp([large]);
    crm.found = { state: "done", output: { record: secret } };
    const found = await call("set", { amount: 1 }, inSales, about);
    expect(found.structuredContent?.state).toBe("done");
    expect(JSON.stringify(found)).toContain("It was done");
    expect(JSON.stringify(found)).not.toContain("900");
    crm.found = { state: "done", output: { record: { amount: 1 } } };
    expect((await call("set", { amount: 1 }, inSales, about)).structuredContent).toEqual(crm.found);
    const all = await setUp([everything]);
    expect((await all.call("set", { amount: 1 }, inSales, about)).structuredContent).toMatchObject({
      state: "not_done",
    });
    all.crm.found = { state: "unknown", reason: "There is one of 900,000 already." };
    const doubtful = await all.call("set", { amount: 1 }, inSales, about);
    expect(doubtful.structuredContent).toMatchObject({ state: "unknown", retryable: false });
    expect(JSON.stringify(doubtful)).not.toContain("900");
  });

  it("is not made where what it answers would be kept back, even where nobody is asked", async () => {
    const { call, crm } = await setUpWrites([large], secret);
    expect(isPrivate(await call("set", { amount: 1 }))).toBe(true);
    const all = await setUpWrites([everything], { amount: 1 });
    expect(isPrivate(await all.call("set", { amount: 2 }))).toBe(true);
    expect([...crm.changes, ...all.crm.changes]).toEqual([]);
  });

  it("is made once where it may be read", async () => {
    const { call, crm } = await setUpWrites([large], { amount: 1 });
    expect((await call("set", { amount: 2 })).isError).toBeFalsy();
    expect(crm.changes).toEqual([2]);
  });

  it("says only that it was done, where its answer holds more than its preview did", async () => {
    const { call, crm } = await setUpWrites([large], { amount: 1 });
    crm.becomes = { amount: 2, deals: [{ amount: 900_000 }] };
    const done = await call("set", { amount: 2 });
    expect(done.isError).toBeFalsy();
    expect(JSON.stringify(done)).not.toContain("900");
    expect(textOf(done)).toContain("It was done");
    expect(JSON.stringify(await call("set", { amount: 2 }))).not.toContain("900");
    expect(crm.changes).toEqual([2]);
  });
});
