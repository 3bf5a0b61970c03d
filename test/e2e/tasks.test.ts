import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MessageView, SlackStore } from "../../sandbox/slack/store.ts";
import { markdownOf } from "../support/answers.ts";
import { isCard } from "../support/consent.ts";
import { type House, openHouse } from "../support/house.ts";
import { until } from "../support/servers.ts";

const GUEST = "nora";
let house: House;
let store: SlackStore;

beforeAll(async () => {
  house = await openHouse({ config: { admins: ["oliver@payready.example"] } });
  store = house.sandbox.slack.store;
  await ownProject("Initech rollout");
});
afterAll(() => house.close());

const tasks = () => house.sandbox.asana.store.tasks;
const emailOf = (gid: string | null | undefined) =>
  house.sandbox.asana.store.users.find((user) => user.gid === gid)?.email;
const gidOf = (project: string) => house.sandbox.asana.store.projects.find(({ name }) => name === project)?.gid;
const modalOf = (viewer: string) => store.views({ viewer }).modals.at(-1);
const hintsTo = (viewer: string, channel: string, threadTs: string): string[] =>
  store.messages(channel, { viewer, threadTs }).flatMap(({ ephemeralFor, text }) => (ephemeralFor ? text : []));
const asked = () => house.sandbox.board.requests("claude").length;

const partner = () => house.sandbox.world.visitors.find(({ standing }) => standing === "external")!;
const shared = () => store.channels(partner().id)[0]!.id;
const task = (line: string, user = "maya"): Promise<string> => say(`task ${line}`, user);

/** `/sophia TEXT` in #sales; what the person alone is told. */
async function say(text: string, user: string): Promise<string> {
  const outcome = await store.command({ user, channel: "sales", command: "/sophia", text });
  expect(outcome.ok).toBe(true);
  return typeof outcome.body === "string" ? outcome.body : String((outcome.body as any)?.text ?? "");
}

const acme = () => house.sandbox.world.accounts.find(({ name }) => name === "Acme")!;

/** Somebody makes a project in Asana itself. */
async function ownProject(name: string): Promise<void> {
  const { ASANA_BASE_URL: url = "", ASANA_ACCESS_TOKEN: token = "" } = house.sandbox.env;
  const { workspace, teams } = house.sandbox.asana.store as any;
  const data = { name, workspace: workspace.gid, team: teams?.[0]?.gid };
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const made = await fetch(`${url}/projects`, { method: "POST", headers, body: JSON.stringify({ data }) });
  expect(made.status).toBe(201);
}

/** The day in New York, so many days from the house's now. */
function dayIn(days: number): string {
  const at = house.sandbox.clock.now() + days * 86_400_000;
  return new Intl.DateTimeFormat("en-CA", { timeZone: "America/New_York" }).format(at);
}

/** Every message of a channel, those in threads as well. */
function all(channel: string): MessageView[] {
  const roots = store.messages(channel);
  return roots.flatMap(({ ts }) => store.messages(channel, { threadTs: ts }));
}

async function card(channel: string, words: string): Promise<MessageView> {
  const find = () => all(channel).find((message) => isCard(message) && JSON.stringify(message.blocks).includes(words));
  await until(() => find() !== undefined, `a card with ${words}`, 15_000);
  return find()!;
}

async function approve({ channel, ts, threadTs }: MessageView, user = "maya"): Promise<string> {
  await store.press({ user, channel, ts, actionId: "sophia_approve" });
  const inThread = { channel, threadTs: threadTs ?? ts };
  const last = () => house.answers(inThread).at(-1);
  await until(() => last()?.ts !== ts && /asana\.com|https?:/.test(markdownOf(last()!)), "word of the task", 15_000);
  return markdownOf(last()!);
}

describe("/sophia task", () => {
  it("makes exactly the task of a clear line, once approved, without a word to Claude", async () => {
    const before = { tasks: tasks().length, asked: asked() };
    expect(await task('"Send Acme the security pack" @priya tomorrow in Deal follow-ups high priority')).toBe("");
    const shown = await card("sales", "Send Acme the security pack");
    const words = JSON.stringify(shown.blocks);
    for (const part of ["Priya Raghunathan", dayIn(1), "Deal follow-ups", "High"]) expect(words).toContain(part);
    expect(tasks()).toHaveLength(before.tasks);
    const said = await approve(shown);
    const made = tasks().filter(({ name }) => name === "Send Acme the security pack");
    expect(tasks()).toHaveLength(before.tasks + 1);
    expect(made).toHaveLength(1);
    expect(emailOf(made[0]?.assigneeGid)).toBe("priya@payready.example");
    expect(made[0]?.dueOn).toBe(dayIn(1));
    expect(said).toContain("](https://");
    expect(asked()).toBe(before.asked);
  });

  it("writes a priority into the notes where the project has no field for it", async () => {
    expect(await task('"Book the Initech kickoff" project: Initech rollout high priority')).toBe("");
    await approve(await card("sales", "Book the Initech kickoff"));
    const made = tasks().filter(({ name }) => name === "Book the Initech kickoff");
    expect(made).toMatchObject([{ notes: "Priority: High", memberships: [{ projectGid: gidOf("Initech rollout") }] }]);
  });

  it("asks back where a line leaves two readings, and stores nothing", async () => {
    const before = (await house.turns()).length;
    expect(await task("Call Acme @priya @daniel tomorrow")).toMatch(
      /one person.*\n.*\/sophia task Call Acme @Priya Raghunathan @Daniel Whitfield tomorrow/s,
    );
    expect(await task("Call Acme yesterday")).toContain("in the past");
    expect(await task("Draft terms @nora")).toContain("Nora Feldman is a guest");
    expect(await task("Draft terms project: Nowhere")).toContain("no project “Nowhere”");
    // As it is copied out of an answer in which it is no link.
    expect(await task("Draft terms for daniel@payready.\u200Bexample")).toContain(
      "whether Daniel Whitfield is to do it",
    );
    expect(await task("")).toContain("What is to be done?");
    expect((await house.turns()).length).toBe(before);
  });

  it("leaves to Claude what takes understanding, and asks with a card all the same", async () => {
    const before = asked();
    expect(await task("Call Globex when they have signed")).toBe("");
    const shown = await card("sales", "signed");
    expect(asked()).toBeGreaterThan(before);
    expect(shown.text + JSON.stringify(shown.blocks)).toContain("Globex");
  });

  it("shows what it made out of an unclear line, in no project that nobody named", async () => {
    const lines: [string, string[]][] = [
      ["Call Acme and send the deck friday", ["Call Acme and send the deck", "Due: "]],
      ["Call Globex by christmas", ["Globex by christmas"]],
      ["Send Initech the order form if they sign", ["Send Initech the order form if they sign"]],
      ["Umbrella anrufen vendredi", ["Umbrella anrufen vendredi"]],
      ["Send Acme the price list tomorrow at 3pm", ["Send Acme the price list"]],
      [
        "Review the Globex terms and sign them in the project Deal follow-ups",
        ["Review the Globex terms and sign them", "Deal follow-ups"],
      ],
    ];
    for (const [line] of lines) expect(await task(line)).toBe("");
    for (const [line, words] of lines) {
      const shown = JSON.stringify((await card("sales", words[0] ?? line)).blocks);
      for (const word of words) expect(shown).toContain(word);
      expect(shown.includes("Deal follow-ups")).toBe(line.includes("Deal follow-ups"));
    }
  });

  it("refuses a guest, and records it", async () => {
    expect(await task("Call Acme", GUEST)).toContain("you are a guest here");
  });
});

describe("a message's shortcuts", () => {
  const shortcut = (user: string, callbackId: string, { channel, ts }: { channel: string; ts: string }) =>
    store.shortcut({ user, callbackId, channel, ts });

  it("open a form with what the message says, and make the task that is approved in its thread", async () => {
    const sent = store.send({ user: "daniel", channel: "sales", text: "<@U07GRACELIN> send Initech the DPA tomorrow" });
    expect(await shortcut("maya", "sophia_create_task", sent)).toMatchObject({ ok: true });
    const blocks = (modalOf("maya")?.blocks ?? []) as any[];
    const initial = Object.fromEntries(
      blocks.flatMap(({ block_id, element }) =>
        element ? [[block_id, element.initial_value ?? element.initial_user ?? element.initial_option?.value]] : [],
      ),
    );
    expect(initial).toMatchObject({ name: "send Initech the DPA", assignee: "U07GRACELIN", due: dayIn(1) });
    expect(initial["notes"]).toContain(`p${sent.ts.replace(".", "")}`);
    const wrong = await store.submitView({ user: "maya", values: { due: { value: "last friday" } } });
    expect(wrong.errors).toEqual({ due: expect.stringContaining("in the past") });
    const unread = await store.submitView({ user: "maya", values: { due: { value: "whenever" } } });
    expect(unread.errors).toEqual({ due: expect.stringContaining("I do not understand") });
    const values = { name: { value: "Send Initech the DPA" }, due: { value: "in two weeks" } };
    expect(await store.submitView({ user: "maya", values })).toMatchObject({ ok: true });
    const shown = await card("sales", "Send Initech the DPA");
    expect(shown.threadTs).toBe(sent.ts);
    await approve(shown);
    const [made, ...more] = tasks().filter(({ name }) => name === "Send Initech the DPA");
    expect(more).toEqual([]);
    expect(made).toMatchObject({ dueOn: dayIn(14), notes: expect.stringContaining("/archives/") });
    expect(emailOf(made?.assigneeGid)).toBe("grace@payready.example");
  });

  it("write a priority into the notes where the project has no field for it", async () => {
    const sent = store.send({ user: "daniel", channel: "sales", text: "Train the Initech team" });
    await shortcut("maya", "sophia_create_task", sent);
    const values = {
      project: { value: "Initech rollout" },
      priority: { value: "Low" },
      notes: { value: "Two hours." },
    };
    expect(await store.submitView({ user: "maya", values })).toMatchObject({ ok: true });
    await approve(await card("sales", "Train the Initech team"));
    const made = tasks().filter(({ name }) => name === "Train the Initech team");
    expect(made).toMatchObject([{ notes: "Priority: Low\n\nTwo hours." }]);
  });

  it.each([
    ["Call Acme about SSO tomorrow", { name: "Call Acme about SSO", days: 1, assignee: undefined }],
    ["Send the DPA tomorrow, for me", { name: "Send the DPA", days: 1, assignee: "U07DANIELWH" }],
    ["Send the NDA, assign to Priya Raghunathan", { name: "Send the NDA", assignee: "U07PRIYARAG" }],
    [
      "Buy a gift for <@U07GRACELIN>, assign to Priya Raghunathan",
      { name: "Buy a gift for Grace Lindqvist", assignee: "U07PRIYARAG" },
    ],
  ])("counts days from the message, and shows whose it is: %s", async (text, expected) => {
    const { name, days, assignee } = expected as { name: string; days?: number; assignee?: string };
    const sent = store.send({ user: "daniel", channel: "sales", text });
    const due = days === undefined ? undefined : dayIn(days);
    const { clock } = house.sandbox;
    const before = clock.now();
    clock.set(before + 3 * 86_400_000);
    await shortcut("maya", "sophia_create_task", sent);
    clock.set(before);
    const byId = new Map(
      ((modalOf("maya")?.blocks ?? []) as any[]).map(({ block_id, element }) => [block_id, element]),
    );
    expect(byId.get("name")?.initial_value).toBe(name);
    expect(byId.get("due")?.initial_value).toBe(due);
    expect(byId.get("assignee")?.initial_user).toBe(assignee);
    await store.closeView({ user: "maya" });
  });

  it("sum up a thread where it stands", async () => {
    const sent = store.send({ user: "daniel", channel: "sales", text: "Umbrella wants SSO before they sign." });
    store.send({ user: "grace", channel: "sales", text: "I'll send the SSO guide tomorrow.", threadTs: sent.ts });
    await shortcut("maya", "sophia_summarize", sent);
    const answers = () => house.answers({ channel: sent.channel, threadTs: sent.ts });
    await until(() => /What was taken on/.test(answers().map(markdownOf).join()), "the summary", 15_000);
    expect(answers().map(markdownOf).join()).toContain("Umbrella wants SSO");
  });

  it("answer in a direct message where another company reads the channel, its people's words as data", async () => {
    const sent = store.send({ user: partner().handle, channel: shared(), text: "We need the DPA by friday" });
    await shortcut("daniel", "sophia_create_task", sent);
    expect(JSON.stringify(modalOf("daniel")?.blocks)).toContain("We need the DPA");
    const name = "Send the DPA to the partner";
    expect(await store.submitView({ user: "daniel", values: { name: { value: name } } })).toMatchObject({ ok: true });
    const own = store.channels("U07DANIELWH").find(({ kind }) => kind === "im")!.id;
    await card(own, name);
    expect(all(shared()).filter(({ author }) => author.id === store.identity.userId)).toEqual([]);
  });

  it("refuse guests and people of other companies, and record it", async () => {
    for (const [user, channel] of [
      [GUEST, store.channels("U07NORAFELD").find(({ kind }) => kind !== "im")!.id],
      [partner().handle, shared()],
    ] as const) {
      const sent = store.send({ user, channel, text: "Call Acme" });
      const before = (await house.turns()).length;
      for (const callbackId of ["sophia_create_task", "sophia_summarize"]) await shortcut(user, callbackId, sent);
      expect(modalOf(user)).toBeUndefined();
      expect((await house.turns()).length).toBe(before);
      const words = user === GUEST ? "you are a guest here" : "my own workspace only";
      expect(hintsTo(user, channel, sent.ts)).toEqual([expect.stringContaining(words), expect.stringContaining(words)]);
      const audit = () => say(`audit <@${user === GUEST ? "U07NORAFELD" : partner().id}>`, "oliver");
      await expect
        .poll(audit, { timeout: 5_000 })
        .toMatch(/sophia_create_task.*refused[\s\S]*sophia_summarize.*refused/);
    }
  });
});

describe("talk to tasks", () => {
  it("is one card with a line for each thing that somebody took on, and a link for each", async () => {
    const root = store.send({ user: "daniel", channel: "sales", text: "We spoke with Acme about the rollout." });
    const reply = (user: string, text: string) => store.send({ user, channel: "sales", text, threadTs: root.ts });
    reply("daniel", "I'll send Acme the order form by tomorrow.");
    reply("grace", "Priya Raghunathan will check the Acme data export.");
    reply("daniel", "We need to confirm the kickoff room.");
    house.ask("@sophia make tasks of what we just agreed", { threadTs: root.ts });
    const shown = await card("sales", "Send Acme the order form");
    const words = JSON.stringify(shown.blocks);
    for (const deed of ["Check the Acme data export", "Confirm the kickoff room"]) expect(words).toContain(deed);
    for (const part of ["Daniel Whitfield", "Priya Raghunathan", dayIn(1), "Deal follow-ups", "Priority"]) {
      expect(words).toContain(part);
    }
    expect(house.answers({ channel: root.channel, threadTs: root.ts }).filter(isCard)).toHaveLength(1);
    const said = await approve(shown);
    const made = tasks().filter(({ notes }) => notes.startsWith("Priority "));
    expect(made.map(({ name }) => name).toSorted()).toEqual([
      "Check the Acme data export",
      "Confirm the kickoff room",
      "Send Acme the order form",
    ]);
    expect(said.match(/\]\(https?:/g)).toHaveLength(3);
  });

  it("counts what was forwarded into the thread", async () => {
    const request = store.send({ user: "priya", channel: "sales", text: "We need to book the Globex demo room." });
    const root = store.send({ user: "daniel", channel: "sales", text: "FYI, from Globex", shared: request });
    house.ask("@sophia make tasks of what we just agreed", { threadTs: root.ts });
    await card("sales", "Book the Globex demo room");
  });

  it("is one card for the next steps of a call as well", async () => {
    const asking = house.ask("make tasks of what we agreed on the last call with Acme", { channel: "dm" });
    expect((await house.ended(asking)).status).toBe("suspended");
    const last = house.sandbox.world.calls
      .filter(({ accountId, isPrivate }) => accountId === acme().id && !isPrivate)
      .toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))[0]!;
    const [shown, ...more] = house.answers(asking).filter(isCard);
    expect(more).toEqual([]);
    const words = JSON.stringify(shown?.blocks).toLowerCase();
    for (const { text } of last.nextSteps) expect(words).toContain(text.slice(1, 40).toLowerCase());
  });

  it("puts a customer's request into the account's project, and asks where there is none", async () => {
    const inDm = { channel: "dm", user: "daniel" };
    const none = house.ask("please turn this into a task: Globex asks for the SOC 2 report", inDm);
    expect((await house.ended(none)).status).toBe("done");
    expect(markdownOf(house.answers(none).at(-1)!)).toContain("In which project?");
    const own = house.ask("please turn this into a task: Initech asks for the SOC 2 report by tomorrow", inDm);
    expect((await house.ended(own)).status, JSON.stringify((await house.stepsOf(own)).slice(-3))).toBe("suspended");
    const words = JSON.stringify(house.answers(own).find(isCard)?.blocks);
    for (const part of ["Initech rollout", "SOC 2 report"]) expect(words).toContain(part);
    const named = "please turn this into a task: Globex asks for the SOC 2 report in the project Renewals";
    const placed = house.ask(named, inDm);
    expect((await house.ended(placed)).status).toBe("suspended");
    expect(JSON.stringify(house.answers(placed).find(isCard)?.blocks)).toContain("Renewals");
  });
});
