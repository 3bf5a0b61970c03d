import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Script } from "../../sandbox/claude/store.ts";
import type { Sandbox } from "../../sandbox/start.ts";
import type { Config } from "../../src/config/config-file.ts";
import { createSpend } from "../../src/storage/spend.ts";
import { isLastOfAnswer, markdownOf, questionOf, resultsOf } from "../support/answers.ts";
import { createLightHome } from "../support/engines.ts";
import {
  answersIn,
  type Asked,
  type Asking,
  configFile,
  type House,
  houseEnvironment,
  houseSandbox,
  openHouse,
} from "../support/house.ts";
import { until } from "../support/servers.ts";
import { startSophiaProcess } from "../support/sophia-process.ts";

type Limits = Partial<Pick<Config["spend"], "person" | "channel" | "day">>;

/** An answer of 400 characters has 100 tokens, and costs one dollar. */
const prices = { "claude-sonnet-5-5": { input: 0, cacheWrite: 0, cacheRead: 0, output: 10_000 } };
const answer = "A word. ".repeat(50);
const plain: Script = () => [{ type: "text", text: answer }];
/** Reads for as long as it may: each of its steps costs a little more than a dollar. */
const reading: Script = (request) => {
  if (request.tool_choice?.type === "none") return [{ type: "text", text: answer }];
  const input = { from_date: "2026-11-16", to_date: `2026-11-${17 + (resultsOf(request).length % 9)}` };
  return [
    { type: "thinking", thinking: answer },
    { type: "tool_use", name: "gong__get_calls", input },
  ];
};

const opened: House[] = [];
let house: House;
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function open(limits: Limits, script = plain, config: Partial<Config> = {}): Promise<void> {
  const spend = { prices, person: {}, channel: {}, day: {}, warnAt: 0.8, timeZone: "UTC", ...limits };
  house = await openHouse({ config: { spend, ...config } });
  house.sandbox.claude.store.script(script);
  opened.push(house);
}

const modelCalls = (): number => house.sandbox.board.requests("claude").length;

/** What stands in the thread below the model's own words. */
async function lineBelow(asking: Asking = {}): Promise<string> {
  const asked = house.ask("go on", asking);
  await house.ended(asked);
  const said = house.answers(asked).map(markdownOf).join("\n").trim();
  return said.replace(answer.trim(), "").trim();
}

const stop = (name: string, option: string, spent: string): string =>
  `${name} is used up (${spent} of 2.50 USD). It starts again at 00:00 UTC. Whoever runs Sophia can raise it: ${option}.`;

describe("a person's cap", () => {
  it("is warned of once, then stops them everywhere without a call of the model, and nobody else", async () => {
    await open({ person: { usd: 2.5 } });
    expect(await lineBelow()).toBe("");
    expect(await lineBelow()).toBe(
      "Your budget for today is nearly used up (2.00 of 2.50 USD). It starts again at 00:00 UTC. " +
        "Whoever runs Sophia can raise it: spend.person.",
    );
    expect(await lineBelow()).toBe("");
    const calls = modelCalls();
    const used = stop("Your budget for today", "spend.person", "3.00");
    expect(await lineBelow()).toBe(used);
    expect(await lineBelow({ channel: "dm" })).toBe(used);
    expect(modelCalls()).toBe(calls);
    expect(await lineBelow({ user: "zoe", channel: "general" })).toBe("");
    const { clock } = house.sandbox;
    clock.set(clock.now() + 24 * 3_600_000);
    expect(await lineBelow()).toBe("");
  });
});

describe("a channel's cap", () => {
  it("stops everybody in it, and nobody elsewhere", async () => {
    await open({ channel: { usd: 2.5 } });
    await lineBelow();
    await lineBelow({ user: "zoe" });
    await lineBelow();
    const calls = modelCalls();
    expect(await lineBelow({ user: "zoe" })).toBe(stop("Today's budget of this channel", "spend.channel", "3.00"));
    expect(modelCalls()).toBe(calls);
    expect(await lineBelow({ user: "zoe", channel: "dm" })).toBe("");
    expect(await lineBelow({ channel: "general" })).toBe("");
  });
});

describe("the day's cap", () => {
  it("lets two turns at once go past it by one step each, and gives each its last answer", async () => {
    await open({ day: { usd: 3.5 } }, reading);
    const both = [house.ask("read"), house.ask("read as well", { user: "zoe", channel: "general" })];
    await Promise.all(both.map((asked) => house.ended(asked)));
    const choices = house.sandbox.board
      .requests("claude")
      .map(({ body }) => (JSON.parse(body) as { tool_choice?: { type: string } }).tool_choice?.type ?? "auto");
    const last = choices.filter((choice) => choice === "none");
    expect(last).toHaveLength(2);
    // Three steps are below the cap; with each turn's one that had begun by then.
    expect(choices.length - last.length).toBeLessThanOrEqual(3 + 2);
    for (const asked of both) {
      const said = house.answers(asked).map(markdownOf).join("\n");
      expect(said).toContain(answer.trim());
      expect(said).toMatch(/Today's budget of the whole workspace is used up \(\d\.\d\d of 3\.50 USD\)/);
      expect((await house.ended(asked)).status).toBe("done");
    }
  });
});

describe("/sophia usage", () => {
  const told = async (user: string, text: string): Promise<string> => {
    const { store } = house.sandbox.slack;
    const seen = () => store.messages("sales", { viewer: user }).filter(({ ephemeralFor }) => ephemeralFor !== null);
    const before = seen().length;
    expect((await store.command({ user, channel: "sales", command: "/sophia", text })).ok).toBe(true);
    return (await store.waitFor(() => seen()[before], 5_000)).text;
  };

  it("shows a person what they spent and what is left, and an admin what everybody did", async () => {
    const limits = { person: { usd: 10 }, channel: { usd: 5 }, day: { tokens: 1_000_000 } };
    await open(limits, plain, { admins: ["maya@payready.example"] });
    const zoe = house.sandbox.world.people.find(({ handle }) => handle === "zoe");
    await lineBelow();
    await lineBelow({ user: "zoe", channel: "dm" });
    await lineBelow({ user: "zoe", channel: "dm" });
    const own = await told("maya", "usage");
    expect(own.split("\n")).toEqual([
      "*What you spent*",
      expect.stringMatching(/^Today: 1 question, [\d,]{4,} tokens, 1\.00 USD$/),
      expect.stringMatching(/^The last 7 days: 1 question, [\d,]{4,} tokens, 1\.00 USD$/),
      "Left of your budget for today: 9.00 of 10.00 USD",
      "Left of today's budget of this channel: 4.00 of 5.00 USD",
      expect.stringMatching(/^Left of today's budget of the whole workspace: [\d,]+ of 1,000,000 tokens$/),
      "A day begins at 00:00 UTC.",
    ]);
    const all = (await told("maya", "usage all")).split("\n");
    expect(all[1]).toMatch(/^Today: 3 questions, [\d,]+ tokens, 3\.00 USD$/);
    expect(all).toContainEqual(
      expect.stringMatching(new RegExp(`^1\\. ${zoe?.name}: 2 questions, .* 2\\.00 USD; today 2 `)),
    );
    expect(all).toContainEqual(expect.stringMatching(/^1\. in private: 2 questions/));
    expect(all).toContainEqual(expect.stringMatching(/^2\. #sales: 1 question,/));
    expect(await told("zoe", "usage all")).toBe("`/sophia usage all` is for admins. Ask whoever runs me.");
  });
});

describe("a process that is killed", () => {
  it("has counted what was answered before, and its replay counts nothing again", { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "sophia-config-"));
    const [sandbox, home] = await Promise.all([houseSandbox(), createLightHome()]);
    try {
      const config = { ...JSON.parse(await readFile(configFile, "utf8")), spend: { prices, person: { usd: 2.5 } } };
      await writeFile(join(folder, "config.json"), JSON.stringify(config));
      const env = { ...houseEnvironment(sandbox, home, "socket"), SOPHIA_CONFIG: join(folder, "config.json") };
      const second = Promise.withResolvers<void>();
      let isHeld = false;
      sandbox.claude.store.script(async (request) => {
        if (resultsOf(request).length === 0 || questionOf(request) !== "read") return reading(request);
        isHeld = true;
        await second.promise;
        return plain(request);
      });
      const victim = await startSophiaProcess(env);
      const asked = ask(sandbox, "read");
      // The second step is asked for once the first one's answer, and what its tool brought, are on their way to the records.
      await until(() => isHeld, "the second step");
      const { database } = await home.createStorage();
      const steps = async () => (await database.query("SELECT FROM sophia.turn_steps")).length;
      await until(async () => (await steps()) === 3, "the records of the first step");
      await victim.kill();
      second.resolve();
      const next = await startSophiaProcess(env);
      await until(() => isAnswered(sandbox, asked), "the answer", 30_000);
      expect(await next.stop()).toBe(0);
      const [counted] = await database.query<{ answers: number }>("SELECT count(*)::int AS answers FROM sophia.spend");
      expect(counted).toEqual({ answers: 2 });
      // One answer in between went to the process that was killed.
      const given = sandbox.claude.store.answers.map(({ usage }) => usage.output_tokens);
      const output = (given[0] ?? 0) + (given.at(-1) ?? 0);
      const totals = await createSpend(database).totals({ first: "2000-01-01", last: "2100-01-01" }, undefined);
      expect(totals.period).toMatchObject({ turns: 1, usd: output / 100 });
    } finally {
      await Promise.all([sandbox.close(), home.drop(), rm(folder, { recursive: true })]);
    }
  });

  function ask(sandbox: Sandbox, text: string): Asked {
    const { ts, channel } = sandbox.slack.store.send({ user: "maya", channel: "sales", text: `@sophia ${text}` });
    return { ts, channel, threadTs: ts };
  }

  function isAnswered(sandbox: Sandbox, { channel, threadTs }: Asked): boolean {
    const last = answersIn(sandbox, channel, threadTs).at(-1);
    return last !== undefined && isLastOfAnswer(last);
  }
});
