import type { App } from "@slack/bolt";
import { beforeEach, describe, expect, it } from "vitest";
import type { ListenerContext } from "../../../src/slack/listeners/context.ts";
import { listenToNoticeButtons } from "../../../src/slack/listeners/notice-buttons.ts";
import type { Person } from "../../../src/slack/people.ts";
import { createLogger } from "../../../src/observability/log.ts";

// 23:30 in New York.
const now = Date.parse("2026-11-24T04:30:00Z");
const maya: Person = {
  userId: "U1",
  name: "Maya",
  timeZone: "America/New_York",
  timeZoneKnown: true,
  groups: [],
  standing: "member",
  isAdmin: false,
};

let person: Person;
let people: string[] | undefined;
let isMember: boolean | undefined;
let isShared: boolean | undefined;
let submitted: any[];
let calls: { method: string; args: any }[];
let refusals: any[];
let mutes: unknown[];
/** What a press has more than the first of its button. */
let keySuffix: string;
let handlers: Map<string, (given: any) => Promise<void>>;

beforeEach(() => {
  person = maya;
  people = undefined;
  isMember = true;
  isShared = false;
  submitted = [];
  calls = [];
  refusals = [];
  mutes = [];
  handlers = new Map();
  keySuffix = "";
  const on = (id: string, handler: any) => handlers.set(`${handlers.size}:${id}`, handler);
  const note = (...of: unknown[]) => Promise.resolve(void mutes.push(of));
  const context = {
    workspace: { teamId: "T1", botUserId: "UBOT" },
    people: { find: () => Promise.resolve(person), knowsGroups: () => true },
    turns: { submit: (turn: unknown) => Promise.resolve(submitted.push(turn) === 1) },
    newId: (prefix: string) => `${prefix}_1`,
    guests: "refuse",
    roles: {
      get sophia() {
        return { people };
      },
    },
    admins: [],
    channels: {
      find: () => Promise.resolve(isShared === undefined ? "away" : { isShared }),
      hasMember: () => Promise.resolve(isMember),
    },
    routes: { mute: (id: string, until: Date) => note(id, until.toISOString()) },
    recordMutes: {
      muteRecord: (channel: string, record: string, until: Date) => note(channel, record, until.toISOString()),
      unmuteRecords: (channel: string) => note(channel, "all"),
    },
    presses: {
      keyOf: (button: string, isFor: string) => Promise.resolve(`button:${button}${keySuffix}:${isFor}`),
    },
    client: {
      try: (method: string, args: unknown) => {
        calls.push({ method, args });
        return Promise.resolve({ kind: "ok", data: {} });
      },
    },
    audit: { append: (row: unknown) => refusals.push(row) },
    clock: { now: () => now },
    logger: createLogger({ level: "silent" }),
  };
  listenToNoticeButtons({ action: on, view: on } as unknown as App, context as unknown as ListenerContext);
});

const handler = (index: number) => [...handlers.values()][index]!;
const value = JSON.stringify({ route: "r1", records: [["deal:7", "Acme <renewal>"]] });
const press = (team = "T1", index = 1, pressed = value) =>
  handler(index)({
    action: { value: pressed },
    body: {
      user: { id: "U1", team_id: team },
      channel: { id: "C1" },
      message: { ts: "1.1" },
      container: {},
      trigger_id: "t",
    },
    ack: () => Promise.resolve(),
  });
const submit = (choice: string, place: object = JSON.parse(value)) =>
  handler(2)({
    body: { user: { id: "U1", team_id: "T1" } },
    view: {
      private_metadata: JSON.stringify({ ...place, channel: "C1", threadTs: "1.1" }),
      state: { values: { mute: { value: { selected_option: { value: choice } } } } },
    },
    ack: () => Promise.resolve(),
  });
const said = () => calls.map(({ method, args }) => [method, args.text ?? args.view.callback_id]);

describe("muting notices", () => {
  it("is offered to members of the channel, with each record by itself", async () => {
    await press();
    expect(said()).toEqual([["views.open", "sophia_mute_route"]]);
    expect(JSON.stringify(calls)).toContain("Only Acme <renewal>, for a week");
  });

  it.for<[string, () => void, string, string?]>([
    ["who is not in the channel", () => (isMember = false), "Only members of this channel", "not_in_channel"],
    ["of whom Slack does not say whether they are", () => (isMember = undefined), "Slack does not tell me just now"],
    ["a guest", () => (person = { ...maya, standing: "guest" }), "you are a guest here", "guest"],
    ["who has left", () => (person = { ...maya, standing: "nobody" }), "people of this workspace only", "nobody"],
  ])("is refused to one %s, alone and on record, also where the form is open", async ([, be, words, reason]) => {
    be();
    await press();
    await submit("hour");
    expect(mutes).toEqual([]);
    expect(said()).toEqual([
      ["chat.postEphemeral", expect.stringContaining(words)],
      ["chat.postEphemeral", expect.stringContaining(words)],
    ]);
    expect(refusals.map((row) => row.reason)).toEqual(reason === undefined ? [] : [reason, reason]);
  });

  it("is refused to people of another company", async () => {
    await press("T2");
    expect(said()).toEqual([["chat.postEphemeral", "I answer people of my own workspace only."]]);
    expect(refusals).toMatchObject([{ reason: "other_workspace", tool: "notice" }]);
  });

  it.for<[string, unknown[], string]>([
    ["hour", [["r1", "2026-11-24T05:30:00.000Z"]], "muted these notices until"],
    ["morning", [["r1", "2026-11-24T13:00:00.000Z"]], "muted these notices until"],
    ["record:0", [["C1", "deal:7", "2026-12-01T04:30:00.000Z"]], "muted one record here for a week"],
    [
      "end",
      [
        ["r1", "2026-11-24T04:30:00.000Z"],
        ["C1", "all"],
      ],
      "wants these notices again",
    ],
  ])("as %s is kept, and said in the thread", async ([choice, kept, words]) => {
    await submit(choice);
    expect(mutes).toEqual(kept);
    expect(calls).toMatchObject([{ method: "chat.postMessage", args: { channel: "C1", thread_ts: "1.1" } }]);
    expect(calls[0]?.args.text).toContain(words);
    expect(calls[0]?.args).toMatchObject({ unfurl_links: false, unfurl_media: false });
  });

  it("of a record shows its name as plain text, in which nothing is a link or a mention", async () => {
    const records = [["deal:7", "https://evil.example <!channel> *x*"]];
    await submit("record:0", { route: "r1", records });
    const { text, blocks } = calls[0]!.args as { text: string; blocks: any[] };
    expect(text).not.toContain("evil");
    expect(blocks).toEqual([
      {
        type: "rich_text",
        elements: [
          {
            type: "rich_text_section",
            elements: [
              { type: "user", user_id: "U1" },
              { type: "text", text: " muted " },
              { type: "text", text: "https://evil.example <!channel> *x*" },
              { type: "text", text: expect.stringContaining("here for a week") },
              { type: "text", text: "Mute", style: { bold: true } },
              { type: "text", text: " below a notice ends that." },
            ],
          },
        ],
      },
    ]);
  });
});

describe("'Tell me more'", () => {
  const more = (fields: object) => press("T1", 0, JSON.stringify({ turn: "turn_9", ...fields }));

  it.for<[object, string]>([
    [{ records: 1 }, "Tell me more about the change in this notice."],
    [{ records: 3 }, "Tell me more about the 3 records in this notice."],
    // As it stands below notices of before.
    [{ about: "https://evil.example #general" }, "Tell me more about the change in this notice."],
  ])("asks in the presser's name, without a word of the records: %j", async ([fields, text]) => {
    await more(fields);
    expect(submitted).toMatchObject([{ text, userId: "U1", channel: "C1", threadTs: "1.1" }]);
    expect(JSON.stringify(submitted)).not.toContain("evil");
    expect(submitted[0]?.sourceKey).toBe("button:turn_9:sophia_tell_more:answer");
  });

  it("asks again once it is known that nothing came of the press before", async () => {
    keySuffix = ":2";
    await more({ records: 1 });
    expect(submitted[0]?.sourceKey).toBe("button:turn_9:sophia_tell_more:2:answer");
  });
});

describe("a channel that another company reads by now", () => {
  it.for<[boolean | undefined, string, string]>([
    [true, "shared with another company", "external_channel"],
    [undefined, "does not tell me just now who reads this channel", "unknown_channel"],
  ])("is answered nothing (%s)", async ([be, words, reason]) => {
    isShared = be;
    await press("T1", 0, JSON.stringify({ turn: "turn_9", records: 1 }));
    await press();
    await submit("record:0");
    expect(submitted).toEqual([]);
    expect(mutes).toEqual([]);
    expect(said()).toEqual(Array.from({ length: 3 }, () => ["chat.postEphemeral", expect.stringContaining(words)]));
    expect(refusals.map((row) => row.reason)).toEqual([reason, reason, reason]);
  });
});

it("whoever may not ask is told no more, and may mute", async () => {
  people = ["U2"];
  await press("T1", 0, JSON.stringify({ turn: "turn_0", records: [["deal:7", "Acme"]] }));
  expect(submitted).toEqual([]);
  expect(said()).toEqual([["chat.postEphemeral", expect.stringContaining("certain colleagues")]]);
  expect(refusals).toMatchObject([{ reason: "role", tool: "notice" }]);
  await submit("hour");
  expect(mutes).toHaveLength(1);
});
