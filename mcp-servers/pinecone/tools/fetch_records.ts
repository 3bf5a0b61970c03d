import { z } from "zod";
import { checkTimeZone } from "../../shared/date-range.ts";
import { indexArgument, namespacesArgument, pineconeTool, readsPinecone, recordId } from "../arguments.ts";
import { documentOutput, presentDocument, textOf, timeZoneOr } from "../passages.ts";

const recordOutput = z.strictObject({
  ...documentOutput,
  text: z.string(),
  metadata: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
    .describe("All of its metadata but the text"),
});

export const fetchRecords = pineconeTool({
  name: "fetch_records",
  title: "Read records",
  description:
    "Reads records of a Pinecone index by id, with their whole text and all metadata. semantic_search finds ids; its passages may be cut.",
  input: z.strictObject({
    ids: z.array(recordId).min(1).max(20),
    namespaces: namespacesArgument,
    index: indexArgument,
    time_zone: z.string().max(64).optional().describe("IANA zone of times returned; UTC unless told"),
  }),
  output: z.strictObject({
    records: z.array(recordOutput),
    missing: z.array(z.string()).describe("Ids under which nothing stands that may be shown"),
    index: z.string(),
  }),
  annotations: readsPinecone,
  progress: { one: "Reading records in Pinecone", many: "Reading records in Pinecone ({count} times)" },

  async run(input, context) {
    const timeZone = checkTimeZone("time_zone", timeZoneOr(input.time_zone));
    const access = context.client.access(context);
    const index = await access.index(input.index);
    const namespaces = await access.namespaces(index, input.namespaces);
    const ids = [...new Set(input.ids)];
    const records = await access.records(index, namespaces, ids);
    const found = new Set(records.map(({ id }) => id));
    records.sort((left, right) => ids.indexOf(left.id) - ids.indexOf(right.id));
    return {
      records: records.map((record) => ({
        ...presentDocument(record, timeZone),
        text: textOf(record.metadata, index),
        metadata: withoutText(record.metadata, index.textField ?? "text"),
      })),
      missing: ids.filter((id) => !found.has(id)),
      index: index.name,
    };
  },
});

const plainValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

/** Pinecone keeps nothing but plain values; whatever else comes is written as text. */
function withoutText(metadata: Readonly<Record<string, unknown>>, textField: string) {
  const fields = Object.entries(metadata).filter(([name]) => name !== textField);
  return Object.fromEntries(
    fields.map(([name, value]) => [name, plainValue.safeParse(value).data ?? JSON.stringify(value)]),
  );
}
