import { describe, expect, it } from "vitest";
import type { Spender } from "../../../src/agent/ports.ts";
import { createMetrics } from "../../../src/observability/metrics.ts";
import type { Amount, Spend, SpentAnswer } from "../../../src/storage/spend.ts";
import { createSpending, type SpendLimits } from "../../../src/turns/spending.ts";
import { usage } from "../../support/agent-doubles.ts";
import { silentLogger } from "../../support/run-agent.ts";

const inChannel: Spender = { turnId: "turn_1", userId: "U1", channel: "C1", audience: "channel" };
const inPrivate: Spender = { ...inChannel, channel: "D1", audience: "private" };
const prices = { "claude-test": { input: 1000, cacheWrite: 0, cacheRead: 0, output: 0 } };
/** Each costs 0.10 USD and has 1,130 tokens. */
const answer = { model: "claude-test", usage };
const none: Amount = { tokens: 0, usd: 0 };

/** Rows in memory, and every statement that was made. */
class MemorySpend implements Spend {
  readonly rows: SpentAnswer[] = [];
  readonly statements: string[] = [];
  readonly told = new Map<string, string>();
  isAway = false;

  async add(answers: readonly SpentAnswer[]): Promise<void> {
    await this.#statement("add");
    for (const one of answers) if (!this.rows.some(({ id }) => id === one.id)) this.rows.push(one);
  }

  async ofDay(day: string, userId: string, channel: string | undefined) {
    await this.#statement("ofDay");
    const today = this.rows.filter((row) => row.day === day);
    return {
      person: sum(today.filter((row) => row.userId === userId)),
      channel: sum(today.filter((row) => row.channel === channel)),
      day: sum(today),
    };
  }

  async tell(day: string, turnId: string, near: Parameters<Spend["tell"]>[2]) {
    await this.#statement("tell");
    return near.filter(({ scope, subject, unit }) => {
      const key = [day, scope, subject, unit].join();
      if (!this.told.has(key)) this.told.set(key, turnId);
      return this.told.get(key) === turnId;
    });
  }

  async totals() {
    const amount = { ...none, turns: 0 };
    return { today: amount, period: amount, models: ["claude-test", "claude-new"] };
  }

  async most() {
    return [];
  }

  async #statement(name: string): Promise<void> {
    this.statements.push(name);
    if (this.isAway) throw new Error("the database is away");
  }
}

function sum(rows: readonly SpentAnswer[]): Amount {
  return rows.reduce(
    (total, { tokens, usd }) => ({ tokens: total.tokens + tokens, usd: Math.round((total.usd + usd) * 1e6) / 1e6 }),
    none,
  );
}

function house(limits: Partial<SpendLimits>) {
  const spend = new MemorySpend();
  const metrics = createMetrics();
  let now = Date.parse("2026-11-21T23:30:00Z");
  let ids = 0;
  const spending = createSpending({
    spend,
    limits: { person: {}, channel: {}, day: {}, warnAt: 0.8, timeZone: "UTC", prices, ...limits },
    clock: { now: () => now },
    newId: (prefix) => `${prefix}_${++ids}`,
    metrics: metrics.spend,
    logger: silentLogger,
  });
  const count = async (times: number, spender = inChannel) => {
    for (let n = 0; n < times; n++) await spending.count(spender, answer);
  };
  return { spend, spending, metrics, count, pass: (ms: number) => (now += ms) };
}

describe("a cap", () => {
  it.for([
    ["person", "Your budget for today", inChannel, { ...inChannel, userId: "U2" }],
    ["channel", "Today's budget of this channel", { ...inChannel, userId: "U2" }, { ...inChannel, channel: "C2" }],
    ["day", "Today's budget of the whole workspace", { ...inPrivate, userId: "U2" }, undefined],
  ] as const)("of a %s stops whom it concerns, and says when it is free again and whom to ask", async (row) => {
    const [scope, name, concerned, other] = row;
    const { spending, count } = house({ [scope]: { usd: 0.2 } });
    await count(1);
    expect(await spending.stop(concerned)).toBeUndefined();
    await count(1);
    expect(await spending.stop(concerned)).toBe(
      `${name} is used up (0.2000 of 0.2000 USD). It starts again at 00:00 UTC. ` +
        `Whoever runs Sophia can raise it: spend.${scope}.`,
    );
    if (other) expect(await spending.stop(other)).toBeUndefined();
  });

  it("in tokens is another than one in dollars", async () => {
    const { spending, count } = house({ person: { usd: 5, tokens: 2_000 } });
    await count(2);
    expect(await spending.stop(inChannel)).toContain("is used up (2,260 of 2,000 tokens)");
  });

  it("of channels does not concern what the asker alone reads", async () => {
    const { spending, count, spend } = house({ channel: { usd: 0.1 } });
    await count(3, inPrivate);
    expect(await spending.stop(inPrivate)).toBeUndefined();
    expect(await spending.warnings(inPrivate)).toEqual([]);
    expect(spend.rows[0]?.channel).toBeUndefined();
  });

  it("is free again at midnight of its zone", async () => {
    const utc = house({ day: { usd: 0.1 } });
    const tokyo = house({ day: { usd: 0.1 }, timeZone: "Asia/Tokyo" });
    for (const { count, pass } of [utc, tokyo]) {
      await count(1);
      pass(3_600_000);
    }
    expect(await utc.spending.stop(inChannel)).toBeUndefined();
    expect(await tokyo.spending.stop(inChannel)).toContain("It starts again at 00:00 Asia/Tokyo.");
    expect([utc, tokyo].map(({ spend }) => spend.rows[0]?.day)).toEqual(["2026-11-21", "2026-11-22"]);
  });

  it("that is not set costs no statement beside the addition", async () => {
    const { spending, spend, count } = house({});
    await count(1);
    expect([await spending.stop(inChannel), await spending.warnings(inChannel)]).toEqual([undefined, []]);
    expect(spend.statements).toEqual(["add"]);
  });

  it("that comes near is told of from its part on, by one turn", async () => {
    const { spending, spend, count } = house({ channel: { usd: 1 } });
    await count(7);
    expect(await spending.warnings(inChannel)).toEqual([]);
    expect(spend.statements.at(-1)).toBe("ofDay");
    await count(1);
    const sentence = expect.stringMatching(
      /^Today's budget of this channel is nearly used up \(0\.80 of 1\.00 USD\)\./,
    );
    expect(await spending.warnings(inChannel)).toEqual([sentence]);
    expect(await spending.warnings(inChannel)).toEqual([sentence]);
    expect(await spending.warnings({ ...inChannel, turnId: "turn_2" })).toEqual([]);
  });
});

describe("a database that is away", () => {
  it("loses nothing that was counted meanwhile, and stops nobody", async () => {
    const { spending, spend, count } = house({ person: { usd: 0.2 } });
    spend.isAway = true;
    await count(2);
    expect(await spending.stop(inChannel)).toBeUndefined();
    expect(await spending.warnings(inChannel)).toEqual([]);
    spend.isAway = false;
    await count(1);
    expect(spend.rows).toHaveLength(3);
    expect(await spending.stop(inChannel)).toContain("0.3000 of 0.2000 USD");
  });
});

it("answers that come at once are stored together, each once", async () => {
  const { spending, spend } = house({});
  await Promise.all(Array.from({ length: 20 }, () => spending.count(inChannel, answer)));
  expect(spend.rows).toHaveLength(20);
  expect(spend.statements.length).toBeLessThanOrEqual(2);
});

it("a report names the models that have no price", async () => {
  const { spending } = house({});
  expect(await spending.ofPerson(inChannel)).toMatchObject({ unpriced: ["claude-new"], caps: [] });
});

it("tokens and cost are metrics by model, without persons or channels", async () => {
  const { spending, metrics } = house({});
  await spending.count(inChannel, answer);
  const lines = (await metrics.render()).split("\n").filter((line) => line.startsWith("sophia_model"));
  expect(lines).toEqual([
    'sophia_model_tokens_total{model="claude-test",kind="input"} 100',
    'sophia_model_tokens_total{model="claude-test",kind="cache_write"} 10',
    'sophia_model_tokens_total{model="claude-test",kind="cache_read"} 1000',
    'sophia_model_tokens_total{model="claude-test",kind="output"} 20',
    'sophia_model_cost_usd_total{model="claude-test"} 0.1',
  ]);
});
