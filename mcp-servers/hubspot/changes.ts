import { z } from "zod";
import { UserError } from "../../src/core/errors.ts";
import type { PropertyDefinition } from "./answers.ts";
import type { ObjectType } from "./api.ts";
import { dayOf, isoOf } from "./dates.ts";
import { moneyText, numberOf } from "./money.ts";
import { ownerText } from "./owners.ts";
import { pipelineName, stageOf } from "./pipelines.ts";
import { checkProperties, type GivenProperties } from "./properties.ts";
import type { HubSpotSession } from "./session.ts";

/** A property that is to have a value; "" empties it. */
export interface Wish {
  property: string;
  /** As a person calls it: "Close date". */
  field: string;
  value: string;
  definition?: PropertyDefinition | undefined;
}

type Values = Readonly<Record<string, string | null | undefined>>;

export const changeOutput = z.strictObject({
  field: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});

export type Change = z.output<typeof changeOutput>;

/** Names as a person calls them, of the properties that tools have arguments for. */
const fields = {
  dealname: "Name",
  amount: "Amount",
  deal_currency_code: "Currency",
  closedate: "Close date",
  pipeline: "Pipeline",
  dealstage: "Stage",
  hubspot_owner_id: "Owner",
  description: "Description",
  firstname: "First name",
  lastname: "Last name",
  email: "E-mail",
  phone: "Phone",
  jobtitle: "Job title",
} as const;

/** The wishes of those that are given. */
export function wishes(values: Partial<Record<keyof typeof fields, string | undefined>>): Wish[] {
  return Object.entries(values).flatMap(([property, value]) =>
    value === undefined ? [] : [{ property, field: fields[property as keyof typeof fields], value }],
  );
}

/** The account's own properties besides. Throws UserError for what the account does not have or an argument says already. */
export async function withProperties(
  session: HubSpotSession,
  type: ObjectType,
  named: readonly Wish[],
  given: GivenProperties | undefined,
): Promise<Wish[]> {
  if (given === undefined || Object.keys(given).length === 0) return [...named];
  const twice = named.find(({ property }) => property in given);
  if (twice)
    throw new UserError(`properties.${twice.property} is given by an argument as well. Leave one of them out.`);
  const reserved = ["dealstage", "pipeline", "hubspot_owner_id"].find((property) => property in given);
  if (reserved) throw new UserError(`properties.${reserved}: use the argument ${reservedArguments[reserved]} instead.`);
  return [...named, ...checkProperties(given, await session.definitions(type))];
}

const reservedArguments: Record<string, string> = {
  dealstage: "stage",
  pipeline: "pipeline",
  hubspot_owner_id: "owner",
};

export interface Diff {
  changes: Change[];
  /** What has to be set; empty where all is as wished. */
  properties: Record<string, string>;
}

/** What setting them would change, as a person reads it. `present`: the record's values as they are, none for a new one. */
export async function diff(session: HubSpotSession, present: Values, wanted: readonly Wish[]): Promise<Diff> {
  const future = { ...present, ...Object.fromEntries(wanted.map(({ property, value }) => [property, value])) };
  const changes: Change[] = [];
  const properties: Record<string, string> = {};
  for (const wish of wanted) {
    const [before, after] = await Promise.all([show(session, wish, present), show(session, wish, future)]);
    const isSame = (present[wish.property] ?? "") === wish.value || (before === after && isQuantity(wish));
    if (isSame) continue;
    changes.push({ field: wish.field, before, after });
    properties[wish.property] = wish.value;
  }
  return { changes, properties };
}

/** What can be written in several ways: "5000" and "5000.0", two instants of one day. Two stages may share a name. */
function isQuantity({ property, definition }: Wish): boolean {
  return property === "closedate" || property === "amount" || /^(number|date|datetime)$/.test(definition?.type ?? "");
}

async function show(session: HubSpotSession, wish: Wish, values: Values): Promise<string | null> {
  const value = values[wish.property];
  if (!value) return null;
  switch (wish.property) {
    case "dealstage":
      return stageOf(value, await session.pipelines()).name;
    case "pipeline":
      return pipelineName(value, await session.pipelines());
    case "hubspot_owner_id": {
      const owner = (await session.ownersById([value])).get(value);
      return owner ? ownerText(owner) : `user ${value}`;
    }
    case "closedate":
      return dayOf(value, (await session.account()).timeZone);
    case "amount": {
      const amount = numberOf(value);
      const currency = values.deal_currency_code || (await session.account()).currency;
      return amount === null ? value : moneyText({ amount, currency });
    }
    default:
      return wish.definition ? showCustom(value, wish.definition) : value;
  }
}

function showCustom(value: string, { type, options }: PropertyDefinition): string {
  if (type === "number") return String(numberOf(value) ?? value);
  if (type === "datetime") return isoOf(value) ?? value;
  const labels = new Map(options?.map((option) => [option.value, option.label]));
  return value
    .split(";")
    .map((one) => labels.get(one) ?? one)
    .join(", ");
}
