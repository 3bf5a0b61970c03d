/** How our Pinecone server searches by meaning, and whom it shows what is private. */

import { describe, expect, it } from "vitest";
import { FAILURE_META } from "../../src/mcp/types.ts";
import { connectPinecone, textOf } from "../support/pinecone.ts";

const day = 86_400_000;

describe("semantic_search", () => {
  it("asks the index's own address with text, in all namespaces, and gives passages with their sources", async () => {
    const { world, ask, sent } = await connectPinecone();
    const args = { query: "what did customers say about pricing", top_k: 8 };
    const { passages, namespaces, index } = await ask("semantic_search", args);
    expect({ index, namespaces }).toEqual({ index: "sales-knowledge", namespaces: ["calls", "playbooks"] });
    expect(passages).toHaveLength(8);
    expect(passages.map(({ score }: any) => score)).toEqual(
      passages.map((p: any) => p.score).sort((a: number, b: number) => b - a),
    );
    for (const passage of passages) {
      const document = world.documents.find(({ id }) => id === passage.id)!;
      expect(passage).toMatchObject({
        title: document.title,
        url: document.url,
        account: document.account ?? null,
        owner_email: document.ownerEmail,
        private: false,
      });
      expect(document.text.startsWith(passage.text)).toBe(true);
      expect(passage.score).toBeGreaterThan(0);
    }
    expect(
      sent()
        .map(({ call }) => call)
        .sort(),
    ).toEqual([
      "GET /indexes/sales-knowledge",
      "POST /describe_index_stats",
      "POST /records/namespaces/calls/search",
      "POST /records/namespaces/playbooks/search",
    ]);
    const search = sent().find(({ call }) => call.includes("calls/search"));
    expect(search?.body).toEqual({ query: { top_k: 28, inputs: { text: args.query } } });
    expect(search?.headers).toMatchObject({ "api-key": "sandbox-pinecone-key", "x-pinecone-api-version": "2026-07" });
  });

  it("keeps the index's address and namespaces for the next question", async () => {
    const { ask, sent } = await connectPinecone({ config: { namespace: "calls" } });
    await ask("semantic_search", { query: "pricing" });
    await ask("semantic_search", { query: "renewal" });
    expect(sent().map(({ call }) => call)).toEqual([
      "GET /indexes/sales-knowledge",
      "POST /describe_index_stats",
      "POST /records/namespaces/calls/search",
      "POST /records/namespaces/calls/search",
    ]);
  });

  it("narrows by account, owner, source and days, as one filter of Pinecone's", async () => {
    const { world, ask, sent } = await connectPinecone();
    const call = world.documents.find(({ kind, account }) => kind === "call" && account === "Acme")!;
    const from = new Date(Date.parse(call.startedAt!) - day).toISOString().slice(0, 10);
    const to = new Date(Date.parse(call.startedAt!) + day).toISOString().slice(0, 10);
    const { passages } = await ask("semantic_search", {
      query: call.text.slice(0, 200),
      account: "Acme",
      owner_email: call.ownerEmail,
      source: "gong",
      from_date: from,
      to_date: to,
      time_zone: "America/New_York",
      filter: { title: { $ne: "nothing" } },
      namespaces: ["calls"],
    });
    expect(passages.map(({ id }: any) => id)).toContain(call.id);
    for (const passage of passages) {
      expect(passage.account).toBe("Acme");
      expect(passage.date.slice(0, 10) >= from && passage.date.slice(0, 10) <= to).toBe(true);
      expect(passage.date).toMatch(/-0[45]:00$/);
    }
    const { filter } = sent().at(-1)?.body.query ?? {};
    expect(filter.$and.slice(0, 3)).toEqual([
      { account: { $eq: "Acme" } },
      { owner_email: { $in: [call.ownerEmail] } },
      { source: { $eq: "gong" } },
    ]);
    expect(filter.$and[3].started_at.$lt - filter.$and[3].started_at.$gte).toBeGreaterThanOrEqual(3 * 86_400 - 3600);
    expect(filter.$and[4]).toEqual({ title: { $ne: "nothing" } });
  });

  it("takes 'me' for whoever asks, and says what to send where that is not known", async () => {
    const { ask, refusal, sent } = await connectPinecone();
    await ask("semantic_search", { query: "pricing", owner_email: "me", namespaces: ["calls"] });
    expect(sent().at(-1)?.body.query.filter).toEqual({ owner_email: { $in: ["daniel@payready.example"] } });
    const unknown = await refusal("semantic_search", { query: "pricing", owner_email: "me" }, { audience: "private" });
    expect(unknown).toContain("Send the e-mail address");
  });

  it("leaves out what is not near, and says how many", async () => {
    const { ask } = await connectPinecone();
    const nothing = await ask("semantic_search", { query: "xylophone zeppelin", namespaces: ["playbooks"], top_k: 5 });
    expect(nothing).toMatchObject({ passages: [], left_out: 5, truncated: false });
    const all = await ask("semantic_search", { query: "discount", namespaces: ["playbooks"] });
    const least = all.passages[0].score;
    const best = await ask("semantic_search", {
      query: "discount",
      namespaces: ["playbooks"],
      min_score: least - 0.001,
    });
    expect(best.passages.length).toBeLessThan(10);
    expect(best.left_out).toBeGreaterThan(0);
    expect(best.passages.every(({ score }: any) => score >= least - 0.001)).toBe(true);
  });

  it("says that there is more", async () => {
    const { ask } = await connectPinecone();
    expect(await ask("semantic_search", { query: "pricing", top_k: 1 })).toMatchObject({ truncated: true });
  });

  it("cuts long texts, which fetch_records has whole", async () => {
    const { ask, store } = await connectPinecone();
    const text = `Zirconium ${"and more of it ".repeat(200)}`;
    store.upsert("sales-knowledge", { namespace: "calls", id: "long", metadata: { text, url: "javascript:alert(1)" } });
    const { passages } = await ask("semantic_search", { query: "zirconium" });
    expect(passages[0]).toMatchObject({
      id: "long",
      text: text.slice(0, 2000),
      text_cut: true,
      url: null,
      title: null,
    });
    const { records } = await ask("fetch_records", { ids: ["long"] });
    expect(records[0].text).toBe(text);
  });

  it.each([
    [{ namespaces: ["cals"] }, 'Did you mean "calls"?'],
    [{ index: "sales-knowlege" }, 'Did you mean "sales-knowledge"?'],
    [{ index: "account-profiles" }, "query_by_vector"],
    [{ from_date: "2026-02-30" }, "from_date"],
    [{ from_date: "2026-03-02", to_date: "2026-03-01" }, "must lie before"],
    [{ time_zone: "Mars/Base" }, "IANA time zone"],
    [{ filter: {} }, "filter is empty"],
    [{ filter: { a: { $gte: 1, $like: "x" } } }, "$like"],
    [{ filter: { $not: [{ a: 1 }] } }, "$and, $or"],
  ])("says of %j what to send instead", async (args, words) => {
    const { refusal } = await connectPinecone();
    expect(await refusal("semantic_search", { query: "pricing", ...args })).toContain(words);
  });
});

describe("a private record", () => {
  const secret = { text: "Zirconium: they will leave us.", title: "Board", owner_email: "Daniel@payready.example" };
  const daniel = "daniel@payready.example";

  it.each([
    ["its owner in private", { email: daniel, audience: "private" as const }, true],
    ["its owner in a channel", { email: daniel, audience: "channel" as const }, false],
    ["somebody else in private", { email: "maya@payready.example", audience: "private" as const }, false],
    ["somebody unknown", { audience: "private" as const }, false],
  ])("is shown to %s: %s %s", async (_, asker, isShown) => {
    const { call, store } = await connectPinecone();
    store.upsert("sales-knowledge", { namespace: "calls", id: "secret", metadata: { ...secret, is_private: true } });
    const search = await call("semantic_search", { query: "zirconium" }, { asker });
    expect(textOf(search).includes("Zirconium")).toBe(isShown);
    const { passages, left_out } = search.structuredContent as any;
    expect(passages.map(({ id }: any) => id)).toEqual(isShown ? ["secret"] : []);
    // Nor is it counted.
    expect(left_out).toBe(isShown ? 9 : 10);
    const isOwn = "email" in asker && asker.email === daniel;
    const byId = await call("fetch_records", { ids: ["secret"] }, { asker });
    const like = await call("query_by_vector", { id: "secret" }, { asker });
    if (isOwn && !isShown) {
      for (const { _meta } of [byId, like]) expect(_meta?.[FAILURE_META]).toMatchObject({ kind: "private" });
    } else {
      expect(byId.structuredContent).toMatchObject({ missing: isShown ? [] : ["secret"] });
      expect(textOf(like).includes("there is no record")).toBe(!isShown);
    }
    expect(textOf(byId).includes("Zirconium")).toBe(isShown);
    const all = await call(
      "query_by_vector",
      { id: "discount-policy", namespaces: ["playbooks", "calls"], top_k: 50 },
      { asker },
    );
    expect(textOf(all)).not.toContain("Zirconium");
  });

  it("does not take the place of what may be shown", async () => {
    const { ask, store } = await connectPinecone();
    const put = (id: string, metadata: object) =>
      store.upsert("sales-knowledge", { namespace: "calls", id, metadata: { text: "zirconium", ...metadata } });
    for (let i = 0; i < 15; i++) put(`a-hidden-${i}`, { private: true });
    put("z-shown", {});
    const { passages } = await ask("semantic_search", { query: "zirconium", top_k: 3 });
    expect(passages.map(({ id }: any) => id)).toEqual(["z-shown"]);
  });
});
