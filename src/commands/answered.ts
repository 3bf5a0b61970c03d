import type { Step, Usage } from "../agent/ports.ts";
import type { Approval, Preview } from "../storage/approvals.ts";

/** What `demo --ask --json` prints. */
export interface Answered {
  question: string;
  user: string;
  channel: string;
  replies: { channel: string; threadTs: string | null; ts: string; text: string; blocks: unknown[] }[];
  toolCalls: { server: string; tool: string; arguments: unknown; isError: boolean; ms: number }[];
  approvals: {
    id: string;
    /** As the gateway names it: `asana__create_task`. */
    tool: string;
    arguments: unknown;
    changes: Preview["changes"];
    /** Who asked and who may decide, by handle. */
    asker: string;
    approvers: string[];
    /** ISO 8601. */
    expiresAt: string;
    channel: string;
    /** Of the card; null where there was none yet. */
    ts: string | null;
  }[];
  usage: Usage;
  timings: { ackMs: number; firstVisibleMs: number | null; totalMs: number };
}

export function approvalsOf(approvals: readonly Approval[], asker: string): Answered["approvals"] {
  return approvals.map(({ id, tool, arguments: args, preview, approvers, expiresAt, channel, cardTs }) => ({
    id,
    tool,
    arguments: args,
    changes: preview?.changes ?? [],
    asker,
    approvers: [...(approvers ?? [asker])],
    expiresAt: expiresAt.toISOString(),
    channel,
    ts: cardTs ?? null,
  }));
}

export function toolCallsOf(steps: readonly Step[]): Answered["toolCalls"] {
  return steps.flatMap((step) => {
    if (step.kind !== "tool_result") return [];
    const [server = "", tool] = step.tool.split("__");
    const name = tool === undefined ? { server: "sophia", tool: server } : { server, tool };
    return [{ ...name, arguments: step.arguments, isError: step.isError, ms: step.ms }];
  });
}

export function usageOf(steps: readonly Step[]): Usage {
  const sum: Usage = { inputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, outputTokens: 0 };
  for (const step of steps) {
    if (step.kind !== "answer") continue;
    for (const kind of Object.keys(sum) as (keyof Usage)[]) sum[kind] += step.usage[kind];
  }
  return sum;
}

export function readable({ question, user, channel, replies, toolCalls, approvals, timings }: Answered): string {
  const calls = toolCalls.map(
    ({ server, tool, isError, ms }) => `${server} ${tool}${isError ? " (failed)" : ""} ${Math.round(ms)} ms`,
  );
  return [
    `${user} in ${channel}: ${question}`,
    ...replies.map(({ text }) => text),
    ...approvals.map(readableApproval),
    `(${calls.length > 0 ? `${calls.join(", ")}; ` : ""}${Math.round(timings.totalMs)} ms in all)`,
  ].join("\n\n");
}

function readableApproval({ tool, changes, approvers, expiresAt }: Answered["approvals"][number]): string {
  const shown = (value: string | null): string => value ?? "(nothing)";
  const lines = changes.map(({ field, before, after }) => `  ${field}: ${shown(before)} -> ${shown(after)}`);
  return [`${tool} needs the consent of ${approvers.join(" or ")}, until ${expiresAt}:`, ...lines].join("\n");
}
