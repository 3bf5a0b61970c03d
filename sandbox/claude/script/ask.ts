import type { Conversation, Period, QuestionContext } from "./conversation.ts";
import type { Lens } from "./evidence.ts";

/** What a question asks for, as far as the script can read it. */
export interface Ask {
  lens: Lens;
  /** A company that is named. */
  account: string | undefined;
  /** Whose calls: a name as it stands in the question, or the asker. */
  person: { name: string } | "asker" | undefined;
  period: Period | undefined;
  /** Only the latest call counts. */
  latest: boolean;
  short: boolean;
}

const NAME = String.raw`[A-Z][\w&.-]*(?:\s+(?:&\s+|of\s+|the\s+)?[A-Z][\w&.-]*)*`;
const NOT_NAMES =
  /^(?:I|Gong|Slack|Sophia|Claude|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|September|October|November|December|Q[1-4]|What|Who|Which|When|Where|Why|How|Show|List|Give|Tell|Summari[sz]e|Did|Do|Does|Has|Have|The|My|Our|Any|All|Last|This|And|Only|Just)$/;

export function readAsk({ current, earlier }: Conversation): Ask {
  const question = wordsOf(current.question);
  const rest = current.context.asked.reduce((text, { phrase }) => withoutPhrase(text, phrase), question);
  const person =
    /\b(?:my|mine)\b(?! team)/i.test(rest) && !/\bmy (?:next|account)/i.test(rest) ? "asker" : personIn(rest);
  return {
    lens: lensOf(rest),
    account: person ? undefined : accountIn(rest),
    person,
    period: askedPeriod(current.context),
    latest: isOneCall(question),
    short: earlier.length > 0 && /\b(?:shorter|short version|tl;?dr|one line)\b/i.test(question),
  };
}

/** "last call with Acme", "the Acme call": one is meant, and the latest stands for it. */
function isOneCall(question: string): boolean {
  const one = /\b(?:(?:last|latest|most recent) (?:\w+ )?call|(?:the|our) [\w& ]{2,40}? call)\b/i;
  return one.test(question) && !/\bcalls\b/i.test(question);
}

/** A question without its mention of the bot and without markup. */
export function wordsOf(question: string): string {
  return question
    .replaceAll(/<context>[\s\S]*?<\/context>/g, " ")
    .replaceAll(/<@[A-Z0-9]+(?:\|[^>]*)?>/g, " ")
    .replaceAll(/(?:^|\s)@sophia\b/gi, " ")
    .replaceAll("’", "'")
    .replaceAll(/\s+/g, " ")
    .trim();
}

function withoutPhrase(text: string, phrase: string): string {
  const at = text.toLowerCase().indexOf(phrase.toLowerCase());
  if (!phrase || at < 0) return text;
  // The possessive of "yesterday's calls" belongs to the phrase.
  const rest = text.slice(at + phrase.length).replace(/^'s?\b/, "");
  return `${text.slice(0, at)}${rest}`.replaceAll(/\s+/g, " ").trim();
}

function lensOf(text: string): Lens {
  const topic =
    /\b(?:about|regarding|on the (?:topic|subject) of) (?!the calls?|calls)(?:the )?([\w -]{3,40}?)(?= in\b| with\b| on\b| during\b| at\b| from\b|[?.!,]|$)/i.exec(
      text,
    )?.[1];
  if (/\b(?:objections?|push ?back|concerns?|worries|blockers?)\b/i.test(text)) return "objections";
  if (/\b(?:competitors?|competition|competitive)\b/i.test(text)) return "competitors";
  if (/\b(?:next steps?|action items?|follow-?ups?|to-?dos?|commitments?|promise[ds]?)\b/i.test(text))
    return "next_steps";
  if (/\b(?:numbers|figures|amounts)\b/i.test(text)) return "numbers";
  return topic && /\b(?:said|say|says|talk\w*|mention\w*|discuss\w*|hear\w*)\b/i.test(text) ? { topic } : "summary";
}

function personIn(text: string): { name: string } | undefined {
  const name =
    new RegExp(String.raw`\b(${NAME})'s? (?:\w+ )?(?:calls?|meetings?|next steps?|week|day|conversations?)\b`).exec(
      text,
    )?.[1] ?? new RegExp(String.raw`\bcalls? (?:of|by) (${NAME})`).exec(text)?.[1];
  return name && !NOT_NAMES.test(name) ? { name: withoutLead(name) } : undefined;
}

function accountIn(text: string): string | undefined {
  const patterns = [
    new RegExp(String.raw`\bthe (${NAME}) (?:\w+ )?(?:calls?|account|deal|meetings?)\b`),
    new RegExp(String.raw`\b(?:with|from|at|by|for) (?:the )?(${NAME})`),
    new RegExp(
      String.raw`\b(?:did|does|has|have|what|would) (${NAME}) (?:say|said|mention\w*|ask\w*|object\w*|want\w*|tell|told|need\w*)\b`,
    ),
    /\b(?:did|does|has) (?!(?:we|they|you|i|he|she|it|anyone|anybody|someone|customers?|people)\b)([a-z][\w&.-]+) (?:say|said|mention|ask|object|want|tell|need)\b/i,
    /\bcalls? with (?!(?:the|a|an|my|our|me|us|any|all|customers?)\b)([a-z][\w&.-]+)/i,
    new RegExp(String.raw`\bonly (${NAME})(?:'s)?\b`),
  ];
  for (const pattern of patterns) {
    const name = pattern.exec(text)?.[1];
    if (name && !NOT_NAMES.test(name)) return withoutLead(name).replace(/'s$/, "");
  }
  return undefined;
}

/** "Summarize Maya" is a verb and a name. */
function withoutLead(name: string): string {
  const [first, ...rest] = name.split(" ");
  return rest.length > 0 && first && NOT_NAMES.test(first) ? rest.join(" ") : name;
}

/** The period that a question names: one that has begun, where it names a deadline as well. */
export function askedPeriod(context: QuestionContext): Period | undefined {
  return context.asked.find((period) => !liesAhead(period, context)) ?? context.asked[0];
}

/** Whether nothing can have happened in it yet. */
export function liesAhead({ from }: Period, { now }: QuestionContext): boolean {
  return now !== undefined && Date.parse(from) > Date.parse(now);
}

/** A period for a question that names none: the last days that Sophia's calendar offers. */
export function defaultPeriod({ calendar }: QuestionContext): Period | undefined {
  const wanted = [/last 30 days/i, /last (?:7|seven) days/i, /this week/i, /last week/i, /yesterday/i];
  for (const phrase of wanted) {
    const period = calendar.find((entry) => phrase.test(entry.phrase));
    if (period) return period;
  }
  return calendar[0];
}
