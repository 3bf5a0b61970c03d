import { z } from "zod";
import { UserError } from "../../../src/core/errors.ts";
import type { HubSpotRecord } from "../answers.ts";
import {
  changesHubSpot,
  emailArgument,
  hubspotTool,
  idArgument,
  ownerArgument,
  propertiesArgument,
} from "../arguments.ts";
import { changeOutput, type Diff, diff, wishes, withProperties } from "../changes.ts";
import { contactName, contactOutput, contactPresenter, contactProperties, findContact } from "../contacts.ts";
import { pageUrl } from "../directory.ts";
import { lookUpDiff } from "../look-up.ts";
import type { HubSpotSession } from "../session.ts";

const input = z.strictObject({
  contact_id: idArgument("contact").optional(),
  email: emailArgument("Instead of the id: the address that the contact has now").optional(),
  first_name: z.string().max(200).optional(),
  last_name: z.string().max(200).optional(),
  new_email: emailArgument("The address that it is to have").optional(),
  phone: z.string().max(100).optional(),
  job_title: z.string().max(500).optional(),
  owner: ownerArgument("Who is to own it").optional(),
  properties: propertiesArgument.optional(),
});

export const updateContact = hubspotTool({
  name: "update_contact",
  title: "Change a contact",
  description:
    "Changes fields of one contact in HubSpot, named by id or e-mail address. Only the fields that are given change; answers with what changed. " +
    "Fields without an argument of their own go into `properties`, by HubSpot's internal names (lifecyclestage, hs_lead_status, city ...).",
  input,
  output: z.strictObject({ contact: contactOutput, changed: z.array(changeOutput) }),
  annotations: changesHubSpot,
  progress: { one: "Changing a contact in HubSpot", many: "Changing {count} contacts in HubSpot" },

  async preview(input, context) {
    const session = context.client.session(context);
    const { contact, changes } = await plan(session, input);
    const name = contactName(contact);
    return {
      summary: `Change the contact ${name}`,
      record: { name, url: pageUrl(await session.account(), "contacts", contact.id) },
      changes,
    };
  },

  async run(input, context) {
    const session = context.client.session(context);
    const change = await plan(session, input);
    const { contact, changes, properties } = change;
    if (changes.length === 0) return present(session, change);
    await session.update("contacts", contact.id, properties);
    return session.afterSaving("contacts", contact.id, () => present(session, change));
  },

  async lookUp(input, _, context) {
    const session = context.client.session(context);
    const hasMoved = await isUnderNewAddress(session, input);
    const change = await plan(session, hasMoved ? { ...input, email: input.new_email } : input);
    if (!hasMoved || change.changes.length === 0) return lookUpDiff(change, () => present(session, change));
    const url = pageUrl(await session.account(), "contacts", change.contact.id);
    const rest = change.changes.map(({ field }) => field).join(", ");
    const reason = `A contact has the new e-mail address by now, but other values in ${rest}: look whether it is the one that was meant: ${url}.`;
    return { state: "unknown", reason };
  },
});

async function present(session: HubSpotSession, { contact, changes }: ContactChange) {
  const record = await session.record("contacts", contact.id, contactProperties);
  const shown = await contactPresenter(session, [record]);
  return { contact: shown(record), changed: changes };
}

/** A contact whose address was changed is no longer found by the one that it is named by. */
async function isUnderNewAddress(
  session: HubSpotSession,
  { contact_id, email, new_email }: z.output<typeof input>,
): Promise<boolean> {
  if (contact_id !== undefined || email === undefined || new_email === undefined) return false;
  return (await session.findRecord("contacts", email, ["email"], "email")) === undefined;
}

interface ContactChange extends Diff {
  contact: HubSpotRecord;
}

async function plan(
  session: HubSpotSession,
  { contact_id, email, ...wanted }: z.output<typeof input>,
): Promise<ContactChange> {
  if (Object.keys(wanted).length === 0) {
    throw new UserError("Give at least one field to change, such as job_title or new_email.");
  }
  const own = Object.keys(wanted.properties ?? {});
  const contact = await findContact(session, { contact_id, email }, [...contactProperties, ...own]);
  const owner = wanted.owner === undefined ? undefined : await session.owner(wanted.owner);
  const named = wishes({
    firstname: wanted.first_name,
    lastname: wanted.last_name,
    // As HubSpot keeps it.
    email: wanted.new_email?.toLowerCase(),
    phone: wanted.phone,
    jobtitle: wanted.job_title,
    hubspot_owner_id: owner?.id,
  });
  const all = await withProperties(session, "contacts", named, wanted.properties);
  return { contact, ...(await diff(session, contact.properties, all)) };
}
