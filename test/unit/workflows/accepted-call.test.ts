import { describe, expect, it } from "vitest";
import type { Caller, PlannedCall, Step, WriteProbe } from "../../../src/agent/ports.ts";
import { createLogger } from "../../../src/observability/log.ts";
import { acceptedCalls } from "../../../src/workflows/tasks/accepted-call.ts";
import { taskCall } from "../../../src/workflows/tasks/task-call.ts";

const call = taskCall({ name: "Call Acme", project: "Bare", priority: "High", assignee: "me", notes: "SSO" });
const caller = { turnId: "turn_1" } as Caller;
const taken = { preview: { summary: "", changes: [] }, policy: "ask" as const };
const hasPriority = (args: unknown) => "priority" in (args as object);

/** The arguments that the calls are made with, and of how many forms the service was asked. */
async function made(calls: PlannedCall[], preview: WriteProbe["preview"], steps: Step[] = []) {
  let asked = 0;
  const tools: Pick<WriteProbe, "preview"> = {
    preview: (...args) => {
      asked++;
      return preview(...args);
    },
  };
  const { signal } = new AbortController();
  const logger = createLogger({ level: "silent" });
  const accepted = await acceptedCalls(calls, { tools, caller, logger }, { steps, signal });
  return { asked, args: accepted.map((one) => one.arguments) };
}

describe("a planned call that its service may refuse", () => {
  const inNotes = { name: "Call Acme", project: "Bare", assignee: "me", notes: "Priority: High\n\nSSO" };

  it("is made in the fullest form that is taken", async () => {
    expect(await made([call], async () => taken)).toEqual({ asked: 1, args: [call.arguments] });
    const fieldless = async (_: string, args: unknown) => (hasPriority(args) ? { refused: "No field." } : taken);
    expect(await made([call], fieldless)).toEqual({ asked: 2, args: [inNotes] });
  });

  it("stays as it was meant where no form is taken, or its service does not answer", async () => {
    const refused = async () => ({ refused: "No project Bare." });
    const away = async () => ({ refused: "Asana is away.", isRetryable: true });
    const broken = () => Promise.reject(new Error("broke off the connection"));
    expect((await made([call], refused)).args).toEqual([call.arguments]);
    expect(await made([call], away)).toEqual({ asked: 1, args: [call.arguments] });
    expect((await made([call], broken)).args).toEqual([call.arguments]);
    const thenAway = async (_: string, args: unknown) => (hasPriority(args) ? { refused: "No field." } : away());
    expect((await made([call], thenAway)).args).toEqual([call.arguments]);
  });

  it("is not asked about where it has one form, or was made before", async () => {
    const plain = taskCall({ name: "Call Acme", project: "Bare" });
    expect((await made([plain], async () => taken)).asked).toBe(0);
    const usage = { inputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, outputTokens: 0 };
    const answer: Step = { kind: "answer", content: [], stopReason: "tool_use", model: "m", usage };
    expect((await made([call], async () => taken, [answer])).asked).toBe(0);
  });

  it("ends with whoever stops it", async () => {
    const stop = new AbortController();
    const preview = () => {
      stop.abort(new Error("stopped"));
      return Promise.reject(new Error("aborted"));
    };
    const options = { tools: { preview }, caller, logger: createLogger({ level: "silent" }) };
    await expect(acceptedCalls([call], options, { steps: [], signal: stop.signal })).rejects.toThrow("stopped");
  });
});
