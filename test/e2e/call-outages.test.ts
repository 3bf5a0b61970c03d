import { setImmediate as turnOfLoop } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { salesScript } from "../../sandbox/claude/script/index.ts";
import type { MessageView } from "../../sandbox/slack/store.ts";
import type { Call } from "../../sandbox/world/types.ts";
import { markdownOf } from "../support/answers.ts";
import { connectOverHttp } from "../support/gateway.ts";
import { type House, openHouse } from "../support/house.ts";
import { until } from "../support/servers.ts";

const start = Date.parse("2026-11-18T15:30:00Z");
const minute = 60_000;
const channel = "call-summaries";
const token = "a-token-of-the-tests-0123456789";
const awayForLong = { status: 500, times: 1_000 };

let house: House;
let now: number;
beforeEach(async () => {
  now = start;
  house = await openHouse({
    sandbox: { now },
    env: { MCP_AUTH_TOKEN: token },
    config: { routes: [{ what: "calls", channel: `#${channel}`, where: {} }] },
    // Nobody waits by the clock on the wall: the pauses within a turn are passed over.
    wait: async () => turnOfLoop(),
  });
  await until(() => house.sandbox.board.requests("gong").length > 0, "the first poll");
}, 60_000);
afterEach(() => house.close());

const pass = (ms: number) => house.sandbox.clock.set((now += ms));

/** A call with Acme ends, and the next poll is due. */
function end(): Call {
  pass(minute);
  const call = house.sandbox.gong.store.endCall({ account: "Acme" });
  pass(6 * minute);
  return call;
}

const posts = (): MessageView[] =>
  house.sandbox.slack.store
    .messages(channel)
    .filter(({ author, ephemeralFor }) => author.isBot && ephemeralFor === null);
const turnsOf = async (kind: "call_summary" | "call_index") =>
  (await house.turns()).filter(({ task }) => task?.kind === kind).map(({ status }) => status);

/** Time goes by, and the sweeps see it, until this is so. */
async function inTime(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  await until(
    async () => {
      if (await condition()) return true;
      pass(minute);
      return false;
    },
    what,
    40_000,
  );
}

async function openCircuit(service: string, tool: string, args: Record<string, unknown>): Promise<void> {
  const client = await connectOverHttp(`${house.app.gatewayUrl}/mcp/sophia`, token);
  const isLeftAlone = async () =>
    JSON.stringify(await client.callTool(tool, args, { timeoutMs: 20_000 })).includes("is left alone");
  for (let tries = 0; !(await isLeftAlone()); tries++) expect(tries, `${service} to be left alone`).toBeLessThan(8);
  await client.close();
}

it("a call whose Gong goes away while it is summarised is summarised once, late, when Gong is back", async () => {
  house.sandbox.claude.store.script(async (request) => {
    if (!request.output_config?.format) return salesScript(request);
    house.sandbox.board.addFault({ service: "gong", ...awayForLong });
    await openCircuit("gong", "gong__get_calls", { from_date: "2026-11-17", to_date: "2026-11-18" });
    return salesScript(request);
  });
  const call = end();
  await until(async () => (await turnsOf("call_summary")).includes("failed"), "the summary to be put off", 30_000);
  expect(posts()).toEqual([]);
  pass(4 * 60 * minute);
  house.sandbox.claude.store.script(salesScript);
  house.sandbox.board.reset();
  await inTime(() => posts().length > 0, "the summary");
  const [post] = posts() as [MessageView];
  expect(markdownOf(post)).toContain(`id=${call.id}`);
  expect(markdownOf(post)).toMatch(/_late: \d+ hours after this call, which was on Wed 18 Nov_/);
  await until(async () => (await turnsOf("call_summary")).at(-1) === "done", "the end of its turn");
  const asked = house.sandbox.board.requests("gong").length;
  pass(6 * minute);
  await until(() => house.sandbox.board.requests("gong").length > asked, "another poll");
  expect(await turnsOf("call_summary")).toEqual(["failed", "done"]);
  expect(posts()).toHaveLength(1);
}, 90_000);

it("a call whose Pinecone is away is summarised at once, and found by what was said once Pinecone is back", async () => {
  const { board } = house.sandbox;
  board.addFault({ service: "pinecone", ...awayForLong });
  end();
  await until(async () => (await turnsOf("call_summary"))[0] === "done", "the summary", 30_000);
  expect(posts()).toHaveLength(1);
  const written = () => board.requests("pinecone").filter(({ url, status }) => url.includes("upsert") && status < 300);
  expect(written()).toEqual([]);
  await inTime(async () => (await turnsOf("call_index")).includes("failed"), "another try in vain");
  board.reset();
  await inTime(async () => (await turnsOf("call_index")).at(-1) === "done", "the one that goes through");
  const ids = written().map(({ body }) => (JSON.parse(body) as { _id: string })._id);
  expect(ids.length).toBeGreaterThan(1);
  expect(posts()).toHaveLength(1);
}, 90_000);
