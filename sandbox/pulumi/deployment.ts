/** A deployment: it takes time, and what can be seen of it follows from the clock alone. */
import type { InfraChange } from "../world/types.ts";

export type DeploymentStatus = "not-started" | "accepted" | "running" | "failed" | "succeeded" | "skipped";

export interface LogLine {
  /** Epoch ms. */
  at: number;
  step: number;
  line: string;
}

export interface Deployment {
  id: string;
  /** Counts the stack's deployments. */
  version: number;
  /** `org/project/stack`. */
  stack: string;
  operation: "update" | "preview";
  /** Handle of the person whose token asked for it. */
  by: string;
  /** Epoch ms. */
  createdAt: number;
  durationMs: number;
  willFail: boolean;
  /** Epoch ms. */
  cancelledAt?: number | undefined;
  /** What it does, or shows. */
  changes: readonly InfraChange[];
  lines: readonly LogLine[];
  /** Whether the stack has been told that it is over. */
  isSettled: boolean;
}

export const STEPS = ["Get source", "Download dependencies", "Pulumi operation"] as const;
/** Which part of the whole time has gone when it is accepted, when it runs, and when each step ends. */
const ACCEPTED = 0.04;
const RUNNING = 0.1;
const STEP_ENDS = [0.25, 0.4, 1] as const;

const shareAt = (d: Deployment, now: number): number => (now - d.createdAt) / d.durationMs;
const instantOf = (d: Deployment, share: number): number => Math.round(d.createdAt + share * d.durationMs);

/** When it was over, epoch ms; undefined as long as it is not. */
export function endOf(d: Deployment, now: number): number | undefined {
  if (d.cancelledAt !== undefined) return d.cancelledAt;
  const end = instantOf(d, 1);
  return now >= end ? end : undefined;
}

/** One that was cancelled before it ran was skipped; later it has failed. */
export function statusOf(d: Deployment, now: number): DeploymentStatus {
  if (d.cancelledAt !== undefined) return shareAt(d, d.cancelledAt) < RUNNING ? "skipped" : "failed";
  const share = shareAt(d, now);
  if (share < ACCEPTED) return "not-started";
  if (share < RUNNING) return "accepted";
  if (share < 1) return "running";
  return d.willFail ? "failed" : "succeeded";
}

export interface StepView {
  name: string;
  status: "not-started" | "running" | "failed" | "succeeded";
  started?: string;
  lastUpdated?: string;
}

export function stepsOf(d: Deployment, now: number): StepView[] {
  const seen = Math.min(now, d.cancelledAt ?? now);
  return STEPS.map((name, index) => {
    const from = instantOf(d, STEP_ENDS[index - 1] ?? RUNNING);
    const to = instantOf(d, STEP_ENDS[index] ?? 1);
    if (seen < from) return { name, status: "not-started" };
    const isOver = seen >= to || d.cancelledAt !== undefined;
    const isBad = isOver && (seen < to || (d.willFail && index === STEPS.length - 1));
    const status = isBad ? "failed" : isOver ? "succeeded" : "running";
    return { name, status, started: iso(from), lastUpdated: iso(isOver ? Math.min(to, seen) : seen) };
  });
}

export const iso = (instant: number): string => new Date(instant).toISOString();

/** What has been written by now. */
export const linesBy = (d: Deployment, now: number): readonly LogLine[] =>
  d.lines.filter((line) => line.at <= Math.min(now, d.cancelledAt ?? now));

type Plan = Pick<Deployment, "stack" | "operation" | "createdAt" | "durationMs" | "willFail" | "changes">;

/** The whole log ahead of time, as the service's runner and Pulumi's own command line write it. */
export function writeLog(plan: Plan, resourceCount: number): LogLine[] {
  const source = ["Cloning the repository", "Checked out the branch"];
  const packages = ["npm ci", "added 214 packages in 9s"];
  const parts = [source, packages, operationLines(plan, resourceCount)];
  return parts.flatMap((lines, step) => {
    const from = STEP_ENDS[step - 1] ?? RUNNING;
    const to = STEP_ENDS[step] ?? 1;
    return lines.map((line, i) => ({
      step,
      line,
      at: Math.round(plan.createdAt + (from + ((to - from) * (i + 1)) / (lines.length + 1)) * plan.durationMs),
    }));
  });
}

function operationLines({ stack, operation, willFail, changes }: Plan, resourceCount: number): string[] {
  const isPreview = operation === "preview";
  const urns = new Set(changes.map((change) => change.urn));
  const same = resourceCount - urns.size;
  const details = changes.map(({ urn, property, before, after }) => {
    const [type = "", name = ""] = urn.split("::").slice(-2);
    const did = isPreview ? "update" : "updated";
    return ` ~  ${type} ${name} ${did} [diff: ~${property}] ${JSON.stringify(before)} => ${JSON.stringify(after)}`;
  });
  const summary = [
    "Resources:",
    ...(urns.size > 0 ? [`    ~ ${urns.size} ${isPreview ? "to update" : "updated"}`] : []),
    `    ${same} unchanged`,
  ];
  const heading = `${isPreview ? "Previewing update" : "Updating"} (${stack})`;
  if (!willFail) return [heading, ...details, ...summary];
  return [
    heading,
    ...details.slice(0, 1),
    "error: the provider refused the change: rate exceeded",
    `${operation} failed`,
  ];
}
