import type { Segment } from "./calls.ts";

/** What a question looks for in transcripts. */
export type Lens = "summary" | "objections" | "competitors" | "next_steps" | "numbers" | { topic: string };

/** One sentence of a transcript, with who said it and when. */
export interface Quote {
  kind: string;
  speaker: string;
  at: string;
  text: string;
}

interface Signal {
  kind: string;
  topic: RegExp;
  words: RegExp;
  /** Only what the other side says counts. */
  externalOnly: boolean;
  /** Whether a sentence without such words does not count, whatever Gong calls that part of the call. */
  wordsOnly?: boolean;
}

const SIGNALS: Record<"objections" | "competitors" | "next_steps" | "numbers", Signal> = {
  objections: {
    kind: "Objection",
    topic: /objection|concern|risk/i,
    words:
      /\b(concern\w*|worr\w+|too (?:expensive|high|much|long|slow|early)|expensive|hesita\w+|not (?:sure|convinced|comfortable|ready)|hard to (?:justify|sell|defend)|no budget|budget is|locked in|afraid|nervous|skeptical|sceptical|push ?back|burned|can(?:'t|not) (?:justify|sign|afford|approve))\b/i,
    externalOnly: true,
  },
  competitors: {
    kind: "Competitor",
    topic: /compet/i,
    words:
      /\b(competitor\w*|also (?:talking|looking|evaluating|seeing)|(?:talking|spoke|demo\w*|quote|pitch\w*|proposal) (?:to|with|from|by) [A-Z]|compar\w+ (?:you|to|with)|evaluat\w+ [A-Z]|versus|instead of you|other vendor\w*|incumbent|currently (?:use|on|with)|cheaper than)\b/,
    externalOnly: false,
  },
  next_steps: {
    kind: "Next step",
    topic: /next steps?|action/i,
    words:
      /\b(I'll|I will|we'll|we will|will you|can you|could you|let me|you will|will)\b.{0,80}\b(send|share|schedul\w+|set up|book|follow up|introduc\w+|loop in|get back|draft|review|prepare|circulate|sign|bring|confirm|call|return)\b/i,
    externalOnly: false,
  },
  numbers: {
    kind: "Number",
    topic: /pric|budget|numbers|commercial/i,
    words:
      /[$€£₹¥]\s?\d|\b\d[\d,.]*\s?(?:%|percent|dollars|euros|pounds|units|seats|users|licen[cs]es|thousand|million|doors|properties)/i,
    externalOnly: false,
  },
};

/** Characters: shorter sentences are not quoted, longer ones say something by themselves. */
const SHORTEST = 22;
const TELLING = 55;
const MONTH =
  /\b(january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|tomorrow|next week)\b/i;

/** The quotes that answer a lens, the clearest first, no sentence twice. */
export function quotesFor(lens: Lens, segments: readonly Segment[], most: number): Quote[] {
  if (lens === "summary") return summary(segments, most);
  if (typeof lens === "object") return ranked(segments, topicSignal(lens.topic), most);
  return ranked(segments, SIGNALS[lens], most);
}

/** Two or three that tell the call: what stood in the way, what was on the table, what comes next. */
function summary(segments: readonly Segment[], most: number): Quote[] {
  const next = ranked(segments, SIGNALS.next_steps, 2).at(0);
  const quotes = [
    ranked(segments, SIGNALS.objections, 1)[0],
    ranked(segments, SIGNALS.competitors, 1)[0] ?? ranked(segments, SIGNALS.numbers, 1)[0],
    next,
  ].filter((quote) => quote !== undefined);
  const distinct = quotes.filter((quote, index) => quotes.findIndex((other) => other.text === quote.text) === index);
  return distinct.length > 0 ? distinct.slice(0, most) : longest(segments);
}

function ranked(segments: readonly Segment[], signal: Signal, most: number): Quote[] {
  const scored = segments.flatMap((segment, order) => {
    if (signal.externalOnly && !segment.external) return [];
    const onTopic = signal.topic.test(segment.topic);
    const isLoose = signal.wordsOnly !== true;
    const sentences = sentencesOf(segment.text);
    return sentences.flatMap((sentence, index) => {
      const heard = signal.words.test(sentence);
      if (sentence.length < SHORTEST || !(heard || (isLoose && onTopic && sentence.length > TELLING))) return [];
      const dated = signal.kind === "Next step" && MONTH.test(sentence) ? 2 : 0;
      const substance = (/\d/.test(sentence) ? 1 : 0) + (sentence.length > TELLING ? 1 : 0);
      // A short sentence only opens what its speaker goes on to say.
      const text = sentence.length < TELLING ? [sentence, sentences[index + 1] ?? ""].join(" ").trim() : sentence;
      const score = (heard ? 2 : 0) + (onTopic ? 2 : 0) + dated + substance;
      return [{ score, order, quote: { kind: signal.kind, speaker: segment.speaker, at: segment.at, text } }];
    });
  });
  const distinct = scored.filter(({ quote }) => !scored.some((other) => holds(other.quote, quote)));
  const best = distinct.toSorted((a, b) => b.score - a.score || a.order - b.order).slice(0, most);
  return best.toSorted((a, b) => a.order - b.order).map(({ quote }) => quote);
}

/** Whether a quote says another one and more: a sentence is quoted once. */
function holds(whole: Quote, part: Quote): boolean {
  return whole.text.length > part.text.length && whole.at === part.at && whole.text.includes(part.text);
}

/** What somebody else asks or asked for something: "they raised the price", "they quoted us $3 per home". */
const OTHERS = String.raw`\b(?:they|he|she)\b[^.?!]{0,20}\b(?:quot|rais|charg|offer|cost)\w*`;
const PRICE_WORDS = String.raw`\b(?:pric(?:e|es|ed|ing|ey)|quoted?|discounts?|expensive|cheap(?:er)?|setup fee|(?:per|a) (?:home|unit|seat|user)|(?:it|this|that|you) costs? (?:us|me|more|less|too)|your costs?)\b`;
/** Our price in words: a sum alone may be of anything, and others have prices too. */
const PRICE = new RegExp(String.raw`^(?:(?=.*\byour?\b)|(?!.*${OTHERS})).*${PRICE_WORDS}`, "is");

function topicSignal(topic: string): Signal {
  const stem = topic
    .toLowerCase()
    .replaceAll(/[^a-z0-9 ]/g, "")
    .trim()
    .replace(/(?:ing|es|s|e)$/, "");
  const pattern = new RegExp(`\\b${stem.replaceAll(/\s+/g, String.raw`.{0,12}\b`)}`, "i");
  return {
    kind: "",
    topic: pattern,
    words: stem.startsWith("pric") ? PRICE : pattern,
    externalOnly: false,
    wordsOnly: true,
  };
}

function longest(segments: readonly Segment[]): Quote[] {
  const said = segments.filter((segment) => segment.external).toSorted((a, b) => b.text.length - a.text.length)[0];
  return said ? [{ kind: "Said", speaker: said.speaker, at: said.at, text: said.text }] : [];
}

function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?])\s+(?=[A-Z"“])/).map((sentence) => sentence.trim());
}
