import { z } from "zod";
import { sameText } from "../../shared/look-up.ts";
import { addsToHubSpot, hubspotTool, idArgument } from "../arguments.ts";
import { diff } from "../changes.ts";
import { dealArguments, dealWishes, newPlace } from "../deal-plan.ts";
import { dealOutput, dealPresenter, dealProperties } from "../deals.ts";
import { lookUpCreate, type Wanted } from "../look-up.ts";
import { largerAmount } from "../money.ts";
import type { HubSpotSession } from "../session.ts";
import { associate, findTarget } from "../targets.ts";

const input = z.strictObject({
  ...dealArguments,
  name: z.string().min(1).max(500).describe("The deal's name"),
  company_id: idArgument("company").optional(),
  contact_ids: z.array(idArgument("contact")).max(20).optional(),
});

export const createDeal = hubspotTool({
  name: "create_deal",
  title: "Create a deal",
  description:
    "Creates a new deal (opportunity) in HubSpot with its company and contacts. Without a pipeline and a stage it stands in the first stage of the first pipeline; without an owner it is owned by whoever asks. " +
    "Look first with search_deals whether it is there already. Ids of companies and contacts are in search_companies and get_contacts.",
  input,
  output: z.strictObject({ deal: dealOutput }),
  annotations: addsToHubSpot,
  progress: { one: "Creating a deal in HubSpot", many: "Creating {count} deals in HubSpot" },

  async preview(input, context) {
    const session = context.client.session(context);
    const { company, contacts, changes, properties } = await plan(session, input);
    const people = contacts.map(({ name }) => name).join(", ");
    return {
      summary: company ? `Create a deal for ${company.name}` : "Create a deal",
      changes: [
        ...changes,
        ...(company ? [{ field: "Company", before: null, after: company.name }] : []),
        ...(people ? [{ field: "Contacts", before: null, after: people }] : []),
      ],
      amount: largerAmount(null, properties.amount),
    };
  },

  async run(input, context) {
    const session = context.client.session(context);
    const { company, contacts, properties } = await plan(session, input);
    const associations = associate("deal", company ? [company, ...contacts] : contacts);
    const id = await session.create("deals", { properties, associations });
    return session.afterSaving("deals", id, () => present(session, id));
  },

  async lookUp(input, write, context) {
    const session = context.client.session(context);
    const { company, contacts, properties, wishes } = await plan(session, input);
    const others = wishes.filter(({ property }) => property !== "dealname");
    const wanted: Wanted = {
      type: "deals",
      kind: "deal",
      targets: company ? [company, ...contacts] : contacts,
      properties: [...dealProperties, ...Object.keys(properties)],
      isAlike: (record) => sameText(record.properties.dealname, input.name),
      differences: async (record) => (await diff(session, record.properties, others)).changes.map(({ field }) => field),
    };
    return lookUpCreate(session, wanted, write, ({ id }) => present(session, id));
  },
});

async function present(session: HubSpotSession, id: string) {
  const record = await session.record("deals", id, dealProperties);
  const shown = await dealPresenter(session, [record]);
  return { deal: shown(record) };
}

async function plan(session: HubSpotSession, { company_id, contact_ids, ...wanted }: z.output<typeof input>) {
  const contactIds = [...new Set(contact_ids)];
  const [place, owner, company, contacts] = await Promise.all([
    newPlace(session, wanted),
    wanted.owner === undefined ? session.ownOwner() : session.owner(wanted.owner),
    company_id === undefined ? undefined : findTarget(session, "company", company_id),
    Promise.all(contactIds.map((id) => findTarget(session, "contact", id))),
  ]);
  const wishes = await dealWishes(session, wanted, place, owner?.id);
  return { company, contacts, wishes, ...(await diff(session, {}, wishes)) };
}
