// oxlint-disable unicorn/require-post-message-target-origin -- Slack's chat.postMessage, not a window's
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { WebClient } from "@slack/web-api";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/start.ts";

const START = Date.parse("2026-11-20T15:30:00Z");
let sandbox: Sandbox;
let bot: WebClient;

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 1, now: START });
  bot = new WebClient(sandbox.env.SLACK_BOT_TOKEN, { slackApiUrl: sandbox.env.SLACK_API_URL });
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

async function post(path: string, body?: unknown): Promise<{ status: number; body: any }> {
  const init =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const response = await fetch(sandbox.env.SANDBOX_CONTROL_URL + path, { method: "POST", ...init });
  return { status: response.status, body: await response.json() };
}

async function get(path: string): Promise<any> {
  return (await fetch(sandbox.env.SANDBOX_CONTROL_URL + path)).json();
}

/** With headers that fetch does not let one set. */
function raw(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(sandbox.env.SANDBOX_CONTROL_URL + path, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("error", reject).end();
  });
}

const gong = () =>
  fetch(`${sandbox.env.GONG_BASE_URL}/v2/users`, {
    headers: { authorization: `Basic ${btoa(`${sandbox.env.GONG_API_KEY}:${sandbox.env.GONG_API_SECRET}`)}` },
  });

describe("the world", () => {
  it("moves its clock for every service", async () => {
    expect(await post("/clock", { now: "2026-12-01T08:00:00Z" })).toMatchObject({ status: 200 });
    expect(Math.abs(sandbox.clock.now() - Date.parse("2026-12-01T08:00:00Z"))).toBeLessThan(2000);
    const { ts } = (await post("/slack/send", { user: "maya", channel: "sales", text: "hello" })).body;
    expect(Number(ts)).toBeGreaterThanOrEqual(Date.parse("2026-12-01T08:00:00Z") / 1000);
  });

  it("ends a call, which Gong has from then on", async () => {
    const { status, body } = await post("/gong/calls/end", { account: "Acme" });
    expect(status).toBe(200);
    expect(sandbox.gong.store.call(body.id)?.title).toBe(body.title);
  });

  it("plays faults on the service that is named, as often as told", async () => {
    await post("/faults", { service: "gong", status: 429, times: 2, retryAfter: 1 });
    const answers = [await gong(), await gong(), await gong()];
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 200]);
    expect(answers[0]?.headers.get("retry-after")).toBe("1");
  });

  it("goes back to its start", async () => {
    const ended = (await post("/gong/calls/end", {})).body;
    await post("/slack/send", { user: "maya", channel: "sales", text: "hello" });
    await post("/faults", { service: "gong", status: 500 });
    await post("/clock", { now: "2027-01-01T00:00:00Z" });
    expect(await post("/reset")).toMatchObject({ status: 200, body: { ok: true } });
    expect(sandbox.gong.store.call(ended.id)).toBeUndefined();
    expect((await get("/slack/messages?channel=sales")).messages).toEqual([]);
    expect((await gong()).status).toBe(200);
    expect(Math.abs(sandbox.clock.now() - START)).toBeLessThan(60_000);
  });

  it("shows what was sent to a service, a line each, without what would let anybody in", async () => {
    await bot.auth.test();
    await gong();
    const text = await (await fetch(`${sandbox.env.SANDBOX_CONTROL_URL}/requests?service=gong`)).text();
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ service: "gong", method: "GET", status: 200, body: "" });
    expect(lines[0].response).toContain("users");
    const everything = await (await fetch(`${sandbox.env.SANDBOX_CONTROL_URL}/requests`)).text();
    for (const name of ["SLACK_BOT_TOKEN", "GONG_API_SECRET", "ANTHROPIC_API_KEY"] as const) {
      expect(everything).not.toContain(sandbox.env[name]);
    }
    expect(everything).not.toContain(btoa(`${sandbox.env.GONG_API_KEY}:${sandbox.env.GONG_API_SECRET}`));
  });
});

describe("what somebody else changes in the services", () => {
  const deal = () => sandbox.hubspot.store.all("deals").find(({ properties }) => properties.hs_is_closed === "false");
  const task = () => sandbox.asana.store.tasks.find(({ completedAt, dueOn }) => !completedAt && dueOn);
  const placed = () => ({ deal: `/hubspot/objects/deals/${deal()?.id}`, task: `/asana/tasks/${task()?.gid}` });

  it("stands in HubSpot from then on, under that person's name", async () => {
    const before = deal()?.properties.closedate;
    const properties = { dealstage: "closedwon", amount: 1200, closedate: "2026-12-18T17:00:00Z" };
    const answer = await post(placed().deal, { properties, by: "priya" });
    expect(answer).toMatchObject({ status: 200, body: { id: expect.any(String), properties: { amount: "1200" } } });
    expect(sandbox.hubspot.store.find("deals", answer.body.id)?.properties.dealstage).toBe("closedwon");
    const { changes } = await get("/changes?service=hubspot");
    const by = sandbox.world.people.find(({ handle }) => handle === "priya")?.email;
    expect(changes.find(({ field }: any) => field === "closedate")).toMatchObject({
      service: "hubspot",
      type: "deals",
      id: answer.body.id,
      before,
      after: properties.closedate,
      by,
    });
  });

  it("stands in Asana: day, person, section and whether it is done", async () => {
    const { gid = "", memberships = [] } = task() ?? {};
    const project = sandbox.asana.store.project(memberships[0]?.projectGid ?? "");
    const section = project?.sections.at(-1);
    const change = { due_on: "2026-12-01", assignee: "priya", completed: true, section: section?.name, by: "maya" };
    expect(await post(`/asana/tasks/${gid}`, change)).toMatchObject({ status: 200, body: { gid } });
    const changed = sandbox.asana.store.task(gid);
    expect(changed).toMatchObject({ dueOn: "2026-12-01", assigneeGid: sandbox.asana.store.user("priya")?.gid });
    expect(changed?.completedByGid).toBe(sandbox.asana.store.user("maya")?.gid);
    expect(changed?.memberships[0]?.sectionGid).toBe(section?.gid);
  });

  it("is nobody's but a person's where nobody is named", async () => {
    await post(placed().task, { due_on: null });
    const { changes } = await get("/changes?service=asana");
    expect(changes.length).toBeGreaterThan(0);
    expect(changes.map(({ by }: any) => by)).not.toContain(sandbox.asana.store.me.gid);
    expect(changes[0]).toMatchObject({ field: "due_on" });
  });

  it("is told of all services in the order in which it happened, until the reset", async () => {
    await post(placed().task, { name: "Another name" });
    await post("/clock", { now: "2026-12-02T08:00:00Z" });
    sandbox.pulumi.store.updateElsewhere(`payready/billing/prod`);
    await post("/clock", { now: "2026-12-03T08:00:00Z" });
    await post(placed().deal, { properties: { hs_next_step: "Call" } });
    const told = (await get("/changes")).changes.map(({ service }: any) => service);
    expect([...new Set(told)]).toEqual(["asana", "pulumi", "hubspot"]);
    await post("/reset");
    expect(await get("/changes")).toEqual({ changes: [] });
  });

  it("meets faults in every one of them", async () => {
    for (const service of ["slack", "claude", "gong", "hubspot", "asana", "snowflake", "pinecone", "pulumi"]) {
      expect(await post("/faults", { service, status: 503 })).toMatchObject({ status: 200 });
      expect(sandbox.board.takeFault(service, "/")?.status).toBe(503);
    }
  });

  it.each<[keyof ReturnType<typeof placed>, unknown, RegExp]>([
    ["deal", {}, /properties: /],
    ["deal", { properties: {} }, /at least one/],
    ["deal", { properties: { amount: 1 }, by: "nobody" }, /Nobody is called "nobody"; there are .*maya/],
    ["deal", { properties: { dealstage: "closedlost" } }, /closed_lost_reason: .*required/],
    ["deal", { properties: { dealstage: "won" } }, /^dealstage: won was not .*\[appointmentscheduled \(Discovery\), /],
    ["deal", { properties: { nonsense: "1" } }, /nonsense: .*does not exist/],
    ["task", {}, /due_on/],
    ["task", { due_on: "soon" }, /^due_on: /],
    ["task", { due_at: "soon" }, /^due_at: /],
    ["task", { colour: "red" }, /^colour: /],
    ["task", { assignee: "nobody" }, /Nobody is called/],
    ["task", { section: "Nowhere" }, /section: there is no "Nowhere".*; there are /],
  ])("refuses for a %s %j", async (what, body, message) => {
    const answer = await post(placed()[what], body);
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringMatching(message) } });
    expect(await get("/changes")).toEqual({ changes: [] });
  });

  it("tells what is not there from what is wrong", async () => {
    const properties = { amount: "1" };
    expect(await post("/hubspot/objects/deals/1", { properties })).toMatchObject({ status: 404 });
    expect(await post("/asana/tasks/1", { name: "x" })).toMatchObject({ status: 404 });
    const type = await post("/hubspot/objects/tickets/1", { properties });
    expect(type).toMatchObject({ status: 400, body: { error: expect.stringMatching(/tickets.*deals/) } });
    expect((await get("/changes?service=gong")).error).toMatch(/hubspot, asana, snowflake, pinecone, pulumi/);
  });
});

describe("what a person does in Slack", () => {
  it("is seen in the channel, replies and all", async () => {
    const sent = (await post("/slack/send", { user: "maya", channel: "sales", text: "@sophia hello" })).body;
    await bot.apiCall("chat.postMessage", { channel: sent.channel, thread_ts: sent.ts, text: "Hello *Maya*" });
    await post("/slack/edit", { user: "maya", channel: "sales", ts: sent.ts, text: "@sophia good morning" });
    const { messages } = await get("/slack/messages?channel=sales");
    expect(messages.map((message: any) => [message.author.name, message.readable, message.threadTs])).toEqual([
      ["Maya Okafor", "@sophia good morning", null],
      ["Sophia", "Hello *Maya*", sent.ts],
    ]);
    const thread = await get(`/slack/messages?channel=sales&threadTs=${sent.ts}`);
    expect(thread.messages).toHaveLength(2);
  });

  it("goes on in a modal, which is filled in, submitted and closed", async () => {
    const payloads: any[] = [];
    const app = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => {
        const payload = JSON.parse(new URLSearchParams(body).get("payload") ?? "{}");
        if (payload.trigger_id) payloads.push(payload);
        const isRefused = payload.type === "view_submission" && payload.view.state.values.why.v.value === "No";
        const answer = isRefused ? JSON.stringify({ response_action: "errors", errors: { why: "Say more" } }) : "";
        response.setHeader("content-type", "application/json").end(answer);
      });
    });
    await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
    sandbox.slack.store.setRequestUrl(`http://127.0.0.1:${(app.address() as AddressInfo).port}/`);
    try {
      const plain = (text: string) => ({ type: "plain_text" as const, text });
      const button = { type: "button" as const, action_id: "edit", text: plain("Edit") };
      const blocks = [{ type: "actions" as const, elements: [button] }];
      const { ts } = await bot.chat.postMessage({ channel: "C07SALES000", text: "May I?", blocks });
      const chosen = { user: "maya", channel: "sales", ts, callbackId: "sum_up" };
      expect((await post("/slack/shortcut", chosen)).body).toEqual({ ok: true });
      expect(payloads.at(-1)).toMatchObject({ type: "message_action", callback_id: "sum_up", message_ts: ts });
      payloads.length = 0;
      await post("/slack/press", { user: "maya", channel: "sales", ts, actionId: "edit" });
      const element = { type: "plain_text_input" as const, action_id: "v" };
      const input = { type: "input" as const, block_id: "why", label: plain("Why"), element };
      const view = { type: "modal" as const, title: plain("Edit"), submit: plain("Save"), blocks: [input] };
      await bot.views.open({ trigger_id: payloads[0].trigger_id, view });
      const [{ id: viewId, title }] = (await get("/slack/views?user=maya")).modals;
      expect(title.text).toBe("Edit");
      const submit = (v: string) => post("/slack/submit", { user: "maya", viewId, values: { why: { v } } });
      expect((await submit("No")).body).toEqual({ ok: false, errors: { why: "Say more" } });
      expect((await submit("")).body).toEqual({ ok: false, errors: { why: "Please complete this required field." } });
      expect(await submit("Because")).toEqual({ status: 200, body: { ok: true } });
      expect(payloads.at(-1).view.state.values.why.v.value).toBe("Because");
      expect((await get("/slack/views?user=maya")).modals).toEqual([]);

      await post("/slack/press", { user: "maya", channel: "sales", ts, actionId: "edit" });
      await bot.views.open({ trigger_id: payloads.at(-1).trigger_id, view });
      expect((await post("/slack/close", { user: "oliver" })).status).toBe(400);
      expect((await post("/slack/close", { user: "maya" })).body).toEqual({ ok: true });
      expect((await get("/slack/views?user=maya")).modals).toEqual([]);
    } finally {
      sandbox.slack.store.setRequestUrl(undefined);
      app.close();
      app.closeAllConnections();
    }
  });

  it("comes back as an error where Sophia is not running", async () => {
    const answer = await post("/slack/command", { user: "maya", channel: "sales", command: "/sophia", text: "help" });
    expect(answer).toMatchObject({
      status: 504,
      body: { ok: false, error: expect.stringContaining("operation_timeout") },
    });
  });
});

describe("what it refuses", () => {
  it.each<[string, unknown, RegExp]>([
    ["/clock", { now: "tomorrow" }, /now: /],
    ["/clock", {}, /now: /],
    ["/faults", { service: "salesforce", status: 500 }, /service: .*slack/],
    ["/faults", { service: "gong" }, /status, latencyMs or drop/],
    ["/faults", { service: "gong", status: 200 }, /status: /],
    ["/faults", { service: "gong", stauts: 500 }, /stauts/],
    ["/gong/calls/end", { account: "Nobody Inc" }, /Nobody Inc/],
    ["/slack/send", { user: "nobody", channel: "sales", text: "x" }, /nobody/],
    ["/slack/send", { user: "maya", channel: "nowhere", text: "x" }, /nowhere/],
    ["/slack/send", { user: "maya", channel: "sales" }, /say text, files, or both/],
    ["/slack/send", { user: "maya", channel: "sales", shared: { channel: "sales", ts: "1.2" } }, /1\.2 to forward/],
    ["/slack/press", { user: "maya", channel: "sales", ts: "1.2", actionId: "a" }, /1\.2/],
    ["/slack/press", { user: "maya", actionId: "a" }, /channel and ts, or viewId/],
    ["/slack/submit", { user: "maya", values: { b: "x" } }, /values\.b: /],
    ["/slack/submit", { user: "maya" }, /no such view open/],
    ["/slack/close", { user: "nobody" }, /nobody/],
  ])("%s %j", async (path, body, message) => {
    const answer = await post(path, body);
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringMatching(message) } });
  });

  it("bodies that are not JSON, unknown services and unknown paths", async () => {
    const url = sandbox.env.SANDBOX_CONTROL_URL;
    const text = await fetch(`${url}/clock`, {
      method: "POST",
      body: "now=1",
      headers: { "content-type": "text/plain" },
    });
    expect(text.status).toBe(400);
    const broken = await fetch(`${url}/clock`, {
      method: "POST",
      body: "{",
      headers: { "content-type": "application/json" },
    });
    expect(await broken.json()).toMatchObject({ error: expect.stringContaining("not valid JSON") });
    expect((await fetch(`${url}/requests?service=x`)).status).toBe(400);
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    expect((await fetch(`${url}/..%2fstart.ts`)).status).toBe(404);
  });

  it("foreign names and foreign pages", async () => {
    const { host } = new URL(sandbox.env.SANDBOX_CONTROL_URL);
    expect(await raw("/requests", { host })).toBe(200);
    expect(await raw("/requests", { host: "rebound.example" })).toBe(403);
    expect(await raw("/requests", { host, origin: "https://evil.example" })).toBe(403);
    expect(await raw("/requests", { host, origin: `http://${host}` })).toBe(200);
  });
});
