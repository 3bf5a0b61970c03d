import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { asanaSignature } from "../../../sandbox/webhooks/signatures.ts";
import { createSealer } from "../../../src/accounts/sealing.ts";
import type { AsanaHooks } from "../../../src/storage/asana-hooks.ts";
import type { Sealed } from "../../../src/storage/connections.ts";
import { createAsanaSource } from "../../../src/webhooks/asana.ts";
import { hookContext } from "../../../src/webhooks/known-hooks.ts";
import { delivery } from "../../support/webhooks.ts";

const sealer = createSealer([randomBytes(32)]);
const [ours, other, pending] = ["a", "b", "c"].map((letter) => letter.repeat(32)) as [string, string, string];
const secrets = new Map([ours, other].map((id) => [id, randomBytes(32).toString("hex")]));
const records = new Map(
  [...secrets].map(([id, secret]): [string, Sealed] => [id, sealer.seal(secret, hookContext(id))]),
);
/** Ids for which a record stands, with its secret or without. */
const standing = new Set([ours, other, pending]);
let looks = 0;
let now = 0;
const clock = { now: () => now };
const wait = async (ms: number) => void (now += ms);
const hook = (id: string) => ({ id, projectGid: id, gid: null, begunAt: new Date(0), pendingUntil: null });
const hooks: Pick<AsanaHooks, "all" | "secretOf" | "keepSecret"> = {
  all: async () => {
    looks += 1;
    return [...standing].map(hook);
  },
  secretOf: async (id: string) => records.get(id),
  keepSecret: async (id: string, sealed: Sealed) => {
    if (id !== pending || records.has(id)) return false;
    records.set(id, sealed);
    return true;
  },
};
const source = createAsanaSource({ hooks, sealer, clock, wait });

const completed = {
  user: { gid: "77", resource_type: "user" },
  created_at: "2026-11-22T10:00:00.123Z",
  action: "changed",
  resource: { gid: "4711", resource_type: "task", resource_subtype: "default_task" },
  parent: null,
  change: { field: "completed", action: "changed" },
};
const comment = {
  ...completed,
  action: "added",
  resource: { gid: "99", resource_type: "story", resource_subtype: "comment_added" },
  parent: { gid: "4711", resource_type: "task", resource_subtype: "default_task" },
  change: undefined,
};

function send(events: unknown[], { id = ours, signedFor = id }: { id?: string; signedFor?: string } = {}) {
  const body = JSON.stringify({ events });
  const signature = asanaSignature(secrets.get(signedFor) ?? "none", body);
  return source(delivery(`/webhooks/asana/${id}`, body, { "x-hook-signature": signature }));
}

describe("Asana's webhook", () => {
  it("tells of tasks that were completed, given to another, put off and commented on, and of nothing else", async () => {
    const changed = (field: string, more: object = {}) => ({
      ...completed,
      change: { field, action: "changed", ...more },
    });
    const { events, ignored } = await send([
      completed,
      changed("assignee", { new_value: { gid: "88", resource_type: "user" } }),
      changed("due_on"),
      changed("due_at"),
      comment,
      changed("name"),
      changed("constructor"),
      { ...comment, resource: { ...comment.resource, resource_subtype: "assigned" } },
      { ...comment, action: "deleted" },
      { ...completed, action: "added", change: undefined },
      { ...completed, user: null },
      { ...completed, created_at: "0000-01-01T00:00:00Z" },
      { ...completed, created_at: `2026-11-22T10:00:00.${"1".repeat(3_000)}Z` },
      { ...completed, resource: { ...completed.resource, gid: "4".repeat(3_000) } },
      "nonsense",
    ]);
    const at = "2026-11-22T10:00:00.123Z";
    expect(events.map(({ key, objectId, data }) => [key, objectId, data])).toEqual([
      [`asana:task.completed:4711:${at}:77`, "4711", { user: "77" }],
      [`asana:task.reassigned:4711:${at}:77`, "4711", { user: "77" }],
      // Of a due time Asana tells twice: it is one happening.
      [`asana:task.due_changed:4711:${at}:77`, "4711", { user: "77" }],
      [`asana:task.due_changed:4711:${at}:77`, "4711", { user: "77" }],
      [`asana:task.commented:99:${at}:77`, "4711", { user: "77", storyGid: "99" }],
      [`asana:task.completed:4711:${at}:`, "4711", { user: null }],
    ]);
    expect(ignored).toBe(9);
    expect(events[0]?.occurredAt).toEqual(new Date(at));
  });

  it("tells the same whichever hook tells it", async () => {
    const [one, two] = await Promise.all([send([completed]), send([completed], { id: other })]);
    expect(two).toEqual(one);
  });

  it("is a heartbeat without events", async () => {
    expect(await send([])).toEqual({ events: [], ignored: 0 });
  });

  it("hands over the secret of a hook that is being made, once, and is verified with it from then on", async () => {
    const secret = randomBytes(32).toString("hex");
    const offer = (id: string, offered = secret) =>
      source(delivery(`/webhooks/asana/${id}`, "{}", { "x-hook-secret": offered }));
    expect(await offer(pending)).toEqual({ events: [], ignored: 0, headers: { "x-hook-secret": secret } });
    expect(JSON.stringify(records.get(pending))).not.toContain(secret);
    for (const id of [pending, ours, "d".repeat(32)]) {
      await expect(offer(id, "another")).rejects.toMatchObject({
        status: 401,
        message: expect.stringMatching(/not being made/),
      });
    }
    secrets.set(pending, secret);
    expect((await send([completed], { id: pending })).events).toHaveLength(1);
  });

  it.each<[string, Parameters<typeof send>[1], RegExp]>([
    ["has another hook's signature", { signedFor: other }, /not that of its hook/],
    ["has a signature of its own", { signedFor: "nobody" }, /not that of its hook/],
    ["is sent to a hook that there is not", { id: "e".repeat(32) }, /no such hook/],
    ["is sent to what cannot be a hook", { id: "../../slack/events" }, /none of ours/],
  ])("is refused where it %s", async (_, given, words) => {
    await expect(send([completed], given)).rejects.toMatchObject({
      status: 401,
      message: expect.stringMatching(words),
    });
  });

  it("is refused where it is altered, or not signed", async () => {
    const body = JSON.stringify({ events: [completed] });
    const headers = { "x-hook-signature": asanaSignature(secrets.get(ours) ?? "", body) };
    const path = `/webhooks/asana/${ours}`;
    await expect(source(delivery(path, body.replace("4711", "4712"), headers))).rejects.toMatchObject({ status: 401 });
    await expect(source(delivery(path, body))).rejects.toMatchObject({ status: 401 });
  });

  it("is refused where the secret was sealed for another hook, or with a key that is gone", async () => {
    const elsewhere = createAsanaSource({ hooks, sealer: createSealer([randomBytes(32)]), clock });
    const swapped = createAsanaSource({ hooks: { ...hooks, secretOf: async () => records.get(other) }, sealer, clock });
    const body = JSON.stringify({ events: [completed] });
    for (const [one, signer] of [
      [elsewhere, ours],
      [swapped, other],
    ] as const) {
      const headers = { "x-hook-signature": asanaSignature(secrets.get(signer) ?? "", body) };
      await expect(one(delivery(`/webhooks/asana/${ours}`, body, headers))).rejects.toMatchObject({
        status: 401,
        message: expect.stringMatching(/cannot be opened/),
      });
    }
  });

  it("costs the database one look in two seconds where anybody guesses at addresses", async () => {
    const guess = (headers: object) =>
      source(delivery(`/webhooks/asana/${randomBytes(16).toString("hex")}`, "{}", { ...headers }));
    now += 10_000;
    looks = 0;
    const guesses = await Promise.allSettled(
      Array.from({ length: 200 }, (_, n) => guess(n % 2 ? {} : { "x-hook-signature": "x" })),
    );
    expect(guesses.filter(({ status }) => status === "fulfilled")).toEqual([]);
    expect(looks).toBe(1);
    now += 1_999;
    await expect(guess({})).rejects.toMatchObject({ status: 401 });
    expect(looks).toBe(1);
    // An offer of a secret is looked for twice a second.
    await Promise.allSettled(Array.from({ length: 200 }, () => guess({ "x-hook-secret": "x" })));
    expect(looks).toBeLessThanOrEqual(3);
  });

  it("shakes hands for a hook whose making began after the last look, and believes it at once", async () => {
    const id = "9".repeat(32);
    const secret = randomBytes(32).toString("hex");
    secrets.set(id, secret);
    await expect(send([completed], { id })).rejects.toMatchObject({ status: 401 });
    const making = createAsanaSource({ hooks: { ...hooks, keepSecret: async () => true }, sealer, clock, wait });
    await expect(making(delivery(`/webhooks/asana/${"8".repeat(32)}`, "{}"))).rejects.toMatchObject({ status: 401 });
    const offered = making(delivery(`/webhooks/asana/${id}`, "{}", { "x-hook-secret": secret }));
    standing.add(id);
    expect((await offered).headers).toEqual({ "x-hook-secret": secret });
    const body = JSON.stringify({ events: [completed] });
    const signed = { "x-hook-signature": asanaSignature(secret, body) };
    expect((await making(delivery(`/webhooks/asana/${id}`, body, signed))).events).toHaveLength(1);
  });

  it("is believed no more once its hook is removed", async () => {
    expect((await send([completed], { id: other })).events).toHaveLength(1);
    standing.delete(other);
    records.delete(other);
    now += 2_000;
    await expect(send([completed], { id: other })).rejects.toMatchObject({ message: "no such hook is ours" });
  });

  it("is asked for again soon where the database was away", async () => {
    const backAt = now + 500;
    const away = createAsanaSource({
      hooks: { ...hooks, all: () => (now < backAt ? Promise.reject(new Error("away")) : hooks.all()) },
      sealer,
      clock,
    });
    const body = JSON.stringify({ events: [completed] });
    const signed = { "x-hook-signature": asanaSignature(secrets.get(ours) ?? "", body) };
    const tell = () => away(delivery(`/webhooks/asana/${ours}`, body, signed));
    await expect(tell()).rejects.toThrow("away");
    now += 500;
    expect((await tell()).events).toHaveLength(1);
  });
});
