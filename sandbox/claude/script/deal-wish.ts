import { bareName, PLEASE, type StatedAmount, statedAmount } from "./wording.ts";

/** What somebody wants of a deal, as far as it can be read from their words alone. */
export interface DealWish {
  /** By the deal's or its company's name; undefined where a word such as "it" stands for the deal named before. */
  what: string | undefined;
  stage: string | undefined;
  amount: StatedAmount | undefined;
}

const VERB =
  "(?:move|set|change|put|advance|shift|mark|push|bring|bump|raise|increase|lower|reduce|drop|cut|update|make|take)";
const FIELD = "(?:amount|value|size|price|worth|stage)";
const AND = String.raw`(?:\s*[,;]\s+(?:and\s+|then\s+|also\s+)*|\s+(?:and|then)\s+(?:then\s+|also\s+)*)`;
const NEXT_CLAUSE = new RegExp(
  String.raw`${AND}(?=(?:please\s+)?${VERB}\s+\S|(?:its|the)\s+${FIELD}\b|(?:to\s+|at\s+)?[$€£]?\d)`,
  "iu",
);
const CHANGE = new RegExp(
  String.raw`^(?:please\s+)?(?:${VERB}\s+)?(.+?)\s+(?:(?:up|down|back|over|on)\s+)?(?:to|into|in|as|at)\s+(.+)$`,
  "iu",
);
/** "Make it 80k". */
const BARE_CHANGE = new RegExp(
  String.raw`^(?:please\s+)?(?:make|set)\s+(it|that|this)\s+(?!(?:to|at|into|in|as)\s)(.+)$`,
  "iu",
);
/** "Negotiation at 80k", "negotiation with an amount of $80,000". */
const WITH_AMOUNT = /^(.+?)\s+(?:at|for|with)\s+(?:(?:an?|the)\s+)?(?:amount\s+of\s+|value\s+of\s+)?(\S*\d.*)$/iu;
const PRONOUN = /^(?:it|its|this|that|them|(?:the|this|that)(?: same)?(?: deal)?|)$/iu;
/** How stages of a sale are called most often: with one of these "Acme" alone is its deal. */
const STAGE =
  /^(?:discovery|qualif\w*|evaluation|proposal|negotiati\w*|contract\w*|closed?[ -](?:won|lost)|won|lost|presentation\w*|demo\w*)\b/iu;
const OTHER_THINGS = /\b(?:task|to-?do|reminder|note|message|stack|call)s?\b/iu;

/** "Move the Acme deal to negotiation and set it to 80k". Undefined where something else is wanted. */
export function readDealWish(question: string): DealWish | undefined {
  const verb = new RegExp(String.raw`${PLEASE}(?=${VERB}\b)`, "iu").exec(question);
  if (!verb || OTHER_THINGS.test(question)) return undefined;
  const words = question.slice(verb[0].length).replace(/[\s.!?]+$/, "");
  const clauses = words.split(NEXT_CLAUSE).map(readClause);
  const [first] = clauses;
  if (!first || !clauses.every((clause) => clause !== undefined)) return undefined;
  if (!clauses.some(({ isOfDeal }) => isOfDeal)) return undefined;
  // A second deal is more than is done at once.
  if (clauses.slice(1).some(({ what }) => what !== undefined && what !== first.what)) return undefined;
  return {
    what: first.what,
    stage: clauses.find(({ stage }) => stage !== undefined)?.stage,
    amount: clauses.findLast(({ amount }) => amount !== undefined)?.amount,
  };
}

interface Clause extends DealWish {
  /** Whether it can only be about a deal. */
  isOfDeal: boolean;
}

function readClause(clause: string): Clause | undefined {
  const alone = statedAmount(clause.replace(/^(?:to|at)\s+/iu, ""));
  if (alone) return { what: undefined, stage: undefined, amount: alone, isOfDeal: true };
  const [, object = "", target = ""] = BARE_CHANGE.exec(clause) ?? CHANGE.exec(clause) ?? [];
  if (!target) return undefined;
  const what = nameIn(object);
  const amount = statedAmount(target);
  if (amount) return { what, stage: undefined, amount, isOfDeal: true };
  const [, before, after = ""] = WITH_AMOUNT.exec(target) ?? [];
  const stated = statedAmount(after);
  const stage = stageIn(stated && before ? before : target);
  return { what, stage, amount: stated, isOfDeal: STAGE.test(stage) || /\bdeal\b/iu.test(object) };
}

/** Of "the amount of the Acme deal", "our deal with Acme", "Acme's deal": what its name is. */
function nameIn(object: string): string | undefined {
  const deal = object
    .trim()
    .replace(new RegExp(String.raw`^(?:the\s+)?${FIELD}\s+(?:of|on|for)\s+`, "iu"), "")
    .replace(new RegExp(String.raw`(?:^|\s+)(?:the\s+)?${FIELD}$`, "iu"), "")
    .replace(/^(?:the|our|my)\s+(?=deal\s+(?:with|of|for)\b)/iu, "")
    .replace(/^deal\s+(?:with|of|for)\s+/iu, "");
  if (PRONOUN.test(deal)) return undefined;
  return bareName(deal.replace(/^my\s+/iu, "").replace(/'s\s+deal$/iu, ""));
}

function stageIn(target: string): string {
  return target
    .replace(/^(?:the\s+)?(?:stage\s+)?["“]?/iu, "")
    .replace(/["”]?(?:\s+stage)?$/iu, "")
    .trim();
}
