import { z } from "zod";
import { UserError } from "../../../src/core/errors.ts";
import { decodeCursor, encodeCursor } from "../../shared/page.ts";
import type { FoundResource } from "../answers.ts";
import type { PulumiClient } from "../client.ts";
import { cursorArgument, fromText, limitArgument, pulumiTool, readsPulumi } from "../outputs.ts";
import { redactText } from "../secrets.ts";

/** Pulumi's pages reach so far. */
const mostResults = 10_000;

const plain = (what: string) =>
  z
    .string()
    .regex(/^[^"\\\n]{1,200}$/, "must be without quotes and backslashes")
    .optional()
    .describe(what);

const input = z.strictObject({
  query: plain("Words in its name, type or id: 'billing-db'"),
  type: plain("Exactly this type: 'aws:rds/instance:Instance'"),
  package: plain("Exactly this provider: 'aws'"),
  project: plain("Exactly this project: 'billing'"),
  stack: plain("Exactly this stack's name: 'prod'"),
  protected: z.boolean().optional().describe("Only those that are protected from being deleted, or that are not"),
  limit: limitArgument(25, 100),
  cursor: cursorArgument,
});

export const searchResources = pulumiTool({
  name: "search_resources",
  title: "Search resources",
  description:
    "Finds cloud resources, such as a bucket or a database, in all stacks of the organization, by words, type, provider, project and stack; what is given together must all fit. If `truncated`, ask again with `cursor`.",
  input,
  output: z.strictObject({
    resources: z.array(
      z.strictObject({
        name: z.string(),
        type: z.string(),
        id: z.string().nullable().describe("In the cloud: an ARN, a name"),
        stack: z.string().describe("project/stack"),
        url: z.string().describe("The stack's resources in Pulumi"),
        urn: z.string(),
        protected: z.boolean(),
        created_at: z.string().nullable(),
        modified_at: z.string().nullable(),
      }),
    ),
    total: z.int(),
    truncated: z.boolean(),
    cursor: z.string().optional(),
  }),
  annotations: readsPulumi,
  progress: { one: "Searching resources in Pulumi", many: "Searching resources in Pulumi ({count} times)" },

  async run(args, context) {
    const { limit, cursor } = args;
    const words = queryOf(args);
    const query = ["search_resources", words, limit];
    const page = cursor === undefined ? 1 : decodeCursor(cursor, query, z.int().positive());
    const access = context.client.access(context);
    const { resources: found, total } = await access.api.search(words, { page, size: limit }, access.scope);
    const count = total ?? found.length;
    const truncated = page * limit < Math.min(count, mostResults - limit);
    return {
      resources: found.map((resource) => presentResource(context.client, resource)),
      total: count,
      truncated,
      ...(truncated ? { cursor: encodeCursor(query, page + 1) } : {}),
    };
  },
});

/** Pulumi's own query language. Each word for itself, so that what looks like a field of it is a word. */
function queryOf(args: z.output<typeof input>): string {
  const words = (args.query ?? "").split(/\s+/).filter(Boolean);
  const fields = (["type", "package", "project", "stack"] as const).flatMap((name) => {
    const value = args[name];
    return value === undefined ? [] : [`${name}:"${value}"`];
  });
  const isProtected = args.protected === undefined ? [] : [`protected:"${args.protected}"`];
  const query = [...words.map((word) => `"${word}"`), ...fields, ...isProtected].join(" ");
  if (query === "") throw new UserError("Send query, type, package, project, stack or protected: what is looked for.");
  return query;
}

function presentResource(client: PulumiClient, resource: FoundResource) {
  const ref = { project: resource.project ?? "", stack: resource.stack ?? "" };
  return {
    name: resource.name ?? "",
    type: resource.type ?? "",
    id: resource.id ? redactText(resource.id) : null,
    stack: `${ref.project}/${ref.stack}`,
    url: client.url(ref, "resources"),
    urn: resource.urn ?? "",
    protected: resource.protected ?? false,
    created_at: fromText(resource.created),
    modified_at: fromText(resource.modified),
  };
}
