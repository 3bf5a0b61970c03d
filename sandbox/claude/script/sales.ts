import { asList, asObject, asText } from "./calls.ts";
import { type Deal, dealLine, openDeals, readDeal, scopeOf } from "./crm.ts";
import { inquireOne } from "./inquiry.ts";
import type { Intent } from "./intents.ts";
import { count, link, plain, table } from "./markdown.ts";
import { ABOUT_CALLS, bareName, enumerated, leastAmount, moneyInWords, whose, withoutDays } from "./wording.ts";

const SOONEST = 5;

/** "Show the pipeline": open deals by stage, in the order in which deals go through them. */
const pipeline: Intent = {
  name: "pipeline",
  matches: (question) =>
    /\bpipeline\b/i.test(question) &&
    !ABOUT_CALLS.test(question) &&
    /\b(?:show|see|give|what|how|list|overview|summar\w+)\b|^(?:the|my|our|\S+'s)?\s*pipeline\b/i.test(question),
  run: (conversation) => {
    const question = withoutDays(conversation);
    const wanted = whose(question, "pipeline");
    const least = leastAmount(question);
    const found = openDeals(conversation, wanted, least);
    if ("move" in found) return found.move;
    const { deals, isWhole } = found.value;
    const { whose: own, things, lead, note } = scopeOf(wanted, found.value, least);
    if (deals.length === 0)
      return { text: `${lead}There are no ${things(2)} to show in HubSpot.${note.map((one) => ` ${one}`).join("")}` };
    const stages = inquireOne(conversation, "I look up the order of the stages of the pipeline in HubSpot.", {
      tool: "list_pipelines",
      input: {},
    });
    if ("move" in stages) return stages.move;
    const order = asList(stages.value.json?.["pipelines"])
      .flatMap((one) => asList(asObject(one)["stages"]))
      .flatMap((stage) => asText(asObject(stage)["name"]) ?? []);
    const capital = `${own.charAt(0).toUpperCase()}${own.slice(1)}`;
    const head = `${capital} pipeline has **${deals.length} ${things(deals.length)}**, worth ${totalOf(deals)}${deals.length === 1 ? "" : " together"}:`;
    const notes = [...note, ...(isWhole ? [] : ["There are more deals than I could read."])];
    const last = notes.length > 0 ? [`_${notes.join(" ")}_`] : [];
    return { text: [`${lead}${head}`, byStage(deals, order), soonest(deals), ...last].join("\n\n") };
  },
};

function byStage(deals: readonly Deal[], order: readonly string[]): string {
  const place = (stage: string) => (order.includes(stage) ? order.indexOf(stage) : order.length);
  const stages = [...Map.groupBy(deals, ({ stage }) => stage)].toSorted(([a], [b]) => place(a) - place(b));
  const rows = stages.map(([stage, own]) => [plain(stage), String(own.length), totalOf(own)]);
  return table([["Stage", "Deals", "Amount"], ...rows]);
}

function soonest(deals: readonly Deal[]): string {
  const dated = deals.filter(({ closeDate }) => closeDate !== undefined);
  const next = dated.toSorted((a, b) => (a.closeDate ?? "").localeCompare(b.closeDate ?? "")).slice(0, SOONEST);
  if (next.length === 0) return "None of them has a close date.";
  return ["Next to close:", ...next.map((deal) => `- ${dealLine(deal)}`)].join("\n");
}

/** A sum for each currency, the largest first: different currencies are not added up. */
function totalOf(deals: readonly Deal[]): string {
  const hundredths = new Map<string, number>();
  for (const { amount } of deals) {
    if (!amount) continue;
    const before = hundredths.get(amount.currency) ?? 0;
    hundredths.set(amount.currency, before + Math.round(amount.amount * 100));
  }
  const sums = [...hundredths].toSorted(([, a], [, b]) => b - a);
  return enumerated(sums.map(([currency, sum]) => moneyInWords({ amount: sum / 100, currency }))) || "no amount";
}

const OWNER_QUESTIONS = [
  /\bwho (?:owns|looks after|handles|manages|is responsible for|is on)\s+(.+)$/i,
  /\bwho(?:'s| is) (?:the )?(?:account )?(?:owner|manager|rep|executive) (?:of|for|on|at)\s+(.+)$/i,
  /\bwhose (?:account|customer|deal) is\s+(.+)$/i,
];

/** "Who owns Acme?" */
const ownership: Intent = {
  name: "ownership",
  matches: (question) => ownedThing(question) !== undefined,
  run: (conversation) => {
    const name = ownedThing(withoutDays(conversation)) ?? "";
    const inquiry = { tool: "get_company", input: { company: name } };
    const found = inquireOne(
      conversation,
      `I look up the company ${name} in HubSpot: its owner and its open deals.`,
      inquiry,
    );
    if ("move" in found) return found.move;
    const { json, problem } = found.value;
    if (json === undefined) return { text: `I cannot tell: ${plain(problem)}` };
    const company = asObject(json["company"]);
    const owner = asObject(company["owner"]);
    const person = asText(owner["name"]);
    const email = asText(owner["email"]);
    const who = person ? `**${plain(person)}**${email ? ` (${plain(email)})` : ""} owns` : "Nobody owns";
    const page = link(asText(company["name"]) ?? name, asText(company["url"]));
    const deals = asList(json["open_deals"]).map(readDeal);
    const lines = deals.map((deal) => `- ${dealLine(deal)}${otherOwner(deal, person)}`);
    const open =
      deals.length > 0 ? ["", `${count(deals.length, "open deal")}:`, ...lines] : ["", "There is no open deal."];
    return { text: [`${who} ${page} in HubSpot.`, ...open].join("\n") };
  },
};

function ownedThing(question: string): string | undefined {
  const text = question.replace(/[?!.\s]+$/, "");
  const name = OWNER_QUESTIONS.map((pattern) => pattern.exec(text)?.[1]).find((found) => found !== undefined);
  return name && !/\b(?:calls?|meetings?|this|that|it|stacks?|tasks?|projects?)$/i.test(name)
    ? bareName(name)
    : undefined;
}

function otherOwner({ owner }: Deal, ofCompany: string | undefined): string {
  return owner && owner !== ofCompany ? `, owned by ${plain(owner)}` : "";
}

export const salesIntents: readonly Intent[] = [pipeline, ownership];
