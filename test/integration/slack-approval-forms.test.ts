import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MessageView } from "../../sandbox/slack/store.ts";
import { createDecisions } from "../../src/approvals/decisions.ts";
import type { InputSchema } from "../../src/slack/approvals/edit-modal.ts";
import type { AuditEvent } from "../../src/observability/audit.ts";
import type { Approval, NewApproval } from "../../src/storage/approvals.ts";
import { hasButtons, isCard } from "../support/consent.ts";
import { MemoryApprovals } from "../support/memory-approvals.ts";
import { type Sophia, startSophia, type TestLedger } from "../support/slack-sophia.ts";
import { MAYA, OLIVER, SALES, smallWorld, startTestSlack, type StartedSlack } from "../support/slack-stand-in.ts";

const GUEST = "U07GUEST001";
const LEFT = "U07LEFT0001";
const OUTSIDER = "U07OUTSIDE1";
const visitor = { title: "Visitor", timeZone: "Europe/London" };
const world = {
  ...smallWorld,
  visitors: [
    { ...visitor, id: GUEST, handle: "guest", name: "Gina Guest", email: "g@a.example", standing: "guest" as const },
    { ...visitor, id: LEFT, handle: "left", name: "Lea Left", email: "l@a.example", standing: "deleted" as const },
    { ...visitor, id: OUTSIDER, handle: "out", name: "Otto Out", email: "o@b.example", standing: "external" as const },
  ],
  userGroups: [
    { id: "S07DEALDESK", handle: "deal-desk", name: "Deal desk", description: "Decides", memberIds: [OLIVER] },
  ],
};

let slack: StartedSlack;
let sophia: Sophia;
let approvals: MemoryApprovals;
let threadTs: string;
const resumed: string[] = [];
const nothing = new AbortController().signal;
/** What the gateway says of changed arguments. */
let refused: string | undefined;
/** What a further look at a lost write finds: that it was done where empty. */
const looks: string[] = [];

const schema: InputSchema = {
  properties: {
    name: { type: "string", description: "What is to be done" },
    minutes: { type: "integer" },
    priority: { type: "string", enum: ["low", "high"] },
    done: { type: "boolean" },
    followers: { type: "array" },
    notes: { type: "string" },
  },
  required: ["name"],
};
const args = { name: "Call Acme", minutes: 30, priority: "low", done: false, followers: ["maya@payready.example"] };

const clock = { now: () => Date.parse(smallWorld.createdAt) };
/** What was decided, as the audit has it. */
const recorded: AuditEvent[] = [];
const outcomes = () => [...recorded, ...sophia.audit.events].map(({ kind, outcome }) => `${kind} ${outcome}`);

beforeEach(async () => {
  slack = await startTestSlack({ world });
  recorded.length = 0;
  threadTs = slack.store.send({ user: MAYA, channel: SALES, text: "create a task", hold: true }).ts;
  approvals = new MemoryApprovals(clock, { teamId: "T0SANDB0X01", channel: SALES, threadTs, userId: MAYA });
  resumed.length = 0;
  looks.length = 0;
  refused = undefined;
  sophia = await startSophia(slack, "socket", { ledger: ledger() });
});
afterEach(async () => {
  await sophia.close();
  await slack.close();
});

function ledger(): TestLedger {
  const asker = { turnId: "turn_1", agent: "sophia", teamId: "T0SANDB0X01", userId: MAYA, groups: [], identities: {} };
  const place = { channel: SALES, threadTs, audience: "channel" as const, question: "", hasReadOthers: true };
  const decisions = createDecisions({
    approvals,
    callerOf: async () => ({ ...asker, ...place }),
    probe: {
      preview: async (_tool, changed) => {
        if (refused !== undefined) return { refused };
        const after = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
        const changes = Object.entries(changed as object).map(([field, value]) => ({
          field,
          before: null,
          after: after(value),
        }));
        return { preview: { summary: "Create another task", changes }, policy: "ask" };
      },
    },
    resume: async (turnId) => void resumed.push(turnId),
    audit: { append: (event) => void recorded.push(event) },
    clock,
  });
  const checkAgain = async (approval: Approval) => {
    const reason = looks.shift();
    if (reason === undefined) await approvals.settle(approval, "done", { content: [] });
    return reason;
  };
  return { approvals, decisions, outcomes: { checkAgain }, inputSchema: async () => schema };
}

async function shown(more: Partial<NewApproval> = {}): Promise<void> {
  const preview = { summary: "Create a task", changes: [{ field: "Name", before: null, after: "Call Acme" }] };
  const expiresAt = new Date(Date.parse(smallWorld.createdAt) + 3_600_000);
  const call = { id: "a", turnId: "turn_1", tool: "asana__create_task", digest: "a", arguments: args };
  await approvals.request({ ...call, preview, expiresAt, ...more }, "planned");
  await sophia.cards.show({ id: "turn_1" }, nothing);
}

const card = (): MessageView => slack.store.messages(SALES, { threadTs }).find(isCard)!;
const words = (): string => JSON.stringify(card().blocks);
const press = (user: string, action: string) =>
  slack.store.press({ user, channel: SALES, ts: card().ts, actionId: `sophia_${action}` });
const modalOf = (viewer: string) => slack.store.views({ viewer }).modals.at(-1);
const hintsTo = (viewer: string): string[] =>
  slack.store.messages(SALES, { viewer, threadTs }).flatMap(({ ephemeralFor, text }) => (ephemeralFor ? text : []));

describe("Edit", () => {
  it("opens a form of the tool's arguments, as they are and in their kinds", async () => {
    await shown();
    await press(MAYA, "edit_1");
    const blocks = ((modalOf(MAYA)?.blocks ?? []) as any[]).slice(1);
    expect(blocks.map(({ label, optional, element }) => [label.text, optional, element.type])).toEqual([
      ["Name", false, "plain_text_input"],
      ["Minutes", true, "number_input"],
      ["Priority", true, "static_select"],
      ["Done", true, "static_select"],
      ["Followers", true, "plain_text_input"],
      ["Notes", true, "plain_text_input"],
    ]);
    const initial = blocks.map(({ element }) => element.initial_value ?? element.initial_option?.value);
    expect(initial).toEqual(["Call Acme", "30", "low", "false", '["maya@payready.example"]', undefined]);
    expect(approvals.rows).toMatchObject([{ status: "planned" }]);
  });

  it("changes what would be sent, shows it anew on the card, and decides nothing", async () => {
    await shown();
    await press(MAYA, "edit_1");
    const values = {
      field_name: { value: "Call Globex" },
      field_minutes: { value: "45" },
      field_priority: { value: "high" },
    };
    expect(await slack.store.submitView({ user: MAYA, values })).toMatchObject({ ok: true });
    expect(approvals.rows).toMatchObject([
      {
        status: "planned",
        arguments: args,
        edited: { ...args, name: "Call Globex", minutes: 45, priority: "high" },
        editedBy: MAYA,
      },
    ]);
    await expect.poll(words).toContain("Call Globex");
    expect(words()).toContain("Changed by Maya Lindqvist.");
    expect(hasButtons(card())).toBe(true);
    expect(resumed).toEqual([]);
    expect(outcomes()).toEqual(["decision edited"]);
  });

  it.for([
    [
      "what the gateway has against it",
      { field_minutes: { value: "7" } },
      "minutes: must be at most 5",
      "field_minutes",
    ],
    ["what is no JSON", { field_followers: { value: "[maya" } }, undefined, "field_followers"],
  ] as const)("says at its field %s, and changes nothing", async ([, values, problem, field]) => {
    await shown();
    await press(MAYA, "edit_1");
    refused = problem;
    const { errors } = await slack.store.submitView({ user: MAYA, values });
    expect(Object.keys(errors ?? {})).toEqual([field]);
    expect(modalOf(MAYA)).toBeDefined();
    expect(approvals.rows[0]).not.toHaveProperty("edited");
  });

  it("says in words where a form cannot hold an argument", async () => {
    await shown({ arguments: { ...args, notes: "n".repeat(3_001) } });
    await press(MAYA, "edit_1");
    expect(modalOf(MAYA)).toBeUndefined();
    await expect
      .poll(() => hintsTo(MAYA))
      .toEqual([expect.stringContaining("notes is longer than the 3000 characters")]);
  });

  it("does nothing with a form that was open while somebody decided", async () => {
    await shown();
    await press(MAYA, "edit_1");
    await press(MAYA, "approve");
    expect(await slack.store.submitView({ user: MAYA, values: { field_name: { value: "Late" } } })).toMatchObject({
      ok: true,
    });
    expect(approvals.rows[0]).not.toHaveProperty("edited");
    await expect.poll(() => hintsTo(MAYA)).toEqual([expect.stringContaining("decided before")]);
  });
});

describe("Deny with a reason", () => {
  it("puts the reason on the card", async () => {
    await shown();
    await press(MAYA, "deny_reason");
    expect(
      await slack.store.submitView({ user: MAYA, values: { reason: { value: "Not <!channel> yet" } } }),
    ).toMatchObject({
      ok: true,
    });
    expect(approvals.rows).toMatchObject([{ status: "denied", reason: "Not <!channel> yet", decidedBy: MAYA }]);
    await expect.poll(words).toContain("Denied by Maya Lindqvist. “Not <!channel> yet” Nothing was changed.");
    expect(card().text).not.toContain("<!channel>");
    expect(resumed).toEqual(["turn_1"]);
    expect(recorded).toMatchObject([
      { outcome: "denied", userId: MAYA, approverId: MAYA, result: "Not <!channel> yet", tool: "asana__create_task" },
    ]);
  });
});

describe("Check again", () => {
  it("says why it is still not known, and then what came of it", async () => {
    await shown();
    await press(MAYA, "approve");
    await approvals.send("a");
    await approvals.settle({ id: "a", sends: 1 }, "unknown");
    await sophia.cards.update(card().metadata?.event_payload?.["card_id"] as string);
    expect(words()).toContain("it is not known whether it was carried out");
    looks.push("Look at the project.");
    await press(MAYA, "check_1");
    await expect.poll(() => hintsTo(MAYA)).toEqual(["It is still not known what came of it. Look at the project."]);
    await press(MAYA, "check_1");
    await expect.poll(words).toContain("Done.");
    expect(hasButtons(card())).toBe(false);
  });
});

it.for([GUEST, LEFT, OUTSIDER])("Check again looks at nothing for %s", async (user) => {
  slack.store.join({ user, channel: SALES });
  await shown();
  await press(MAYA, "approve");
  await approvals.send("a");
  await approvals.settle({ id: "a", sends: 1 }, "unknown");
  await sophia.cards.update(card().metadata?.event_payload?.["card_id"] as string);
  await press(user, "check_1");
  await expect.poll(() => hintsTo(user)).toHaveLength(1);
  expect(approvals.rows).toMatchObject([{ status: "unknown" }]);
  expect(outcomes().at(-1)).toBe("decision refused");
});

it("nothing is decided by a press of what was changed since it was shown", async () => {
  await shown();
  const { ts, blocks } = card();
  const { rows } = approvals;
  await approvals.edit("a", { arguments: args, preview: rows[0]!.preview!, userId: OLIVER });
  expect(JSON.stringify(blocks)).toContain("@0");
  await slack.store.press({ user: MAYA, channel: SALES, ts, actionId: "sophia_approve" });
  await expect.poll(() => hintsTo(MAYA)).toEqual([expect.stringContaining("changed since you saw it")]);
  expect(rows).toMatchObject([{ status: "planned" }]);
  await press(MAYA, "approve");
  await expect.poll(() => rows[0]?.status).toBe("granted");
});

it.for(["deny_reason", "edit_1"] as const)(
  "the form of %s does nothing for somebody who has become a guest",
  async (button) => {
    await shown();
    await press(MAYA, button);
    expect(modalOf(MAYA)).toBeDefined();
    slack.store.setStanding(MAYA, "guest");
    await expect.poll(async () => (await sophia.people.find(MAYA)).standing).toBe("guest");
    const values: Record<string, { value: string }> =
      button === "edit_1" ? { field_name: { value: "Call Globex" } } : { reason: { value: "no" } };
    await slack.store.submitView({ user: MAYA, values });
    expect(approvals.rows).toMatchObject([{ status: "planned" }]);
    expect(approvals.rows[0]).not.toHaveProperty("edited");
    expect(outcomes()).toEqual(["decision refused"]);
  },
);

const everyButton = ["approve", "deny", "deny_reason", "edit_1"];

describe.each(everyButton)("%s", (button) => {
  it.for([
    ["another person", OLIVER, /^Only <@U07MAYA0001>, who asked for this, can decide/],
    ["a guest", GUEST, /full members of this workspace only/],
    ["somebody who has left", LEFT, /people of this workspace only/],
    ["somebody of another workspace", OUTSIDER, /people of my own workspace only/],
  ] as const)("does nothing for %s, and tells them alone", async ([, user, hint]) => {
    slack.store.join({ user, channel: SALES });
    await shown();
    await press(user, button);
    await expect.poll(() => hintsTo(user)).toEqual([expect.stringMatching(hint)]);
    expect(hintsTo(MAYA)).toEqual([]);
    expect(modalOf(user)).toBeUndefined();
    expect(approvals.rows).toMatchObject([{ status: "planned" }]);
    expect(hasButtons(card())).toBe(true);
    expect(resumed).toEqual([]);
    expect(outcomes()).toEqual(["decision refused"]);
  });

  it("does nothing for a bot", async () => {
    await shown();
    await press(sophia.workspace.botUserId, button);
    expect(approvals.rows).toMatchObject([{ status: "planned" }]);
    expect(hasButtons(card())).toBe(true);
    expect(outcomes()).toEqual(["decision refused"]);
  });

  it("is the group's where the policy names one: not the asker's", async () => {
    await shown({ approvers: ["@deal-desk"] });
    expect(words()).toContain("To be decided by ");
    await press(MAYA, button);
    await expect.poll(() => hintsTo(MAYA)).toEqual(["Only @deal-desk can decide about this."]);
    expect(approvals.rows).toMatchObject([{ status: "planned" }]);
    await press(OLIVER, button);
    if (button === "approve" || button === "deny") expect(approvals.rows).toMatchObject([{ decidedBy: OLIVER }]);
    else expect(modalOf(OLIVER)).toBeDefined();
  });
});
