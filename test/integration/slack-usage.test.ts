import { afterEach, beforeEach, expect, it } from "vitest";
import { MemorySpending } from "../support/memory-spending.ts";
import { type Sophia, startSophia } from "../support/slack-sophia.ts";
import { MAYA, OLIVER, SALES, startTestSlack, type StartedSlack } from "../support/slack-stand-in.ts";

let slack: StartedSlack;
let sophia: Sophia;
let spending: MemorySpending;

beforeEach(async () => {
  spending = new MemorySpending();
  slack = await startTestSlack();
  sophia = await startSophia(slack, "socket", { admins: ["oliver@payready.example"], spending });
});

afterEach(async () => {
  await sophia.close();
  await slack.close();
});

/** What a person is told of a command, by them alone. */
async function say(user: string, text: string): Promise<string> {
  const seen = () => slack.store.messages(SALES, { viewer: user }).filter(({ ephemeralFor }) => ephemeralFor === user);
  const before = seen().length;
  await slack.store.command({ user, channel: SALES, command: "/sophia", text });
  return (await slack.store.waitFor(() => seen()[before], 3_000)).text;
}

const some = { tokens: 12_345, usd: 0.4251, turns: 2 };

it("says where nothing was spent and no cap is set", async () => {
  expect(await say(MAYA, "usage")).toBe(
    [
      "*What you spent*",
      "Today: 0 questions, 0 tokens, 0.00 USD",
      "The last 7 days: 0 questions, 0 tokens, 0.00 USD",
      "No budget is set for a day.",
    ].join("\n"),
  );
});

it("never says that less than nothing is left, and names the models that have no price", async () => {
  const cap = { scope: "person", subject: MAYA, unit: "usd", spent: 2.01, cap: 2 } as const;
  Object.assign(spending.report, { caps: [cap], timeZone: "Europe/Berlin", unpriced: ["claude-new"] });
  const lines = (await say(MAYA, "usage")).split("\n");
  expect(lines.slice(-3)).toEqual([
    "Left of your budget for today: 0.00 of 2.00 USD",
    "A day begins at 00:00 Europe/Berlin.",
    "claude-new has no price (spend.prices): its tokens are counted as free.",
  ]);
});

it("ranks people and channels for an admin, by their names", async () => {
  spending.report.people = [
    { subject: MAYA, today: some, period: { ...some, usd: 3 } },
    { subject: "U0GONE", today: some, period: some },
  ];
  spending.report.channels = [{ subject: SALES, today: some, period: some }];
  const lines = (await say(OLIVER, "usage all")).split("\n");
  const amount = "2 questions, 12,345 tokens, 0.43 USD";
  expect(lines.slice(4)).toEqual([
    "*By person*, the last 7 days and today",
    `1. Maya Lindqvist: 2 questions, 12,345 tokens, 3.00 USD; today ${amount}`,
    `2. U0GONE: ${amount}; today ${amount}`,
    "*By channel*, the last 7 days and today",
    `1. #sales: ${amount}; today ${amount}`,
  ]);
});

it.for([
  ["usage all", "`/sophia usage all` is for admins. Ask whoever runs me."],
  ["usage yesterday", "Say `/sophia usage` or `/sophia usage all`."],
] as const)("answers %s of somebody who is none with what they may say", async ([text, told]) => {
  expect(await say(MAYA, text)).toBe(told);
});
