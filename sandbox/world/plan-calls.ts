import { regionOf } from "./accounts.ts";
import { isOpen } from "./deals.ts";
import { createRandom, type Random } from "./random.ts";
import type { CallSlot } from "./schedule.ts";
import type { StorylineKey } from "./storylines.ts";
import type { Exchange, Template } from "./template.ts";
import type { Account, Deal, Person } from "./types.ts";

export interface PlannedCall {
  slot: CallSlot;
  owner: Person;
  account: Account;
  deal: Deal | undefined;
  storyline: StorylineKey;
  isPrivate: boolean;
  /** Something in the middle of it that a careless reader trips over. */
  oddity?: Exchange | undefined;
  /** Instead of the storyline's. */
  title?: Template | undefined;
}

/** The calls of a deal follow each other towards its stage: nobody negotiates before a demo. */
const PATH: readonly StorylineKey[] = ["intro", "discovery", "demo", "technical", "pricing", "negotiation"];
const REACHED: Record<Deal["stage"], number> = {
  discovery: 1,
  evaluation: 3,
  proposal: 4,
  negotiation: 5,
  closed_won: 5,
  closed_lost: 4,
};

export function planCalls(
  seed: number,
  slots: readonly CallSlot[],
  people: readonly Person[],
  accounts: readonly Account[],
  deals: readonly Deal[],
): PlannedCall[] {
  const nextAccount = accountDealer(seed, people, accounts);
  const random = createRandom(seed, "plan");
  const planned = slots.map((slot): PlannedCall => {
    const owner = people.find((p) => p.handle === slot.ownerHandle);
    if (!owner) throw new RangeError(`nobody is called ${slot.ownerHandle}`);
    const account = nextAccount(slot, owner);
    return { slot, owner, account, deal: dealFor(account, deals, random), storyline: "intro", isPrivate: false };
  });
  for (const deal of new Set(planned.map((p) => p.deal))) {
    tellStory(
      deal,
      planned.filter((p) => p.deal === deal),
    );
  }
  return planned;
}

function dealFor(account: Account, deals: readonly Deal[], random: Random): Deal | undefined {
  const own = deals.filter((d) => d.accountId === account.id);
  const open = own.filter(isOpen);
  return own.length === 0 ? undefined : random.pick(open.length > 0 && random.chance(0.8) ? open : own);
}

/** Gives each call of a deal, oldest first, its place on the way to the stage that the deal has now. */
function tellStory(deal: Deal | undefined, calls: PlannedCall[]): void {
  if (!deal) return;
  const isDecided = (call: PlannedCall): boolean => !isOpen(deal) && call.slot.day >= deal.closeDate;
  const before = calls.filter((call) => !isDecided(call));
  const reached = REACHED[deal.stage];
  before.forEach((call, index) => {
    const step = Math.round(((index + 1) / before.length) * reached);
    call.storyline = PATH[Math.min(step, reached)] ?? "discovery";
  });
  calls.filter(isDecided).forEach((call, index) => {
    call.storyline = deal.stage === "closed_lost" ? "lost" : index === 0 ? "kickoff" : "review";
  });
}

/** What a further call about this deal would be for. */
export function storylineFor(deal: Deal | undefined, random: Random): StorylineKey {
  if (!deal) return "intro";
  if (deal.stage === "closed_won") return "review";
  if (deal.stage === "closed_lost") return "lost";
  return PATH[Math.max(1, REACHED[deal.stage] - random.int(0, 1))] ?? "discovery";
}

/** Every owner goes through the accounts in turn; nobody meets the same account twice on a day if it can be helped. */
function accountDealer(
  seed: number,
  people: readonly Person[],
  accounts: readonly Account[],
): (slot: CallSlot, owner: Person) => Account {
  const acme = accounts.find((a) => a.name === "Acme");
  const decks = new Map<string, Account[]>();
  const met = new Set<string>();
  let danielsCalls = 0;
  const deckOf = (owner: Person): Account[] => {
    const deck =
      decks.get(owner.id) ?? createRandom(seed, "deck", owner.handle).shuffle(reach(owner, people, accounts));
    decks.set(owner.id, deck);
    return deck;
  };
  return (slot, owner) => {
    // Acme's people talk to us often, and yesterday at length.
    const isAcmes =
      owner.handle === "daniel" && (slot.kind === "yesterday" ? slot.minutes === 45 : danielsCalls++ % 8 === 1);
    const deck = deckOf(owner);
    const free = deck.findIndex((a) => !met.has(`${slot.day} ${a.id}`) && !(a === acme && slot.kind !== "ordinary"));
    const account = isAcmes && acme ? acme : deck.splice(Math.max(free, 0), 1)[0];
    if (!account) throw new RangeError(`${owner.handle} has no accounts`);
    if (!(isAcmes && acme)) deck.push(account);
    met.add(`${slot.day} ${account.id}`);
    return account;
  };
}

/** A manager or a development representative speaks with the accounts of the team. */
function reach(owner: Person, people: readonly Person[], accounts: readonly Account[]): Account[] {
  const own = accounts.filter((a) => a.ownerId === owner.id);
  if (own.length > 0) return own;
  const zone = owner.timeZone.split("/")[0];
  const team = people.filter((p) => p.timeZone.startsWith(zone ?? ""));
  return accounts.filter(
    (a) => regionOf(a) === "americas" && a.name !== "Acme" && team.some((p) => p.id === a.ownerId),
  );
}
