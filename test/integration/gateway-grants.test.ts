import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createConsents } from "../../src/approvals/consents.ts";
import { createGateway, type Gateway } from "../../src/gateway/gateway.ts";
import { connectMcp } from "../../src/mcp/client.ts";
import {
  CALLER_META,
  LOOK_UP_META,
  type McpConnection,
  type McpToolResult,
  PREVIEW_META,
  WRITE_META,
} from "../../src/mcp/types.ts";
import { randomId } from "../../src/core/ids.ts";
import type { AuditSink } from "../../src/observability/audit.ts";
import { createApprovals, type Approvals } from "../../src/storage/approvals.ts";
import { createAuditLog } from "../../src/storage/audit-log.ts";
import { verifyChain } from "../../src/storage/audit-verification.ts";
import type { Database } from "../../src/storage/database.ts";
import { createTurns, type Turns } from "../../src/storage/turns.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";
import { connectTo, greeterUpstream, textOf } from "../support/gateway.ts";
import type { GreeterLog } from "../support/greeter.ts";
import { silentLogger } from "../support/run-agent.ts";
import { newTurn } from "../support/turns.ts";

const calls = 1_000;
const turnCount = 40;
const start = Date.parse("2026-03-02T10:00:00Z");
const day = 24 * 3_600_000;

/** What was said to the write of each turn, in turn. */
const states = ["missing", "planned", "granted", "granted", "denied", "expired", "used", "stopped"] as const;
type State = (typeof states)[number];

interface Asked {
  n: number;
  state: State;
  turnId: string;
  userId: string;
  channel: string;
  threadTs: string;
}

const asked: Asked[] = Array.from({ length: turnCount }, (_, n) => ({
  n,
  state: states[n % states.length] as State,
  turnId: `t${n}`,
  userId: `U${n}`,
  channel: `C${n % 3}`,
  threadTs: `${n}.0`,
}));

/** Numbers from 0 to 1, the same in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe.each(await availableEngines())("grants, on $name", { timeout: 120_000 }, (engine) => {
  let home: EngineHome;
  let database: Database;
  let turns: Turns;
  let approvals: Approvals;
  let audit: AuditSink;
  let gateway: Gateway;
  let log: GreeterLog;
  let now = start;
  const clock = { now: () => now };
  const clients: Record<string, McpConnection> = {};

  beforeAll(async () => {
    home = await engine.create();
    ({ database } = await home.createStorage());
    turns = createTurns(database, clock);
    approvals = createApprovals(database, clock);
    audit = createAuditLog({ database, logger: silentLogger, clock });
    const greeter = greeterUpstream();
    log = greeter.log;
    gateway = createGateway({
      upstreams: [greeter.upstream],
      agents: {
        sophia: ["*"],
        analyst: ["greeter__greet"],
      },
      token: "sophias-own-token",
      clients: [
        {
          name: "other",
          token: "another-token",
          tools: ["*"],
        },
      ],
      consents: createConsents({
        approvals,
        clock,
        newId: randomId,
      }),
      audit,
      clock,
      logger: silentLogger,
    });
    await gateway.start();
    const { url } = await gateway.listen({ port: 0, host: "127.0.0.1", allowedHosts: [] });
    clients["sophia"] = await connectTo(gateway);
    clients["analyst"] = await connectTo(gateway, { client: "sophia", agent: "analyst" });
    clients["other"] = await connectTo(gateway, { client: "other" });
    clients["overHttp"] = await connectMcp(
      { type: "http", url: `${url}/mcp`, token: "another-token" },
      { name: "t", version: "1" },
    );
    for (const one of asked) await prepare(one);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(Object.values(clients).map((client) => client.close()));
    await gateway.close();
    await home.drop();
  });

  const claimOf = ({ turnId, userId, channel, threadTs }: Asked) => ({
    turnId,
    userId,
    channel,
    threadTs,
    teamId: "T1",
    agent: "sophia",
    audience: "channel",
    groups: [],
    identities: {},
    question: "erase it",
    hasReadOthers: false,
  });
  const call = (client: string, name: string, meta: object): Promise<McpToolResult> =>
    clients[client]!.callTool("greeter__erase", { name }, { timeoutMs: 10_000, meta: { ...meta } });
  const own = (one: Asked) => call("sophia", `N${one.n}`, { [CALLER_META]: claimOf(one) });
  const decide = async ({ turnId, userId }: Asked, status: "granted" | "denied"): Promise<void> => {
    await approvals.onCards(turnId, `card-${turnId}`, 5);
    const seen = await approvals.ofCard(`card-${turnId}-0`);
    await approvals.decide(`card-${turnId}-0`, { status, userId, seen });
  };

  async function prepare(one: Asked): Promise<void> {
    const { state, turnId, userId, channel, threadTs } = one;
    await turns.add(newTurn({ id: turnId, userId, channel, threadTs, messageTs: threadTs }));
    await turns.claim(turnId, "w", 3_600_000);
    if (state === "missing") return;
    if (state === "expired") now = start - day;
    await own(one);
    if (["granted", "used", "stopped", "expired"].includes(state)) await decide(one, "granted");
    if (state === "denied") await decide(one, "denied");
    now = start;
    if (state === "used") await own(one);
    if (state === "stopped") await turns.requestStop({ turnId });
  }

  /** A call that nobody granted, whatever it says of itself. */
  function attempt(random: () => number): Promise<McpToolResult> {
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const granted = pick(asked.filter(({ state }) => state === "granted"));
    const ungranted = pick(asked.filter(({ state }) => state !== "granted"));
    const foreign = pick(asked.filter(({ n }) => n !== granted.n));
    const claim = claimOf(granted);
    const name = `N${granted.n}`;
    const by = (client: string, changed: object, more: object = {}, args = name) =>
      call(client, args, { [CALLER_META]: { ...claim, ...changed }, ...more });
    const { userId, channel, threadTs, turnId } = foreign;
    const ways: (() => Promise<McpToolResult>)[] = [
      () => own(ungranted),
      () => by("sophia", { turnId: `t${Math.floor(random() * 1e9)}x` }),
      () => by("sophia", { turnId }),
      () => by("sophia", { userId }),
      () => by("sophia", { threadTs }),
      () => by("sophia", { channel: `${channel}x` }),
      () => by("sophia", { userId, channel, threadTs }),
      () => by("sophia", { turnId: undefined }),
      () => by("sophia", { userId: undefined }),
      () => by("sophia", {}, {}, `${name}${pick([" ", "0", "\u200B", "'", "x"])}`),
      () => by("sophia", {}, {}, `N${foreign.n}`),
      () => by("sophia", { turnId: foreign.turnId }, { [WRITE_META]: { id: "approval_1" } }),
      () => by("analyst", {}),
      () => by("analyst", { agent: "analyst" }),
      () => by("other", {}),
      () => by("overHttp", {}),
      () => by("overHttp", { agent: "sophia", client: "sophia" }, { [WRITE_META]: { id: "approval_1" } }),
      () => by("other", {}, { [PREVIEW_META]: true }),
      () => by("other", {}, { [LOOK_UP_META]: { id: "a", sentAt: new Date(now).toISOString() } }),
      () => call("sophia", name, {}),
    ];
    return pick(ways)();
  }

  it(`let none of ${calls} calls through that nobody granted, and each is in the audit`, async () => {
    const before = log.calls.length;
    const random = randomFrom(20_260_302);
    let told = 0;
    for (let done = 0; done < calls; done += 20) {
      const results = await Promise.all(Array.from({ length: 20 }, () => attempt(random)));
      // Of a write that was made before the same call is told again what came of it: that is no second one.
      told += results.filter(({ isError }) => !isError).length;
    }
    expect(log.calls.length).toBe(before);
    await audit.close();
    const [{ refused, again } = { refused: 0, again: 0 }] = await database.query<{ refused: number; again: number }>(
      `SELECT count(*) FILTER (WHERE outcome = 'refused')::int AS refused,
         count(*) FILTER (WHERE outcome = 'repeated')::int AS again
       FROM sophia.audit WHERE kind = 'call'`,
    );
    const prepared = asked.filter(({ state }) => state !== "missing").length;
    expect({ refused: refused - prepared, again }).toEqual({ refused: calls - told, again: told });
    expect(told).toBeLessThan(calls / 20);
  });

  it("let each granted call through once, after all of that", async () => {
    const granted = asked.filter(({ state }) => state === "granted");
    const before = log.erased.length;
    const results = await Promise.all(granted.flatMap((one) => [own(one), own(one), own(one)]));
    expect(log.erased.length - before).toBe(granted.length);
    // The others hear what came of it, or that it is under way.
    const others = results.filter(({ isError }) => isError).map(textOf);
    expect(others.filter((words) => !words.includes("is not sent twice"))).toEqual([]);
  });

  it("leave a chain that holds, and in which one flipped byte is found", async () => {
    expect(await verifyChain(database)).toMatchObject({ valid: true });
    const random = randomFrom(7);
    const [{ count } = { count: 0 }] = await database.query<{ count: number }>(
      "SELECT max(sequence)::int AS count FROM sophia.audit",
    );
    const sequence = 1 + Math.floor(random() * count);
    await database.query(
      "UPDATE sophia.audit SET outcome = overlay(outcome placing 'x' from 1 for 1) WHERE sequence = $1",
      [sequence],
    );
    expect(await verifyChain(database)).toMatchObject({ valid: false, sequence });
  });
});
