import { beforeEach, describe, expect, it } from "vitest";
import type { Step } from "../../../src/agent/ports.ts";
import { ServiceError } from "../../../src/core/errors.ts";
import { createLogger } from "../../../src/observability/log.ts";
import type { AgentRun } from "../../../src/turns/run-turn.ts";
import type { ChannelFacts } from "../../../src/workflows/routes.ts";
import { createNoticeWriter, type NoticeWriterOptions } from "../../../src/workflows/notices/writer.ts";

const own = { id: "C1", name: "deals", isShared: false, isMember: true } as ChannelFacts;
const steps = [
  { kind: "answer", content: [{ type: "text", text: "Acme was **won**" }], stopReason: "end_turn" },
] as unknown as Step[];
const away = new ServiceError("Slack does not say.", { service: "Slack", retryable: true });
const putOff = { status: "failed", reason: "put_off" };

let channel: ChannelFacts | "away" | undefined;
/** What the records have of its messages. */
let parts: { ts?: string }[];
/** Why the guard does not let it be shown. */
let held: Error | undefined;
let written: string[];

beforeEach(() => {
  [channel, parts, held, written] = [own, [], undefined, []];
});

/** The second attempt: what the first has read stands in the steps. */
async function run(): Promise<unknown> {
  const options = {
    channels: { find: () => Promise.resolve(channel) },
    replies: { parts: () => Promise.resolve(parts) },
    logger: createLogger({ level: "silent" }),
  };
  const reply = {
    write: (text: string) => written.push(text),
    buttons: () => {},
    finish: () => {
      const failure = held;
      held = undefined;
      return failure ? Promise.reject(failure) : Promise.resolve();
    },
  };
  const task = { kind: "notice", routeId: "1", eventKeys: [], records: [] };
  const turn = { id: "turn_1", channel: "C1", task };
  const given = { turn, attempt: 2, steps, reply, signal: new AbortController().signal };
  return createNoticeWriter(options as unknown as NoticeWriterOptions)(given as unknown as AgentRun);
}

describe("a notice", () => {
  it("is posted with what an earlier attempt has read", async () => {
    expect(await run()).toMatchObject({ status: "done" });
    expect(written).toEqual(["Acme was **won**"]);
  });

  it.for<[ChannelFacts | undefined, string]>([
    [{ ...own, isShared: true }, "channel_shared"],
    [{ ...own, isMember: false }, "channel_not_in"],
    [undefined, "channel_not_found"],
  ])("is not posted where another company may read it by now, or nobody: %j", async ([found, reason]) => {
    channel = found;
    expect(await run()).toEqual({ status: "failed", reason });
    expect(written).toEqual([]);
  });

  it("is put off where Slack does not say who reads it, before the work and right before it is shown", async () => {
    channel = "away";
    expect(await run()).toEqual(putOff);
    expect(written).toEqual([]);
    [channel, held] = [own, away];
    expect(await run()).toEqual(putOff);
  });

  it("is left to another attempt then where it may have been posted, and finished where it was", async () => {
    [channel, parts] = ["away", [{}]];
    await expect(run()).rejects.toMatchObject({ name: "ServiceError", retryable: true });
    expect(written).toEqual([]);
    parts = [{ ts: "1.1" }];
    expect(await run()).toMatchObject({ status: "done" });
  });
});
