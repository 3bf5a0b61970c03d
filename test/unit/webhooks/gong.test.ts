import { generateKeyPairSync } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { type GongKeys, gongKeys } from "../../../sandbox/webhooks/gong-rule.ts";
import { gongToken } from "../../../sandbox/webhooks/signatures.ts";
import { readPublicKey } from "../../../src/core/public-key.ts";
import type { Source } from "../../../src/webhooks/delivery.ts";
import { createGongSource } from "../../../src/webhooks/gong.ts";
import { delivery } from "../../support/webhooks.ts";

const now = Date.parse("2026-11-22T10:00:00Z");
const url = "https://sophia.example/webhooks/gong";
const call = {
  id: "54321098765432109876",
  title: "Acme: pricing",
  started: "2026-11-22T03:00:00-06:00",
  duration: 1800,
  primaryUserId: "77",
  isPrivate: false,
};
const body = JSON.stringify({ callData: { metaData: call, parties: [] }, isTest: false });
let keys: GongKeys;
let source: Source;

beforeAll(async () => {
  keys = await gongKeys();
  const publicKey = readPublicKey(keys.publicKey);
  if (!publicKey) throw new Error("the key cannot be read");
  source = createGongSource({ publicKey, address: () => url, clock: { now: () => now } });
});

type TokenOptions = Partial<Parameters<typeof gongToken>[0]>;
const token = (options: TokenOptions = {}) =>
  gongToken({ privateKey: keys.privateKey, url, body, issuedAt: now / 1000, ...options });
const send = (authorization: string | undefined, text = body) =>
  source(delivery("/webhooks/gong", text, authorization === undefined ? {} : { authorization }));

describe("Gong's webhook", () => {
  it.each(["", "Bearer ", "bearer  "])("tells of a processed call, with %j before its token", async (scheme) => {
    expect(await send(`${scheme}${token()}`)).toEqual({
      ignored: 0,
      events: [
        {
          key: "gong:54321098765432109876:processed",
          source: "gong",
          kind: "call.processed",
          objectId: "54321098765432109876",
          occurredAt: new Date("2026-11-22T09:30:00Z"),
          data: {
            started: call.started,
            durationSeconds: 1800,
            primaryUserId: "77",
            isPrivate: false,
          },
        },
      ],
    });
  });

  it("tells of nothing where somebody pressed Test", async () => {
    const text = JSON.stringify({ callData: { metaData: call }, isTest: true });
    expect(await send(token({ body: text }), text)).toEqual({ events: [], ignored: 1 });
  });

  const another = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const unsigned = () => {
    const [, claims] = token().split(".");
    return `${Buffer.from('{"alg":"none"}').toString("base64url")}.${claims}.`;
  };
  const spliced = () => {
    const [head, , signature] = token().split(".");
    return [head, token({ lifeSeconds: 9_000 }).split(".")[1], signature].join(".");
  };
  it.each<[string, () => string | undefined, RegExp]>([
    ["has no token", () => undefined, /no token in Authorization/],
    ["has something else", () => "Basic a2V5OnNlY3JldA==", /is no token/],
    ["is signed by another", () => token({ privateKey: another }), /not signed with/],
    ["is not signed at all", unsigned, /is no token/],
    ["has other claims than were signed", spliced, /not signed with/],
    ["is signed in another way", () => token({ algorithm: "HS256" }), /lacks something/],
    ["has expired", () => token({ lifeSeconds: 0 }), /expired/],
    [
      "was made for another address",
      () => token({ url: "https://sophia.example/webhooks/hubspot" }),
      /another address/,
    ],
    ["was made for another house", () => token({ url: "https://other.example/webhooks/gong" }), /another address/],
    ["was made for another body", () => token({ body: `${body} ` }), /another body/],
  ])("is refused where it %s", async (_, authorization, words) => {
    await expect(send(authorization())).rejects.toMatchObject({ status: 401, message: expect.stringMatching(words) });
  });

  it.each([{ duration: 1e300 }, { started: "0000-01-01T00:00:00Z" }])("is not understood with %j", async (odd) => {
    const text = JSON.stringify({ callData: { metaData: { ...call, ...odd } } });
    await expect(send(token({ body: text }), text)).rejects.toMatchObject({ status: 400 });
  });

  it.each(["not JSON", "[]", '{"callData":{"metaData":{"id":54321}}}'])(
    "is not understood where it says %s",
    async (text) => {
      await expect(send(token({ body: text }), text)).rejects.toMatchObject({ status: 400 });
    },
  );
});

describe("a public key", () => {
  it("is read with its armour and without, in one line and in several", () => {
    const lines = keys.publicKey.match(/.{1,64}/g) ?? [];
    const pem = `-----BEGIN PUBLIC KEY-----\n${lines.join("\n")}\n-----END PUBLIC KEY-----\n`;
    const wanted = readPublicKey(keys.publicKey)?.export({ format: "jwk" });
    expect(wanted?.kty).toBe("RSA");
    for (const text of [pem, pem.replaceAll("\n", "\\n"), lines.join("\r\n")]) {
      expect(readPublicKey(text)?.export({ format: "jwk" })).toEqual(wanted);
    }
  });

  it("is nothing else", () => {
    const elliptic = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
    const others = ["", "abc", "A".repeat(392), elliptic.export({ format: "pem", type: "spki" }).toString()];
    for (const text of others) expect(readPublicKey(text)).toBeUndefined();
  });
});
