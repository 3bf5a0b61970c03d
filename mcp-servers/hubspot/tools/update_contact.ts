import { z } from "zod";
import { UserError } from "../../../src/core/errors.ts";
import {
  changesHubSpot,
  emailArgument,
  hubspotTool,
  idArgument,
  ownerArgument,
  propertiesArgument,
} from "../arguments.ts";
import { changeOutput, diff, wishes, withProperties } from "../changes.ts";
import { contactName, contactOutput, contactPresenter, contactProperties, findContact } from "../contacts.ts";
import { pageUrl } from "../directory.ts";
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
    const { contact, changes, properties } = await plan(session, input);
    const read = async () => {
      const record = await session.record("contacts", contact.id, contactProperties);
      const present = await contactPresenter(session, [record]);
      return { contact: present(record), changed: changes };
    };
    if (changes.length === 0) return read();
    await session.update("contacts", contact.id, properties);
    return session.afterSaving("contacts", contact.id, read);
  },
});

async function plan(session: HubSpotSession, { contact_id, email, ...wanted }: z.output<typeof input>) {
  if (Object.keys(wanted).length === 0) {
    throw new UserError("Give at least one field to change, such as job_title or new_email.");
  }
  const own = Object.keys(wanted.properties ?? {});
  const contact = await findContact(session, { contact_id, email }, [...contactProperties, ...own]);
  const owner = wanted.owner === undefined ? undefined : await session.owner(wanted.owner);
  const named = wishes({
    firstname: wanted.first_name,
    lastname: wanted.last_name,
    email: wanted.new_email,
    phone: wanted.phone,
    jobtitle: wanted.job_title,
    hubspot_owner_id: owner?.id,
  });
  const all = await withProperties(session, "contacts", named, wanted.properties);
  return { contact, ...(await diff(session, contact.properties, all)) };
}
