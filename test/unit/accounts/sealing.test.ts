import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSealer, SealError } from "../../../src/accounts/sealing.ts";

const [first, second] = [randomBytes(32), randomBytes(32)] as const;
const context = ["tokens", "T1", "U1", "asana"];
const secret = "a token — with more than ASCII";

describe("what is sealed", () => {
  it("opens with the same key and words, and shows nothing of itself", () => {
    const sealed = createSealer([first]).seal(secret, context);
    expect(createSealer([first]).open(sealed, context)).toBe(secret);
    const bytes = Buffer.from(sealed.sealed, "base64");
    expect(bytes.includes("token")).toBe(false);
    expect(JSON.stringify(sealed)).not.toContain(first.toString("hex").slice(0, 8));
  });

  it("is never the same twice", () => {
    const sealer = createSealer([first]);
    const all = Array.from({ length: 1_000 }, () => sealer.seal(secret, context).sealed.slice(0, 16));
    expect(new Set(all).size).toBe(1_000);
  });

  it("does not open once any bit of it is another", () => {
    const sealer = createSealer([first]);
    const { keyId, sealed } = sealer.seal(secret, context);
    const bytes = Buffer.from(sealed, "base64");
    for (let at = 0; at < bytes.length; at++) {
      const tampered = Buffer.from(bytes);
      tampered[at] = (tampered[at] ?? 0) ^ 1;
      expect(() => sealer.open({ keyId, sealed: tampered.toString("base64") }, context)).toThrow(SealError);
    }
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.subarray(0, length).toString("base64");
      expect(() => sealer.open({ keyId, sealed: cut }, context)).toThrow(SealError);
    }
  });

  it.for([
    [["tokens", "T1", "U2", "asana"]],
    [["tokens", "T2", "U1", "asana"]],
    [["tokens", "T1", "U1", "hubspot"]],
    [["verifier", "T1", "U1", "asana"]],
    [["tokens", "T1U1", "asana"]],
    [["tokens", "T1", "U1asana"]],
    [[]],
  ])("does not open where it was moved to: %j", ([elsewhere]) => {
    const sealer = createSealer([first]);
    const sealed = sealer.seal(secret, context);
    expect(() => sealer.open(sealed, elsewhere ?? [])).toThrow(SealError);
  });

  it("outlives a change of the key while the old one is known, and is sealed anew with the first", () => {
    const old = createSealer([first]).seal(secret, context);
    const both = createSealer([second, first]);
    expect(both.open(old, context)).toBe(secret);
    const anew = both.seal(secret, context);
    expect(anew.keyId).not.toBe(old.keyId);
    expect(createSealer([second]).open(anew, context)).toBe(secret);
    expect(() => createSealer([second]).open(old, context)).toThrow(/not among those of SOPHIA_SECRET_KEY/);
  });

  it("does not open with another key that goes by its name", () => {
    const { sealed } = createSealer([first]).seal(secret, context);
    const { keyId } = createSealer([second]).seal(secret, context);
    expect(() => createSealer([second]).open({ keyId, sealed }, context)).toThrow(SealError);
  });

  it("cannot be made without a key", () => {
    expect(() => createSealer([]).seal(secret, context)).toThrow(SealError);
  });
});
