import { createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startSophia, type Sophia } from "../support/slack-sophia.ts";
import { MAYA, SALES, SIGNING_SECRET, startTestSlack, type StartedSlack } from "../support/slack-stand-in.ts";

let slack: StartedSlack;
let sophia: Sophia;

beforeEach(async () => {
  slack = await startTestSlack({ retryDelaysMs: [0] });
  sophia = await startSophia(slack, "http");
  slack.store.setRequestUrl(sophia.url);
});

afterEach(async () => {
  await sophia.close();
  await slack.close();
});

interface Signing {
  secret?: string;
  timestamp?: number | string;
}

function headersFor(body: string, { secret = SIGNING_SECRET, timestamp }: Signing = {}): Record<string, string> {
  const at = String(timestamp ?? Math.floor(Date.now() / 1000));
  const signature = `v0=${createHmac("sha256", secret).update(`v0:${at}:${body}`).digest("hex")}`;
  return { "x-slack-request-timestamp": at, "x-slack-signature": signature, "content-type": "application/json" };
}

async function post(body: string, headers: Record<string, string>): Promise<number> {
  return (await fetch(sophia.url, { method: "POST", body, headers })).status;
}

function mention(fields: Record<string, unknown> = {}): string {
  const { events } = slack.store.send({ user: MAYA, channel: SALES, text: "@sophia hello", hold: true });
  return JSON.stringify({ ...events[0], ...fields });
}

const now = (): number => Math.floor(Date.now() / 1000);

it("takes what Slack signed", async () => {
  await slack.store.verifyRequestUrl();
  slack.store.send({ user: MAYA, channel: SALES, text: "@sophia hello" });
  await slack.store.settled();
  expect(sophia.turns.all()).toMatchObject([{ text: "hello" }]);
});

it.for<[string, number, (body: string) => Promise<number>]>([
  ["a tampered body", 401, (body) => post(body.replace("hello", "hallo"), headersFor(body))],
  ["another secret", 401, (body) => post(body, headersFor(body, { secret: "guessed" }))],
  ["a stale timestamp", 401, (body) => post(body, headersFor(body, { timestamp: now() - 301 }))],
  ["a timestamp of the future", 401, (body) => post(body, headersFor(body, { timestamp: now() + 400 }))],
  ["a timestamp that is none", 401, (body) => post(body, headersFor(body, { timestamp: "soon" }))],
  ["no signature", 401, (body) => post(body, { "content-type": "application/json" })],
  ["a body that is too large", 413, () => post("x".repeat(2_000_000), headersFor(""))],
  ["malformed JSON", 400, () => post("{oh", headersFor("{oh"))],
  ["JSON that is no object", 400, () => post("null", headersFor("null"))],
  [
    "an event without a type",
    400,
    () => {
      const body = mention({ event: null });
      return post(body, headersFor(body));
    },
  ],
  [
    "another workspace",
    403,
    () => {
      const body = mention({ team_id: "T0THER", authorizations: [{ team_id: "T0THER" }] });
      return post(body, headersFor(body));
    },
  ],
  [
    "another app",
    403,
    () => {
      const body = mention({ api_app_id: "A0THER" });
      return post(body, headersFor(body));
    },
  ],
])("refuses %s with %i and stores nothing", async ([, status, request]) => {
  expect(await request(mention())).toBe(status);
  expect(sophia.turns.submissions).toBe(0);
});

it("answers 5xx where the turn could not be stored, and takes the redelivery", async () => {
  const body = mention();
  sophia.turns.failures = 1;
  expect(await post(body, headersFor(body))).toBe(500);
  expect(await post(body, headersFor(body))).toBe(200);
  expect(sophia.turns.all()).toHaveLength(1);
});

it("says that it lives and that it is ready", async () => {
  const origin = new URL(sophia.url).origin;
  expect(await (await fetch(`${origin}/healthz`)).json()).toEqual({ status: "ok" });
  expect((await fetch(`${origin}/readyz`)).status).toBe(200);
  expect((await fetch(`${origin}/slack/other`, { method: "POST" })).status).toBe(404);
  expect((await fetch(sophia.url)).status).toBe(405);
});
