import { isOpen } from "./deals.ts";
import { regionOf } from "./accounts.ts";
import { firstName } from "./people.ts";
import { placeOf } from "./places.ts";
import { createRandom, type Random } from "./random.ts";
import type { Crm, CrmCompany, CrmContact, CrmDeal, CrmNote, CrmTask } from "./crm-types.ts";
import type { Account, Call, Contact, Deal, Person } from "./types.ts";
import { addDays, addWorkingDays } from "./zones.ts";

const DAY_MS = 86_400_000;

/** What the company's sellers tick when a deal is lost. */
export const LOST_REASONS = ["Price", "Went with a competitor", "No decision", "Missing integration"] as const;

interface Known {
  seed: number;
  /** Epoch ms. */
  now: number;
  people: readonly Person[];
  accounts: readonly Account[];
  deals: readonly Deal[];
  /** Oldest first. */
  calls: readonly Call[];
}

/** The CRM's own data, none of which contradicts the deals, contacts and calls that it is about. */
export function createCrm(known: Known): Crm {
  const deals = known.deals.map((deal, index) => dealOf(known, deal, createRandom(known.seed, "crm-deal", index)));
  return {
    owners: Object.fromEntries(known.people.map((person) => [person.id, idsOf(person)])),
    contacts: known.accounts.flatMap((account) => contactsOf(known, account)),
    companies: known.accounts.map((account) => companyOf(known, account)),
    deals,
    notes: known.deals.flatMap((deal) => notesOf(known, deal)),
    tasks: known.deals.filter(isOpen).map((deal) => taskOf(known, deal)),
  };
}

/** The same for every seed, as people are. */
function idsOf(person: Person): { ownerId: string; userId: number } {
  const random = createRandom("crm-owner", person.id);
  return { ownerId: random.digits(9), userId: Number(random.digits(8)) };
}

const iso = (instant: number): string => new Date(Math.floor(instant / 1000) * 1000).toISOString();

/** When an account was first written down: before its first deal, call and contact. */
function metAt({ seed, now }: Known, account: Account): number {
  return now - createRandom(seed, "crm-account", account.id).int(240, 900) * DAY_MS;
}

function lifecycleStage({ deals }: Known, account: Account): string {
  const own = deals.filter((deal) => deal.accountId === account.id);
  if (own.some((deal) => deal.stage === "closed_won")) return "customer";
  return own.some(isOpen) ? "opportunity" : "salesqualifiedlead";
}

function companyOf(known: Known, account: Account): CrmCompany {
  const random = createRandom(known.seed, "crm-company", account.id);
  const { state, country, dialling } = placeOf(account.city, regionOf(account));
  return {
    accountId: account.id,
    phone: `${dialling}${random.digits(2)}`,
    employees: Math.round(account.units / random.int(38, 62)) + random.int(5, 20),
    state,
    country,
    lifecycleStage: lifecycleStage(known, account),
    createdAt: iso(metAt(known, account)),
  };
}

function contactsOf(known: Known, account: Account): CrmContact[] {
  const { dialling } = placeOf(account.city, regionOf(account));
  return account.contacts.map(({ id }) => {
    const random = createRandom(known.seed, "crm-contact", id);
    return {
      contactId: id,
      phone: `${dialling}${random.digits(2)}`,
      lifecycleStage: lifecycleStage(known, account),
      createdAt: iso(metAt(known, account) + random.int(1, 30) * DAY_MS + random.int(0, 30_000) * 1000),
    };
  });
}

/** The calls about a deal that the whole team may see. */
function callsOf({ calls }: Known, deal: Deal): Call[] {
  return calls.filter((call) => call.dealId === deal.id && !call.isPrivate);
}

function accountOf({ accounts }: Known, deal: Deal): Account {
  const account = accounts.find(({ id }) => id === deal.accountId);
  if (!account) throw new RangeError(`no account for ${deal.name}`);
  return account;
}

function dealOf(known: Known, deal: Deal, random: Random): CrmDeal {
  const calls = known.calls.filter((call) => call.dealId === deal.id);
  const firstCall = Date.parse(calls[0]?.startedAt ?? iso(known.now));
  const closed = isOpen(deal) ? known.now : Date.parse(`${deal.closeDate}T15:00:00Z`);
  const createdAt = Math.min(firstCall, closed) - random.int(4, 60) * DAY_MS;
  const since = isOpen(deal) ? createdAt + (known.now - createdAt) * (0.4 + random.next() / 2) : closed;
  return {
    dealId: deal.id,
    contactIds: accountOf(known, deal)
      .contacts.slice(0, 2)
      .map(({ id }) => id),
    isNewBusiness: !/(expansion|renewal)$/.test(deal.name),
    createdAt: iso(createdAt),
    stageSince: iso(since),
    goLiveDate: ["negotiation", "closed_won"].includes(deal.stage)
      ? addDays(deal.closeDate, random.int(30, 75))
      : undefined,
    lostReason: deal.stage === "closed_lost" ? random.pick(LOST_REASONS) : undefined,
  };
}

/** One for each of the last two calls. */
function notesOf(known: Known, deal: Deal): CrmNote[] {
  const { contacts } = accountOf(known, deal);
  return callsOf(known, deal)
    .slice(-2)
    .map((call) => {
      const random = createRandom(known.seed, "crm-note", call.id);
      const names = call.parties.filter((p) => p.affiliation === "External").map((p) => `${p.name} (${p.title})`);
      const contact = contacts.find(({ email }) => call.parties.some((p) => p.email === email));
      const minutes = Math.round(call.durationSeconds / 60);
      const ended = Date.parse(call.startedAt) + call.durationSeconds * 1000;
      return {
        id: random.digits(11),
        dealId: deal.id,
        contactId: contact?.id ?? someone(contacts).id,
        authorId: call.ownerId,
        body: `<p>${escapeHtml(call.title)}: ${minutes} minutes with ${escapeHtml(names.join(" and "))}. The recording is in Gong.</p>`,
        writtenAt: iso(Math.min(ended + random.int(3, 40) * 60_000, known.now)),
      };
    });
}

/** What the deal's owner promised to do next. */
function taskOf(known: Known, deal: Deal): CrmTask {
  const random = createRandom(known.seed, "crm-task", deal.id);
  const contact = someone(accountOf(known, deal).contacts);
  const last = callsOf(known, deal).at(-1)?.startedAt ?? iso(known.now - random.int(5, 20) * DAY_MS);
  const dueAt = `${addWorkingDays(last.slice(0, 10), random.int(3, 14))}T15:00:00.000Z`;
  const type = random.pick(["CALL", "EMAIL", "TODO"] as const);
  const verb = { CALL: "Call", EMAIL: "Write to", TODO: "Prepare the next step for" }[type];
  return {
    id: random.digits(11),
    dealId: deal.id,
    contactId: contact.id,
    ownerId: deal.ownerId,
    subject: `${verb} ${contact.name}`,
    body: `${firstName(contact.name)} expects to hear from us about ${deal.name}.`,
    type,
    priority: deal.amount > 100_000 ? "HIGH" : deal.amount > 40_000 ? "MEDIUM" : "LOW",
    isDone: Date.parse(dueAt) < known.now && random.chance(0.7),
    createdAt: iso(Date.parse(last) + 3_600_000 > known.now ? known.now : Date.parse(last) + 3_600_000),
    dueAt,
  };
}

function someone(contacts: readonly Contact[]): Contact {
  const [first] = contacts;
  if (!first) throw new RangeError("an account without contacts");
  return first;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
