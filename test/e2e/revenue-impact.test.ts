import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MessageView, SlackStore } from "../../sandbox/slack/store.ts";
import type { Deal } from "../../sandbox/world/types.ts";
import { markdownOf } from "../support/answers.ts";
import { type Asked, type House, openHouse } from "../support/house.ts";
import { until } from "../support/servers.ts";

const question = "What does it do to the quarter if Acme slips?";
const showQuery = "sophia_show_query";

let house: House;
let store: SlackStore;
let asked: Asked;
let answer: MessageView;

beforeAll(async () => {
  house = await openHouse();
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

describe("what a slipping deal does to its quarter", () => {
  it("is answered with figures that are the world's: a table, and the assumptions", () => {
    const { deals, accounts } = house.sandbox.world;
    const acme = accounts.find(({ name }) => name === "Acme");
    const deal = deals.find((one) => one.accountId === acme?.id && isOpen(one)) as Deal;
    const due = deals.filter(
      (one) => isOpen(one) && one.currency === deal.currency && quarterOf(one) === quarterOf(deal),
    );
    const dollars = (amount: number) => `$${amount.toLocaleString("en-US")}`;
    const words = markdownOf(answer);
    expect(words).toContain(`**${dollars(deal.amount)}**`);
    expect(words).toContain(`${dollars(due.reduce((sum, { amount }) => sum + amount, 0))} a year`);
    expect(words).toContain(`${due.length} open deals`);
    expect(words).toContain("Assumptions:");
    expect(words).toMatch(/Month.*Billed or forecast.*If it slips/s);
  });

  it("shows one chart below the answer, uploaded for Sophia alone, whose words say its figures", () => {
    const images = answer.blocks.filter(({ type }) => type === "image");
    expect(images).toHaveLength(1);
    expect(images[0]?.["alt_text"]).toMatch(/^Bar chart: New revenue by month in .*As planned: \w+ \d{4} [\d,.]+ USD/);
    const [file, ...others] = store.files.all();
    expect(others).toEqual([]);
    expect(images[0]?.["slack_file"]).toEqual({ id: file?.id });
    expect(file?.channels.size).toBe(0);
    expect(Buffer.from(file?.bytes ?? []).readUInt32BE(16)).toBe(1920);
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
