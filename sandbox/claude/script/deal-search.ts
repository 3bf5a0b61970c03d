import { asList } from "./calls.ts";
import type { Conversation } from "./conversation.ts";
import { type Deal, dealLine, readDeal } from "./crm.ts";
import { inquireOne, type Inquiry } from "./inquiry.ts";
import { plain } from "./markdown.ts";
import { type Found, say } from "./move.ts";

/** How a question begins that asks which of several deals is meant. */
export const WHICH_DEAL = "Which deal?";

/** The one open deal that is meant: by words of its name, else by its company's. */
export function findDeal(conversation: Conversation, wanted: string, undone: string): Found<Deal> {
  const thought = `Which deal is meant? I look up ${wanted}.`;
  const search = (input: Inquiry["input"]) =>
    inquireOne(conversation, thought, { tool: "search_deals", input: { ...input, status: "open", limit: 10 } });
  const byName = search({ query: wanted });
  if ("move" in byName) return byName;
  const named = asList(byName.value.json?.["deals"]);
  const found = named.length > 0 || byName.value.problem !== undefined ? byName : search({ company: wanted });
  if ("move" in found) return found;
  if (found.value.problem !== undefined) return say(`${undone}: ${plain(found.value.problem)}`);
  const all = asList(found.value.json["deals"]).map(readDeal);
  const [only, ...others] = all;
  if (!only) return say(`${undone}: HubSpot has no open deal of ${plain(wanted)}.`);
  if (others.length === 0) return { value: only };
  const lines = all.map((deal) => `- ${dealLine(deal)}`);
  return say([`${WHICH_DEAL} ${all.length} open ones fit "${plain(wanted)}":`, ...lines].join("\n"));
}

/** Of the deals that were found for an earlier question, the one that these words choose. */
export function chosenDeal({ outcomes }: Conversation["current"], words: string): Deal | undefined {
  const found = outcomes.findLast(({ tool }) => tool.endsWith("search_deals"))?.json;
  const deals = asList((found as { deals?: unknown } | undefined)?.deals).map(readDeal);
  const wanted = words
    .toLowerCase()
    .replaceAll(/\b(?:the|one|deal|it's|its|please|i mean)\b|[^\p{L}\d\s]/gu, " ")
    .split(/\s+/)
    .filter(Boolean);
  const fitting = deals.filter(({ name }) => wanted.every((word) => name.toLowerCase().includes(word)));
  return wanted.length > 0 && fitting.length === 1 ? fitting[0] : undefined;
}
