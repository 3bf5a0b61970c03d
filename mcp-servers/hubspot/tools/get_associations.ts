import { z } from "zod";
import { decodeCursor, encodeCursor } from "../../shared/page.ts";
import type { HubSpotRecord } from "../answers.ts";
import { cursorArgument, hubspotTool, idArgument, limitArgument, readsHubSpot } from "../arguments.ts";
import { pageUrl } from "../directory.ts";
import { asText } from "../html.ts";
import { recordKinds } from "../targets.ts";

const kinds = {
  ...recordKinds,
  note: {
    type: "notes",
    properties: ["hs_note_body"],
    name: (record: HubSpotRecord) => excerpt(record, "hs_note_body"),
  },
  task: {
    type: "tasks",
    properties: ["hs_task_subject"],
    name: (record: HubSpotRecord) => excerpt(record, "hs_task_subject"),
  },
} as const;

export const getAssociations = hubspotTool({
  name: "get_associations",
  title: "List associated records",
  description:
    "What a contact, company or deal of HubSpot is associated with: its contacts, companies, deals, notes or tasks, with the labels that HubSpot gives the association (Primary, Decision maker ...). " +
    "Notes come with the beginning of their text.",
  input: z.strictObject({
    from: z.enum(["contact", "company", "deal"]),
    id: idArgument("record"),
    to: z.enum(["contact", "company", "deal", "note", "task"]),
    limit: limitArgument(100, 50),
    cursor: cursorArgument,
  }),
  output: z.strictObject({
    associations: z.array(
      z.strictObject({ id: z.string(), name: z.string(), url: z.string(), labels: z.array(z.string()) }),
    ),
    truncated: z.boolean().describe("Whether there are more: ask again with `cursor`"),
    cursor: z.string().optional(),
  }),
  annotations: readsHubSpot,
  progress: { one: "Looking up associations in HubSpot", many: "Looking up associations in HubSpot ({count} times)" },

  async run({ from, id, to, limit, cursor }, context) {
    const session = context.client.session(context);
    const question = ["get_associations", from, id, to];
    const after = cursor === undefined ? undefined : decodeCursor(cursor, question, z.string());
    const { type, properties, name } = kinds[to];
    const { results, paging } = await session.associations({ type: kinds[from].type, id }, type, { limit, after });
    const records = await session.records(
      type,
      results.map(({ toObjectId }) => toObjectId),
      properties,
    );
    const account = await session.account();
    const associations = results.flatMap(({ toObjectId, associationTypes }) => {
      const record = records.get(toObjectId);
      if (!record) return [];
      const labels = [...new Set(associationTypes.flatMap(({ label }) => label || []))];
      return [{ id: record.id, name: name(record), url: pageUrl(account, type, record.id), labels }];
    });
    return {
      associations,
      truncated: paging !== undefined,
      ...(paging === undefined ? {} : { cursor: encodeCursor(question, paging) }),
    };
  },
});

/** The beginning of a text, on one line. */
function excerpt({ id, properties }: HubSpotRecord, property: string): string {
  const text = asText(properties[property]).replaceAll(/\s+/g, " ");
  return text.length > 200 ? `${text.slice(0, 199)}…` : text || `Record ${id}`;
}
