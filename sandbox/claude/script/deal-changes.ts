import { wordsOf } from "./ask.ts";
import { asList, asObject, asText } from "./calls.ts";
import type { Conversation } from "./conversation.ts";
import { type Deal, dealAmount, type Money, readDeal } from "./crm.ts";
import { chosenDeal, findDeal, WHICH_DEAL } from "./deal-search.ts";
import { type DealWish, readDealWish } from "./deal-wish.ts";
import { inquireOne } from "./inquiry.ts";
import type { Intent } from "./intents.ts";
import { link, plain } from "./markdown.ts";
import { type Found, type Move, say } from "./move.ts";
import { enumerated, moneyInWords } from "./wording.ts";
import { done, write, type Written } from "./writing.ts";

/** "Move the Acme deal to negotiation and set it to 80k", and which deal is meant, where that was asked. */
export const changeDeal: Intent = {
  name: "deal change",
  matches: (question, conversation) => readDealWish(question) !== undefined || answered(conversation) !== undefined,
  run: (conversation) => {
    const { wish, deal: chosen } = wanted(conversation);
    const undone = wish.amount ? "The deal was not changed" : "The deal was not moved";
    const deal = chosen ? { value: chosen } : dealOf(conversation, wish, undone);
    if ("move" in deal) return deal.move;
    const stage = wish.stage === undefined ? { value: undefined } : findStage(conversation, wish.stage, undone);
    if ("move" in stage) return stage.move;
    const amount = amountFor(deal.value, wish, undone);
    return "move" in amount
      ? amount.move
      : change(conversation, deal.value, { stage: stage.value, amount: amount.value }, undone);
  },
};

interface Wanted {
  wish: DealWish;
  /** Where it was chosen from those that were named. */
  deal?: Deal | undefined;
}

function wanted(conversation: Conversation): Wanted {
  const wish = readDealWish(wordsOf(conversation.current.question));
  const found = wish ? { wish } : answered(conversation);
  if (!found) throw new TypeError("not a question for a change of a deal");
  return found;
}

/** The wish before, where it was asked which deal is meant, and these words choose one. */
function answered({ current, earlier }: Conversation): Wanted | undefined {
  const before = earlier.at(-1);
  if (!before?.said.includes(WHICH_DEAL)) return undefined;
  const wish = readDealWish(wordsOf(before.question));
  const deal = chosenDeal(before, wordsOf(current.question));
  return wish && deal ? { wish, deal } : undefined;
}

function dealOf(conversation: Conversation, { what }: DealWish, undone: string): Found<Deal> {
  const name = what ?? namedBefore(conversation);
  return name === undefined
    ? say(`${undone}: say which deal, by its or its company's name.`)
    : findDeal(conversation, name, undone);
}

/** The deal that was spoken of last in this thread. */
function namedBefore({ earlier }: Conversation): string | undefined {
  for (const turn of earlier.toReversed()) {
    const shown = turn.outcomes.findLast(({ json }) => asObject(json)["deal"] !== undefined);
    const name = shown ? readDeal(asObject(shown.json)["deal"]).name : readDealWish(wordsOf(turn.question))?.what;
    if (name !== undefined) return name;
  }
  return undefined;
}

function findStage(conversation: Conversation, words: string, undone: string): Found<string> {
  const found = inquireOne(conversation, "I look up how the stages of the pipeline in HubSpot are called.", {
    tool: "list_pipelines",
    input: {},
  });
  if ("move" in found) return found;
  if (found.value.json === undefined) return say(`${undone}: ${plain(found.value.problem)}`);
  const stages = asList(found.value.json["pipelines"])
    .flatMap((one) => asList(asObject(one)["stages"]).map(asObject))
    .map((stage) => ({ name: asText(stage["name"]) ?? "", status: asText(stage["status"]) }));
  const name = words.toLowerCase().replaceAll(/[-\s]+/g, " ");
  const stage =
    stages.find((one) => one.name.toLowerCase() === name) ??
    stages.find(({ status }) => status === name && status !== "open") ??
    stages.find((one) => one.name.toLowerCase().startsWith(name));
  if (stage) return { value: stage.name };
  const names = [...new Set(stages.map((one) => `**${plain(one.name)}**`))];
  return say(`${undone}: there is no stage "${plain(words)}". There are ${enumerated(names)}.`);
}

/** The amount in the deal's own currency: nothing is converted. */
function amountFor(deal: Deal, { amount: stated }: DealWish, undone: string): Found<Money | undefined> {
  if (!stated) return { value: undefined };
  const currency = deal.amount?.currency ?? stated.currency;
  if (stated.currency !== undefined && stated.currency !== currency)
    return say(
      `${undone}: ${link(deal.name, deal.url)} is in ${plain(currency ?? "")}, and I do not convert. Say the amount in ${plain(currency ?? "")}.`,
    );
  return { value: { amount: stated.amount, currency: currency ?? "" } };
}

interface Change {
  stage: string | undefined;
  amount: Money | undefined;
}

function change(conversation: Conversation, deal: Deal, wish: Change, undone: string): Move {
  const page = link(deal.name, deal.url);
  const stage = wish.stage === deal.stage ? undefined : wish.stage;
  const amount = wish.amount?.amount === deal.amount?.amount ? undefined : wish.amount;
  if (stage === undefined && amount === undefined)
    return { text: `${page} ${standing(wish)} already; there is nothing to change.` };
  const steps = [
    stage && `move ${page} from ${plain(deal.stage)} to **${plain(stage)}**`,
    amount && `set ${stage ? "its amount" : `the amount of ${page}`} from ${dealAmount(deal)} to **${worded(amount)}**`,
  ].filter(Boolean);
  const changed = write(conversation, {
    tool: "update_deal",
    input: { deal_id: deal.id, ...(stage ? { stage } : {}), ...(amount ? { amount: amount.amount } : {}) },
    thought: "Deal and change are known; changing the deal in HubSpot, its stage or amount, needs somebody's consent.",
    proposal: `I would ${steps.join(" and ")} in HubSpot.`,
    undone,
    service: "HubSpot",
  });
  return "move" in changed ? changed.move : { text: outcome(changed.value, { stage, amount }) };
}

/** "is in **Negotiation** at **$80,000**". */
function standing({ stage, amount }: Change): string {
  if (stage === undefined) return `is at **${amount ? worded(amount) : "no amount"}**`;
  return `is in **${plain(stage)}**${amount ? ` at **${worded(amount)}**` : ""}`;
}

function worded({ amount, currency }: Money): string {
  return currency ? moneyInWords({ amount, currency }) : amount.toLocaleString("en-US");
}

/** What was written, by what HubSpot shows now: it need not be what was asked for. */
function outcome(written: Written, wish: Change): string {
  const after = readDeal(written.json["deal"]);
  const page = link(after.name, after.url);
  if (!written.isEdited) {
    const shown = { stage: wish.stage && after.stage, amount: wish.amount && after.amount };
    return `${done(written)}: ${page} ${standing(shown)} now.`;
  }
  const lines = asList(written.json["changed"]).map((one) => {
    const { field, before, after: now } = asObject(one);
    const words = [field, before, now].map((value) => plain(asText(value) ?? "(nothing)"));
    return `- ${words[0]}: ${words[1]} → **${words[2]}**`;
  });
  if (lines.length === 0) return `${done(written)}: nothing of ${page} was left to change in HubSpot.`;
  return [`${done(written)}. This was written to ${page} in HubSpot:`, ...lines].join("\n");
}
