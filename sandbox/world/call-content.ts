import { RIVALS } from "./account-names.ts";
import { goodbyes, wrapUps } from "./dialogue/closing.ts";
import { agenda, introductions, smallTalk } from "./dialogue/opening.ts";
import { type Cast, communityFacts } from "./facts.ts";
import { firstName } from "./people.ts";
import type { PlannedCall } from "./plan-calls.ts";
import type { Random } from "./random.ts";
import { type NextStepTemplate, type Passage, type Storyline, STORYLINES } from "./storylines.ts";
import { type Exchange, render, type Role, type Slots } from "./template.ts";
import { hear } from "./trackers.ts";
import { TranscriptWriter } from "./transcript.ts";
import type { Call } from "./types.ts";
import { addWorkingDays, spokenDay } from "./zones.ts";

export type CallContent = Pick<
  Call,
  "transcript" | "brief" | "keyPoints" | "nextSteps" | "objections" | "competitors" | "trackers"
>;

export interface ContentRequest {
  seed: number;
  plan: PlannedCall;
  cast: Cast;
  slots: Slots;
  durationSeconds: number;
  random: Random;
}

/** Long calls are said to be full of talk; in short ones there is time to think. */
const wordsPerMinute = (minutes: number): number => (minutes >= 40 ? 150 : 125);
/** What greeting, agenda and farewell take. */
const FRAME_WORDS = 250;
const MAX_KEY_POINTS = 6;

/** What is said and what is said of it, drawn from the same exchanges, so that a summary can be checked. */
export function writeContent({ seed, plan, cast, slots, durationSeconds, random }: ContentRequest): CallContent {
  const story = STORYLINES[plan.storyline];
  const { minutes, day } = plan.slot;
  const exchanges = choose(story, minutes * wordsPerMinute(minutes) - FRAME_WORDS, cast, random);
  if (plan.oddity) exchanges.splice(Math.ceil(exchanges.length / 2), 0, plan.oddity);
  const steps = nextStepsOf(story, slots, cast, day, random);
  const firstCommunity = random.int(0, 20);
  const communityOf = (index: number): Slots => communityFacts(seed, plan.account, firstCommunity + index);
  const writer = write(exchanges, steps, { cast, slots, communityOf, random });
  const transcript = writer.finish(durationSeconds * 1000 - random.int(800, 4000));
  const text = transcript.map((m) => m.sentences.map((s) => s.text).join(" ")).join(" ");
  const points = exchanges.flatMap((e) => (e.point ? [render(e.point, slots, random)] : []));
  return {
    transcript,
    brief: briefOf(render(story.about, slots, random), plan, cast, points, steps),
    keyPoints: points.slice(0, MAX_KEY_POINTS),
    nextSteps: steps.map(({ text, owner, due }) => ({ text, owner, due })),
    objections: exchanges.flatMap((e) => (e.objection ? [render(e.objection, slots, random)] : [])),
    competitors: RIVALS.filter((name) => text.includes(name)),
    trackers: hear(text),
  };
}

/** Exchanges of the storyline in the order of the conversation, none twice, for about `words`. */
function choose(story: Storyline, words: number, cast: Cast, random: Random): Exchange[] {
  const passages = story.body.map((passage) => take(passage, words * passage.share, cast, random));
  const chosen = new Set(passages.flat());
  const left = words - [...chosen].reduce((sum, exchange) => sum + exchange.words, 0);
  const spare = story.spare.filter((exchange) => !chosen.has(exchange));
  const [first = [], ...rest] = passages;
  return [...first, ...take({ bank: spare }, left, cast, random), ...rest.flat()];
}

function take(passage: Omit<Passage, "share">, words: number, cast: Cast, random: Random): Exchange[] {
  const { bank, hasOpener, most = bank.length } = passage;
  const taken: Exchange[] = [];
  let left = words;
  const [opener, ...others] = bank;
  const order = hasOpener && opener ? [opener, ...random.shuffle(others)] : random.shuffle(bank);
  for (const exchange of order) {
    if (left <= 0 || taken.length === most) break;
    if (exchange.needs.some((role) => !cast.has.has(role))) continue;
    left -= exchange.words;
    taken.push(exchange);
  }
  return taken;
}

interface PlannedStep {
  role: Role;
  does: string;
  text: string;
  owner: string;
  due: string;
}

function nextStepsOf(story: Storyline, slots: Slots, cast: Cast, day: string, random: Random): PlannedStep[] {
  const toStep = ({ who, does, workingDays }: NextStepTemplate): PlannedStep => {
    const owner = { R: cast.rep, E: cast.engineer, C: cast.contact, D: cast.second }[who];
    const action = render(does, slots, random);
    const text = `${action.charAt(0).toUpperCase()}${action.slice(1)}`;
    return { role: who, does: action, text, owner: owner.name, due: addWorkingDays(day, workingDays) };
  };
  return random.shuffle(story.nextSteps).slice(0, random.int(2, 3)).map(toStep);
}

/** Who speaks, what is so, and how chance falls. */
interface Scene {
  cast: Cast;
  slots: Slots;
  /** The facts of the customer's communities, in the order in which they come up. */
  communityOf: (index: number) => Slots;
  random: Random;
}

function write(exchanges: readonly Exchange[], steps: readonly PlannedStep[], scene: Scene): TranscriptWriter {
  const { cast, slots, communityOf, random } = scene;
  const speakers = {
    R: cast.rep.speakerId,
    E: cast.engineer.speakerId,
    C: cast.contact.speakerId,
    D: cast.second.speakerId,
  };
  const writer = new TranscriptWriter(speakers, slots, random);
  const fitting = (bank: readonly Exchange[]): Exchange[] =>
    bank.filter((e) => e.needs.every((role) => cast.has.has(role)));
  writer.play(random.pick(fitting(smallTalk)));
  for (const introduction of fitting(introductions)) writer.play(introduction);
  writer.play(random.pick(fitting(agenda)));
  let spokenOf = 0;
  for (const exchange of exchanges) {
    if (exchange.isOfCommunity) writer.play(exchange, communityOf(spokenOf++));
    else writer.play(exchange);
  }
  writer.play(random.pick(wrapUps));
  for (const step of steps) sayStep(writer, step, random);
  writer.play(random.pick(goodbyes));
  return writer;
}

function sayStep(writer: TranscriptWriter, { role, does, owner, due }: PlannedStep, random: Random): void {
  const by = spokenDay(due);
  const isOurs = role === "R" || role === "E";
  const asked = `${firstName(owner)}, ${random.pick(["you wanted to", "can you", "would you"])} ${does} by ${by}?`;
  const promised = random.pick([
    `I will ${does} by ${by}.`,
    `On my side, I ${does} by ${by}.`,
    `By ${by} I will ${does}.`,
  ]);
  if (isOurs) writer.say(role, promised, "Next steps");
  else {
    writer.say("R", asked.replace("you wanted to", "you are going to"), "Next steps");
    writer.say(role, random.pick(["Yes, that is mine.", "I can do that.", "Put my name on it."]), "Next steps");
  }
}

function briefOf(about: string, plan: PlannedCall, cast: Cast, points: string[], steps: PlannedStep[]): string {
  const customers = cast.parties.filter((p) => p.affiliation === "External").slice(0, 2);
  const who = customers.map((p) => p.name).join(" and ");
  const first = steps[0];
  const next = first ? ` Next: ${first.owner} will ${first.does} by ${spokenDay(first.due)}.` : "";
  return `${cast.rep.name} spoke with ${who} of ${plan.account.name} about ${about}. ${points.slice(0, 3).join(" ")}${next}`;
}
