/** What our Pinecone server writes, and what a person is shown before. */

import { describe, expect, it } from "vitest";
import { connectPinecone } from "../support/pinecone.ts";

const summary = {
  id: "7782342274025937895",
  text: "Jo asked for a discount. Next step: send the offer by Friday.",
  title: "Acme: pricing",
  url: "https://us-12345.app.gong.io/call?id=7782342274025937895",
  source: "gong",
  account: "Acme",
  owner_email: "Daniel@payready.example",
  started_at: "2026-11-16T14:00:00-05:00",
  metadata: { topic: ["pricing"], minutes: 31 },
  namespace: "calls",
};

const stored = {
  text: summary.text,
  title: "Acme: pricing",
  url: summary.url,
  source: "gong",
  account: "Acme",
  owner_email: "daniel@payready.example",
  started_at: 1_794_855_600,
  started_at_iso: "2026-11-16T14:00:00-05:00",
  topic: ["pricing"],
  minutes: 31,
};

const writes = (house: Awaited<ReturnType<typeof connectPinecone>>) =>
  house.sent().filter(({ call }) => call.endsWith("/upsert"));

describe("upsert_document", () => {
  it("writes text, title, link and metadata as one record, which is then found by its meaning", async () => {
    const house = await connectPinecone();
    const { ask, record } = house;
    expect(await ask("upsert_document", summary)).toEqual({
      document: {
        id: summary.id,
        title: "Acme: pricing",
        url: summary.url,
        index: "sales-knowledge",
        namespace: "calls",
        private: false,
      },
      replaced: false,
    });
    const [write, ...others] = writes(house);
    expect(others).toEqual([]);
    expect(write).toMatchObject({ call: "POST /records/namespaces/calls/upsert", status: 201 });
    expect(write?.headers["content-type"]).toBe("application/x-ndjson");
    expect(write?.body).toEqual({ _id: summary.id, ...stored });
    expect(record("calls", summary.id)).toEqual(stored);
    const { passages } = await ask("semantic_search", { query: "send the offer by Friday", account: "Acme", top_k: 1 });
    expect(passages[0]).toMatchObject({ id: summary.id, url: summary.url, date: "2026-11-16T19:00:00+00:00" });
  });

  it("leaves one record, however often it is written, and takes the old one's place whole", async () => {
    const { ask, store, record } = await connectPinecone();
    const before = store.index("sales-knowledge").list("calls").length;
    await ask("upsert_document", summary);
    const { account: _, metadata: __, ...shorter } = summary;
    expect(await ask("upsert_document", { ...shorter, text: "Jo signed." })).toMatchObject({ replaced: true });
    expect(store.index("sales-knowledge").list("calls")).toHaveLength(before + 1);
    expect(record("calls", summary.id)).toEqual({
      ...stored,
      text: "Jo signed.",
      account: undefined,
      topic: undefined,
      minutes: undefined,
    });
  });

  it("shows beforehand what is new, or what stands there and would change, and writes nothing", async () => {
    const house = await connectPinecone();
    const { ask, preview, store } = house;
    const added = await preview("upsert_document", summary);
    expect(added).toMatchObject({
      summary: 'Add "Acme: pricing" to the search index (sales-knowledge / calls)',
      record: { name: "Acme: pricing" },
    });
    expect(added.changes).toContainEqual({ field: "Owner", before: null, after: "daniel@payready.example" });
    expect(added.changes).toContainEqual({ field: "text", before: null, after: summary.text });
    expect(writes(house)).toEqual([]);
    expect(store.changes).toEqual([]);
    await ask("upsert_document", summary);
    const { metadata: _, ...rest } = summary;
    const replaced = await preview("upsert_document", { ...rest, title: "Acme: renewal" });
    expect(replaced).toEqual({
      summary: 'Replace "Acme: pricing" in the search index (sales-knowledge / calls)',
      record: { name: "Acme: renewal" },
      changes: [
        { field: "Title", before: "Acme: pricing", after: "Acme: renewal" },
        { field: "topic", before: "pricing", after: null },
        { field: "minutes", before: "31", after: null },
      ],
    });
    expect(writes(house)).toHaveLength(1);
  });

  it("goes to the configured namespace, else to the one without a name", async () => {
    const { namespace: _, ...anywhere } = summary;
    const named = await connectPinecone({ config: { namespace: "calls" } });
    expect((await named.ask("upsert_document", anywhere)).document.namespace).toBe("calls");
    const unnamed = await connectPinecone();
    await unnamed.ask("upsert_document", anywhere);
    expect(unnamed.record("__default__", summary.id)).toEqual(stored);
    expect(
      (await unnamed.ask("semantic_search", { query: "discount", namespaces: ["__default__"] })).passages,
    ).toHaveLength(1);
  });

  it("refuses more than 40 KB before anything is sent, by bytes and not by letters", async () => {
    const house = await connectPinecone();
    const text = "é".repeat(20_400);
    for (const how of ["refusal", "preview"] as const) {
      const asked = house[how]("upsert_document", { ...summary, text });
      const words = await asked.catch((error: Error) => error.message);
      expect(words).toMatch(/are 41\d{3} bytes together.*40960 \(40 KB\)/);
    }
    expect(writes(house)).toEqual([]);
  });

  it.each([
    [{ metadata: { title: "x" } }, "argument of its own"],
    [{ metadata: { text: "x" } }, "send it as `text`"],
    [{ metadata: { visibility: "public" } }, "is_private"],
    [{ metadata: { $set: 1 } }, "field's name"],
    [{ metadata: { nested: { a: 1 } } }, "metadata"],
    [{ is_private: true, owner_email: undefined }, "owner_email is required"],
    [{ id: "two words" }, "without blanks"],
    [{ url: "javascript:alert(1)" }, "url"],
    [{ namespace: "../indexes" }, "namespace"],
    [{ tags: ["x"] }, "tags"],
  ])("refuses %j in words that say what to send", async (args, words) => {
    const house = await connectPinecone();
    expect(await house.refusal("upsert_document", { ...summary, ...args })).toContain(words);
    expect(writes(house)).toEqual([]);
  });

  it("marks what is private, and never writes over somebody else's, nor shows it", async () => {
    const house = await connectPinecone();
    const { ask, refusal, preview, record } = house;
    await ask("upsert_document", { ...summary, owner_email: "me", is_private: true });
    expect(record("calls", summary.id)).toMatchObject({ is_private: true, owner_email: "daniel@payready.example" });
    const maya = { email: "maya@payready.example", audience: "private" as const };
    const words = await refusal("upsert_document", summary, maya);
    expect(words).toContain("private document of somebody else");
    expect(words).not.toContain("Jo asked");
    await expect(preview("upsert_document", summary, maya)).rejects.toThrow("private document of somebody else");
    // Its owner is asked in private: the preview shows what stands there.
    const aloud = { email: "daniel@payready.example", audience: "channel" as const };
    expect(await refusal("upsert_document", summary, aloud)).toContain("others read along");
    await expect(preview("upsert_document", summary, aloud)).rejects.toThrow("others read along");
    expect(writes(house)).toHaveLength(1);
    expect((await preview("upsert_document", summary)).changes).toContainEqual({
      field: "Private",
      before: "true",
      after: null,
    });
  });

  it("takes only the configured index, and says where that takes no text", async () => {
    const { refusal } = await connectPinecone({ config: { index: "account-profiles" } });
    expect(await refusal("upsert_document", summary)).toContain("PINECONE_INDEX");
    expect(await refusal("upsert_document", { ...summary, index: "sales-knowledge" })).toContain("index");
  });
});
