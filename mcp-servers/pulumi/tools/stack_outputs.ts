import { z } from "zod";
import { pageOf } from "../../shared/page.ts";
import {
  cursorArgument,
  limitArgument,
  presentStack,
  pulumiTool,
  readsPulumi,
  stackArgument,
  stackOutput,
} from "../outputs.ts";
import { redact, SECRET } from "../secrets.ts";

/** The resource that stands for the stack itself, whose outputs are the stack's. */
const stackType = "pulumi:pulumi:Stack";
const longestValue = 4_000;

export const stackOutputs = pulumiTool({
  name: "stack_outputs",
  title: "Read a stack's outputs",
  description: `Reads the outputs of a Pulumi stack: addresses, names, ids that its program gives out. Secrets are never shown: they stand there as ${SECRET}.`,
  input: z.strictObject({
    stack: stackArgument,
    names: z.array(z.string().min(1).max(200)).min(1).max(50).optional().describe("Only these outputs"),
    limit: limitArgument(50, 200),
    cursor: cursorArgument,
  }),
  output: z.strictObject({
    stack: stackOutput,
    version: z.int().describe("The stack's version that they are of"),
    outputs: z.array(
      z.strictObject({
        name: z.string(),
        value: z.unknown().describe(`As the program gives it; a text where it was too long and is cut`),
        has_secret: z.boolean().describe(`Whether it is a secret, or has one in it that stands there as ${SECRET}`),
        cut: z.boolean(),
      }),
    ),
    missing: z.array(z.string()).describe("Of `names`, those that there are not"),
    total: z.int(),
    truncated: z.boolean(),
    cursor: z.string().optional(),
  }),
  annotations: readsPulumi,
  progress: { one: "Reading a stack's outputs", many: "Reading the outputs of {count} stacks" },

  async run({ stack, names, limit, cursor }, context) {
    const access = context.client.access(context);
    const ref = await access.find(stack);
    const answer = await access.existing(ref, await access.api.resources(ref, access.scope));
    const resource = answer.resources?.find(({ resource: { type } }) => type === stackType)?.resource;
    const outputs = Object.entries(resource?.outputs ?? {}).sort(([left], [right]) => (left < right ? -1 : 1));
    const wanted = outputs.filter(([name]) => names === undefined || names.includes(name));
    const { items, ...page } = pageOf(wanted, { limit, cursor, query: ["stack_outputs", ref, names ?? null] });
    const marked = new Set(resource?.additionalSecretOutputs);
    return {
      stack: presentStack(context.client, ref),
      version: answer.version,
      outputs: items.map(([name, value]) => presentOutput(name, marked.has(name) ? sealed : redact(value, name))),
      missing: (names ?? []).filter((name) => !outputs.some(([known]) => known === name)),
      ...page,
    };
  },
});

const sealed = { value: SECRET, isRedacted: true };

function presentOutput(name: string, { value, isRedacted }: { value: unknown; isRedacted: boolean }) {
  const text = JSON.stringify(value) ?? "null";
  const cut = text.length > longestValue;
  return { name, value: cut ? text.slice(0, longestValue) : value, has_secret: isRedacted, cut };
}
