/** What our Pinecone server says of a write whose answer was lost: read from Pinecone by the record's id. */

import { describe, expect, it } from "vitest";
import { FAILURE_META } from "../../src/mcp/types.ts";
import { connectPinecone } from "../support/pinecone.ts";

const document = {
  id: "7782342274025937895",
  text: "Jo asked for a discount. Next step: send the offer by Friday.",
  title: "Acme: pricing",
  url: "https://us-12345.app.gong.io/call?id=7782342274025937895",
  source: "gong",
  owner_email: "daniel@payready.example",
  started_at: "2026-11-16T14:00:00-05:00",
  metadata: { topic: ["pricing"], minutes: 31 },
  namespace: "calls",
};

const daniel = { email: "daniel@payready.example", audience: "channel" } as const;
const maya = { email: "maya@payready.example", audience: "private" } as const;

/** All three attempts meet the fault. */
async function lost(fault: object, args: object = document, asker?: typeof daniel) {
  const house = await connectPinecone();
  house.board.addFault({ service: "pinecone", path: "/upsert", times: 3, ...fault });
  const result = await house.call("upsert_document", args, { asker });
  expect(result._meta?.[FAILURE_META]).toMatchObject({ outcomeUnknown: true, retried: true });
  return house;
}

describe("upsert_document, when its answer is lost,", () => {
  it("was done where the same stands under the id; whether it replaced another cannot be told", async () => {
    const { lookUp, sent, record } = await lost({ drop: "after" });
    expect(record("calls", document.id)).toMatchObject({ title: "Acme: pricing" });
    const writes = () => sent().filter(({ call }) => call.endsWith("/upsert")).length;
    const before = writes();
    const { id, title, url, namespace } = document;
    expect(await lookUp("upsert_document", document)).toEqual({
      state: "done",
      output: { document: { id, title, url, index: "sales-knowledge", namespace, private: false }, replaced: null },
    });
    expect(writes()).toBe(before);
  });

  it.each([
    ["the connection was cut before", { drop: true }],
    ["Pinecone failed", { status: 503 }],
  ])("was not done where %s", async (_, fault) => {
    const { lookUp, record } = await lost(fault);
    expect(record("calls", document.id)).toBeUndefined();
    expect(await lookUp("upsert_document", document)).toEqual({ state: "not_done" });
  });

  it("was not done where another text still stands under the id", async () => {
    const { ask, board, call, lookUp } = await connectPinecone();
    await ask("upsert_document", { ...document, text: "An older summary." });
    board.addFault({ service: "pinecone", path: "/upsert", drop: true, times: 3 });
    await call("upsert_document", document);
    expect(await lookUp("upsert_document", document)).toEqual({ state: "not_done" });
  });

  it("is found by whoever wrote it though it is private, and another's private text is not told of", async () => {
    const secret = { ...document, is_private: true };
    const { lookUp } = await lost({ drop: "after" }, secret, daniel);
    expect(await lookUp("upsert_document", secret, daniel)).toMatchObject({
      state: "done",
      output: { document: { id: document.id, private: true } },
    });
    const other = { ...document, owner_email: "maya@payready.example" };
    expect(await lookUp("upsert_document", other, maya)).toEqual({ state: "not_done" });
  });

  it("is left open where Pinecone cannot be asked", async () => {
    const { lookUp, board } = await lost({ drop: "after" });
    board.addFault({ service: "pinecone", drop: true, times: 9 });
    const { state, reason } = await lookUp("upsert_document", document);
    expect(state).toBe("unknown");
    expect(reason).toContain("could not be looked up whether this was carried out: Pinecone cannot be reached");
  });
});
