import { createHmac } from "node:crypto";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sandbox } from "../../sandbox/start.ts";
import { slackPath } from "../../src/slack/app.ts";
import { createHome, type EngineHome } from "../support/engines.ts";
import { answersIn, houseEnvironment, houseSandbox } from "../support/house.ts";
import { until } from "../support/servers.ts";
import { isLastOfAnswer } from "../support/answers.ts";
import { type SophiaProcess, startSophiaProcess } from "../support/sophia-process.ts";

/** Stands in every message that is sent here, and may stand in no line of the log. */
const MARK = "zanzibar-4711";

let sandbox: Sandbox;
let home: EngineHome;
let sophia: SophiaProcess;
let url: string;

beforeAll(async () => {
  [sandbox, home] = await Promise.all([houseSandbox(), createHome(undefined, undefined)]);
  sophia = await startSophiaProcess({ ...houseEnvironment(sandbox, home, "http"), SOPHIA_LOG_LEVEL: "debug" });
  url = `http://127.0.0.1:${sophia.port}${slackPath}`;
});
afterAll(async () => {
  await sophia.kill();
  await sandbox.close();
  await home.drop();
});

interface Signing {
  secret?: string;
  timestamp?: number | string;
}

const now = (): number => Math.floor(Date.now() / 1000);

function signed(body: string, { secret, timestamp }: Signing = {}): Record<string, string> {
  const at = String(timestamp ?? now());
  const key = secret ?? sandbox.env.SLACK_SIGNING_SECRET;
  const signature = `v0=${createHmac("sha256", key).update(`v0:${at}:${body}`).digest("hex")}`;
  return { "x-slack-request-timestamp": at, "x-slack-signature": signature, "content-type": "application/json" };
}

async function post(body: string, headers: Record<string, string>): Promise<number> {
  return (await fetch(url, { method: "POST", body, headers })).status;
}

const postSigned = (body: string, signing: Signing = {}): Promise<number> => post(body, signed(body, signing));

/** A mention as Slack would deliver it. */
function mention(fields: Record<string, unknown> = {}): string {
  const { store } = sandbox.slack;
  const { events } = store.send({ user: "maya", channel: "sales", text: `@sophia ${MARK}`, hold: true });
  return JSON.stringify({ ...events[0], ...fields });
}

function command(fields: Record<string, string> = {}): string {
  const { teamId } = sandbox.slack.store.identity;
  const given = { command: "/sophia", text: `ask ${MARK}`, team_id: teamId, channel_id: "C07SALES000" };
  return new URLSearchParams({ ...given, user_id: "U07MAYAOKAF", trigger_id: "1.2.3", ...fields }).toString();
}

/** A body that says nothing of its length beforehand. */
function postChunked(size: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: "POST", headers: signed("") }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.on("error", reject);
    const chunk = `${MARK} `.repeat(4_000);
    for (let sent = 0; sent < size; sent += chunk.length) call.write(chunk);
    call.end();
  });
}

const tampered = (body: string): Promise<number> => post(body.replace(MARK, `${MARK}!`), signed(body));
const elsewhere = { team_id: "T0THER", authorizations: [{ team_id: "T0THER" }] };

const refusals: [string, number, () => Promise<number>][] = [
  ["a tampered body", 401, () => tampered(mention())],
  ["a signature by another secret", 401, () => postSigned(mention(), { secret: "guessed" })],
  ["a stale timestamp", 401, () => postSigned(mention(), { timestamp: now() - 301 })],
  ["a timestamp of the future", 401, () => postSigned(mention(), { timestamp: now() + 400 })],
  ["a timestamp that is none", 401, () => postSigned(mention(), { timestamp: "soon" })],
  ["a timestamp with more to it", 401, () => postSigned(mention(), { timestamp: `${now()}.0` })],
  ["no signature", 401, () => post(mention(), { "content-type": "application/json" })],
  ["an empty signature", 401, () => post(mention(), { ...signed(""), "x-slack-signature": "v0=" })],
  ["a handshake that nobody signed", 401, () => post(`{"type":"url_verification","challenge":"${MARK}"}`, {})],
  ["a body that is too large", 413, () => postSigned(`"${MARK.repeat(200_000)}"`)],
  ["a body that grows too large", 413, () => postChunked(3_000_000)],
  ["malformed JSON", 400, () => postSigned(`{"text":"${MARK}`)],
  ["JSON that is no object", 400, () => postSigned(`["${MARK}"]`)],
  ["an event without a type", 400, () => postSigned(mention({ event: { text: MARK } }))],
  ["an event of another workspace", 403, () => postSigned(mention(elsewhere))],
  ["an event of another app", 403, () => postSigned(mention({ api_app_id: "A0THER" }))],
  [
    "a command of another workspace",
    403,
    () => {
      const body = command({ team_id: "T0THER" });
      return post(body, { ...signed(body), "content-type": "application/x-www-form-urlencoded" });
    },
  ],
  ["a command that nobody signed", 401, () => post(command(), { "content-type": "application/x-www-form-urlencoded" })],
  ["another method", 405, async () => (await fetch(url)).status],
  ["another path", 404, async () => (await fetch(`${url}/more`, { method: "POST", body: MARK })).status],
];

describe("at the real port", () => {
  it.each(refusals)("%s is refused with %i", async (_, status, send) => {
    expect(await send()).toBe(status);
  });

  it("what is right is taken after all that", async () => {
    const { store } = sandbox.slack;
    store.setRequestUrl(url);
    await store.verifyRequestUrl();
    const { ts, channel } = store.send({ user: "maya", channel: "sales", text: `@sophia hello, ${MARK}` });
    await store.waitFor(() => answersIn(sandbox, channel, ts).some(isLastOfAnswer), 10_000);
  });

  it("nothing but that is stored, and the log holds neither secrets nor anybody's words", async () => {
    await until(() => sophia.output.some((line) => line.includes('"a turn ended"')), "the end of the turn");
    expect(await sophia.stop()).toBe(0);
    const { database } = await home.createStorage();
    expect(await database.query("SELECT text FROM sophia.turns")).toEqual([{ text: `hello, ${MARK}` }]);
    expect(await database.query("SELECT count(*)::int FROM sophia.threads")).toEqual([{ count: 1 }]);
    const log = sophia.output.join("\n");
    const { SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET, ANTHROPIC_API_KEY, GONG_API_KEY, GONG_API_SECRET } = sandbox.env;
    for (const secret of [SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET, ANTHROPIC_API_KEY, GONG_API_KEY, GONG_API_SECRET])
      expect(log).not.toContain(secret);
    expect(log).not.toContain(MARK);
    expect(log).not.toMatch(/v0=[0-9a-f]{8}|payready\.example|Okafor/);
    const refused = sophia.output.map((line) => JSON.parse(line)).filter(({ level }) => level >= 40);
    expect(refused.length).toBeGreaterThanOrEqual(refusals.length - 2);
    expect(refused.every(({ reason }) => /^[a-z_]+$/.test(reason))).toBe(true);
  });
});
