import { describe, expect, it } from "vitest";
import { FAILURE_META } from "../../../../src/mcp/types.ts";
import { type Asker, connectGong, customer, gongCall, noCalls, party, type Sent, textOf, users } from "./support.ts";

const secretId = "900";
const openId = "901";

const secret = gongCall(
  { id: secretId, title: "Acme: secret terms", isPrivate: true, started: "2026-03-09T18:00:00Z" },
  {
    parties: [
      party(),
      party({
        emailAddress: "joanna@ours.example",
        name: "Joanna Lee",
        userId: "22222222222222222222",
        speakerId: "3",
      }),
      customer(),
    ],
    interaction: { interactionStats: [{ name: "Talk Ratio", value: 0.9 }], questions: { companyCount: 100 } },
  },
);
const open = gongCall(
  { id: openId, title: "Acme: pricing", started: "2026-03-09T20:00:00Z", duration: 1800 },
  {
    interaction: {
      interactionStats: [
        { name: "Talk Ratio", value: 0.4 },
        { name: "Patience", value: 1.5 },
      ],
      questions: { companyCount: 4 },
    },
  },
);

const figures = { callsAsHost: 2, callsAttended: 0, ownCallsListenedTo: 1 };

function routes({ url, body }: Sent) {
  if (url === "/v2/users") return { body: { users, records: {} } };
  if (url === "/v2/stats/activity/aggregate") {
    const joanna = { userId: "22222222222222222222", userAggregateActivityStats: { callsAsHost: 0, callsAttended: 1 } };
    const dana = { userId: "11111111111111111111", userAggregateActivityStats: figures };
    return { body: { usersAggregateActivityStats: [dana, joanna], timeZone: "UTC", records: {} } };
  }
  if (url === "/v2/stats/interaction") {
    const stats = [
      { name: "Talk Ratio", value: 0.65 },
      { name: "Question Rate", value: 50 },
    ];
    const person = {
      userId: "11111111111111111111",
      userEmailAddress: "dana@ours.example",
      personInteractionStats: stats,
    };
    return { body: { peopleInteractionStats: [person], timeZone: "UTC", records: {} } };
  }
  const ids: string[] = body.filter.callIds ?? [secretId, openId];
  if (url === "/v2/calls/transcript") {
    const transcript = [{ speakerId: "3", sentences: [{ start: 0, end: 1, text: "The secret." }] }];
    return { body: { callTranscripts: ids.map((callId) => ({ callId, transcript })), records: {} } };
  }
  const calls = [secret, open].filter(({ metaData }) => ids.includes((metaData as any).id));
  return calls.length === 0 ? noCalls : { body: { calls, records: { totalRecords: calls.length } } };
}

const range = { from_date: "2026-03-09", to_date: "2026-03-09" };

const mayNot: [string, Asker | undefined][] = [
  ["another MCP client", undefined],
  ["another participant in private", { email: "joanna@ours.example", audience: "private" }],
  ["the customer's address in private", { email: "jo@acme.example", audience: "private" }],
  ["somebody without an address in private", { audience: "private" }],
  ["an empty address", { email: "", audience: "private" }],
];
const owner: Asker = { email: " Dana@Ours.example", audience: "private" };

describe.each(mayNot)("a private call, for %s", (_, asker) => {
  it("is in no list, no search and no total", async () => {
    const gong = await connectGong(routes);
    const list = await gong.ask("get_calls", range, asker);
    expect(list).toMatchObject({ total: 1, truncated: false });
    const found = await gong.ask("find_calls", { account: "Acme" }, asker);
    for (const { calls } of [list, found]) expect(calls.map((call: any) => call.id)).toEqual([openId]);
  });

  it.each(["get_call_transcript", "get_call_summary"])("does not exist for %s, known before or not", async (tool) => {
    const gong = await connectGong(routes);
    const missing = textOf(await gong.call(tool, { call_id: "404" }, asker));
    const first = textOf(await gong.call(tool, { call_id: secretId }, asker));
    expect(first).toBe(missing.replace("404", secretId));
    await gong.ask("get_calls", range, owner);
    expect(textOf(await gong.call(tool, { call_id: secretId }, asker))).toBe(first);
    await gong.ask(tool, { call_id: secretId }, owner);
    expect(textOf(await gong.call(tool, { call_id: secretId }, asker))).toBe(first);
  });

  it("is in no figures", async () => {
    const gong = await connectGong(routes);
    const activity = await gong.ask("get_rep_activity", range, asker);
    expect(
      activity.people.map((p: any) => [p.name, p.calls_hosted, p.calls_attended, p.own_calls_listened_to]),
    ).toEqual([["Dana Fox", 1, 0, 1]]);
    const { people } = await gong.ask("get_interaction_stats", range, asker);
    expect(people).toEqual([
      {
        name: "Dana Fox",
        email: "dana@ours.example",
        talk_ratio: 0.4,
        longest_monologue_seconds: null,
        longest_customer_story_seconds: null,
        interactivity: null,
        patience_seconds: 1.5,
        question_rate: 8,
      },
    ]);
  });
});

describe.each<[string, Asker]>([
  ["in a channel", { email: "dana@ours.example", audience: "channel" }],
  ["where nobody says who reads along", { email: "dana@ours.example" }],
])("a private call, for its owner %s", (_, asker) => {
  it("is in no list, no search, no total and no figures", async () => {
    const gong = await connectGong(routes);
    expect(await gong.ask("get_calls", range, asker)).toMatchObject({ total: 1, calls: [{ id: openId }] });
    expect(await gong.ask("find_calls", { account: "Acme" }, asker)).toMatchObject({ calls: [{ id: openId }] });
    expect((await gong.ask("get_rep_activity", range, asker)).people[0].calls_hosted).toBe(1);
  });

  it.each(["get_call_transcript", "get_call_summary"])("is to be asked for in private, with %s", async (tool) => {
    const gong = await connectGong(routes);
    for (let times = 0; times < 2; times++) {
      const refused = await gong.call(tool, { call_id: secretId }, asker);
      expect(refused._meta?.[FAILURE_META]).toMatchObject({ kind: "private" });
      expect(JSON.stringify(refused)).not.toContain("secret");
    }
  });
});

describe("a private call, for its owner in private", () => {
  it("is like any other, whatever others asked before", async () => {
    const gong = await connectGong(routes);
    await gong.call("get_call_transcript", { call_id: secretId });
    const list = await gong.ask("get_calls", range, owner);
    expect(list.calls.map((call: any) => call.id)).toEqual([secretId, openId]);
    expect(list.total).toBe(2);
    expect((await gong.ask("get_call_transcript", { call_id: secretId }, owner)).segments[0].text).toBe("The secret.");
    expect((await gong.ask("get_call_summary", { call_id: secretId }, owner)).title).toBe("Acme: secret terms");
    expect((await gong.ask("find_calls", { title: "secret" }, owner)).calls.length).toBe(1);
    expect((await gong.ask("get_rep_activity", range, owner)).people[0].calls_hosted).toBe(2);
    expect((await gong.ask("get_interaction_stats", range, owner)).people[0].talk_ratio).toBe(0.65);
  });

  it("is nobody's where the owner is not known", async () => {
    const orphan = gongCall({ id: secretId, isPrivate: true, primaryUserId: "333" });
    const gong = await connectGong(({ url }) =>
      url === "/v2/users" ? { status: 403 } : { body: { calls: [orphan], records: {} } },
    );
    expect((await gong.ask("get_calls", range, owner)).calls).toEqual([]);
  });

  it("leaves out of the averages who had nothing but private calls", async () => {
    const gong = await connectGong((sent) =>
      sent.url === "/v2/calls/extensive" ? { body: { calls: [secret], records: {} } } : routes(sent),
    );
    expect(await gong.ask("get_interaction_stats", range)).toMatchObject({ people: [], total: 0 });
    expect(await gong.ask("get_rep_activity", range)).toMatchObject({ total: 1, people: [{ calls_hosted: 1 }] });
  });
});
