import { Pinecone } from "@pinecone-database/pinecone";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type PineconeOptions, type PineconeStore, startPinecone } from "../../sandbox/pinecone/start-pinecone.ts";
import { createSandboxClock, type ServiceStandIn, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";

const now = Date.parse("2026-11-18T16:00:00Z");
const world = createWorld({ now });
const board = new Switchboard(createSandboxClock(now));
let started = 0;
let pinecone: ServiceStandIn<PineconeStore>;
let pc: Pinecone;

/** The SDK remembers an index's address by key and name for the whole process, so each stand-in here has its own key. */
async function start(options: Partial<PineconeOptions> = {}) {
  const apiKey = `sandbox-pinecone-key-${started++}`;
  const server = await startPinecone({ world, board, apiKey, requestsPerSecond: 0, ...options });
  return { server, client: new Pinecone({ apiKey, controllerHostUrl: server.url, maxRetries: 0 }) };
}

beforeAll(async () => {
  ({ server: pinecone, client: pc } = await start());
});
afterAll(() => pinecone.close());
afterEach(() => {
  pinecone.reset();
  board.reset();
  board.clock.set(now);
});

const index = (namespace = "calls", name = "sales-knowledge") => pc.index(name).namespace(namespace);

async function raw(method: string, path: string, init: { body?: unknown; headers?: Record<string, string> } = {}) {
  const { host } = await pc.describeIndex("sales-knowledge");
  const origin = /^\/(indexes|embed|rerank|models)/.test(path) ? pinecone.url : host;
  const headers = {
    "Api-Key": pinecone.env.PINECONE_API_KEY ?? "",
    "X-Pinecone-Api-Version": "2026-07",
    "Content-Type": "application/json",
    ...init.headers,
  };
  const body = typeof init.body === "string" ? init.body : JSON.stringify(init.body);
  const response = await fetch(`${origin}${path}`, { method, headers, ...(init.body === undefined ? {} : { body }) });
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith("{") ? JSON.parse(text) : undefined };
}

describe("what the index holds", () => {
  test("one record for each call that is older than a week and not private, and the playbooks", async () => {
    const old = world.calls.filter((c) => !c.isPrivate && Date.parse(c.startedAt) < now - 7 * 86_400_000);
    const stats = await pc.index("sales-knowledge").describeIndexStats();
    expect(stats.namespaces).toEqual({ calls: { recordCount: old.length }, playbooks: { recordCount: 10 } });
    const call = old[3];
    const owner = world.people.find((p) => p.id === call?.ownerId);
    const { records } = await index().fetch({ ids: [call?.id ?? "", "0"] });
    expect(Object.keys(records)).toEqual([call?.id]);
    expect(records[call?.id ?? ""]?.metadata).toEqual({
      text: expect.stringContaining(call?.brief ?? ""),
      title: call?.title,
      url: `https://us-12345.app.gong.io/call?id=${call?.id}`,
      source: "gong",
      owner_email: owner?.email,
      account: world.accounts.find((a) => a.id === call?.accountId)?.name,
      started_at: Date.parse(call?.startedAt ?? "") / 1000,
      started_at_iso: call?.startedAt,
    });
    expect(records[call?.id ?? ""]?.values).toHaveLength(1024);
  });

  test("indexes as 2026-07 shows them", async () => {
    const { indexes = [] } = await pc.listIndexes();
    expect(indexes.map((i) => [i.name, i.status.ready])).toEqual([
      ["sales-knowledge", true],
      ["account-profiles", true],
    ]);
    const { body } = await raw("GET", "/indexes/account-profiles");
    expect(body.schema.fields).toEqual({
      _values: { type: "dense_vector", dimension: 8, metric: "cosine", description: null },
    });
    await expect(pc.describeIndex("nothing")).rejects.toThrow("404");
    await expect(pc.deleteIndex("sales-knowledge")).rejects.toThrow("Deletion protection is enabled");
    await pc.deleteIndex("account-profiles");
    expect(pinecone.store.indexes()).toHaveLength(1);
  });
});

describe("search by text", () => {
  test("finds by words in any form, best first, scores from 0 to 1, always as many as asked", async () => {
    const query = { topK: 10, inputs: { text: "who may grant discounts?" } };
    const { result, usage } = await index("playbooks").searchRecords({ query, fields: ["title", "url"] });
    expect(result.hits[0]).toMatchObject({
      _id: "discount-policy",
      fields: {
        title: "Discounts and who may grant them",
        url: "https://wiki.payready.example/playbooks/discount-policy",
      },
    });
    expect(Object.keys(result.hits[0]?.fields ?? {})).toEqual(["title", "url"]);
    const scores = result.hits.map((h) => h._score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect([scores.length, Math.max(...scores) <= 1, scores.at(-1)]).toEqual([10, true, 0]);
    expect(usage).toMatchObject({ readUnits: 6, embedTotalTokens: 6 });
  });

  test("with a filter over account and time", async () => {
    const acme = world.documents.filter((d) => d.account === "Acme");
    const since = Date.parse(acme.at(-3)?.startedAt ?? "") / 1000;
    const filter = { account: { $eq: "Acme" }, started_at: { $gte: since } };
    const query = { topK: 100, inputs: { text: "price per home" }, filter };
    const { result } = await index().searchRecords({ query, fields: ["account"] });
    expect(result.hits.map((h) => h._id).sort()).toEqual(
      acme
        .slice(-3)
        .map((d) => d.id)
        .sort(),
    );
  });

  test("with a rerank, whose fields must be among those asked for", async () => {
    const query = { topK: 5, inputs: { text: "peak season" } };
    const rerank = { model: "bge-reranker-v2-m3", rankFields: ["text"], topN: 2 };
    const { result, usage } = await index("playbooks").searchRecords({ query, rerank });
    expect(result.hits).toHaveLength(2);
    expect(result.hits[0]?._id).toBe("peak-season-timing");
    expect(usage.rerankUnits).toBe(1);
    const search = (fields: string[], model: string, rankFields: string[]) =>
      index("playbooks").searchRecords({ query, fields, rerank: { model, rankFields } });
    await expect(search(["title"], rerank.model, ["text"])).rejects.toThrow("Rank field 'text'");
    await expect(search(["title", "text"], rerank.model, ["text", "title"])).rejects.toThrow("at most 1 rank field");
    await expect(search(["text"], "no-such-model", ["text"])).rejects.toThrow("not supported");
  });

  test.each([
    ["an empty filter", { top_k: 1, inputs: { text: "x" }, filter: {} }, "Filter must not be empty"],
    ["no text", { top_k: 1, inputs: { text: " " } }, "inputs.text"],
    ["nothing to search by", { top_k: 1 }, "Exactly one"],
    ["two things to search by", { top_k: 1, id: "1", inputs: { text: "x" } }, "Exactly one"],
    ["too many", { top_k: 10_001, inputs: { text: "x" } }, "top_k"],
    ["an unknown field", { topK: 1, inputs: { text: "x" } }, "unknown field `topK`"],
    ["an unknown operator", { top_k: 1, inputs: { text: "x" }, filter: { a: { $like: "x" } } }, "$like"],
    ["a comparison with text", { top_k: 1, inputs: { text: "x" }, filter: { a: { $gt: "2026" } } }, "$gt"],
    ["terms in a dense index", { top_k: 1, inputs: { text: "x" }, match_terms: { terms: ["x"] } }, "match_terms"],
  ])("%s is refused", async (_, query, words) => {
    const { status, body } = await raw("POST", "/records/namespaces/calls/search", { body: { query } });
    expect([status, body.status, body.error.code]).toEqual([400, 400, "INVALID_ARGUMENT"]);
    expect(body.error.message).toContain(words);
  });

  test("an index without a model takes no text, a namespace that is not there has no hits", async () => {
    const query = { topK: 1, inputs: { text: "Acme" } };
    await expect(index("x", "account-profiles").searchRecords({ query })).rejects.toThrow("Integrated inference");
    expect((await index("nowhere").searchRecords({ query })).result.hits).toEqual([]);
  });
});

describe("search by vector", () => {
  test("what /embed makes of a question finds what speaks of it", async () => {
    const { data, usage } = await pc.inference.embed({
      model: "llama-text-embed-v2",
      inputs: ["security review SOC 2"],
      parameters: { input_type: "query" },
    });
    const [embedding] = data as { values: number[] }[];
    const { matches } = await index("playbooks").query({
      topK: 2,
      vector: embedding?.values ?? [],
      includeMetadata: true,
    });
    expect(matches[0]).toMatchObject({
      id: "security-review",
      metadata: { title: "Security review: what to send and when" },
    });
    expect(matches[0]?.score).toBeGreaterThan(matches[1]?.score ?? 1);
    expect(usage.totalTokens).toBe(6);
    await expect(pc.inference.embed({ model: "llama-text-embed-v2", inputs: ["x"], parameters: {} })).rejects.toThrow(
      "input_type",
    );
  });

  test("a record is nearest to itself, and metadata comes only when asked for", async () => {
    const id = world.documents[0]?.id ?? "";
    const { matches } = await index().query({ topK: 1, id });
    expect(matches[0]?.id).toBe(id);
    expect(matches[0]?.score).toBeCloseTo(1, 6);
    expect([matches[0]?.values, matches[0]?.metadata]).toEqual([[], undefined]);
    await expect(index().query({ topK: 1, vector: [1, 2] })).rejects.toThrow("Vector dimension 2 does not match");
  });

  test("refusals are gRPC's", async () => {
    const { status, body } = await raw("POST", "/query", { body: { topK: 1, vector: [0], filter: {} } });
    expect([status, body]).toEqual([400, { code: 3, message: expect.stringContaining("dimension"), details: [] }]);
  });
});

describe("filters", () => {
  const matching = async (filter: Record<string, unknown>): Promise<string[]> => {
    const found = await index("filters").fetchByMetadata({ filter });
    return Object.keys(found.records).sort();
  };

  test.each([
    [{ n: 2 }, ["b"]],
    [{ n: { $ne: 2 } }, ["a", "c"]],
    [{ n: { $gt: 1, $lte: 2 } }, ["b"]],
    [{ n: { $lt: 2 } }, ["a"]],
    [{ tags: "x" }, ["a", "b"]],
    [{ tags: { $in: ["y", "z"] } }, ["b"]],
    [{ tags: { $nin: ["y"] } }, ["a", "c"]],
    [{ open: true }, ["c"]],
    [{ n: { $exists: false } }, ["c"]],
    [{ $or: [{ n: 1 }, { open: { $eq: true } }] }, ["a", "c"]],
    [{ $and: [{ tags: "x" }, { n: { $gte: 2 } }] }, ["b"]],
  ])("%j finds %j", async (filter, ids) => {
    const write = (id: string, metadata: Record<string, any>) =>
      pinecone.store.upsert("sales-knowledge", { namespace: "filters", id, metadata: { text: id, ...metadata } });
    write("a", { n: 1, tags: ["x"] });
    write("b", { n: 2, tags: ["x", "y"] });
    write("c", { open: true });
    expect(await matching(filter)).toEqual(ids);
  });

  test.each([
    [{ $and: [] }],
    [{ a: {} }],
    [{ $not: { a: 1 } }],
    [{ a: { $in: "x" } }],
    [{ a: { $exists: 1 } }],
    [{ a: null }],
  ])("%j is refused", async (filter) => {
    const { status } = await raw("POST", "/vectors/fetch_by_metadata", { body: { namespace: "calls", filter } });
    expect(status).toBe(400);
  });
});

describe("writing", () => {
  test("text is written over what was there, found at once, and the change is kept", async () => {
    const records = [{ id: "note", text: "Kiteline offers a rebate", source: "gong" }];
    await index("notes").upsertRecords({ records });
    await index("notes").upsertRecords({
      records: [{ ...records[0], id: "note", text: "Kiteline withdrew its rebate" }],
    });
    const { result } = await index("notes").searchRecords({ query: { topK: 3, inputs: { text: "withdraw" } } });
    expect(result.hits).toEqual([
      { _id: "note", _score: expect.any(Number), fields: { text: "Kiteline withdrew its rebate", source: "gong" } },
    ]);
    expect(pinecone.store.changes.map(({ id, field, after, by }) => [id, field, after, by])).toEqual([
      ["sales-knowledge/notes/note", "", { text: records[0]?.text, source: "gong" }, "api"],
      ["sales-knowledge/notes/note", "text", "Kiteline withdrew its rebate", "api"],
    ]);
    pinecone.reset();
    expect(pinecone.store.index("sales-knowledge").namespaces()).toEqual(["calls", "playbooks"]);
  });

  const ndjson = { "Content-Type": "application/x-ndjson" };
  test.each([
    ["97 records", Array.from({ length: 97 }, (_, i) => ({ _id: `${i}`, text: "x" })), "Batch size exceeds 96"],
    ["no text", [{ _id: "a", title: "x" }], "'text'"],
    ["no id", [{ text: "x" }], "'_id'"],
    ["null", [{ _id: "a", text: "x", account: null }], "for field 'account'"],
    ["an object", [{ _id: "a", text: "x", account: { name: "Acme" } }], "for field 'account'"],
    ["more than 40 KB", [{ _id: "a", text: "x".repeat(41_000) }], "exceeds the limit of 40960 bytes"],
    ["one wrong among right ones", [{ _id: "a", text: "x" }, { _id: "b" }], "Record 'b'"],
  ])("%s: nothing is written", async (_, records, words) => {
    const body = records.map((record) => JSON.stringify(record)).join("\n");
    const answer = await raw("POST", "/records/namespaces/notes/upsert", { body, headers: ndjson });
    expect(answer.status).toBe(400);
    expect(answer.body.error.message).toContain(words);
    expect(pinecone.store.index("sales-knowledge").has("notes")).toBe(false);
  });

  test("vectors: upsert, update, list by pages, delete", async () => {
    const profiles = index("p", "account-profiles");
    const values = [1, 0, 0, 0, 0, 0, 0, 0];
    await profiles.upsert({ records: ["a1", "a2", "b1"].map((id) => ({ id, values, metadata: { n: 1 } })) });
    await profiles.update({ id: "a1", metadata: { n: 2, city: "Leeds" } });
    expect((await profiles.fetch({ ids: ["a1"] })).records.a1?.metadata).toEqual({ n: 2, city: "Leeds" });
    const first = await profiles.listPaginated({ prefix: "a", limit: 1 });
    expect(first.vectors).toEqual([{ id: "a1" }]);
    const second = await profiles.listPaginated({
      prefix: "a",
      limit: 1,
      paginationToken: first.pagination?.next ?? "",
    });
    expect([second.vectors, second.pagination]).toEqual([[{ id: "a2" }], undefined]);
    await profiles.deleteMany({ filter: { n: 1 } });
    expect(
      pinecone.store
        .index("account-profiles")
        .list("p")
        .map((r) => r.id),
    ).toEqual(["a1"]);
    await profiles.deleteAll();
    expect(pinecone.store.index("account-profiles").list("p")).toEqual([]);
    await expect(index("nowhere").deleteAll()).rejects.toThrow("404");
  });

  test("namespaces are listed and described", async () => {
    const { namespaces, totalCount } = await pc.index("sales-knowledge").listNamespaces();
    expect([namespaces?.map((n) => n.name), totalCount]).toEqual([["calls", "playbooks"], 2]);
    expect(Number((await pc.index("sales-knowledge").describeNamespace("playbooks")).recordCount)).toBe(10);
    await expect(pc.index("sales-knowledge").describeNamespace("nowhere")).rejects.toThrow("404");
  });
});

describe("limits and faults", () => {
  test("a write is seen by readers when the index has taken it in", async () => {
    const { server, client } = await start({ freshnessMs: 2000 });
    const notes = client.index("sales-knowledge").namespace("notes");
    await notes.upsertRecords({ records: [{ id: "n", text: "late" }] });
    expect((await notes.fetch({ ids: ["n"] })).records).toEqual({});
    board.clock.set(now + 2500);
    expect(Object.keys((await notes.fetch({ ids: ["n"] })).records)).toEqual(["n"]);
    await server.close();
  });

  test("a second of a namespace has so many queries", async () => {
    let real = 1000;
    const { server, client } = await start({ requestsPerSecond: 2, realNow: () => real });
    const search = (namespace: string) =>
      client
        .index("sales-knowledge")
        .namespace(namespace)
        .searchRecords({ query: { topK: 1, inputs: { text: "x" } } });
    await search("calls");
    await search("calls");
    await expect(search("calls")).rejects.toThrow("exceeded the limit of 2 query requests per second");
    await search("playbooks");
    real += 1000;
    await search("calls");
    await server.close();
  });

  test("who has no key or no known version is not let in", async () => {
    const bad = { "Api-Key": "wrong" };
    expect(await raw("GET", "/indexes", { headers: bad })).toMatchObject({
      status: 401,
      body: { status: 401, error: { code: "UNAUTHENTICATED", message: "Invalid API key." } },
    });
    expect(await raw("GET", "/vectors/list", { headers: bad })).toMatchObject({
      status: 401,
      text: "Invalid API key.",
    });
    const version = { "X-Pinecone-Api-Version": "2031-01" };
    expect((await raw("GET", "/indexes", { headers: version })).status).toBe(400);
  });

  test("faults are worded as the service words them, where they strike", async () => {
    board.addFault({ service: "pinecone", status: 503, path: "/query" });
    const { status, body } = await raw("POST", "/query", { body: {} });
    expect([status, body.code]).toEqual([503, 14]);
    board.addFault({ service: "pinecone", status: 429, retryAfter: 3, path: "/search" });
    expect((await raw("POST", "/records/namespaces/calls/search", { body: {} })).body.error.code).toBe(
      "RESOURCE_EXHAUSTED",
    );
  });
});
