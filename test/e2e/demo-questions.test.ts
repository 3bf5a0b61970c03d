import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorld } from "../../sandbox/world/create-world.ts";
import type { Account, Deal } from "../../sandbox/world/types.ts";
import { markdownOf } from "../support/answers.ts";
import { type Asked, type Asking, type House, openHouse } from "../support/house.ts";
import { until } from "../support/servers.ts";

/** A Wednesday, at half past ten in New York: "Friday" is one day, and the last fourteen days began on the 5th. */
const NOW = "2026-11-18T15:30:00Z";
const FORTNIGHT = Date.parse("2026-11-05T00:00:00-05:00");
const world = createWorld({ seed: 1, now: Date.parse(NOW) });

let house: House;
beforeAll(async () => {
  house = await openHouse({ sandbox: { now: Date.parse(NOW) } });
}, 60_000);
afterAll(() => house.close());

interface Answered {
  text: string;
  tools: string[];
  arguments: Record<string, unknown>[];
}

async function answerTo(asked: Asked): Promise<Answered> {
  const results = (await house.stepsOf(asked)).filter((step) => step.kind === "tool_result");
  const failed = results.filter(({ isError }) => isError).map(({ tool, text }) => `${tool}: ${text}`);
  expect(failed).toEqual([]);
  return {
    text: house.answers(asked).map(markdownOf).join("\n").replaceAll("\\", ""),
    tools: [...new Set(results.map(({ tool }) => tool))].filter((tool) => tool !== "read_more"),
    arguments: results.map((step) => step.arguments as Record<string, unknown>),
  };
}

const ask = (question: string, asking: Asking = {}): Promise<Answered> => answerTo(house.ask(question, asking));

/** Asks for a write, presses the card's button as the asker, and waits for the end. */
async function askAndPress(question: string, action: "approve" | "deny" | undefined): Promise<Asked> {
  const asked = house.ask(question);
  expect((await house.ended(asked)).status).toBe("suspended");
  if (action === undefined) return asked;
  const card = house.answers(asked).find(({ blocks }) => blocks.some(({ type }) => type === "actions"));
  const { store } = house.sandbox.slack;
  await store.press({ user: "maya", channel: asked.channel, ts: card?.ts ?? "", actionId: `sophia_${action}` });
  const isDone = async () =>
    (await house.turns()).some(({ messageTs, status }) => messageTs === asked.ts && status === "done");
  await until(isDone, "the turn to go on and end");
  return asked;
}

const personOf = (handle: string) => world.people.find((person) => person.handle === handle);
const accountOf = ({ accountId }: Deal): Account | undefined => world.accounts.find(({ id }) => id === accountId);
const isOpen = ({ stage }: Deal): boolean => !stage.startsWith("closed");
const wasCalled = ({ accountId }: Deal): boolean =>
  world.calls.some(
    (call) => call.accountId === accountId && !call.isPrivate && Date.parse(call.startedAt) >= FORTNIGHT,
  );

function amount(value: number, currency: string): string {
  const digits = Number.isInteger(value) ? 0 : 2;
  const style = { style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat("en-US", style).format(value);
}

function accountNamed(name: string): Account {
  const account = world.accounts.find((one) => one.name === name);
  if (!account) throw new Error(`there is no ${name}`);
  return account;
}

/** Sums of an account's months of this year, in whole units. */
function yearOf(name: string) {
  const { id } = accountNamed(name);
  const months = world.finance.revenue.filter(({ accountId, month }) => accountId === id && month.startsWith("2026"));
  const sum = (of: (month: (typeof months)[number]) => number) =>
    months.reduce((all, month) => all + of(month), 0) / 100;
  return {
    currency: months[0]?.currency ?? "USD",
    billed: sum(({ actual = 0 }) => actual),
    contracted: sum(({ actual, contracted }) => (actual === undefined ? contracted : 0)),
    forecast: sum(({ actual, forecast }) => (actual === undefined ? forecast : 0)),
    months,
  };
}

describe("deals without a call in 14 days", () => {
  const rows = ({ text }: Answered): string[] => text.split("\n").filter((line) => line.startsWith("| ["));

  it.each(["daniel", "tomas", "zoe"])("are %s's, as the world has them", async (user) => {
    const answered = await ask("which of my deals over 50k have had no call in 14 days?", { user });
    const own = world.deals.filter(
      (deal) => isOpen(deal) && deal.ownerId === personOf(user)?.id && deal.amount > 50_000,
    );
    const quiet = own.filter((deal) => !wasCalled(deal)).toSorted((a, b) => b.amount - a.amount);
    expect(rows(answered)).toHaveLength(quiet.length);
    for (const [index, deal] of quiet.entries()) {
      const row = rows(answered)[index] ?? "";
      expect(row).toContain(`[${deal.name}](https://app.hubspot.com/contacts/`);
      expect(row).toContain(`/0-3/${deal.id}) | ${amount(deal.amount, deal.currency)} | `);
      const before = world.calls.findLast((call) => call.accountId === deal.accountId && !call.isPrivate);
      expect(row).toContain(`/call?id=${before?.id})`);
    }
    expect(answered.text).toContain(
      quiet.length > 0 ? `**${quiet.length} of your ${own.length} open deals` : `None: each of your ${own.length}`,
    );
    expect(answered.tools).toEqual(expect.arrayContaining(["hubspot__search_deals", "gong__get_calls"]));
  });

  it("are a colleague's, of another amount and other days", async () => {
    const answered = await ask("which of Daniel's deals over 250,000 have had no call in two weeks?");
    const quiet = world.deals.filter(
      (deal) => isOpen(deal) && deal.ownerId === personOf("daniel")?.id && deal.amount > 250_000 && !wasCalled(deal),
    );
    const shown = rows(answered).map((row) => /\/0-3\/(\d+)/.exec(row)?.[1]);
    expect(new Set(shown)).toEqual(new Set(quiet.map(({ id }) => id)));
    expect(shown).toHaveLength(quiet.length);
  });

  it("are the team's where the asker owns none", async () => {
    const answered = await ask("which of my deals over 50k have had no call in 14 days?");
    const quiet = world.deals.filter((deal) => isOpen(deal) && deal.amount > 50_000 && !wasCalled(deal));
    expect(answered.text).toMatch(/^You own no open deals over 50,000 in HubSpot yourself/);
    expect(rows(answered)).toHaveLength(quiet.length);
  });
});

describe("the loss of an account", () => {
  const renewing = world.finance.contracts.find(
    ({ endDate }) => endDate.startsWith("2026-12") || endDate.startsWith("2026-11"),
  );
  const names = ["Acme", "Kestrel Living", world.accounts.find(({ id }) => id === renewing?.accountId)?.name ?? "Acme"];

  it.each([...new Set(names)])("costs what the warehouse forecasts: %s", async (name) => {
    const answered = await ask(`what would losing ${name} cost us this year?`);
    const { currency, billed, contracted, forecast } = yearOf(name);
    expect(answered.text).toContain(`now would cost us **${amount(forecast, currency)}** of this year's revenue`);
    expect(answered.text).toContain(`through Oct 2026: ${amount(billed, currency)}`);
    expect(answered.text).toContain(
      contracted === forecast
        ? "All of it is under signed contracts"
        : `contracts: ${amount(contracted, currency)} of it`,
    );
    const deals = world.deals.filter((deal) => isOpen(deal) && accountOf(deal)?.name === name);
    for (const deal of deals) expect(answered.text).toContain(amount(deal.amount, deal.currency));
    expect(answered.tools).toEqual(["hubspot__get_company", "snowflake__execute_query"]);
  });

  it("without revenue is said to be in no figures", async () => {
    const { text } = await ask("what would losing Juniper Lane Living cost us this year?");
    expect(yearOf("Juniper Lane Living").months).toEqual([]);
    expect(text).toContain("is not in this year's revenue");
  });

  it("that nobody knows is said to be unknown", async () => {
    const asked = house.ask("what would losing Zzyzx Holdings cost us this year?");
    await house.ended(asked);
    const text = house.answers(asked).map(markdownOf).join("\n");
    expect(text).toContain('HubSpot has no company "Zzyzx Holdings"');
    expect(text).not.toMatch(/\$|search/);
  });

  it("stands beside its revenue by month", async () => {
    const { text } = await ask("revenue by month for Kestrel Living");
    const { months, currency } = yearOf("Kestrel Living");
    expect(text.split("\n").filter((line) => /^\| \w{3} 2026/.test(line))).toHaveLength(months.length);
    for (const { contracted, forecast, actual } of months) {
      const cells = [contracted, forecast].map((value) => amount(value / 100, currency)).join(" | ");
      expect(text).toContain(`| ${actual === undefined ? "–" : amount(actual / 100, currency)} | ${cells} |`);
    }
  });
});

describe("what customers said", () => {
  it("is quoted word for word from calls of those days, at its minute", async () => {
    const answered = await ask("what did customers say about pricing last month?");
    expect(answered.tools).toEqual(["pinecone__semantic_search", "gong__get_call_transcript"]);
    const quotes = [...answered.text.matchAll(/- (.+?): “(.+?)…?” \(\[at (\d+):(\d\d)\]\(\S+?id=(\d+)\)\)/g)];
    expect(quotes.length).toBeGreaterThan(2);
    for (const [, speaker, words = "", minute, second, id] of quotes) {
      const call = world.calls.find((one) => one.id === id);
      const party = call?.parties.find(({ name }) => name === speaker);
      expect(party?.affiliation).toBe("External");
      expect(call?.startedAt.slice(0, 7)).toBe("2026-10");
      const said = call?.transcript.find(
        ({ speakerId, sentences }) =>
          speakerId === party?.speakerId &&
          Math.floor((sentences[0]?.start ?? 0) / 1000) === Number(minute) * 60 + Number(second),
      );
      expect(said?.sentences.map(({ text }) => text).join(" ")).toContain(words);
    }
  });

  it("is said to be nothing where nobody spoke of it", async () => {
    const { text } = await ask("what did customers say about blockchain last month?");
    expect(text).toContain('has nothing about "blockchain"');
  });
});

describe("a write", () => {
  const question = "create a task for the Acme follow-up due Friday";
  const created = () => house.sandbox.asana.store.tasks.filter(({ name }) => name === "Acme follow-up");

  it("is not made before somebody has consented, nor after a denial", async () => {
    const pending = await askAndPress(question, undefined);
    expect(house.answers(pending).map(markdownOf).join("\n")).toContain(
      "I would create this task in Asana: **Acme follow-up**",
    );
    const denied = await askAndPress(question, "deny");
    expect(house.answers(denied).map(markdownOf).join("\n")).toContain(
      "The task was not created: you did not approve it.",
    );
    expect(created()).toEqual([]);
  });

  it("is made once it is approved, and told with its link", async () => {
    const answered = await answerTo(await askAndPress(question, "approve"));
    const [task, ...others] = created();
    expect(others).toEqual([]);
    const maya = world.work.users.find(({ personId }) => personId === personOf("maya")?.id);
    const project = world.work.projects.find(({ name }) => name === "Deal follow-ups");
    expect(task).toMatchObject({ dueOn: "2026-11-20", assigneeGid: maya?.gid });
    expect(task?.memberships[0]?.projectGid).toBe(project?.gid);
    expect(answered.text).toMatch(
      new RegExp(String.raw`Done: I created \[Acme follow-up\]\(https://app\.asana\.com/\S*${task?.gid}\)`),
    );
  });

  it("moves a deal, and nothing else of it", async () => {
    const { text } = await answerTo(await askAndPress("move the Acme deal to negotiation", "approve"));
    const deal = world.deals.find((one) => accountOf(one)?.name === "Acme");
    const changed = house.sandbox.hubspot.store.changes.filter(({ id }) => id === deal?.id);
    expect(changed.filter(({ field }) => !field.startsWith("hs_"))).toMatchObject([
      { field: "dealstage", before: "presentationscheduled", after: "contractsent" },
    ]);
    expect(text).toContain("is in **Negotiation** now");
  });

  it("notes what was said, to the letter", async () => {
    const words = "They want the phasing in two parts, by Friday.";
    const { text } = await answerTo(await askAndPress(`add a note to the Acme deal: ${words}`, "approve"));
    expect(JSON.stringify(house.sandbox.hubspot.store.changes)).toContain(words);
    expect(text).toContain("Done: the note stands on");
  });
});

describe("one service's figures", () => {
  it("drift, of each stack of the name", async () => {
    const answered = await ask("is the billing stack drifting?");
    const stacks = world.infrastructure.filter(({ project, org }) => project === "billing" && org === "payready");
    for (const { project, name, drift } of stacks) {
      expect(answered.text).toContain(
        `- [${project}/${name}](https://app.pulumi.com/payready/${project}/${name}): ${drift.changes.length > 0 ? "**drifted**" : "no drift"}`,
      );
    }
    expect(answered.tools).toEqual(["pulumi__list_stacks", "pulumi__drift_status"]);
  });

  it("the pipeline, a sum for each currency", async () => {
    const { text } = await ask("show the pipeline", { user: "priya" });
    const open = world.deals.filter(isOpen);
    expect(text).toContain(`Our pipeline has **${open.length} open deals**`);
    for (const [currency, deals] of Map.groupBy(open, (deal) => deal.currency)) {
      expect(text).toContain(
        amount(
          deals.reduce((sum, deal) => sum + deal.amount, 0),
          currency,
        ),
      );
    }
  });

  it("a person's tasks and an account's owner", async () => {
    const { text } = await ask("Daniel's tasks");
    const daniel = world.work.users.find(({ personId }) => personId === personOf("daniel")?.id);
    // What is in a project that Sophia's account may not see alone, she does not see.
    const sophia = world.work.users.find(({ name }) => name === "Sophia")?.gid ?? "";
    const hidden = world.work.projects.filter(({ isPrivate, memberGids }) => isPrivate && !memberGids.includes(sophia));
    const isSeen = (gid: string): boolean => !hidden.some((project) => project.gid === gid);
    const own = world.work.tasks.filter((task) => task.assigneeGid === daniel?.gid && !task.completedAt);
    const seen = own.filter(({ memberships }) => memberships.some(({ projectGid }) => isSeen(projectGid)));
    expect(seen.length).toBeLessThan(own.length);
    expect(text).toContain(`**Daniel Whitfield** has **${seen.length} open tasks** in Asana that I can see`);
    const owner = await ask("who owns Brückner & Söhne Hausverwaltung?");
    const { ownerId } = accountNamed("Brückner & Söhne Hausverwaltung");
    expect(owner.text).toContain(`**${world.people.find(({ id }) => id === ownerId)?.name}**`);
  });

  it("of a service that is down, in a sentence", async () => {
    house.sandbox.board.addFault({ service: "pulumi", status: 503, times: 20 });
    const asked = house.ask("list our stacks");
    await house.ended(asked);
    expect(house.answers(asked).map(markdownOf).join("\n")).toContain("I could not list the stacks:");
    house.sandbox.board.reset();
  });
});
