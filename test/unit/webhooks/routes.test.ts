import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import { Writable } from "node:stream";
import { pino } from "pino";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createSealer } from "../../../src/accounts/sealing.ts";
import { createHttpFront, type HttpFront } from "../../../src/slack/http-front.ts";
import type { InboundEvent } from "../../../src/storage/events.ts";
import { BodyRoom, createRoute, type Source, type Told, type WebhookHandler } from "../../../src/webhooks/delivery.ts";
import { gatheredAdd } from "../../../src/webhooks/gathered-add.ts";
import { createWebhooks } from "../../../src/webhooks/index.ts";

let front: HttpFront | undefined;
afterEach(() => front?.stop());

const lines: string[] = [];
const logger = pino(
  { level: "info", base: undefined },
  new Writable({ write: (chunk: Buffer, _, done) => done(void lines.push(chunk.toString())) }),
);

async function serve(routes: Record<string, WebhookHandler>): Promise<string> {
  lines.length = 0;
  front = createHttpFront({ port: 0, host: "127.0.0.1", logger, routes, readiness: () => ({}) });
  return `http://127.0.0.1:${await front.start()}`;
}

const event = (key: string): InboundEvent => ({
  key,
  source: "gong",
  kind: "call.processed",
  objectId: key,
  occurredAt: new Date(0),
  data: {},
});
const events = { add: async (told: readonly InboundEvent[]) => told.filter(({ key }) => key !== "known").length };
const hooks = { all: async () => [], keepSecret: async () => false, secretOf: async () => undefined };
const shared = { events, asanaHooks: hooks, sealer: createSealer([]), onEvents: () => {}, logger };

describe("a webhook's route", () => {
  it("answers once what it tells is stored, and wakes who waits for something new", async () => {
    let woken = 0;
    const tells = (told: Told["events"]) =>
      createRoute("gong", async () => ({ events: told, ignored: 0 }), { events, onEvents: () => woken++, logger });
    const url = await serve({
      "/new": tells([event("a"), event("known")]),
      "/known": tells([event("known")]),
      "/none": tells([]),
    });
    const answers = await Promise.all(["/known", "/none", "/new"].map((path) => fetch(url + path, { method: "POST" })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(woken).toBe(1);
  });

  it("has the service send again what could not be stored, and says nothing of why", async () => {
    const broken = { add: () => Promise.reject(new Error("password=hunter2")) };
    const url = await serve({
      "/x": createRoute("gong", async () => ({ events: [event("a")], ignored: 0 }), {
        events: broken,
        onEvents: () => {},
        logger,
      }),
    });
    const answer = await fetch(`${url}/x`, { method: "POST" });
    expect([answer.status, await answer.text()]).toEqual([500, ""]);
  });

  it("reads no more than a megabyte", async () => {
    let size = 0;
    const source: Source = async ({ body }) => {
      size = (await body()).length;
      return { events: [], ignored: 0 };
    };
    const url = await serve({ "/x": createRoute("gong", source, { events, onEvents: () => {}, logger }) });
    const send = async (bytes: number) =>
      (await fetch(`${url}/x`, { method: "POST", body: Buffer.alloc(bytes, "x") })).status;
    expect([await send(1024 * 1024), size]).toEqual([200, 1024 * 1024]);
    expect(await send(1024 * 1024 + 1)).toBe(413);
  });

  /** One that has begun to send its body, and is not done. */
  const begin = (url: string, bytes: number, headers: Record<string, string> = {}): ClientRequest => {
    const request = httpRequest(url, { method: "POST", headers });
    request.on("error", () => {});
    request.write(Buffer.alloc(bytes, "x"));
    return request;
  };
  const answerTo = async (request: ClientRequest): Promise<IncomingMessage> => {
    const [answer] = (await once(request, "response")) as [IncomingMessage];
    return answer.resume();
  };
  const reading: Source = async ({ body }) => {
    await body();
    return { events: [], ignored: 0 };
  };

  it("holds only so much of what is sent at once, and has the others come again", async () => {
    const room = new BodyRoom(1_000);
    const take = vi.spyOn(room, "take");
    const route = createRoute("gong", reading, { events, onEvents: () => {}, logger, room });
    const url = await serve({ "/x": route });
    const first = begin(`${url}/x`, 600);
    await expect.poll(() => take.mock.calls.length).toBe(1);
    const { statusCode, headers } = await answerTo(begin(`${url}/x`, 600));
    expect([statusCode, headers["retry-after"]]).toEqual([503, "15"]);
    first.end();
    expect((await answerTo(first)).statusCode).toBe(200);
    const second = begin(`${url}/x`, 1_000);
    second.end();
    expect((await answerTo(second)).statusCode).toBe(200);
  });

  it("says of one that is broken off no more than of others that are refused, and lets go of it", async () => {
    const room = new BodyRoom(1_000);
    const take = vi.spyOn(room, "take");
    const give = vi.spyOn(room, "give");
    const url = await serve({ "/x": createRoute("gong", reading, { events, onEvents: () => {}, logger, room }) });
    for (const times of [1, 2, 3]) {
      const request = begin(`${url}/x`, 600);
      await expect.poll(() => take.mock.calls.length).toBe(times);
      request.destroy();
      await expect.poll(() => give.mock.calls.length).toBe(times);
    }
    expect(take.mock.results.map(({ value }) => value)).toEqual([true, true, true]);
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ level: 40, status: 400, reason: "it was broken off" }),
    ]);
  });

  it.each([
    ["hubspot", "/webhooks/hubspot", {}],
    [
      "hubspot, late",
      "/webhooks/hubspot",
      { "x-hubspot-signature-v3": "x", "x-hubspot-request-timestamp": "1000000000000" },
    ],
    ["asana", `/webhooks/asana/${"a".repeat(32)}`, { "x-hook-signature": "x" }],
    ["gong", "/webhooks/gong", { authorization: "a.b.c" }],
  ])("is not waited for where its headers cannot be the service's: %s", async (_, path, headers) => {
    const { publicKey: gongPublicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const settings = { hubspotSecret: "s", gongPublicKey };
    const url = await serve(createWebhooks({ ...shared, settings, publicUrl: () => "http://x" }).routes);
    expect((await answerTo(begin(url + path, 600, headers))).statusCode).toBe(401);
  });
});

describe("the routes of a house", () => {
  it("tell the operator once what is missing, and nobody else anything", async () => {
    const { routes } = createWebhooks({ ...shared, settings: {}, publicUrl: () => undefined });
    const url = await serve(routes);
    for (let times = 0; times < 2; times++) {
      for (const name of ["gong", "hubspot"]) {
        const answer = await fetch(`${url}/webhooks/${name}`, { method: "POST", body: "secret words" });
        expect([answer.status, await answer.text()]).toEqual([404, ""]);
      }
    }
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain("GONG_WEBHOOK_PUBLIC_KEY");
    expect(lines[1]).toContain("HUBSPOT_WEBHOOK_SECRET");
  });

  it("cannot verify anything without an address of their own", async () => {
    const { routes } = createWebhooks({ ...shared, settings: { hubspotSecret: "s" }, publicUrl: () => undefined });
    const url = await serve(routes);
    expect((await fetch(`${url}/webhooks/hubspot`, { method: "POST" })).status).toBe(503);
    expect(lines.join("")).toContain("SOPHIA_PUBLIC_URL");
  });

  it("log a refusal in a line, without what came", async () => {
    const { routes } = createWebhooks({ ...shared, settings: { hubspotSecret: "s" }, publicUrl: () => "http://x" });
    const url = await serve(routes);
    const body = "what somebody wrote";
    expect((await fetch(`${url}/webhooks/hubspot`, { method: "POST", body })).status).toBe(401);
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ source: "hubspot", status: 401, reason: "it has no signature of version 3" }),
    ]);
    expect(lines.join("")).not.toContain(body);
  });

  it("log the same refusal once a minute, with how many there were", async () => {
    let now = 0;
    const given = { settings: { hubspotSecret: "s" }, publicUrl: () => "http://x", clock: { now: () => now } };
    const url = await serve(createWebhooks({ ...shared, ...given }).routes);
    const post = (path: string) => fetch(url + path, { method: "POST" });
    const paths = ["a", "b", "c"].map((letter) => `/webhooks/asana/${letter.repeat(32)}`);
    for (const path of [...paths, "/webhooks/hubspot", ...paths]) await post(path);
    now = 60_000;
    await post("/webhooks/asana/none");
    await post(paths[0] ?? "");
    const said = lines.map((line) => JSON.parse(line) as { reason: string; unsaid?: number });
    expect(said.map(({ reason, unsaid }) => [reason, unsaid])).toEqual([
      ["no such hook is ours", undefined],
      ["it has no signature of version 3", undefined],
      ["its address is none of ours", undefined],
      ["no such hook is ours", 5],
    ]);
  });

  it.for([
    ["POST", "/webhooks/asana/", 404],
    ["POST", "/webhooks/asana", 404],
    ["POST", "/webhooks/asana/a/b", 404],
    ["GET", `/webhooks/asana/${"a".repeat(32)}`, 405],
    ["POST", `/webhooks/asana/${"a".repeat(32)}`, 401],
    ["POST", "/webhooks/__proto__", 404],
  ] as const)("have one level below Asana's folder: %s %s", async ([method, path, status]) => {
    const url = await serve(createWebhooks({ ...shared, settings: {}, publicUrl: () => undefined }).routes);
    expect((await fetch(url + path, { method })).status).toBe(status);
  });
});

describe("gathering", () => {
  it("stores together what comes while a statement is under way", async () => {
    const sizes: number[] = [];
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const add = gatheredAdd({
      add: async (told) => {
        sizes.push(told.length);
        if (sizes.length === 1) await held;
        return told.length;
      },
    });
    const all = Array.from({ length: 600 }, (_, n) => add([event(`k${n}`)]));
    release();
    expect((await Promise.all(all)).slice(0, 2)).toEqual([1, 500]);
    expect(await add([])).toBe(0);
    expect(sizes).toEqual([1, 500, 99]);
  });

  it("fails for those alone whose events cannot be stored", async () => {
    const add = gatheredAdd({
      add: async (told) => {
        if (told.some(({ key }) => key === "bad")) throw new Error("bad");
        return told.length;
      },
    });
    const ended = await Promise.allSettled(["a", "b", "bad", "c"].map((key) => add([event(key)])));
    expect(ended.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    expect(await add([event("d")])).toBe(1);
  });
});
