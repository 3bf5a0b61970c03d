import { type Cast, factsOf } from "./facts.ts";
import { type CallContent, writeContent } from "./call-content.ts";
import type { PlannedCall } from "./plan-calls.ts";
import { createRandom, type Random } from "./random.ts";
import { STORYLINES } from "./storylines.ts";
import { render, type Role } from "./template.ts";
import type { Call, Party, Person } from "./types.ts";

/**
 * Makes one call. What was said, and what is said of it, is written when somebody first looks: most of a world's calls are
 * never opened, and a demo is to start at once.
 */
export function createCall(seed: number, key: string | number, plan: PlannedCall, people: readonly Person[]): Call {
  const random = createRandom(seed, "call", key);
  const id = random.digits(random.int(18, 20));
  const cast = castFor(plan, people, random);
  const slots = factsOf(seed, plan.account, plan.deal, plan.slot.day, cast);
  const durationSeconds = plan.slot.minutes * 60 + random.int(-40, 20);
  let written: CallContent | undefined;
  const content = (): CallContent => {
    written ??= writeContent({ seed, plan, cast, slots, durationSeconds, random: createRandom(seed, "content", key) });
    return written;
  };
  return {
    id,
    title: render(plan.title ?? STORYLINES[plan.storyline].title, slots, random),
    startedAt: new Date(plan.slot.start).toISOString(),
    durationSeconds,
    accountId: plan.account.id,
    dealId: plan.deal?.id,
    ownerId: plan.owner.id,
    isPrivate: plan.isPrivate,
    parties: cast.parties,
    direction: plan.storyline === "intro" ? "Outbound" : "Conference",
    get transcript() {
      return content().transcript;
    },
    get brief() {
      return content().brief;
    },
    get keyPoints() {
      return content().keyPoints;
    },
    get nextSteps() {
      return content().nextSteps;
    },
    get objections() {
      return content().objections;
    },
    get competitors() {
      return content().competitors;
    },
    get trackers() {
      return content().trackers;
    },
  };
}

function castFor(plan: PlannedCall, people: readonly Person[], random: Random): Cast {
  const internal = (person: Person): Party => ({
    speakerId: random.digits(19),
    name: person.name,
    email: person.email,
    title: person.title,
    affiliation: "Internal",
    gongUserId: person.gongUserId,
  });
  const rep = internal(plan.owner);
  const helper = people.find((p) => p.handle === helperHandle(plan));
  const engineer = helper && helper.id !== plan.owner.id ? internal(helper) : undefined;
  const count = plan.slot.minutes < 12 ? 1 : random.int(1, 3);
  const external = plan.account.contacts.slice(0, count).map(
    ({ name, email, title }): Party => ({
      speakerId: random.digits(19),
      name,
      email,
      title,
      affiliation: "External",
    }),
  );
  const [contact, second] = external;
  if (!contact) throw new RangeError(`${plan.account.name} has no contacts`);
  const has = new Set<Role>(["R", "C"]);
  if (engineer) has.add("E");
  if (second) has.add("D");
  return {
    rep,
    engineer: engineer ?? rep,
    contact,
    second: second ?? contact,
    parties: [rep, ...(engineer ? [engineer] : []), ...external],
    has,
  };
}

function helperHandle(plan: PlannedCall): string | undefined {
  if (["technical", "demo", "kickoff"].includes(plan.storyline)) return "arjun";
  if (plan.storyline === "negotiation") return plan.owner.managerId ? "maya" : undefined;
  return plan.slot.minutes >= 40 ? "arjun" : undefined;
}
