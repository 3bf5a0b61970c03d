import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MessageView, SlackStore } from "../../sandbox/slack/store.ts";
import type { Deal } from "../../sandbox/world/types.ts";
import { markdownOf } from "../support/answers.ts";
import { type Asked, type House, openHouse } from "../support/house.ts";
import { until } from "../support/servers.ts";

const question = "What does it do to the quarter if Acme slips?";
/** A day on which the deal is due in the next quarter. */
const NOW = "2026-11-22T15:30:00Z";
const showQuery = "sophia_show_query";

let house: House;
let store: SlackStore;
let asked: Asked;
let answer: MessageView;

beforeAll(async () => {
  house = await openHouse({ sandbox: { now: Date.parse(NOW) } });
  store = house.sandbox.slack.store;
  asked = house.ask(question);
  await house.ended(asked);
  answer = house.answers(asked).at(-1) as MessageView;
}, 60_000);
afterAll(() => house.close());

const whispers = (viewer: string, of: Asked): MessageView[] =>
  store.messages(of.channel, { threadTs: of.threadTs, viewer }).filter(({ ephemeralFor }) => ephemeralFor !== null);

async function press(user: string, of: Asked, message: MessageView): Promise<string> {
  const before = whispers(user, of).length;
  await store.press({ user, channel: of.channel, ts: message.ts, actionId: showQuery });
  await until(async () => whispers(user, of).length > before, "an answer to the press", 10_000);
  return JSON.stringify(whispers(user, of).at(-1));
}

const isOpen = ({ stage }: Deal) => !stage.startsWith("closed");

function quarterOf({ closeDate }: Deal): string {
  return `${closeDate.slice(0, 4)}-${Math.floor((Number(closeDate.slice(5, 7)) - 1) / 3)}`;
}

const dollars = (amount: number) =>
  `$${amount.toLocaleString("en-US", { minimumFractionDigits: Number.isInteger(amount) ? 0 : 2 })}`;

interface Expected {
  deal: Deal;
  due: Deal[];
  /** In cents, by month of the deal's quarter. */
  months: { month: string; booked: number; planned: number; slipped: number }[];
}

/** What the world says of Acme's deal, reckoned anew: a twelfth a month; renewals are in the forecast. */
function expected(): Expected {
  const { deals, accounts, finance } = house.sandbox.world;
  const acme = accounts.find(({ name }) => name === "Acme");
  const deal = deals.find((one) => one.accountId === acme?.id && isOpen(one)) as Deal;
  const due = deals.filter(
    (one) => isOpen(one) && one.currency === deal.currency && quarterOf(one) === quarterOf(deal),
  );
  const first = Math.floor((Number(deal.closeDate.slice(5, 7)) - 1) / 3) * 3;
  const months = [1, 2, 3].map((n) => {
    const month = `${deal.closeDate.slice(0, 4)}-${String(first + n).padStart(2, "0")}`;
    const rows = finance.revenue.filter((row) => row.month === `${month}-01` && row.currency === deal.currency);
    const booked = rows.reduce((sum, { actual, forecast }) => sum + (actual ?? forecast), 0);
    const inMonth = (of: Deal[]) =>
      of
        .filter(({ closeDate }) => closeDate.slice(0, 7) <= month)
        .reduce((sum, { amount }) => sum + Math.round((amount * 100) / 12), 0);
    const planned = booked + inMonth(due.filter(({ name }) => !name.endsWith("renewal")));
    return { month, booked, planned, slipped: planned - inMonth([deal]) };
  });
  return { deal, due, months };
}

describe("what a slipping deal does to its quarter", () => {
  it("is answered with figures that are the world's: a table, and the assumptions", () => {
    const { deal, due } = expected();
    const words = markdownOf(answer);
    expect(words).toContain(`**${dollars(deal.amount)}**`);
    expect(words).toContain(`${dollars(due.reduce((sum, { amount }) => sum + amount, 0))} a year`);
    expect(words).toContain(`${due.length} open deals`);
    expect(words).toContain("Assumptions:");
    expect(words).toMatch(/Month.*Billed or forecast.*If it slips/s);
  });

  it("joins the deals with what finance expects: each month's figures are the world's", () => {
    const words = markdownOf(answer);
    const { months } = expected();
    for (const { booked, planned, slipped } of months) {
      expect(booked).toBeGreaterThan(0);
      for (const cents of [booked, planned, slipped]) expect(words).toContain(dollars(cents / 100));
    }
    const sum = (of: "planned" | "slipped") => dollars(months.reduce((all, month) => all + month[of], 0) / 100);
    expect(words).toContain(`comes to ${sum("planned")} as planned and to ${sum("slipped")} if it slips`);
  });

  it("shows one chart below the answer, uploaded for Sophia alone, whose words say its figures", () => {
    const images = answer.blocks.filter(({ type }) => type === "image");
    expect(images).toHaveLength(1);
    expect(images[0]?.["alt_text"]).toMatch(
      /^Bar chart: Revenue by month in .*Billed or forecast: \w+ \d{4} [\d,.]+ USD/,
    );
    for (const { planned, slipped } of expected().months)
      for (const cents of [planned, slipped])
        expect(images[0]?.["alt_text"]).toContain(`${(cents / 100).toLocaleString("en-US")} USD`);
    const [file, ...others] = store.files.all();
    expect(others).toEqual([]);
    expect(images[0]?.["slack_file"]).toEqual({ id: file?.id });
    expect(file?.channels.size).toBe(0);
    expect(Buffer.from(file?.bytes ?? []).readUInt32BE(16)).toBe(1920);
  });
});

const dueDay = () => `${Number(expected().deal.closeDate.slice(8))} Jan 2027`;

describe("the quarter that is asked about", () => {
  it.each([
    ["the quarter", "Q4 2026, the present quarter"],
    ["this quarter", "Q4 2026"],
  ])("says of %s that nothing changes in it, and which one it touches", async (quarter, words) => {
    const one = house.ask(question.replace("the quarter", quarter));
    await house.ended(one);
    const said = markdownOf(house.answers(one).at(-1) as MessageView);
    expect(said).toMatch(
      new RegExp(`^\\*\\*Nothing changes in ${words}\\*\\*, where finance has \\$[\\d,.]+ billed or`),
    );
    expect(said).toContain(`is due on ${dueDay()}, in Q1 2027. So the quarter that it touches is Q1 2027.`);
  });

  it("says nothing of another quarter where the one that is asked about is the deal's", async () => {
    const one = house.ask("What does it do to next quarter if Acme slips?");
    await house.ended(one);
    expect(markdownOf(house.answers(one).at(-1) as MessageView)).toMatch(/^If \*\*.*slips past Q1 2027/);
  });
});

describe("its query", () => {
  it("is shown to whoever reads the answer, and to nobody else beside them", async () => {
    const shown = await press("oliver", asked, answer);
    expect(shown).toContain("SUM(COALESCE(ACTUAL, FORECAST)) AS REVENUE");
    expect(shown).toContain("rich_text_preformatted");
    expect(whispers("maya", asked)).toEqual([]);
  });

  it("of a private answer is its asker's: somebody else who presses is refused", async () => {
    const own = house.ask(question, { channel: "dm" });
    const turn = await house.ended(own);
    const block = house
      .answers(own)
      .at(-1)
      ?.blocks.find(({ type }) => type === "actions");
    expect(JSON.stringify(block)).toContain(turn.id);
    // The same button, carried to a place that others read: what it names decides, not where it stands.
    const actions = answer.blocks.find(({ type }) => type === "actions") as unknown as {
      elements: { value: string }[];
    };
    const value = actions.elements[0]!.value;
    actions.elements[0]!.value = turn.id;
    expect(await press("oliver", asked, answer)).toContain("Only who reads this answer");
    actions.elements[0]!.value = value;
    expect(await press("maya", own, house.answers(own).at(-1) as MessageView)).toContain("SUM(COALESCE");
  });
});
