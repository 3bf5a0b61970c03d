import { MONTH } from "./due-date.ts";
import { QUOTE } from "./line-words.ts";

/** What begins a thing to do: two of them in a line are two tasks. */
const VERB =
  "(?:add|agree|arrange|ask|book|brief|build|call|cancel|catch|change|chase|check|clean|close|collect|compare|confirm|contact|create|discuss|draft|email|e-mail|escalate|extend|file|find|finish|fix|follow|get|give|hand|inform|introduce|invite|invoice|join|let|log|look|make|meet|message|move|nudge|order|organi[sz]e|outline|phone|ping|plan|post|prepare|present|push|read|remind|renew|reply|request|reschedule|research|resend|review|run|schedule|send|set|share|shift|sign|speak|submit|summari[sz]e|sync|talk|tell|text|thank|tidy|update|upload|write)";

export const beginsWithVerb = new RegExp(`^${VERB}\\b`, "i");
/** Whose object is a person: "call @priya" is not hers to do. */
export const endsWithVerbOfPeople =
  /\b(?:ask|brief|call|chase|contact|email|e-mail|inform|introduce|invite|meet|message|nudge|phone|ping|remind|see|tell|text|thank|update|join|help)$/i;
/** What happens on a day: "schedule a demo friday" may be done before. */
export const beginsWithAppointment =
  /^(?:arrange|attend|book|cancel|invite|move|organi[sz]e|plan|postpone|push|re-?schedule|schedule|set up|shift)\b/i;
/** Words that something follows: what was taken from behind them belongs to them. */
export const hangs = new RegExp(
  `(?:^|\\s)(?:${[
    "a|about|after|against|alongside|an|and|are|around|as|at|be|because|before|between|by|during|except|for|from|into|in|is|it['’]s",
    "not|of|on|or|per|plus|re|really|regarding|since|so|starting|than|that['’]s|the|through|thru|til|to|towards?|until|very|via|vs|was|with|without",
    "my|our|your|their|its|whose|these|those|which|who|what|following|previous|same|other|latest",
    "b?cc|fyi|incl|including|especially|particularly|w(?:\\/o?)?|&|\\+|\\/|-|–",
  ].join("|")})$`,
  "i",
);
/** What says when something took or takes place: the day behind it is that of "the contract that expires friday". */
export const tellsWhen =
  /\b(?:arrives?|begins?|comes?|dated|effective|ending|ends?|expected|expires?|expiring|happens?|kicks off|lands?|lapses?|lapsing|leaves?|occurs?|renewing|runs out|starts?|starting|takes place|valid)$/i;
/** "the questions that Globex sent monday": not in capitals, as people are called Fred. */
export const tellsWhatWas =
  /(?:^|\s)(?:\p{Ll}\p{L}+(?<!e)ed|asked|bought|brought|came|did|gave|got|had|held|left|lost|made|met|paid|said|saw|sent|sold|spoke|told|took|went|won|wrote)$/u;

const sentence = /[.!?]\s+\S|\?/;
const abbreviation =
  /\b(?:approx|co|corp|dr|etc|inc|ltd|mr|mrs|ms|no|re|st|vs|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\./gi;
const speaker =
  /^(?:we|i|they|he|she|it|you|there|somebody|someone|can|could|would|should|let'?s|i'd|i'm|i'll|we'll|what|who|how|why|which|where|when)\b/i;
const several = new RegExp(
  `;|(?:\\band|\\bthen|&)\\s+(?:then\\s+|also\\s+)?${VERB}\\b|^${VERB}\\b.*,\\s*(?:also\\s+)?${VERB}\\b|^(?:(?:create|add|make)\\s+)?(?:[a-z]+\\s+)?tasks\\b|\\bone task (?:each|per|for each)\\b`,
  "i",
);
const condition =
  /\b(?:when|once|if|unless|whenever|while|as soon as|in case|depending|every|each|daily|weekly|monthly|quarterly|recurring|don['’]?t(?! forget)|do not(?! forget)|never|except|instead|(?:days?|weeks?|months?|hours?|morning|evening) (?:from(?! now| today)|after(?! tomorrow)|before|prior to))\b/i;
const timeOfDay =
  /\b\d{1,2}(?::\d\d)?\s?(?:am|pm)\b|\b\d{1,2}:\d\d\b|\b(?:in the|this) (?:morning|afternoon|evening)\b|\bat (?:noon|midnight|\d{1,2})\b|\bnoon\b|\bin (?:an?|\w+) (?:min(?:ute)?s?|h(?:ou)?rs?)\b|\b(?:today|tomorrow|day) (?:morning|afternoon|evening|night)\b|\b\w+day (?:morning|afternoon|evening|night)\b/i;

/** "~call Acme~ call Globex", "*friday*": what is struck out or stressed means something by it. */
const marked = /(?:^|\s)([*_~`])\S(?:.*\S)?\1(?:\s|$)/;

const longestLine = 300;

/** Whether a line, its quotes taken out, takes understanding: whole sentences, several tasks, conditions, a time of day. */
export function needsUnderstanding(text: string): boolean {
  if (text.length > longestLine || /\n\s*\S/.test(text)) return true;
  const plain = text.replaceAll(abbreviation, (word) => word.slice(0, -1)).trim();
  return [sentence, speaker, several, condition, timeOfDay, marked].some((pattern) => pattern.test(plain));
}

const possessive = /\b(?:(?:this|next|last) )?\w+['’]s\b(?! time$)/gi;
const MONTHS = "(?:January|February|March|April|May|June|July|August|September|October|November|December)";
const clearDate = new RegExp(
  `\\b(?:today|tomorrow|tonight|yesterday|(?:this|next) (?:week|weekend|month|quarter|year)|eo[dwmqy]|cob|asap|end of (?:the )?(?:day|week|month|quarter|year)|20\\d\\d-\\d\\d?-\\d\\d?|(?!24/7)\\d\\d?/\\d\\d?(?:/\\d+)?|\\d\\d?(?:st|nd|rd|th)? (?:of )?${MONTH}|${MONTH}\\.? \\d\\d?(?:st|nd|rd|th)?|${MONTH}\\.? 20\\d\\d|\\d\\d?-\\d\\d?-(?:20)?\\d\\d|within|(?:on|by|until) the \\d\\d?(?:st|nd|rd|th)|last (?:week|month|quarter|year))\\b`,
  "i",
);
/** Before a capital it is a part of a name: "Sunday Brunch Co". */
const properWeekday = /\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?=\s+\p{Lu})/gu;
/** At the end of what is left: "2 weeks", "in 3d", "the 18th", "december eighteenth", "4dec", "12-04". */
const looseEnd = new RegExp(
  `\\b(?:${[
    "(?:\\d+|an?|one|two|three|four|five|six|ten|couple of) (?:business |working )?(?:days?|weeks?|months?|fortnights?|years?)(?:['’]?s?['’]? time)?|on \\d\\d?|in 20\\d\\d|20\\d{6}",
    "in \\d+ ?(?:d|w|wks?|mos?)|(?:this|next|nxt) (?:wk|wknd|mo|qtr)|wknd|(?:week|month|quarter) after next|fortnight",
    "\\d\\d?(?:st|nd|rd|th)|\\w+(?:teenth|tieth)|the (?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth)",
    "(?:december|january|february|july|september|october|november)|(?:jan|feb|apr|jun|jul|aug|sept?|oct|nov|dec)|q[1-4](?: ?(?:20)?\\d\\d)?",
    `\\d\\d?[-.]?${MONTH}|${MONTH}[-./]?\\d\\d?|\\d\\d?-\\d\\d?`,
    "tonite|2mo?rr?ow?|tomo(?:z|rro)?|first thing|overnight|lunchtime|(?:year|month|quarter|week)[- ]end|(?:early|mid|late)[- ]\\w+",
    "(?:the )?(?:christmas|xmas|new year)(?:['’]?s)?(?: eve| day)?|thanksgiving|easter|halloween|diwali|ramadan|eid|hanukkah",
  ].join("|")})$`,
  "i",
);
/** "by christmas", "until the summit", "after the holidays": a day that was not read, or how something is done. */
const deadline = /\b(?:by|until|till|before|after|during|post)[ -]\S+(?: \S+){0,3}$/i;
/** "24.12", also the number of a version: only understanding can tell. */
const dayAndMonth = /(?<![\p{L}\p{N}.])(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.?(?:(?:20)?\d\d)?\)?$/u;
/** German, French, Spanish, Italian, Portuguese and Dutch. */
const foreignDay = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${[
    "montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|heute|morgen|übermorgen",
    "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|aujourd['’]hui|demain|après-demain",
    "lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo|hoy|ma[ñn]ana",
    "luned[ìi]|marted[ìi]|mercoled[ìi]|gioved[ìi]|venerd[ìi]|sabato|domenica|oggi|domani|dopodomani",
    "(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?|hoje|amanh[ãa]",
    "maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|vandaag|overmorgen",
  ].join("|")})(?![\\p{L}\\p{N}])`,
  "iu",
);
const anyWeekday = /\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|mon|tues?|weds|thu(?:rs?)?|fri)\b/i;
const month = new RegExp(`(\\b(?:in|by|of|for|during|until|since|on|this|next|early|mid|late) )?\\b(${MONTHS})\\b`);

/** What a name holds that may be a day after all: the word, and whether only understanding can tell. */
export function strayDay(name: string, hasDue: boolean): { word: string; isAsked: boolean } | undefined {
  const text = name.replaceAll(new RegExp(QUOTE, "g"), "").replaceAll(possessive, "");
  const rest = text.replaceAll(properWeekday, "");
  const plain = clearDate.exec(rest)?.[0] ?? anyWeekday.exec(rest)?.[0] ?? looseEnd.exec(rest)?.[0];
  const unread = plain ?? dayAndMonth.exec(rest)?.[0] ?? foreignDay.exec(rest.normalize("NFC"))?.[0];
  if (unread !== undefined) return { word: unread, isAsked: false };
  if (hasDue) return undefined;
  const until = deadline.exec(rest)?.[0];
  if (until !== undefined) return { word: until, isAsked: false };
  const [proper] = text.match(properWeekday) ?? [];
  if (proper !== undefined) return { word: proper, isAsked: true };
  const [, before, word = ""] = month.exec(text) ?? [];
  const isAsked = homonyms.has(word);
  return isAsked || before !== undefined ? { word, isAsked } : undefined;
}

/** Names of people, and verbs, as well. */
const homonyms = new Set(["March", "April", "May", "June", "August"]);
