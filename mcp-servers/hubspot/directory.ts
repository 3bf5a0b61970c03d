import { isTimeZone } from "../shared/date-range.ts";
import { Lookup } from "../shared/lookup.ts";
import type { Timer } from "../shared/timer.ts";
import type { PropertyDefinition } from "./answers.ts";
import type { HubSpotApi, ObjectType } from "./api.ts";
import { type Owner, toOwner } from "./owners.ts";
import { type Pipeline, toPipelines } from "./pipelines.ts";

export interface Account {
  portalId: string;
  /** IANA zone of the account's days. */
  timeZone: string;
  /** Of amounts that name none. */
  currency: string;
  currencies: readonly string[];
}

/** What describes the account rather than its records, as tools read it. */
export interface Directory {
  account: Lookup<Account>;
  owners: Lookup<Owner[], "active" | "archived">;
  pipelines: Lookup<Pipeline[]>;
  definitions: Lookup<PropertyDefinition[], ObjectType>;
}

const describedForMs = 5 * 60_000;

export function createDirectory(api: HubSpotApi, timer: Timer): Directory {
  const options = { ttlMs: describedForMs, maxEntries: 8, timer };
  return {
    account: new Lookup<Account>(async (_, scope) => {
      const { portalId, timeZone, companyCurrency, additionalCurrencies } = await api.account(scope);
      const currency = companyCurrency ?? "USD";
      return {
        portalId,
        timeZone: timeZone && isTimeZone(timeZone) ? timeZone : "UTC",
        currency,
        currencies: [currency, ...(additionalCurrencies ?? [])],
      };
    }, options),
    owners: new Lookup(async (key, scope) => (await api.owners(key === "archived", scope)).map(toOwner), options),
    pipelines: new Lookup(async (_, scope) => toPipelines(await api.dealPipelines(scope)), options),
    definitions: new Lookup((type, scope) => api.properties(type, scope), options),
  };
}

/** HubSpot's numbers for its objects, as its pages' addresses have them. */
const typeIds: Record<ObjectType, string> = {
  contacts: "0-1",
  companies: "0-2",
  deals: "0-3",
  tasks: "0-27",
  notes: "0-46",
};

/** The record's page in HubSpot. */
export function pageUrl({ portalId }: Account, type: ObjectType, id: string): string {
  return `https://app.hubspot.com/contacts/${portalId}/record/${typeIds[type]}/${id}`;
}
