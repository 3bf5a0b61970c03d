/** Webhooks of the three services as they come on a bad day: shuffled, repeated, and among forged ones. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { Agent, request } from "node:http";
import { gongKeys } from "../../sandbox/webhooks/gong-rule.ts";
import { asanaSignature, gongToken, hubspotHeaders } from "../../sandbox/webhooks/signatures.ts";
import { createRandom, type Random } from "../../sandbox/world/random.ts";
import { createSealer } from "../../src/accounts/sealing.ts";
import { systemClock } from "../../src/core/clock.ts";
import { readPublicKey } from "../../src/core/public-key.ts";
import { createLogger } from "../../src/observability/log.ts";
import { createHttpFront } from "../../src/slack/http-front.ts";
import { createAsanaHookRecords } from "../../src/storage/asana-hooks.ts";
import type { Database } from "../../src/storage/database.ts";
import { createEvents } from "../../src/storage/events.ts";
import { hookContext } from "../../src/webhooks/known-hooks.ts";
import { createWebhooks } from "../../src/webhooks/index.ts";

interface Webhook {
  path: string;
  headers: Record<string, string>;
  body: string;
  isForged: boolean;
  /** What it truly tells of, as `source objectId`. */
  tells: readonly string[];
}

export interface StormResult {
  /** What there was to be known, and what is in the inbox. */
  expected: string[];
  stored: string[];
  /** By status, of the true ones and of the forged. */
  answers: { true: Record<number, number>; forged: Record<number, number> };
  timesMs: number[];
}

interface House {
  url: string;
  privateKey: Parameters<typeof gongToken>[0]["privateKey"];
  hubspotSecret: string;
  hooks: { id: string; secret: string }[];
}

const shares = { forged: 0.1, repeated: 1 / 3 };

/** Sends `count` webhooks, `lanes` at a time, to the routes on this database. */
export async function runStorm(database: Database, count: number, lanes: number): Promise<StormResult> {
  const sealer = createSealer([randomBytes(32)]);
  const asanaHooks = createAsanaHookRecords(database, systemClock);
  const keys = await gongKeys();
  let port = 0;
  const hubspotSecret = "storm-hubspot-secret";
  const { routes } = createWebhooks({
    settings: { gongPublicKey: readPublicKey(keys.publicKey), hubspotSecret },
    publicUrl: () => `http://127.0.0.1:${port}`,
    events: createEvents(database, systemClock),
    asanaHooks,
    sealer,
    onEvents: () => {},
    logger: createLogger({ level: "silent" }),
  });
  const front = createHttpFront({
    port: 0,
    host: "127.0.0.1",
    logger: createLogger({ level: "silent" }),
    routes,
    readiness: () => ({}),
  });
  port = await front.start();
  const hooks = Array.from({ length: 5 }, () => ({
    id: randomBytes(16).toString("hex"),
    secret: randomBytes(32).toString("hex"),
  }));
  for (const [index, { id, secret }] of hooks.entries()) {
    await asanaHooks.begin(id, `project ${index}`, 60_000);
    await asanaHooks.keepSecret(id, sealer.seal(secret, hookContext(id)));
    await asanaHooks.made(id, `${index}`);
  }
  const url = `http://127.0.0.1:${port}`;
  const webhooks = makeStorm({ url, privateKey: keys.privateKey, hubspotSecret, hooks }, count);
  try {
    const sent = await sendAll(url, webhooks, lanes);
    const rows = await database.query<{ told: string }>("SELECT source || ' ' || object_id AS told FROM sophia.events");
    const expected = [...new Set(webhooks.flatMap(({ tells }) => tells))];
    return { expected: expected.toSorted(), stored: rows.map(({ told }) => told).toSorted(), ...sent };
  } finally {
    await front.stop();
  }
}

function makeStorm(house: House, count: number): Webhook[] {
  const random = createRandom("storm", count);
  const forged = Math.round(count * shares.forged);
  const repeated = Math.round((count - forged) * shares.repeated);
  const sources = [gongWebhook, hubspotWebhook, asanaWebhook];
  const make = (n: number, attempt: number): Webhook =>
    (sources[n % 3] ?? gongWebhook)(house, n, attempt, createRandom("storm webhook", n));
  const distinct = count - forged - repeated;
  const all = [
    ...Array.from({ length: distinct }, (_, n) => make(n, 0)),
    ...Array.from({ length: repeated }, (_, n) => make(random.int(0, distinct - 1), n + 1)),
    ...Array.from({ length: forged }, (_, n) => forge(house, make(count + n, 0), n)),
  ];
  for (let index = all.length - 1; index > 0; index--) {
    const other = random.int(0, index);
    [all[index], all[other]] = [all[other] as Webhook, all[index] as Webhook];
  }
  return all;
}

function gongWebhook({ url, privateKey }: House, n: number): Webhook {
  const id = `7${String(n).padStart(18, "0")}`;
  const started = new Date(Date.UTC(2026, 10, 20) + n * 1_000).toISOString();
  const body = JSON.stringify({
    callData: { metaData: { id, title: `Call ${n}`, started, duration: 600 } },
    isTest: false,
  });
  const path = "/webhooks/gong";
  const token = gongToken({ privateKey, url: `${url}${path}`, body, issuedAt: Math.floor(Date.now() / 1000) });
  return { path, headers: { authorization: token }, body, isForged: false, tells: [`gong ${id}`] };
}

function hubspotWebhook({ url, hubspotSecret }: House, n: number, attempt: number, random: Random): Webhook {
  const changes = Array.from({ length: random.int(1, 4) }, (_, index) => ({
    // Not unique, as HubSpot warns.
    eventId: 100 + (n % 7),
    subscriptionId: 42,
    portalId: 1,
    appId: 2,
    occurredAt: 1_795_000_000_000 + n,
    subscriptionType: "deal.propertyChange",
    attemptNumber: attempt,
    objectId: n * 10 + index,
    propertyName: "amount",
    propertyValue: "1000",
    changeSource: "CRM_UI",
  }));
  const path = "/webhooks/hubspot";
  const body = JSON.stringify(changes);
  const headers = hubspotHeaders({
    secret: hubspotSecret,
    url: `${url}${path}`,
    body,
    timestamp: Date.now() - (attempt % 60) * 1_000,
  });
  return { path, headers, body, isForged: false, tells: changes.map(({ objectId }) => `hubspot ${objectId}`) };
}

/** A task in several projects is told of by the hook of each: a repetition comes by another hook. */
function asanaWebhook({ hooks }: House, n: number, attempt: number): Webhook {
  const { id, secret } = hooks[(n + attempt) % hooks.length] as House["hooks"][number];
  const event = {
    user: { gid: "1", resource_type: "user" },
    created_at: new Date(Date.UTC(2026, 10, 21) + n).toISOString(),
    action: "changed",
    resource: { gid: `12${n}`, resource_type: "task", resource_subtype: "default_task" },
    parent: null,
    change: { field: "completed", action: "changed" },
  };
  const body = JSON.stringify({ events: [event] });
  const headers = { "x-hook-signature": asanaSignature(secret, body) };
  return { path: `/webhooks/asana/${id}`, headers, body, isForged: false, tells: [`asana 12${n}`] };
}

const { privateKey: anotherKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** One that would tell of something, if anybody believed it. */
function forge(house: House, webhook: Webhook, n: number): Webhook {
  const { path, headers, body } = webhook;
  const url = `${house.url}${path}`;
  const issuedAt = Math.floor(Date.now() / 1000);
  const token = { privateKey: house.privateKey, url, body, issuedAt };
  const [first, second] = house.hooks as [House["hooks"][number], House["hooks"][number]];
  const signed = { secret: house.hubspotSecret, url, body };
  const forgeries: Record<string, (() => Partial<Webhook>)[]> = {
    "/webhooks/gong": [
      () => ({ headers: { authorization: gongToken({ ...token, privateKey: anotherKey }) } }),
      () => ({ headers: { authorization: gongToken({ ...token, lifeSeconds: -1 }) } }),
      () => ({ headers: { authorization: gongToken({ ...token, url: "https://elsewhere.example/webhooks/gong" }) } }),
      () => ({ body: body.replace("Call", "Deal") }),
    ],
    "/webhooks/hubspot": [
      () => ({ headers: hubspotHeaders({ ...signed, secret: "another", timestamp: Date.now() }) }),
      () => ({ headers: hubspotHeaders({ ...signed, timestamp: Date.now() - 301_000 }) }),
      () => ({ headers: hubspotHeaders({ ...signed, timestamp: Date.now() + 120_000 }) }),
      () => ({ body: body.replace('"1000"', '"9999"') }),
    ],
    asana: [
      () => ({ headers: { "x-hook-signature": asanaSignature("another", body) } }),
      () => ({
        path: `/webhooks/asana/${first.id}`,
        headers: { "x-hook-signature": asanaSignature(second.secret, body) },
      }),
      () => ({ path: `/webhooks/asana/${randomBytes(16).toString("hex")}` }),
      () => ({ headers: { ...headers, "x-hook-secret": "another" } }),
    ],
  };
  const ways = forgeries[path] ?? forgeries["asana"] ?? [];
  return { ...webhook, ...ways[Math.floor(n / 3) % ways.length]?.(), isForged: true, tells: [] };
}

async function sendAll(
  url: string,
  webhooks: readonly Webhook[],
  lanes: number,
): Promise<Pick<StormResult, "answers" | "timesMs">> {
  const agent = new Agent({ keepAlive: true, maxSockets: lanes });
  const answers: StormResult["answers"] = { true: {}, forged: {} };
  const timesMs: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let webhook = webhooks[next++]; webhook; webhook = webhooks[next++]) {
      const startedAt = performance.now();
      const status = await post(agent, url, webhook);
      timesMs.push(performance.now() - startedAt);
      const counts = answers[webhook.isForged ? "forged" : "true"];
      counts[status] = (counts[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  agent.destroy();
  return { answers, timesMs };
}

function post(agent: Agent, url: string, { path, headers, body }: Webhook): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}${path}`,
      { method: "POST", agent, headers: { ...headers, "content-type": "application/json" } },
      (response) => {
        response.resume();
        response.once("end", () => resolve(response.statusCode ?? 0));
      },
    );
    sent.once("error", reject);
    sent.end(body);
  });
}
