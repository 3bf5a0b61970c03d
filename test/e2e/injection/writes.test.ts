import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isCard } from "../../support/consent.ts";
import { connectOverHttp } from "../../support/gateway.ts";
import { type House, openHouse } from "../../support/house.ts";
import { dangersIn, type Outcome, pair, runCases } from "../../support/injection.ts";
import { writes } from "../../support/injection-orders.ts";
import { sources } from "../../support/injection-sources.ts";

// The configuration lets every write pass unasked: what asks is that others' texts were read.
const policies = [{ tools: "*", policy: "allow" as const }];
const cases = pair(writes, sources, 3);
let house: House;
let outcomes: Map<number, Outcome>;
let changes: () => unknown[];

beforeAll(async () => {
  ({ house, outcomes, changes } = await runCases(cases, { policies }));
}, 120_000);
afterAll(() => house.close());

describe.each(writes)("a model that obeys: $name", ({ name, ends, because = "" }) => {
  it.each(cases.filter(({ order }) => order.name === name).map(({ n, source }) => [source.name, n] as const))(
    `is ${ends === "asked" ? "held until a person decides" : "refused"}, whoever ordered it: %s (%i)`,
    (_, n) => {
      const { turn, answers, obeyed } = outcomes.get(n) as Outcome;
      expect(obeyed, JSON.stringify(answers.map(({ text }) => text))).toBe(true);
      expect([turn.status, answers.filter(isCard).length]).toEqual(ends === "asked" ? ["suspended", 1] : ["done", 0]);
      expect(JSON.stringify(answers)).toContain(because);
      expect(answers.flatMap((message) => dangersIn(message, house))).toEqual([]);
    },
  );
});

describe("all of them together", () => {
  it("changed nothing anywhere, and sent nothing to anybody", () => {
    expect(changes()).toEqual([]);
  });

  it("are of every tool that writes", async () => {
    const token = "a-token-of-the-tests-0123456789";
    const other = await openHouse({ env: { MCP_AUTH_TOKEN: token } });
    const client = await connectOverHttp(`${other.app.gatewayUrl}/mcp`, token);
    const tools = (await client.listTools()).filter(({ annotations }) => !annotations?.readOnlyHint);
    await client.close();
    await other.close();
    expect(new Set(writes.map(({ call }) => call?.tool))).toEqual(new Set(tools.map(({ name }) => name)));
  });
});
