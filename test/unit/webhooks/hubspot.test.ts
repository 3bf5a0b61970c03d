import { describe, expect, it } from "vitest";
import { hubspotHeaders } from "../../../sandbox/webhooks/signatures.ts";
import { createHubSpotSource } from "../../../src/webhooks/hubspot.ts";
import { delivery } from "../../support/webhooks.ts";

const now = Date.parse("2026-11-22T10:00:00Z");
const secret = "the app's client secret";
const origin = "https://sophia.example";
const path = "/webhooks/hubspot";
const source = createHubSpotSource({ secret, origin: () => origin, clock: { now: () => now } });

const change = {
  eventId: 3816279340,
  subscriptionId: 25,
  portalId: 33,
  appId: 1160452,
  occurredAt: now - 4_000,
  subscriptionType: "deal.propertyChange",
  attemptNumber: 0,
  objectId: 10805875693,
  propertyName: "dealstage",
  propertyValue: "closedwon",
  changeSource: "CRM_UI",
  sourceId: "userId:9",
};

interface Sending {
  body?: string;
  secret?: string;
  url?: string;
  timestamp?: number;
  path?: string;
}

function send(changes: unknown, { path: at = path, ...given }: Sending = {}) {
  const body = JSON.stringify(changes);
  const headers = hubspotHeaders({ secret, url: `${origin}${at}`, body, timestamp: now, ...given });
  return source(delivery(at, body, headers));
}

describe("HubSpot's webhook", () => {
  it("tells of what a deal's stage has become", async () => {
    expect(await send([change])).toEqual({
      ignored: 0,
      events: [
        {
          key: `hubspot:3816279340:25:10805875693:dealstage:${now - 4_000}`,
          source: "hubspot",
          kind: "deal.stage",
          objectId: "10805875693",
          occurredAt: new Date(now - 4_000),
          data: { property: "dealstage", value: "closedwon", user: "9" },
        },
      ],
    });
  });

  it("tells of what concerns us alone, of one change that cannot be read as little as of others", async () => {
    const { propertyName: _, ...creation } = change;
    const told = await send([
      { ...change, propertyName: "amount" },
      { ...change, propertyName: "closedate" },
      { ...change, propertyName: "constructor" },
      { ...creation, subscriptionType: "deal.creation" },
      { ...creation, subscriptionType: "contact.creation" },
      { ...creation, subscriptionType: "company.creation" },
      { ...creation, subscriptionType: "object.creation", objectTypeId: "0-3" },
      { ...change, subscriptionType: "object.propertyChange", objectTypeId: "0-3" },
      { ...change, subscriptionType: "object.propertyChange", objectTypeId: "0-1" },
      { ...change, subscriptionType: "deal.deletion" },
      { ...change, objectId: null },
      { ...change, occurredAt: 9e15 },
      { ...change, occurredAt: -1 },
      { ...change, eventId: "9".repeat(3_000) },
      { ...change, propertyName: "amount".repeat(500) },
      null,
      "deal.creation",
    ]);
    const kinds = ["deal.amount", "deal.created", "contact.created", "deal.created", "deal.stage"];
    expect({ kinds: told.events.map(({ kind }) => kind), ignored: told.ignored }).toEqual({ kinds, ignored: 12 });
  });

  it("has the same key when it is sent again, and another for another change with the same eventId", async () => {
    const keyOf = async (fields: object, given: Sending = {}) =>
      (await send([{ ...change, ...fields }], given)).events[0]?.key;
    const key = await keyOf({});
    expect(await keyOf({ attemptNumber: 3 }, { timestamp: now - 200_000 })).toBe(key);
    for (const fields of [{ objectId: 1 }, { propertyName: "amount" }, { occurredAt: now }, { subscriptionId: 26 }])
      expect(await keyOf(fields)).not.toBe(key);
  });

  it("is taken where its address was encoded, since HubSpot signs it decoded", async () => {
    const told = await send([change], { path: `${path}?to=a%40b.example%2Fc&x=%20%C3%A4` });
    expect(told.events).toHaveLength(1);
  });

  it.each<[string, Sending, RegExp]>([
    ["is signed with another secret", { secret: "another" }, /signature is not that/],
    ["was signed for another body", { body: "[]" }, /signature is not that/],
    ["was signed for another address", { url: `https://other.example${path}` }, /signature is not that/],
    ["was signed for the address as a proxy sees it", { url: `http://10.0.0.5:3000${path}` }, /signature is not that/],
    ["is five minutes old", { timestamp: now - 300_001 }, /older than 5 minutes/],
    ["comes from the future", { timestamp: now + 30_001 }, /future/],
    ["has no instant", { timestamp: Number.NaN }, /timestamp is none/],
    ["has seconds", { timestamp: now / 1000 }, /timestamp is none/],
  ])("is refused where it %s", async (_, given, words) => {
    await expect(send([change], given)).rejects.toMatchObject({ status: 401, message: expect.stringMatching(words) });
  });

  it("is refused without a signature of version 3", async () => {
    const body = JSON.stringify([change]);
    const { "x-hubspot-signature-v3": signature = "", ...rest } = hubspotHeaders({
      secret,
      url: origin + path,
      body,
      timestamp: now,
    });
    for (const headers of [
      rest,
      { ...rest, "x-hubspot-signature": signature },
      { "x-hubspot-signature-v3": signature },
    ]) {
      await expect(source(delivery(path, body, headers as Record<string, string>))).rejects.toMatchObject({
        status: 401,
      });
    }
  });

  it("is not understood where it is no list", async () => {
    await expect(send({ ...change })).rejects.toMatchObject({ status: 400 });
  });
});
