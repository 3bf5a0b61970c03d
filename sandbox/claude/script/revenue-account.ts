import { asList, asObject, asText } from "./calls.ts";
import type { Conversation } from "./conversation.ts";
import { type Deal, readDeal } from "./crm.ts";
import { type Answer, inquireOne } from "./inquiry.ts";
import { plain } from "./markdown.ts";
import { type Found, say } from "./move.ts";

type Row = Record<string, unknown>;

/** The one table of the warehouse that the script knows: an account's revenue by month, `ACTUAL` empty until a month is over. */
export const REVENUE = "SALES.FINANCE.REVENUE_BY_MONTH";

/** A text of the statement's own: whatever is in it, it cannot end before its last quote. */
export function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

export interface Account {
  name: string;
  url: string | undefined;
  /** Undefined where HubSpot did not answer. */
  deals: Deal[] | undefined;
  isWhole: boolean;
  /** The condition that picks its rows. */
  condition: string;
  /** What HubSpot said instead of an answer. */
  problem?: string | undefined;
}

/** The account as HubSpot knows it. Where HubSpot is down, the warehouse is asked for the name as the question has it. */
export function findAccount(conversation: Conversation, name: string): Found<Account> {
  const thought = `I look up the company ${name} in HubSpot: its open deals, and the id by which the warehouse knows it.`;
  const found = inquireOne(conversation, thought, { tool: "get_company", input: { company: name } });
  if ("move" in found) return found;
  const { json, problem } = found.value;
  if (json === undefined) {
    const isUnknown = /\bno company\b|\bfits several\b/.test(problem);
    if (isUnknown) return say(`${plain(problem)} So I looked no further.`);
    const condition = `ACCOUNT_NAME = ${literal(name)}`;
    return { value: { name, url: undefined, deals: undefined, isWhole: false, condition, problem } };
  }
  const company = asObject(json["company"]);
  return {
    value: {
      name: asText(company["name"]) ?? name,
      url: asText(company["url"]),
      deals: asList(json["open_deals"]).map(readDeal),
      isWhole: json["truncated"] !== true,
      condition: `ACCOUNT_ID = ${literal(asText(company["id"]) ?? "")}`,
    },
  };
}

export const rowsOf = (answer: Answer): Row[] => asList(answer.json?.["rows"]).map(asObject);
