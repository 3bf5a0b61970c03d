import { describe, expect, it } from "vitest";
import type { Message } from "../../../../sandbox/claude/wire.ts";
import { deal, inputsOf, tools as allTools } from "./scripted-services.ts";
import { ask, converse, Failure, Text } from "./scripted-thread.ts";

const acme = deal("1", "Acme", 90_000);
const rollout = { ...deal("4", "Kestrel Living", 351_648, "GBP"), name: "Kestrel Living: Collections rollout" };
const renewal = { ...deal("5", "Kestrel Living", 371_184, "GBP"), name: "Kestrel Living: Collections renewal" };
const searched: unknown[] = [];
const tools = {
  ...allTools,
  hubspot__search_deals: ({ query = "" }: { query?: string }) => {
    searched.push(query);
    const found = /kestrel/i.test(query) ? [rollout, renewal] : /acme/i.test(query) ? [acme] : [];
    return { deals: found, total: found.length, truncated: false };
  },
};
const written = (steps: { name: string; input: any }[][]) => inputsOf(steps, "hubspot__update_deal");
const both = [{ deal_id: "1", stage: "Negotiation", amount: 80_000 }];

describe("a change of a deal", () => {
  it.each([
    "move the Acme deal to negotiation and set it to 80k",
    "move the Acme deal to Negotiation, and set its amount to $80,000.",
    "please move Acme to negotiation and set the amount to 80 thousand",
    "can you move our deal with Acme to the negotiation stage and then change its value to 80,000 USD?",
    "set the Acme deal's amount to 80k and move it to negotiation",
    "set Acme's deal to negotiation and 80k",
    "move the Acme deal to negotiation at $80k",
    "put the Acme deal in negotiation with an amount of 80.000 dollars",
    "move the Acme deal to negotiation then make it 80k",
    "Advance Acme into negotiation and lower it to 80000",
    "move the Acme: rollout deal to “negotiation” and update the amount of that deal to 80k",
  ])("is read as people say it: %s", (question) => {
    const { steps, text } = ask(question, tools);
    expect(written(steps)).toEqual(both);
    expect(text).toContain("Done: [Acme: rollout](https://crm.example/1) is in **Negotiation** at **$80,000** now.");
  });

  it.each([
    ["set the amount of the Acme deal to 1.2m", { amount: 1_200_000 }, "is at **$1,200,000** now"],
    ["raise Acme to 95k", { amount: 95_000 }, "is at **$95,000** now"],
    ["mark the Acme deal as won", { stage: "Closed Won" }, "is in **Closed Won** now"],
    ["move the Acme deal to closed-won", { stage: "Closed Won" }, "is in **Closed Won** now"],
    ["move the Acme deal to proposal and set it to 80k", { amount: 80_000 }, "is at **$80,000** now"],
  ])("writes no more than it is to change: %s", (question, input, words) => {
    const { steps, text } = ask(question, tools);
    expect(written(steps)).toEqual([{ deal_id: "1", ...input }]);
    expect(text).toContain(words);
  });

  it("says first what it is about to propose", () => {
    const thread: Message[] = [];
    converse(thread, "move the Acme deal to negotiation and set it to 80k", tools);
    expect(JSON.stringify(thread)).toContain(
      "I would move [Acme: rollout](https://crm.example/1) from Proposal to **Negotiation** and set its amount from $90,000 to **$80,000** in HubSpot.",
    );
  });

  it.each([
    ["move the Acme deal to proposal and set it to 90k", "is in **Proposal** at **$90,000** already"],
    ["set the Acme deal to €80k", "is in USD, and I do not convert. Say the amount in USD."],
    ["move the Nimbus deal to negotiation", "HubSpot has no open deal of Nimbus"],
    ["set it to 80k", "say which deal, by its or its company's name"],
  ])("is not proposed where there is nothing to write: %s", (question, words) => {
    const { steps, text } = ask(question, tools);
    expect(written(steps)).toEqual([]);
    expect(text).toContain(words);
  });

  it("of one of several deals asks which, and takes the answer", () => {
    const thread: Message[] = [];
    const asked = converse(thread, "move the Kestrel Living deal to negotiation and set it to 80k", tools);
    expect(written(asked.steps)).toEqual([]);
    expect(asked.text).toContain('Which deal? 2 open ones fit "Kestrel Living":');
    expect(asked.text).toContain("- [Kestrel Living: Collections renewal](https://crm.example/5) (Proposal, £371,184");
    const reply = converse(thread, "the renewal one", tools);
    expect(written(reply.steps)).toEqual([{ deal_id: "5", stage: "Negotiation", amount: 80_000 }]);
  });

  it("means by a later “it” the deal that was spoken of", () => {
    const thread: Message[] = [];
    converse(thread, "move the Acme deal to negotiation", tools);
    searched.length = 0;
    const later = converse(thread, "now set it to 80k", tools);
    expect(searched).toEqual(["Acme: rollout"]);
    expect(written(later.steps)).toEqual([{ deal_id: "1", amount: 80_000 }]);
  });

  it("is said not to have been made where it was denied, with the reason that was given", () => {
    const denied =
      'Not done: it was denied.\nDo not try hubspot__update_deal with this again; say that it is not done. What they said to it: "Not before *Friday*"';
    const failing = { ...tools, hubspot__update_deal: () => new Failure(denied) };
    const { text } = ask("move the Acme deal to negotiation and set it to 80k", failing);
    expect(text).toContain(
      "The deal was not changed: you did not approve it. Nothing was changed in HubSpot. The reason given: “Not before \\*Friday\\*”",
    );
  });

  it("is told by what was written where a person changed it first", () => {
    const result = {
      deal: deal("1", "Acme", 75_000, "USD", "Proposal"),
      changed: [{ field: "Amount", before: "$90,000", after: "$75,000" }],
    };
    const note = `The person changed the arguments before they approved. What was sent: {"deal_id":"1","amount":75000}`;
    const edited = { ...tools, hubspot__update_deal: () => new Text(`${note}\n${JSON.stringify(result)}`) };
    const { text } = ask("move the Acme deal to negotiation and set it to 80k", edited);
    expect(text).toContain(
      "Done, with your changes. This was written to [Acme: rollout](https://crm.example/1) in HubSpot:\n- Amount: $90,000 → **$75,000**",
    );
    expect(text).not.toMatch(/Negotiation|80,000/);
  });

  it.each([
    "mark the task Call Acme as done",
    "did anybody move the Acme deal to negotiation?",
    "set a reminder to call at 10",
  ])("is not what is meant by: %s", (question) => {
    expect(written(ask(question, tools).steps)).toEqual([]);
  });
});
