import { z } from "zod";
import { isoNow } from "../../../src/core/clock.ts";
import { sameText } from "../../shared/look-up.ts";
import { addsToHubSpot, hubspotTool } from "../arguments.ts";
import { asHtml, asText } from "../html.ts";
import { lookUpCreate, type Wanted } from "../look-up.ts";
import { associate, findTargets, targetArguments, targetOutput } from "../targets.ts";

export const addNote = hubspotTool({
  name: "add_note",
  title: "Add a note",
  description:
    "Adds a note to the timeline of a contact, a deal and/or a company in HubSpot, where everybody who sees the record reads it. For something to be done by somebody use create_followup_task.",
  input: z.strictObject({
    text: z.string().min(1).max(20_000).describe("The note as plain text; line breaks are kept"),
    ...targetArguments,
  }),
  output: z.strictObject({ note_id: z.string(), added_at: z.string(), on: z.array(targetOutput) }),
  annotations: addsToHubSpot,
  progress: { one: "Adding a note in HubSpot", many: "Adding {count} notes in HubSpot" },

  async preview({ text, ...wanted }, context) {
    const session = context.client.session(context);
    const targets = await findTargets(session, wanted);
    const [{ name, url }] = targets;
    return {
      summary: `Add a note to ${targets.map((target) => target.name).join(", ")}`,
      record: { name, url },
      changes: [{ field: "Note", before: null, after: text }],
    };
  },

  async run({ text, ...wanted }, context) {
    const session = context.client.session(context);
    const [targets, author] = await Promise.all([findTargets(session, wanted), session.ownOwner()]);
    const addedAt = isoNow(context.clock);
    const properties = {
      hs_timestamp: addedAt,
      hs_note_body: asHtml(text),
      ...(author ? { hubspot_owner_id: author.id } : {}),
    };
    const id = await session.create("notes", { properties, associations: associate("note", targets) });
    return { note_id: id, added_at: addedAt, on: targets };
  },

  async lookUp({ text, ...named }, write, context) {
    const session = context.client.session(context);
    const [targets, author] = await Promise.all([findTargets(session, named), session.ownOwner()]);
    const wanted: Wanted = {
      type: "notes",
      kind: "note",
      targets,
      properties: ["hs_note_body", "hs_timestamp", "hubspot_owner_id"],
      isAlike: ({ properties }) => sameText(asText(properties.hs_note_body), text),
      differences: ({ properties }) => (author && properties.hubspot_owner_id !== author.id ? ["Owner"] : []),
    };
    return lookUpCreate(session, wanted, write, ({ id, properties }) => ({
      note_id: id,
      added_at: properties.hs_timestamp ?? "",
      on: targets,
    }));
  },
});
