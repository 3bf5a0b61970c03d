import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { salesScript } from "../../sandbox/claude/script/index.ts";
import type { MessageView, SlackStore } from "../../sandbox/slack/store.ts";
import type { Call, Deal } from "../../sandbox/world/types.ts";
import { markdownOf } from "../support/answers.ts";
import { isCard } from "../support/consent.ts";
import { connectOverHttp } from "../support/gateway.ts";
import { type House, openHouse } from "../support/house.ts";
import { until } from "../support/servers.ts";

const NOW = Date.parse("2026-11-18T15:30:00Z");
const minute = 60_000;
const hour = 60 * minute;
const CHANNEL = "call-summaries";
const token = "a-token-of-the-tests-0123456789";

let house: House;
let store: SlackStore;
let now = NOW;
beforeAll(async () => {
  const where = {};
  house = await openHouse({
    sandbox: { now: NOW },
    env: { SOPHIA_PUBLIC_URL: "http://127.0.0.1:0", MCP_AUTH_TOKEN: token },
    config: {
      routes: [
        { what: "calls", channel: `#${CHANNEL}`, where: { minMinutes: 5 } },
        { what: "calls", channel: `#${CHANNEL}`, where: { accounts: ["Acme"] } },
        { what: "calls", channel: "#sales", where: { accounts: ["Acme"], minAmount: 100_000, stages: ["proposal"] } },
        { what: "calls", channel: "#sales-emea", where: { teams: ["@nobody"] } },
        { what: "calls", channel: "#deal-desk", where },
        { what: "calls", channel: "#ext-acme", where },
      ],
    },
  });
  store = house.sandbox.slack.store;
  house.sandbox.webhooks.target({ gong: `http://127.0.0.1:${house.app.port}/webhooks/gong` });
  for (const user of ["nora", "victor"]) store.join({ user, channel: CHANNEL });
}, 60_000);
afterAll(() => house.close());

/** A poll is due again. */
const pass = (ms: number) => house.sandbox.clock.set((now += ms));

/** A call ends now, of which no webhook tells unless told. */
function end(account?: string, { isPrivate = false, webhooks = 0 } = {}): Call {
  pass(minute);
  return house.sandbox.gong.store.endCall({ account, isPrivate, webhooks });
}

const posts = (channel: string): MessageView[] =>
  store.messages(channel).filter(({ author, ephemeralFor }) => author.isBot && ephemeralFor === null);
const posted = (call: Call, channel = CHANNEL): MessageView[] =>
  posts(channel).filter((message) => markdownOf(message).includes(`id=${call.id}`));
async function summaryOf(call: Call, channel = CHANNEL): Promise<MessageView> {
  await until(() => posted(call, channel).length > 0, `the summary of ${call.title} in #${channel}`, 15_000);
  return posted(call, channel)[0] as MessageView;
}
const ended = async (call: Call) => {
  const turns = (await house.turns()).filter(({ task }) => task?.kind === "call_summary" && task.callId === call.id);
  return turns.map(({ channel, status }) => [channel, status]);
};
const text = (message: MessageView): string => markdownOf(message).replaceAll("\\", "");

function amount({ amount: value, currency }: Deal): string {
  return new Intl.NumberFormat("en-US", { style: "currency", currency, maximumFractionDigits: 0 }).format(value);
}

const clockText = (ms: number): string =>
  [Math.floor(ms / minute), Math.floor((ms % minute) / 1000)].map((part) => String(part).padStart(2, "0")).join(":");

/** Each moment of a summary is one at which whom it names spoke. */
function expectSpoken(call: Call, markdown: string): void {
  const moments = [...markdown.matchAll(/\((\p{L}+), \[(\d+:\d\d)\]\(\S+?id=(\d+)\)\)/gu)];
  expect(moments.length).toBeGreaterThan(2);
  for (const [, name, at, id] of moments) {
    expect(id).toBe(call.id);
    const said = call.transcript.filter(({ sentences }) => clockText(sentences[0]?.start ?? 0) === at);
    const speakers = said.map(
      ({ speakerId }) => call.parties.find((party) => party.speakerId === speakerId)?.name.split(" ")[0],
    );
    expect(speakers, `${name} at ${at}`).toContain(name);
  }
}

describe("a call that has ended", () => {
  let call: Call;
  let summary: MessageView;
  const deal = (): Deal => house.sandbox.world.deals.find(({ id }) => id === call.dealId) as Deal;
  const inThread = (viewer?: string) =>
    store.messages(CHANNEL, { threadTs: summary.ts, ...(viewer && { viewer }) }).filter(({ ts }) => ts !== summary.ts);
  const hintsTo = (viewer: string) =>
    inThread(viewer).flatMap(({ ephemeralFor, text: words }) => (ephemeralFor ? words : []));
  const press = (user: string, actionId: string, { ts, channel } = summary) =>
    store.press({ user, channel, ts, actionId });

  beforeAll(async () => {
    await until(() => house.sandbox.board.requests("gong").length > 0, "the first poll");
    call = end("Acme", { webhooks: 5 });
    pass(10 * minute);
    summary = await summaryOf(call);
  }, 30_000);

  it("is summarised once where the routes lead, with the world's figures, to be read in twenty seconds", async () => {
    const markdown = text(summary);
    expect(markdown).toContain(`**[${call.title}](https://us-12345.app.gong.io/call?id=${call.id})**`);
    expect(markdown).toMatch(
      new RegExp(String.raw`\[${deal().name}\]\(https://app\.hubspot\.com/\S+/0-3/${deal().id}\): Proposal, \*\*`),
    );
    expect(markdown).toContain(`**${amount(deal())}** · Daniel Whitfield`);
    for (const name of call.parties.map((party) => party.name)) expect(markdown).toContain(name);
    expectSpoken(call, markdown);
    for (const name of call.competitors) expect(markdown).toContain(name);
    for (const step of call.nextSteps) expect(markdown).toContain(`${step.text} — **${step.owner}**, by `);
    expect(markdown.replaceAll(/\]\([^)]*\)/g, "]").length).toBeLessThan(1_300);
    expect(markdown).not.toContain("_late");
    await summaryOf(call, "sales");
    await until(async () => (await ended(call)).every(([, status]) => status === "done"), "both turns to end");
    expect((await ended(call)).toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual([
      ["C07CALLSUMM", "done"],
      ["C07SALES000", "done"],
    ]);
    expect(posted(call)).toHaveLength(1);
    expect(posted(call, "sales")).toHaveLength(1);
    for (const channel of ["sales-emea", "ext-acme", "deal-desk"]) expect(posts(channel)).toEqual([]);
  });

  it("is found by its meaning afterwards", async () => {
    const isWritten = () => house.sandbox.board.requests("pinecone").some(({ url }) => url.includes("upsert"));
    await until(isWritten, "the index to be written");
    const written = house.sandbox.board.requests("pinecone").filter(({ url }) => url.includes("upsert"));
    const records = written.map(
      ({ body }) => JSON.parse(body) as { _id: string; account?: string; is_private?: boolean },
    );
    expect(records.map(({ _id, account }) => [_id, account])).toContainEqual([call.id, "Acme"]);
    expect(records.some(({ is_private }) => is_private)).toBe(false);
  });

  it("is found by what was said in it and told in no summary", async () => {
    const told = `${text(summary)} ${JSON.stringify([call.brief, call.keyPoints, call.nextSteps])}`;
    const sentences = call.transcript.flatMap(({ sentences: spoken }) => spoken.map(({ text: said }) => said));
    const unsaid = sentences.filter((said) => said.length > 40 && !told.includes(said.slice(0, 40))).slice(0, 3);
    expect(unsaid).toHaveLength(3);
    const client = await connectOverHttp(`${house.app.gatewayUrl}/mcp/sophia`, token);
    const search = async (query: string) => {
      const { structuredContent } = await client.callTool(
        "pinecone__semantic_search",
        { query },
        { timeoutMs: 10_000 },
      );
      return structuredContent as { passages: { id: string; text: string; url: string; title: string }[] };
    };
    const written = () => house.sandbox.board.requests("pinecone").map(({ body }) => body);
    for (const said of unsaid) {
      await until(() => written().some((body) => body.includes(JSON.stringify(said).slice(1, -1))), `“${said}”`);
      const { passages } = await search(said);
      const found = passages.find(
        ({ id, text: passage }) => id.startsWith(`call:${call.id}:`) && passage.includes(said),
      );
      expect(found, said).toMatchObject({
        url: expect.stringContaining(`id=${call.id}`),
        title: expect.stringMatching(/\(from \d+:\d\d\)$/),
      });
    }
  });

  it.each([
    ["nora", /full members/],
    ["victor", /people of this workspace only/],
  ])("gives %s no tasks, no note and no answer, and says so to them alone", async (user, words) => {
    for (const button of ["create_tasks", "log_call", "ask_about_call"]) {
      await press(user, `sophia_${button}`);
      await until(() => hintsTo(user).length > 0, "the refusal");
    }
    expect(hintsTo(user).every((hint) => words.test(hint))).toBe(true);
    expect(hintsTo("maya")).toEqual([]);
    expect((await house.turns()).some(({ source }) => source === "button")).toBe(false);
  });

  it("makes no task while Asana does not answer, and says so to whoever pressed", async () => {
    const { board } = house.sandbox;
    board.addFault({ service: "asana", status: 503, times: 1_000 });
    await press("oliver", "sophia_create_tasks");
    await until(() => hintsTo("oliver").length > 0, "what came of it", 25_000);
    expect(hintsTo("oliver")).toEqual([expect.stringMatching(/no tasks were made\. Press the button again/)]);
    while (board.takeFault("asana", "/")) continue;
    expect((await house.turns()).some(({ source }) => source === "button")).toBe(false);
  });

  it("makes tasks of its next steps by one card, whoever presses how often", async () => {
    await press("daniel", "sophia_create_tasks");
    await until(() => inThread().some(isCard), "the card");
    await press("daniel", "sophia_create_tasks");
    await press("maya", "sophia_create_tasks");
    await until(() => hintsTo("maya").length > 0 && hintsTo("daniel").length > 0, "both to be told");
    expect(hintsTo("maya")).toEqual([expect.stringContaining("asked for already")]);
    const [card, ...more] = inThread().filter(isCard);
    expect(more).toEqual([]);
    const shown = JSON.stringify(card?.blocks);
    for (const step of call.nextSteps) expect(shown).toContain(step.text);
    await press("maya", "sophia_approve", card);
    const made = () => house.sandbox.asana.store.tasks.filter(({ notes }) => notes.includes(`id=${call.id}`));
    expect(made()).toEqual([]);
    await press("daniel", "sophia_approve", card);
    await until(() => made().length === call.nextSteps.length, "the tasks");
    const users = house.sandbox.world.work.users;
    for (const step of call.nextSteps) {
      const task = made().find(({ name }) => name === step.text);
      expect(task).toMatchObject({ dueOn: step.due, assigneeGid: users.find(({ name }) => name === step.owner)?.gid });
      expect(task?.notes).toContain(`id=${call.id}`);
      expect(task?.notes).toMatch(/Priority \w+: /);
      const project = house.sandbox.asana.store.project(task?.memberships[0]?.projectGid ?? "");
      expect(project?.name).toBe("Deal follow-ups");
    }
    await until(() => inThread().some((message) => text(message).includes("https://app.asana.com/")), "the links");
  });

  it("is noted on its deal, also where a first press was thought better of", async () => {
    const noteTurns = async () => (await house.turns()).filter(({ text: asked }) => asked.startsWith("Log this call"));
    for (const [index, decision] of ["sophia_deny", "sophia_approve"].entries()) {
      const isAsked = () => inThread().filter(isCard).length === index + 2;
      await press("maya", "sophia_log_call");
      await until(isAsked, "the card");
      await press("maya", decision, inThread().filter(isCard)[index + 1]);
      if (index === 0) await until(async () => (await noteTurns()).every(({ status }) => status === "done"), "its end");
    }
    const noted = () => JSON.stringify(house.sandbox.hubspot.store.changes);
    await until(() => noted().includes(call.id), "the note");
    expect(noted()).toContain(call.nextSteps[0]?.text);
    await until(() => inThread().some((message) => text(message).includes("Added to")), "the end");
  });

  it("is known in its thread, where anybody may ask", async () => {
    await press("maya", "sophia_ask_about_call");
    await press("daniel", "sophia_ask_about_call");
    const said = () =>
      inThread().filter((one) => one.ephemeralFor === null && text(one).includes("Ask me about this call here"));
    await until(() => said().length > 0 && hintsTo("daniel").length > 1, "the invitation");
    expect(said()).toHaveLength(1);
    const before = house.sandbox.board.requests("gong").length;
    const asked = house.ask("which competitors came up?", { channel: CHANNEL, threadTs: summary.ts });
    expect((await house.ended(asked)).status).toBe("done");
    const answer = text(inThread().at(-1) as MessageView);
    expect(call.competitors.filter((name) => answer.includes(name))).not.toEqual([]);
    expect(answer).toContain(`id=${call.id}`);
    expect(house.sandbox.board.requests("gong")).toHaveLength(before);
  });
});

describe("/sophia route", () => {
  const say = async (words: string, user = "maya", channel = "general"): Promise<string> => {
    const told = () => store.messages(channel, { viewer: user }).filter(({ ephemeralFor }) => ephemeralFor !== null);
    const before = told().length;
    await store.command({ user, channel, command: "/sophia", text: `route ${words}`.trim() });
    await until(() => told().length > before, "the answer to the command");
    return told().at(-1)?.text ?? "";
  };

  it("shows where things go, and why nothing goes somewhere", async () => {
    const listed = await say("");
    expect(listed).toContain(
      "`c1` calls to <#C07CALLSUMM> where the call is at least 5 minutes long (by the configuration)",
    );
    expect(listed).toMatch(/`c6` .*shared with another company/);
    expect(listed).not.toContain("`c5`");
    expect(await say("", "ruth")).toMatch(/`c5` .*I do not see that channel/);
  });

  it("adds, mutes and removes, for members of that channel and admins", async () => {
    const added = await say("deals <#C07SALESEME|sales-emea> where stage is negotiation and amount over 50k", "zoe");
    expect(added).toBe(
      "Done: deals go to <#C07SALESEME> where the stage is negotiation and the amount is at least 50,000 (`1`).",
    );
    expect(await say("")).toMatch(/`1` deals to <#C07SALESEME> where .* \(by <@U\w+>\)/);
    expect(await say("remove 1", "daniel")).toContain("Only members of that channel");
    expect(await say("mute 1 2h", "zoe")).toMatch(/^`1` is muted until <!date/);
    expect(await say("")).toMatch(/`1` .*muted until/);
    expect(await say("unmute 1", "zoe")).toContain("heard again");
    expect(await say("remove 1", "zoe")).toContain("Removed");
    expect(await say("")).not.toContain("`1`");
  });

  it.each([
    ["calls <#C07EXTACME0|ext-acme>", "shared with another company"],
    ["calls <#C07RANDOM00|random>", "I am not in that channel"],
    ["calls #nowhere", "I do not see that channel"],
    ["calls <#C07SALES000|sales> where it rains", "I do not understand &#34;it rains&#34;"],
    ["remove c1", "sophia.config.json"],
    ["remove 99", "There is no route"],
    ["mute 99", "Which one?"],
    ["mute c1 for ever", "For how long?"],
  ])("refuses %s in words", async (words, said) => {
    expect((await say(words)).replaceAll('"', "&#34;")).toContain(said);
  });
});

describe("a call", () => {
  it("that is private is not told of, also where it became that at the last moment", async () => {
    const hidden = end(undefined, { isPrivate: true, webhooks: 1 });
    const turned = end("Kestrel Living");
    house.sandbox.claude.store.script((request) => {
      turned.isPrivate = true;
      return request.output_config ? [{ type: "text", text: "{}" }] : [];
    });
    pass(10 * minute);
    await until(async () => (await ended(turned))[0]?.[1] === "done", "the end of its turn", 15_000);
    expect(await ended(hidden)).toEqual([]);
    expect([...posted(hidden), ...posted(turned)]).toEqual([]);
    expect(posts(CHANNEL)).toHaveLength(1);
  });

  it("of which Claude says what was not said is asked for again, and what is still not true is left out", async () => {
    const asked: string[] = [];
    house.sandbox.claude.store.script((request) => {
      if (!request.output_config?.format) return salesScript(request);
      asked.push(JSON.stringify(request.messages.at(-1)));
      const [block] = salesScript(request);
      const summary = JSON.parse(block?.type === "text" ? block.text : "") as Record<string, unknown[]>;
      summary["points"]?.unshift({ text: "They pay $777,777 at once", speaker: "Nobody", at: "00:01" });
      summary["competitors"]?.push("RentRobot", "[press](https://evil.example)");
      return [{ type: "text", text: JSON.stringify(summary) }];
    });
    const call = end("Kestrel Living", { webhooks: 1 });
    const markdown = text(await summaryOf(call));
    expect(asked).toHaveLength(2);
    expect(asked[1]).toContain("Nobody did not speak at 00:01");
    expect(asked[1]).toContain("Nobody said");
    expect(markdown).not.toMatch(/777|RentRobot|evil|Gong's own/);
    expectSpoken(call, markdown);
    house.sandbox.claude.store.script(() => [{ type: "text", text: "no JSON" }]);
  });

  it("of which Claude's words do not hold is told in Gong's own, and late where it is", async () => {
    const call = end();
    pass(30 * hour);
    const markdown = text(await summaryOf(call));
    expect(markdown).toMatch(/_late: (29|30) hours after this call, which was on Wed 18 Nov_/);
    expect(markdown).toContain("this is Gong's own summary");
    for (const point of call.keyPoints.slice(0, 2)) expect(markdown).toContain(point.slice(0, 50));
    const asked = house.sandbox.claude.store.answers.length;
    expect(asked).toBeGreaterThan(2);
  });
});
