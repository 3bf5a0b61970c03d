import { describe, expect, it } from "vitest";
import { createLogger } from "../../../../src/observability/log.ts";
import type { SlackOutcome } from "../../../../src/slack/client.ts";
import { createThreadFiles, type ThreadFiles } from "../../../../src/slack/files/thread-files.ts";

type Asking = Parameters<ThreadFiles>[0];

const never = new AbortController().signal;
const place = { channel: "C1", threadTs: "1.0", messageTs: "9.0" };
const question: Asking = { id: "t", source: "mention", userId: "U1", ...place };

const file = (id: string, fields: object = {}) => ({ id, name: `${id}.csv`, filetype: "csv", size: 3, ...fields });
const page = (ids: string[], next_cursor = ""): SlackOutcome => ({
  kind: "ok",
  data: { messages: ids.map((id) => ({ files: [file(id)] })), response_metadata: { next_cursor } },
});

/** Slack that gives these answers one after the other, and what it was asked. */
function slack(...answers: SlackOutcome[]) {
  const asked: Record<string, unknown>[] = [];
  const pauses: number[] = [];
  const lookUp = createThreadFiles({
    client: {
      try: async (method, args) => {
        asked.push({ method, ...args });
        return answers[asked.length - 1] ?? page([]);
      },
    },
    logger: createLogger({ level: "silent" }),
    wait: async (ms) => void pauses.push(ms),
  });
  return { asked, pauses, lookUp: (turn: Partial<Asking> = {}) => lookUp({ ...question, ...turn }, never) };
}

const idsOf = (files: readonly { id: string }[]) => files.map(({ id }) => id);

describe("the files of a thread", () => {
  it("are those of its own messages, after the question's, each once and marked", async () => {
    const { lookUp, asked } = slack(page(["F1", "F2"], "more"), page(["F1", "F3"]));
    const own = { id: "F3", name: "own.csv", type: "csv", size: 1 };
    const files = await lookUp({ files: [own] });
    expect(files).toEqual([
      own,
      { id: "F1", name: "F1.csv", type: "csv", size: 3, from: "thread" },
      { id: "F2", name: "F2.csv", type: "csv", size: 3, from: "thread" },
    ]);
    expect(asked).toMatchObject([
      { method: "conversations.replies", channel: "C1", ts: "1.0" },
      { channel: "C1", ts: "1.0", cursor: "more" },
    ]);
  });

  it("are those of the asker's own forwards as well, and of nobody else's", async () => {
    const forward = (user: string, id: string, fields: object = {}) => {
      const attachments = [{ is_share: true, text: "see below", files: [file(id)] }];
      return { user, attachments, ...fields };
    };
    const preview = { user: "U1", attachments: [{ files: [file("F4")], from_url: "https://a.example" }] };
    const messages = [forward("U1", "F1"), forward("U2", "F2"), forward("U1", "F3", { bot_id: "B1" }), preview];
    const { lookUp } = slack({ kind: "ok", data: { messages } });
    expect(await lookUp()).toEqual([{ id: "F1", name: "F1.csv", type: "csv", size: 3, from: "forward" }]);
  });

  it.each([
    ["begins its thread", { messageTs: "1.0" }],
    ["is a command", { source: "command" }],
    ["moved to a direct message", { source: "private" }],
    ["is code's to answer", { source: "button", task: { kind: "calls", calls: [] } }],
  ] as [string, Partial<Asking>][])("are not looked for where the question %s", async (_, turn) => {
    const { lookUp, asked } = slack(page(["F1"]));
    expect(await lookUp(turn)).toEqual([]);
    expect(asked).toEqual([]);
  });

  it("are bounded: the latest twenty, of a thousand messages", async () => {
    const ids = Array.from({ length: 30 }, (_, n) => `F${n}`);
    expect(idsOf(await slack(page(ids)).lookUp())).toEqual(ids.slice(10));
    const endless = slack(...Array.from({ length: 9 }, (_, n) => page([`F${n}`], "more")));
    expect(idsOf(await endless.lookUp())).toEqual(["F0", "F1", "F2", "F3", "F4"]);
  });

  it("are waited for a little, and then done without", async () => {
    const busy: SlackOutcome = { kind: "limited", retryAfterSeconds: 30 };
    const lost: SlackOutcome = { kind: "unknown", cause: new Error("cut") };
    const patient = slack(busy, lost, page(["F1"]));
    expect(idsOf(await patient.lookUp())).toEqual(["F1"]);
    expect(patient.pauses).toEqual([3_000, 250]);
    expect(await slack(busy, busy, busy, page(["F1"])).lookUp()).toEqual([]);
    const refused = slack({ kind: "refused", code: "missing_scope" }, page(["F1"]));
    expect(await refused.lookUp()).toEqual([]);
    expect(refused.asked).toHaveLength(1);
  });

  it("that were deleted are none", async () => {
    const messages = [{ files: [file("F1", { mode: "tombstone" }), file("F2")] }, {}];
    expect(idsOf(await slack({ kind: "ok", data: { messages } }).lookUp())).toEqual(["F2"]);
  });
});
