import { z } from "zod";
import { defineTool } from "../shared/define-tool.ts";
import type { Created, Deployment, Person, Stack, Update } from "./answers.ts";
import type { PulumiClient } from "./client.ts";
import { redactText } from "./secrets.ts";
import { nameOf, type StackRef } from "./stacks.ts";

export const pulumiTool = defineTool<PulumiClient>();

export const readsPulumi = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true };
/** Changes what runs for others, and cannot be taken back by a click. */
export const changesPulumi = { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true };

export const stackArgument = z
  .string()
  .min(1)
  .max(400)
  .describe("The stack: project/stack, such as billing/prod, or the link to its page");
export const deploymentIdArgument = z
  .string()
  .regex(/^\w[\w-]{0,99}$/, "must be a deployment's id, as preview and get_deployment return it")
  .describe("The deployment's id, as preview returns it");
export const limitArgument = (usual: number, most: number) =>
  z.int().min(1).max(most).default(usual).describe("Most of them on a page");
export const cursorArgument = z
  .string()
  .max(8_000)
  .optional()
  .describe("`cursor` of the previous page, for the next one");

export const stackOutput = z.strictObject({
  name: z.string().describe("project/stack"),
  url: z.string(),
});

export function presentStack(client: PulumiClient, ref: StackRef): z.output<typeof stackOutput> {
  return { name: nameOf(ref), url: client.url(ref) };
}

export const runningOutput = z
  .strictObject({ operation: z.string(), by: z.string().nullable(), started_at: z.string().nullable() })
  .nullable();

export function presentRunning({ currentOperation }: Stack): z.output<typeof runningOutput> {
  if (!currentOperation) return null;
  const { kind, author, started } = currentOperation;
  return { operation: operationName(kind), by: author ?? null, started_at: fromSeconds(started) };
}

export const updateOutput = z.strictObject({
  version: z.int(),
  operation: z.string().describe("update, preview, refresh, destroy, import"),
  result: z.string().describe("succeeded, failed, in-progress"),
  started_at: z.string().nullable(),
  ended_at: z.string().nullable(),
  message: z.string().nullable(),
  by: z.string().nullable(),
  commit: z.string().nullable(),
  changes: z.record(z.string(), z.int()).describe("How many resources: create, update, delete, same"),
  resource_count: z.int().nullable(),
  url: z.string(),
});

export function presentUpdate(client: PulumiClient, ref: StackRef, update: Update): z.output<typeof updateOutput> {
  const { info, version } = update;
  return {
    version,
    operation: operationName(info.kind),
    result: info.result,
    started_at: fromSeconds(info.startTime),
    ended_at: fromSeconds(info.endTime),
    message: info.message ? redactText(info.message).slice(0, 1_000) : null,
    by: personName(update.requestedBy),
    commit: info.environment?.["git.head"] || null,
    changes: info.resourceChanges ?? {},
    resource_count: info.resourceCount ?? null,
    url: client.url(ref, "updates", version),
  };
}

export const deploymentOutput = z.strictObject({
  id: z.string(),
  stack: z.string().describe("project/stack"),
  operation: z.string().describe("preview or update"),
  status: z.string().describe("not-started, accepted, running, succeeded, failed, skipped"),
  is_over: z.boolean(),
  created_at: z.string().nullable(),
  modified_at: z.string().nullable(),
  by: z.string().nullable(),
  steps: z.array(z.strictObject({ name: z.string(), status: z.string(), started_at: z.string().nullable() })),
  url: z.string(),
});

export function presentDeployment(
  client: PulumiClient,
  ref: StackRef,
  deployment: Deployment,
): z.output<typeof deploymentOutput> {
  const { id, status, version } = deployment;
  const steps = (deployment.jobs ?? []).flatMap((job) => job.steps ?? []);
  return {
    id,
    stack: nameOf(ref),
    operation: deployment.pulumiOperation ?? "unknown",
    status,
    is_over: isOver(deployment),
    created_at: fromText(deployment.created),
    modified_at: fromText(deployment.modified),
    by: personName(deployment.requestedBy),
    steps: steps.map((step) => ({
      name: step.name ?? "",
      status: step.status,
      started_at: fromText(step.started),
    })),
    url: client.url(ref, "deployments", version),
  };
}

export function isOver({ status }: Deployment): boolean {
  return status === "succeeded" || status === "failed" || status === "skipped";
}

/** A deployment that was just started. */
export const startedOutput = z.strictObject({
  id: z.string(),
  stack: z.string().describe("project/stack"),
  url: z.string(),
});

export function presentStarted(client: PulumiClient, ref: StackRef, { id, version }: Created) {
  return { id, stack: nameOf(ref), url: client.url(ref, "deployments", version) };
}

/** Why it is not known which of them was started by a write. */
export function doubtAbout(client: PulumiClient, ref: StackRef, deployments: readonly Deployment[]): string {
  const links = deployments.map(({ version }) => client.url(ref, "deployments", version)).join(", ");
  return `Since then there was started on ${nameOf(ref)}, by Sophia or by somebody else, what may be this: ${links}. Look there.`;
}

/** In the history a preview of an update is called `Pupdate`. */
function operationName(kind: string): string {
  return kind === "Pupdate" ? "preview" : kind.replace(/^P(?=[a-z])/, "preview of ");
}

function personName(person: Person | null | undefined): string | null {
  return person?.name || person?.githubLogin || null;
}

export function fromSeconds(seconds: number | null | undefined): string | null {
  return seconds ? new Date(seconds * 1000).toISOString() : null;
}

/** Deployments have their instants without a zone, which is UTC: `2026-11-18 16:00:00.000`. */
export function fromText(text: string | null | undefined): string | null {
  if (!text) return null;
  const instant = Date.parse(/^\d{4}-\d{2}-\d{2} [\d:.]+$/.test(text) ? `${text.replace(" ", "T")}Z` : text);
  return Number.isNaN(instant) ? null : new Date(instant).toISOString();
}
