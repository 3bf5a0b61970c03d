import { asObject, asText } from "./calls.ts";
import type { Conversation } from "./conversation.ts";
import { inquireList } from "./inquiry.ts";
import { link, plain } from "./markdown.ts";
import { type Found, say } from "./move.ts";
import { dayInWords, type LeastAmount, moneyInWords, type Whose } from "./wording.ts";

export interface Money {
  amount: number;
  currency: string;
}

export interface Deal {
  id: string;
  name: string;
  url: string | undefined;
  status: string;
  stage: string;
  amount: Money | undefined;
  /** YYYY-MM-DD. */
  closeDate: string | undefined;
  owner: string | undefined;
  company: { name: string; url: string | undefined } | undefined;
}

type Json = Record<string, unknown>;

export function readDeal(value: unknown): Deal {
  const json = asObject(value);
  const company = asObject(json["company"]);
  const companyName = asText(company["name"]);
  return {
    id: asText(json["id"]) ?? "",
    name: asText(json["name"]) ?? "A deal without a name",
    url: asText(json["url"]),
    status: asText(json["status"]) ?? "",
    stage: asText(json["stage"]) ?? "",
    amount: readMoney(json["amount"]),
    closeDate: asText(json["close_date"]),
    owner: asText(asObject(json["owner"])["name"]),
    company: companyName ? { name: companyName, url: asText(company["url"]) } : undefined,
  };
}

function readMoney(value: unknown): Money | undefined {
  const { amount, currency } = asObject(value);
  return typeof amount === "number" && typeof currency === "string" ? { amount, currency } : undefined;
}

export interface Deals {
  deals: Deal[];
  /** Whether these are all that fit. */
  isWhole: boolean;
  /** Whose they are. */
  of: Whose;
}

/**
 * The open deals of whoever is asked for, the largest first. Where the asker owns none, everybody's: who leads a team owns no
 * deals, and may well mean the team's.
 */
export function openDeals(conversation: Conversation, of: Whose, least?: LeastAmount): Found<Deals> {
  const found = dealsOf(conversation, of, least);
  if ("move" in found || found.value.deals.length > 0 || of.kind !== "asker") return found;
  return dealsOf(conversation, { kind: "everybody" }, least);
}

function dealsOf(conversation: Conversation, of: Whose, least: LeastAmount | undefined): Found<Deals> {
  const input: Json = {
    status: "open",
    ...(of.kind === "asker" ? { owner: "me" } : of.kind === "person" ? { owner: of.name } : {}),
    // In any currency: a deal in another one than the question names is no smaller for that.
    ...(least ? { min_amount: least.amount } : {}),
    sort_by: "amount",
    order: "descending",
    limit: 100,
  };
  const thought =
    of.kind === "asker" ? "I look up the asker's open deals in HubSpot." : "I look up the open deals in HubSpot.";
  const found = inquireList(conversation, thought, { tool: "search_deals", input }, "deals");
  if ("move" in found) return found;
  const { items, problem } = found.value;
  if (items === undefined) return say(`I could not look up the deals: ${problem}`);
  const isEnough = ({ amount }: Deal) => !least?.isExcluded || (amount?.amount ?? 0) > least.amount;
  return { value: { deals: items.map(readDeal).filter(isEnough), isWhole: found.value.isWhole, of } };
}

/** Whose deals were looked at, in words. */
export interface Scope {
  /** "your", "Daniel's", "our". */
  whose: string;
  /** "open deals over 50,000". */
  things: (n: number) => string;
  /** Where the asker owns none, and others' are told instead. */
  lead: string;
  /** How amounts were compared, where that is to be said. */
  note: readonly string[];
}

export function scopeOf(wanted: Whose, { of }: Deals, least?: LeastAmount): Scope {
  const over = least ? ` ${least.isExcluded ? "over" : "from"} ${amountInWords(least)}` : "";
  const things = (n: number) => `open deal${n === 1 ? "" : "s"}${over}`;
  const own = of.kind === "person" ? `${plain(of.name)}'s` : of.kind === "asker" ? "your" : "our";
  const isOthers = wanted.kind !== of.kind;
  const lead = isOthers ? `You own no ${things(2)} in HubSpot yourself, so I looked at everybody's.\n\n` : "";
  const note = least?.currency ? ["Amounts in other currencies are compared as they stand, without converting."] : [];
  return { whose: own, things, lead, note };
}

function amountInWords({ amount, currency }: LeastAmount): string {
  return currency ? moneyInWords({ amount, currency }) : amount.toLocaleString("en-US");
}

export function dealAmount({ amount }: Deal): string {
  return amount ? moneyInWords(amount) : "no amount";
}

/** A deal in one line: linked name, stage, amount, close date. */
export function dealLine(deal: Deal): string {
  const closes = deal.closeDate ? `closes ${dayInWords(deal.closeDate)}` : "no close date";
  return `${link(deal.name, deal.url)} (${[plain(deal.stage), dealAmount(deal), closes].join(", ")})`;
}
