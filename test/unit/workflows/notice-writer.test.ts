import { beforeEach, describe, expect, it } from "vitest";
import type { Step } from "../../../src/agent/ports.ts";
import { createLogger } from "../../../src/observability/log.ts";
import type { AgentRun } from "../../../src/turns/run-turn.ts";
import type { ChannelFacts } from "../../../src/workflows/routes.ts";
import { createNoticeWriter, type NoticeWriterOptions } from "../../../src/workflows/notices/writer.ts";

const own = { id: "C1", name: "deals", isShared: false, isMember: true } as ChannelFacts;
const steps = [
  { kind: "answer", content: [{ type: "text", text: "Acme was **won**" }], stopReason: "end_turn" },
] as unknown as Step[];

let answers: (ChannelFacts | "away" | undefined)[];
let written: string[];
let waited: number;

beforeEach(() => {
  written = [];
  waited = 0;
});

async function run(): Promise<unknown> {
  const options = {
    channels: { find: () => Promise.resolve(answers.length > 1 ? answers.shift() : answers[0]) },
    wait: () => Promise.resolve(void waited++),
    logger: createLogger({ level: "silent" }),
  };
  const reply = {
    write: (text: string) => written.push(text),
    buttons: () => {},
    finish: () => Promise.resolve(),
  };
  const task = { kind: "notice", routeId: "1", eventKeys: [], records: [] };
  const turn = { id: "turn_1", channel: "C1", task };
  const given = { turn, steps, reply, signal: new AbortController().signal };
  return createNoticeWriter(options as unknown as NoticeWriterOptions)(given as unknown as AgentRun);
}

describe("a notice", () => {
  it("is posted, also where Slack said of the channel only when asked again", async () => {
    answers = ["away", "away", own];
    expect(await run()).toMatchObject({ status: "done" });
    expect(written).toEqual(["Acme was **won**"]);
    expect(waited).toBe(2);
  });

  it.for<[ChannelFacts | "away" | undefined, string]>([
    [{ ...own, isShared: true }, "channel_shared"],
    [{ ...own, isMember: false }, "channel_not_in"],
    [undefined, "channel_not_found"],
    ["away", "channel_away"],
  ])("is not posted where another company may read it by now, or nobody: %j", async ([found, reason]) => {
    answers = [found];
    expect(await run()).toEqual({ status: "failed", reason });
    expect(written).toEqual([]);
  });
});
