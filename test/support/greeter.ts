/** A small server of ours with one tool of each kind that the gateway and the adapters must handle. */

import { z } from "zod";
import { defineTool, type ServerDefinition } from "../../mcp-servers/shared/define-tool.ts";
import { ForbiddenError, ServiceError, UserError } from "../../src/core/errors.ts";

/** What left the house: each call that reached a handler, and whether it was cancelled. */
export interface GreeterLog {
  calls: { tool: string; input: unknown; caller: unknown }[];
  cancelled: string[];
  /** What stands under a name before it is erased; the name itself unless told. */
  standing: Map<string, string>;
  /** What becomes of the next erasures: `lost` is carried out and gives no answer, `dropped` is neither, `busy` is told to come later. */
  fates: ("lost" | "dropped" | "busy")[];
  /** What was erased, with the ledger's id of it. */
  erased: { name: string; writeId: string | undefined }[];
  /** What a look-up says in place of what was erased. */
  lookUp?: "unreachable" | "unknown";
}

const define = defineTool<GreeterLog>();
const read = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
const write = { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false };

const greet = define({
  name: "greet",
  title: "Greet",
  description: "Greets one person.",
  input: z.object({
    name: z.string().min(1).max(40).describe("Who is greeted"),
    loudness: z.int().min(1).max(10).default(5),
    style: z.enum(["plain", "formal"]).optional(),
    at: z.iso.datetime({ offset: true }).optional(),
  }),
  output: z.object({ greeting: z.string(), caller: z.string().nullable(), audience: z.string().nullable() }),
  annotations: read,
  progress: { one: "Greeting one", many: "Greeting {count}" },
  async run(input, { client, caller }) {
    client.calls.push({ tool: "greet", input, caller });
    return {
      greeting: `Hello ${input.name}`,
      caller: caller?.email ?? null,
      audience: caller?.audience ?? null,
    };
  },
});

const erase = define({
  name: "erase",
  title: "Erase",
  description: "Erases a greeting.",
  input: z.object({ name: z.string() }),
  output: z.object({ erased: z.string() }),
  annotations: write,
  progress: { one: "Erasing", many: "Erasing {count}" },
  async run(input, { client, caller, writeId }) {
    client.calls.push({ tool: "erase", input, caller });
    const fate = client.fates.shift();
    if (fate === "busy") throw errors.service!();
    if (fate !== "dropped") client.erased.push({ name: input.name, writeId });
    if (fate) throw new ServiceError("It gave no answer.", { service: "Greeter", retried: true, outcomeUnknown: true });
    return { erased: input.name };
  },
  async lookUp({ name }, { id }, { client }) {
    if (client.lookUp === "unreachable") throw errors.retried!();
    if (client.lookUp === "unknown") return { state: "unknown", reason: "Look at the wall." };
    const found = client.erased.some((one) => one.name === name && one.writeId === id);
    return found ? { state: "done", output: { erased: name } } : { state: "not_done" };
  },
  async preview({ name }, { client }) {
    if (name === "nobody") throw new UserError("There is no greeting of nobody.");
    return {
      summary: `Erase ${name}`,
      record: { name },
      changes: [{ field: "greeting", before: client.standing.get(name) ?? name, after: null }],
      ...(/^\d+$/.test(name) && { amount: Number(name) }),
    };
  },
});

const errors: Record<string, () => Error> = {
  user: () => new UserError('No call has the id "7".'),
  forbidden: () => new ForbiddenError("This call is private to its owner."),
  service: () =>
    new ServiceError("Its request limit is used up. Try again in 3 s.", {
      service: "Gong",
      status: 429,
      retryAfterSeconds: 2.4,
      retryable: true,
    }),
  outage: () =>
    new ServiceError("It is failing. Try again in a minute.", { service: "Gong", status: 503, retryable: true }),
  retried: () =>
    new ServiceError("It is failing. Try again in a minute.", { service: "Gong", retryable: true, retried: true }),
  bug: () => new Error("secret-of-the-house a@b.example"),
};

const fail = define({
  name: "fail",
  title: "Fail",
  description: "Fails in the way that is asked for.",
  input: z.object({ how: z.enum(["user", "forbidden", "service", "outage", "retried", "bug", "output"]) }),
  output: z.object({ ok: z.literal(true) }),
  annotations: read,
  progress: { one: "Failing", many: "Failing {count}" },
  async run({ how }, { client }) {
    client.calls.push({ tool: "fail", input: { how }, caller: undefined });
    const error = errors[how];
    if (error) throw error();
    return { ok: false as unknown as true };
  },
});

const wait = define({
  name: "wait",
  title: "Wait",
  description: "Waits until it is cancelled.",
  input: z.object({ label: z.string() }),
  output: z.object({ ok: z.boolean() }),
  annotations: read,
  progress: { one: "Waiting", many: "Waiting {count}" },
  async run({ label }, { client, signal }) {
    client.calls.push({ tool: "wait", input: { label }, caller: undefined });
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    client.cancelled.push(label);
    return { ok: false };
  },
});

const recite = define({
  name: "recite",
  title: "Recite",
  description: "Gives a text of the wanted length.",
  input: z.object({ characters: z.int().min(1) }),
  output: z.object({ text: z.string() }),
  annotations: read,
  progress: { one: "Reciting", many: "Reciting {count}" },
  async run({ characters }, { client }) {
    client.calls.push({ tool: "recite", input: { characters }, caller: undefined });
    return { text: Array.from({ length: Math.ceil(characters / 8) }, (_, i) => String(i).padStart(8, "0")).join("") };
  },
});

export function createGreeter(): { definition: ServerDefinition<GreeterLog>; log: GreeterLog } {
  const log: GreeterLog = { calls: [], cancelled: [], standing: new Map(), fates: [], erased: [] };
  const definition: ServerDefinition<GreeterLog> = {
    name: "greeter",
    title: "Greeter",
    version: "1.0.0",
    instructions: "Greets people.",
    tools: [wait, greet, fail, erase, recite],
    client: log,
  };
  return { definition, log };
}
