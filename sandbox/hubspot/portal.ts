import { createRandom } from "../world/random.ts";
import type { DealStage, World } from "../world/types.ts";
import { EXCHANGE_RATES, HOME_CURRENCY } from "../world/currencies.ts";
import { offsetIso } from "../world/zones.ts";

/** The account, which HubSpot calls a portal. */
export const PORTAL_ID = 24_817_306;
export const APP_ID = 3_104_877;
export const UI_DOMAIN = "app.hubspot.com";
/** When the company moved in; nothing of the portal's settings is older. */
export const PORTAL_CREATED = "2021-02-15T15:00:00Z";

export interface Owner {
  id: string;
  userId: number;
  personId: string;
  email: string;
  firstName: string;
  lastName: string;
}

export function ownersOf(world: World): Owner[] {
  return world.people.map((person) => {
    const { ownerId, userId } = world.crm.owners[person.id] ?? ownerIds(person.id);
    const [firstName = "", ...rest] = person.name.split(" ");
    return { id: ownerId, userId, personId: person.id, email: person.email, firstName, lastName: rest.join(" ") };
  });
}

/** For somebody who came after the world was made. */
function ownerIds(personId: string): { ownerId: string; userId: number } {
  const random = createRandom("hubspot-owner", personId);
  return { ownerId: random.digits(9), userId: Number(random.digits(8)) };
}

export interface Stage {
  id: string;
  label: string;
  /** From 0 to 1. */
  probability: number;
  isClosed: boolean;
  worldStage: DealStage;
}

export const PIPELINE_ID = "default";
export const PIPELINE_LABEL = "Sales Pipeline";

/**
 * The pipeline that every portal begins with, its stages renamed by the company: the ids keep telling of HubSpot's own
 * process, so that a label cannot be guessed from an id.
 */
export const STAGES: readonly Stage[] = [
  stage("appointmentscheduled", "Discovery", 0.2, "discovery"),
  stage("qualifiedtobuy", "Evaluation", 0.4, "evaluation"),
  stage("presentationscheduled", "Proposal", 0.6, "proposal"),
  stage("contractsent", "Negotiation", 0.8, "negotiation"),
  stage("closedwon", "Closed Won", 1, "closed_won"),
  stage("closedlost", "Closed Lost", 0, "closed_lost"),
];

function stage(id: string, label: string, probability: number, worldStage: DealStage): Stage {
  return { id, label, probability, isClosed: worldStage.startsWith("closed"), worldStage };
}

/** What `account-info` tells: the shape is that of HubSpot's description of 2026-09 (PortalInformationResponse). */
export function accountDetails(world: World, now: number): Record<string, unknown> {
  const offset = offsetIso(now, world.companyTimeZone).slice(19);
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4));
  return {
    portalId: PORTAL_ID,
    accountType: "STANDARD",
    timeZone: world.companyTimeZone,
    companyCurrency: HOME_CURRENCY,
    additionalCurrencies: Object.keys(EXCHANGE_RATES).filter((code) => code !== HOME_CURRENCY),
    utcOffset: offset,
    utcOffsetMilliseconds: minutes * 60_000 * (offset.startsWith("-") ? -1 : 1),
    uiDomain: UI_DOMAIN,
    dataHostingLocation: "na1",
  };
}
