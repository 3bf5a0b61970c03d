import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MessageView } from "../../sandbox/slack/store.ts";
import { createDecisions } from "../../src/approvals/decisions.ts";
import type { InputSchema } from "../../src/slack/approvals/edit-modal.ts";
import { renderCard } from "../../src/slack/approvals/card.ts";
import type { Approval, NewApproval, Preview } from "../../src/storage/approvals.ts";
import { hasButtons, isCard } from "../support/consent.ts";
import { MemoryApprovals } from "../support/memory-approvals.ts";
import { type Sophia, startSophia, type TestLedger } from "../support/slack-sophia.ts";
import { MAYA, OLIVER, SALES, startTestSlack, type StartedSlack } from "../support/slack-stand-in.ts";

let slack: StartedSlack;
let sophia: Sophia;
let approvals: MemoryApprovals;
let threadTs: string;
const resumed: string[] = [];
const clock = { now: () => Date.parse("2026-09-14T15:00:00Z") };
const nothing = new AbortController().signal;
/** What the gateway says of changed arguments. */
const probe: { refused: string | undefined } = { refused: undefined };
/** What a further look at a lost write finds: nothing where empty. */
const checks: string[] = [];

const schema: InputSchema = {
  properties: {
    name: { type: "string", description: "What is to be done" },
    due_on: { type: "string" },
    minutes: { type: "integer" },
    priority: { type: "string", enum: ["low", "high"] },
    done: { type: "boolean" },
    followers: { type: "array" },
  },
  required: ["name"],
};

function ledger(): TestLedger {
  const decisions = createDecisions({
    approvals,
    callerOf: async () => ({ ...whole, channel: SALES, threadTs, userId: MAYA }),
    probe: {
      preview: async (_tool, args) => {
        if (probe.refused !== undefined) return { refused: probe.refused };
        const changes = Object.entries(args as object).map(([field, value]) => ({
          field,
          before: null,
          after: String(value),
        }));
        return { preview: { summary: "Change it otherwise", changes }, policy: "ask" };
      },
    },
    resume: async (turnId) => void resumed.push(turnId),
    audit: { append: () => undefined },
    clock,
  });
  const checkAgain = async (approval: Approval) => {
    const reason = checks.shift();
    if (reason === undefined) await approvals.settle(approval, "done", { content: [] });
    return reason;
  };
  return { approvals, decisions, outcomes: { checkAgain }, inputSchema: async () => schema };
}
const whole = {
  turnId: "turn_1",
  agent: "sophia",
  teamId: "T0SANDB0X01",
  audience: "channel" as const,
  groups: [],
  identities: {},
  question: "",
  hasReadOthers: true,
};

beforeEach(async () => {
  slack = await startTestSlack();
  threadTs = slack.store.send({ user: MAYA, channel: SALES, text: "create a task", hold: true }).ts;
  approvals = new MemoryApprovals(clock, { teamId: "T0SANDB0X01", channel: SALES, threadTs, userId: MAYA });
  resumed.length = 0;
  probe.refused = undefined;
  checks.length = 0;
  sophia = await startSophia(slack, "socket", { ledger: ledger() });
});
afterEach(async () => {
  await sophia.close();
  await slack.close();
});

const task: Preview = {
  summary: 'Change the task "Call Acme"',
  record: { name: "Call Acme", url: "https://app.asana.com/0/1/2" },
  changes: [
    { field: "Due", before: "2026-09-14", after: "2026-09-18" },
    { field: "Notes", before: null, after: "Bring the offer" },
    { field: "Assignee", before: "Oliver Hart", after: null },
  ],
};

async function wanted(id: string, preview: Preview = task, more: Partial<NewApproval> = {}): Promise<void> {
  const call: NewApproval = {
    id,
    turnId: "turn_1",
    tool: "asana__update_task",
    digest: id,
    arguments: {},
    preview,
    expiresAt: new Date(clock.now() + 3_600_000),
    ...more,
  };
  await approvals.request(call, "planned");
}

const show = () => sophia.cards.show({ id: "turn_1" }, nothing);
const inThread = (): MessageView[] => slack.store.messages(SALES, { threadTs }).filter(isCard);
const requests = (method: string) => slack.board.requests("slack").filter(({ url }) => url.endsWith(`/${method}`));
const press = (user: string, action: "approve" | "deny", { ts } = inThread()[0]!) =>
  slack.store.press({ user, channel: SALES, ts, actionId: `sophia_${action}` });
const hintsTo = (viewer: string): string[] =>
  slack.store.messages(SALES, { viewer, threadTs }).flatMap(({ ephemeralFor, text }) => (ephemeralFor ? text : []));

/** Each line of a card as a person reads it. */
function lines({ blocks }: Pick<MessageView, "blocks">): string[] {
  const textOf = (node: any): string =>
    node.text ?? (node.user_id ? `<@${node.user_id}>` : (node.fallback ?? (node.elements ?? []).map(textOf).join("")));
  const sections = (node: any): any[] =>
    node.type === "rich_text_section" ? [node] : (node.elements ?? []).flatMap(sections);
  return blocks.filter(({ type }) => type === "rich_text").flatMap((block) => sections(block).map(textOf));
}

describe("a card", () => {
  it("shows each field before and after, the record with its link, who asks and until when", async () => {
    await wanted("a");
    await show();
    const [card, ...more] = inThread();
    expect(more).toEqual([]);
    expect(lines(card!)).toEqual([
      "May I make this change?",
      'Change the task "Call Acme" Open',
      "Due: 2026-09-14 → 2026-09-18",
      "Notes: Bring the offer",
      "Assignee: Oliver Hart → (nothing)",
      `Asked by <@${MAYA}>, who decides. Open until 2026-09-14T16:00:00.000Z.`,
    ]);
    expect(JSON.stringify(card?.blocks)).toContain('"url":"https://app.asana.com/0/1/2"');
    expect(card?.blocks.at(-1)).toMatchObject({
      type: "actions",
      elements: [
        { action_id: "sophia_approve", value: "card_1-0@0", style: "primary" },
        { action_id: "sophia_edit_1", value: "a" },
        { action_id: "sophia_deny", value: "card_1-0@0", style: "danger" },
        { action_id: "sophia_deny_reason", value: "card_1-0@0" },
      ],
    });
    expect(card?.text).toBe('May I make this change? Change the task "Call Acme"');
    expect(card).toMatchObject({ threadTs, metadata: { event_payload: { card_id: "card_1-0" } } });
    expect(approvals.rows).toMatchObject([{ cardId: "card_1-0", cardTs: card?.ts }]);
  });

  it("shows several writes of one turn together, and decides about all of them", async () => {
    await wanted("a");
    await wanted("b", { summary: "Create a note", changes: [] });
    await show();
    expect(inThread()).toHaveLength(1);
    expect(lines(inThread()[0]!)).toEqual(
      expect.arrayContaining([
        "May I make these 2 changes?",
        '1. Change the task "Call Acme" Open',
        "2. Create a note",
      ]),
    );
    await press(MAYA, "approve");
    expect(approvals.rows.map(({ status }) => status)).toEqual(["granted", "granted"]);
  });

  it("lets nothing that a record says become a mention, a link or a format", async () => {
    const hostile =
      "<!channel> *bold* _it_ `code` <https://evil.example|click> https://evil.example [x](https://evil.example) <@U07OLIVER01> :tada: &lt;!here&gt;";
    const fields = [{ field: hostile, before: hostile, after: hostile }];
    await wanted("a", { summary: hostile, record: { name: hostile, url: "javascript:alert(1)" }, changes: fields });
    await show();
    const [card] = inThread();
    const types = new Set<string>();
    const collect = (node: any): void => {
      if (typeof node?.type === "string") types.add(node.type);
      for (const child of node?.elements ?? []) collect(child);
    };
    for (const block of card!.blocks) if (block.type !== "actions") collect(block);
    expect([...types].toSorted()).toEqual(["date", "rich_text", "rich_text_list", "rich_text_section", "text", "user"]);
    expect(lines(card!)).toContain(`${hostile}: ${hostile} → ${hostile}`);
    expect(card?.text).not.toMatch(/<[!@#h]/);
    expect(card?.text).toContain("&lt;!channel&gt;");
    expect(card?.text).toContain("&amp;lt;!here&amp;gt;");
    const [posted] = requests("chat.postMessage");
    expect(posted?.body).toMatch(/unfurl_links=false|"unfurl_links":false/);
  });

  it("shows all of a value, and what leaves no room for others alone", async () => {
    const notes = "n".repeat(2_900);
    await wanted("a", { summary: "Write a note", changes: [{ field: "Notes", before: null, after: notes }] });
    await show();
    expect(lines(inThread()[0]!)).toContain(`Notes: ${notes}`);
    const changes = Array.from({ length: 60 }, (_, n) => ({ field: `F${n}`, before: "&".repeat(5_000), after: "a" }));
    for (let n = 0; n < 12; n++) await wanted(`w${n}`, { summary: `${n} ${"&".repeat(5_000)}`, changes });
    await show();
    const [, ...cards] = inThread();
    expect(cards.map((card) => lines(card)[0])).toEqual(Array(12).fill("May I make this change?"));
    const shown = cards.flatMap(lines);
    for (let n = 0; n < 12; n++) expect(shown.some((line) => line.startsWith(`${n} &&&`))).toBe(true);
    expect(shown.filter((line) => line === "and more fields")).toHaveLength(12);
    expect(shown.filter((line) => line.startsWith("F39: &&&"))).toHaveLength(12);
    expect((await press(MAYA, "deny", cards[0])).ok).toBe(true);
    await expect.poll(() => inThread().map(hasButtons)).toEqual([true, false, ...Array<boolean>(11).fill(true)]);
  });

  it("is shown once, however often it is asked for", async () => {
    await wanted("a");
    await show();
    await show();
    expect(inThread()).toHaveLength(1);
    // What was asked for later has a card of its own.
    await wanted("b");
    await show();
    expect(inThread().map(({ metadata }) => metadata?.event_payload)).toEqual([
      { card_id: approvals.rows[0]?.cardId },
      { card_id: approvals.rows[1]?.cardId },
    ]);
  });
});

describe("a card whose posting went wrong", () => {
  it.for([
    ["with 503", { status: 503 }],
    ["with a cut connection before it was taken", { drop: true }],
    ["with a cut connection after it was taken", { drop: "after" as const }],
    ["with a pause", { status: 429, retryAfter: 1 }],
  ])("stands there once: %s", async ([, fault]) => {
    slack.board.addFault({ service: "slack", path: "chat.postMessage", ...(fault as object) });
    await wanted("a");
    await show();
    expect(inThread()).toHaveLength(1);
    expect(approvals.rows[0]?.cardTs).toBe(inThread()[0]?.ts);
  });

  it("is found by the attempt that follows a crash before its place was known", async () => {
    await wanted("a");
    await show();
    delete approvals.rows[0]!.cardTs;
    await show();
    expect(inThread()).toHaveLength(1);
    expect(approvals.rows[0]?.cardTs).toBe(inThread()[0]?.ts);
  });

  it("is not posted by an attempt that is over", async () => {
    await wanted("a");
    const over = new AbortController();
    over.abort(new Error("stopped"));
    await expect(sophia.cards.show({ id: "turn_1" }, over.signal)).rejects.toThrow("stopped");
    expect(inThread()).toEqual([]);
  });

  it("ends the attempt where Slack takes nothing there", async () => {
    await wanted("a");
    approvals.rows[0]!.channel = "C0GONE00001";
    const gone = sophia.cards.show({ id: "turn_1" }, nothing);
    await expect(gone).rejects.toMatchObject({ code: "channel_not_found" });
  });
});

describe("a press", () => {
  beforeEach(async () => {
    await wanted("a");
    await show();
  });

  it.for([
    ["approve", "granted", "Approved by Maya Lindqvist. On its way."],
    ["deny", "denied", "Denied by Maya Lindqvist. Nothing was changed."],
  ] as const)("of %s is stored and stands on the card, whose buttons are gone", async ([action, status, note]) => {
    expect((await press(MAYA, action)).ok).toBe(true);
    expect(approvals.rows).toMatchObject([{ status, decidedBy: MAYA }]);
    expect(resumed).toEqual(["turn_1"]);
    await expect.poll(() => inThread().map(hasButtons)).toEqual([false]);
    const [card] = inThread();
    expect(lines(card!)).toContain("Due: 2026-09-14 → 2026-09-18");
    expect(lines(card!).at(-1)).toBe(note);
    expect(hintsTo(MAYA)).toEqual([]);
  });

  it("of another person answers only to them, and decides nothing", async () => {
    await press(OLIVER, "approve");
    await expect.poll(() => hintsTo(OLIVER)).toEqual([`Only <@${MAYA}>, who asked for this, can decide about it.`]);
    expect(hintsTo(MAYA)).toEqual([]);
    expect(approvals.rows).toMatchObject([{ status: "planned" }]);
    expect(inThread().map(hasButtons)).toEqual([true]);
    expect(resumed).toEqual([]);
  });

  it("of a card that was decided says so, and puts right what still shows buttons", async () => {
    slack.board.addFault({ service: "slack", path: "chat.update", status: 503 });
    await press(MAYA, "deny");
    await slack.store.settled();
    expect(inThread().map(hasButtons)).toEqual([true]);
    await press(MAYA, "approve");
    await expect.poll(() => hintsTo(MAYA)).toEqual([expect.stringMatching(/^This was decided before/)]);
    expect(approvals.rows).toMatchObject([{ status: "denied" }]);
    expect(lines(inThread()[0]!).at(-1)).toMatch(/^Denied by/);
    expect(inThread().map(hasButtons)).toEqual([false]);
  });

  it("of a card that nobody knows any more says so, and takes its buttons away", async () => {
    approvals.rows.length = 0;
    await press(MAYA, "approve");
    await expect.poll(() => hintsTo(MAYA)).toEqual(["This is no longer open: the question has changed since."]);
    expect(inThread().map(hasButtons)).toEqual([false]);
    expect(lines(inThread()[0]!)).toContain("May I make this change?");
  });
});

it("a card without any write is a mistake of ours", () => {
  expect(() => renderCard([], new Map())).toThrow(TypeError);
});
