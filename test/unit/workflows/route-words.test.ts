import { describe, expect, it } from "vitest";
import { readRoute, whereInWords } from "../../../src/workflows/route-words.ts";

const deals = "<#C07DEALS00|deals>";

describe("a route in words", () => {
  it("is read as Slack delivers it", () => {
    const said =
      `calls ${deals} where stage is negotiation and amount over 50000 and owner is <@U07MAYA001|maya> and longer than 20 minutes ` +
      "and tracker is pricing and account is Acme";
    expect(readRoute(said)).toEqual({
      what: "calls",
      channel: "C07DEALS00",
      where: {
        stages: ["negotiation"],
        minAmount: 50_000,
        owners: ["U07MAYA001"],
        minMinutes: 20,
        trackers: ["pricing"],
        accounts: ["Acme"],
      },
    });
  });

  it.each([
    [`deals to ${deals}`, { what: "deals", where: {} }],
    [`deal ${deals} where amount at least $1.5m`, { where: { minAmount: 1_500_000 } }],
    [`deals ${deals} where worth over 80k`, { where: { minAmount: 80_000 } }],
    [`deals ${deals} where amount &gt; 50,000`, { where: { minAmount: 50_000 } }],
    [`deals ${deals} where stage is Negotiation or "Closed Won"`, { where: { stages: ["Negotiation", "Closed Won"] } }],
    [
      `calls ${deals} if account is “Smith and Sons” and at least 5 min`,
      { where: { accounts: ["Smith and Sons"], minMinutes: 5 } },
    ],
    [`calls ${deals} where account is Brückner &amp; Söhne`, { where: { accounts: ["Brückner & Söhne"] } }],
    [
      `calls ${deals} where team is <!subteam^S07EMEA001|@emea> or @sales`,
      { where: { teams: ["S07EMEA001", "@sales"] } },
    ],
    [`calls ${deals} where account is Acme or "owner is king"`, { where: { accounts: ["Acme", "owner is king"] } }],
    [
      `calls ${deals} where account is Above Board or Reparex, or "Smith, Or Sons"`,
      { where: { accounts: ["Above Board", "Reparex", "Smith, Or Sons"] } },
    ],
    [`calls ${deals} where account is Teaminsight or Stageinc`, { where: { accounts: ["Teaminsight", "Stageinc"] } }],
    [`deals ${deals} where amount over 1,50,000`, { where: { minAmount: 150_000 } }],
    [`deals ${deals} where amount over 1,250,000.50 USD`, { where: { minAmount: 1_250_001 } }],
    [`calls ${deals} where owner is <mailto:a@b.com|a@b.com>`, { where: { owners: ["a@b.com"] } }],
    [
      "tasks #follow-ups where project is Deal follow-ups",
      { channel: "#follow-ups", where: { projects: ["Deal follow-ups"] } },
    ],
  ])("takes %s", (said, expected) => {
    expect(readRoute(said)).toMatchObject(expected);
  });

  it.each([
    ["meetings #deals", /calls, deals, contacts, tasks/],
    ["calls deals", /channel/],
    [`calls ${deals} stage is won`, /begin with "where"/],
    [`calls ${deals} where the moon is full`, /"the moon is full"/],
    [`calls ${deals} where amount over lots`, /no amount/],
    [`calls ${deals} where owner is maya`, /with @, or by e-mail/],
    [`calls ${deals} where team is emea`, /user group/],
    [`tasks ${deals} where stage is won`, /tasks have no stage/],
    [`deals ${deals} where longer than 5 minutes`, /deals have no length/],
    [`calls ${deals} where stage is a and stage is b`, /two conditions/],
    [`deals ${deals} where worth over lots`, /no amount/],
    [`calls ${deals} where stage is a or `, /I do not understand/],
  ])("says what it does not understand: %s", (said, problem) => {
    expect(readRoute(said)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it.each([
    ["stage is negotiation or amount over 50000", "amount over 50000"],
    ["account is Acme or owner is <@U07MAYA001|maya>", "owner is <@U07MAYA001|maya>"],
    ["account is Acme, owner is <@U07MAYA001>", "owner is <@U07MAYA001>"],
    ["amount over 50000 or stage is won", "stage is won"],
    ["amount over 50,000 or worth over 80k", "worth over 80k"],
    ["longer than 20 minutes or the tracker is pricing", "the tracker is pricing"],
    ["owner is <@U07MAYA001> and stage is won or if amount > 5k", "if amount > 5k"],
    ["stage is negotiation or amount 50k", "amount 50k"],
  ])("takes no name that is a condition, and says what to do: %s", (said, second) => {
    const { problem = "" } = readRoute(`calls ${deals} where ${said}`);
    expect(problem).toContain(`"${second}" is a condition of its own`);
    expect(problem).toContain("make two routes");
  });

  it.each(["50.000", "50,5k", "1.500.000", "50.000,00", "1.125m", "50,50", "1,5000"])(
    "asks back for an amount that is another one elsewhere: %s",
    (amount) => {
      for (const said of [`amount over ${amount}`, `worth over $${amount}`]) {
        const { problem = "" } = readRoute(`deals ${deals} where ${said}`);
        expect(problem).toMatch(/can be read in two ways: write .* 50000 or 50k/);
      }
    },
  );

  it("is answered however much is said", () => {
    const worth = (digits: number) => readRoute(`deals ${deals} where worth over ${"1".repeat(digits)}!`);
    expect(worth(400)).toEqual({ problem: expect.stringMatching(/no amount/) });
    expect(readRoute(`deals ${deals} where amount over ${"9".repeat(400)}`)).toHaveProperty("problem");
    expect(worth(40_000)).toEqual({ problem: expect.stringMatching(/at most 500 characters/) });
  });

  it("is said back with nothing in it that mentions or links by another's hand", () => {
    const where = { stages: ["A <!channel>"], owners: ["U07MAYA001"], minAmount: 50_000, minMinutes: 20 };
    expect(whereInWords(where)).toBe(
      "where the owner is <@U07MAYA001> and the stage is A &lt;!channel&gt; and the amount is at least 50,000 and the call is at least 20 minutes long",
    );
    expect(whereInWords({})).toBe("");
    expect(whereInWords({ accounts: ["UNILEVER", "STARBUCKS"], projects: ["SALESOPS"], teams: ["S07EMEA001"] })).toBe(
      "where the team is <!subteam^S07EMEA001> and the account is UNILEVER or STARBUCKS and the project is SALESOPS",
    );
  });
});
