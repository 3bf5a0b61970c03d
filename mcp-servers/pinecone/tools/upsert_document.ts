import { z } from "zod";
import { ForbiddenError, UserError } from "../../../src/core/errors.ts";
import type { ToolContext } from "../../shared/define-tool.ts";
import { lookUpChange } from "../../shared/look-up.ts";
import { namespaceName, pineconeTool, recordId, setsInPinecone } from "../arguments.ts";
import { privateHere } from "../access.ts";
import type { PineconeClient } from "../client.ts";
import { documentFields, fieldChanges, type Fields } from "../document.ts";
import type { IndexInfo } from "../indexes.ts";
import { namespaceName as nameOf } from "../namespaces.ts";
import { presentDocument } from "../passages.ts";
import { isForOwnEyes } from "../privacy.ts";

const input = z.strictObject({
  id: recordId.describe(
    "The document's own id, such as the call's id in Gong: written again under it, it takes the old one's place",
  ),
  text: z.string().trim().min(1).max(40_000).describe("What is found by its meaning: the summary, in whole sentences"),
  title: z.string().min(1).max(500),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .describe("Where it can be read in full: the call's page in Gong"),
  source: z.string().min(1).max(100).describe("Where it comes from: 'gong', 'playbook'"),
  account: z.string().min(1).max(200).optional().describe("The account's name, spelt as in the CRM"),
  owner_email: z
    .string()
    .max(254)
    .regex(/^(me|[^\s@]+@[^\s@]+)$/, "must be an e-mail address, or 'me' for whoever asks")
    .optional()
    .describe("Whose call or document it is: e-mail address, or 'me' for whoever asks"),
  started_at: z.iso.datetime({ offset: true }).optional().describe("When the call began: ISO 8601 with Z or offset"),
  is_private: z.boolean().default(false).describe("Private: afterwards shown to its owner alone, in private"),
  metadata: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
    .optional()
    .describe('Further fields to filter by: {"topic": ["pricing"]}'),
  namespace: namespaceName.optional().describe("Where it is kept: 'calls'; the usual one unless told"),
});

type Input = z.output<typeof input>;

export const upsertDocument = pineconeTool({
  name: "upsert_document",
  title: "Make a document findable",
  description:
    "Puts a text into the search index with its title, link and metadata, so that semantic_search finds it by its meaning: the summary of a call, a note. " +
    "The same id again takes the place of what stood there, whole. It is found some seconds later.",
  input,
  output: z.strictObject({
    document: z.strictObject({
      id: z.string(),
      title: z.string(),
      url: z.string(),
      index: z.string(),
      namespace: z.string(),
      private: z.boolean(),
    }),
    replaced: z
      .boolean()
      .nullable()
      .describe("Whether another text stood under this id; null where that cannot be told any more"),
  }),
  annotations: setsInPinecone,
  progress: { one: "Writing to the search index", many: "Writing {count} documents to the search index" },

  async run(args, context) {
    const { access, index, namespace, fields, standing } = await plan(args, context);
    await access.upsert(index, namespace, { _id: args.id, ...fields });
    return present(args, index, namespace, standing !== undefined);
  },

  async preview(args, context) {
    const { index, namespace, fields, standing } = await plan(args, context);
    const { title } = standing ? presentDocument({ id: args.id, namespace, metadata: standing }, "UTC") : args;
    const where = `${index.name} / ${namespace}`;
    return {
      summary: standing
        ? `Replace "${title ?? args.id}" in the search index (${where})`
        : `Add "${args.title}" to the search index (${where})`,
      // The link is an argument, and whoever made it up would have it pressed: it is shown as words alone.
      record: { name: args.title },
      changes: fieldChanges(standing, fields),
    };
  },

  // Whoever asks knows the text, so that it may be told that it stands there, private or not.
  async lookUp(args, _, context) {
    const { index, namespace, fields, standing } = await place(args, context);
    return lookUpChange(fieldChanges(standing?.metadata, fields), () => present(args, index, namespace, null));
  },
});

function present({ id, title, url, is_private }: Input, index: IndexInfo, namespace: string, replaced: boolean | null) {
  return { document: { id, title, url, index: index.name, namespace, private: is_private }, replaced };
}

/** What is to be written, and what stands there now. Throws ForbiddenError where that is another person's, and PrivateError for the asker's own where others read along. */
async function plan(args: Input, context: ToolContext<PineconeClient>) {
  const { standing, ...rest } = await place(args, context);
  if (standing && isForOwnEyes(standing.metadata, context.caller)) throw privateHere();
  if (standing && !standing.isVisible) {
    throw new ForbiddenError("under this id stands a private document of somebody else. Take another id.");
  }
  return { ...rest, standing: standing?.metadata };
}

async function place(args: Input, context: ToolContext<PineconeClient>) {
  const access = context.client.access(context);
  const index = await access.index();
  if (index.textField === undefined) {
    throw new UserError(
      `The index ${index.name} has no model of its own, so it takes no text. Whoever runs Sophia can name another one in PINECONE_INDEX.`,
    );
  }
  const namespace = args.namespace ?? context.client.config.namespace ?? nameOf("");
  const fields: Fields = documentFields(args, index.textField, context.caller);
  return { access, index, namespace, fields, standing: await access.standing(index, namespace, args.id) };
}
