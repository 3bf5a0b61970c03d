/** What our Pinecone server's reads ask of Pinecone, and what they make of its answers. */

import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { connectPinecone, pineconeContract } from "../support/pinecone.ts";

const reads = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true };

describe("the tools", () => {
  it("are named as their files, with closed schemas and all hints, and are listed without a request", async () => {
    const { client, exchanges } = await connectPinecone();
    const files = readdirSync(new URL("../../mcp-servers/pinecone/tools/", import.meta.url));
    const tools = await client.listTools();
    expect(tools.map(({ name }) => `${name}.ts`)).toEqual(files.sort());
    for (const tool of tools) {
      expect(tool.inputSchema.additionalProperties).toBe(false);
      expect(tool.outputSchema?.additionalProperties).toBe(false);
      const writes = { ...reads, readOnlyHint: false, destructiveHint: true };
      expect(tool.annotations).toMatchObject(tool.name === "upsert_document" ? writes : reads);
    }
    expect(tools).toMatchSnapshot();
    expect(exchanges()).toEqual([]);
  });

  it("that write are not offered where only reading is allowed", async () => {
    const { client, refusal, exchanges } = await connectPinecone({ config: { readOnly: true } });
    expect((await client.listTools()).map(({ name }) => name)).not.toContain("upsert_document");
    expect(await refusal("upsert_document", { id: "x" })).toContain("read only");
    expect(exchanges()).toEqual([]);
  });

  it("refuse an argument that they do not have", async () => {
    const { refusal, exchanges } = await connectPinecone();
    expect(await refusal("semantic_search", { query: "pricing", topk: 3 })).toContain("top_k");
    expect(exchanges()).toEqual([]);
  });

  it.skipIf(!pineconeContract)("send what Pinecone describes", async () => {
    const { ask, exchanges } = await connectPinecone();
    await ask("list_indexes", {});
    await ask("describe_index", {});
    await ask("index_stats", {});
    await ask("semantic_search", { query: "pricing", account: "Acme", filter: { topic: { $in: ["a"] } } });
    await ask("query_by_vector", { id: "discount-policy" });
    await ask("query_by_vector", { index: "account-profiles", vector: [1, 0, 0, 0, 0, 0, 0, 0] });
    await ask("fetch_records", { ids: ["discount-policy"], namespaces: ["playbooks"] });
    const document = { id: "x", text: "a", title: "b", url: "https://c.example/", source: "gong" };
    await ask("upsert_document", { ...document, namespace: "calls" });
    expect(exchanges().length).toBeGreaterThan(9);
    expect(exchanges().flatMap((exchange) => pineconeContract?.requestProblems(exchange) ?? [])).toEqual([]);
  });
});

describe("query_by_vector", () => {
  it("finds what is like a record, itself left out", async () => {
    const { ask, sent } = await connectPinecone();
    const { passages, namespaces } = await ask("query_by_vector", { id: "discount-policy", top_k: 3 });
    expect(namespaces).toEqual(["playbooks"]);
    expect(passages).toHaveLength(3);
    expect(passages.map(({ id }: any) => id)).not.toContain("discount-policy");
    expect(sent().at(-1)).toMatchObject({
      call: "POST /query",
      body: { namespace: "playbooks", topK: 24, id: "discount-policy", includeMetadata: true },
    });
    expect(JSON.stringify(passages)).not.toContain("values");
  });

  it("takes a vector of the index's dimension", async () => {
    const { ask, refusal, sent } = await connectPinecone();
    const vector = [0.2, -0.1, 0.4, 0, 0.9, 0, 0.3, 0.1];
    const { passages } = await ask("query_by_vector", { index: "account-profiles", vector, top_k: 2 });
    expect(passages).toHaveLength(2);
    expect(passages[0].account).toEqual(expect.any(String));
    expect(sent().at(-1)?.body).toMatchObject({ vector, namespace: "__default__" });
    const asked = sent().length;
    expect(await refusal("query_by_vector", { index: "account-profiles", vector: [1, 2] })).toContain("takes 8");
    expect(await refusal("query_by_vector", { index: "account-profiles", vector: Array(8).fill(0) })).toContain(
      "are 0",
    );
    expect(await refusal("query_by_vector", {})).toContain("id or vector");
    expect(await refusal("query_by_vector", { id: "nothing" })).toContain("no record");
    expect(sent().filter(({ call }) => call === "POST /query")).toHaveLength(1);
    expect(sent().length).toBeGreaterThan(asked);
  });
});

describe("indexes", () => {
  it("are listed in pages and described", async () => {
    const { ask, sent } = await connectPinecone();
    const first = await ask("list_indexes", { limit: 1 });
    expect(first).toMatchObject({
      total: 2,
      truncated: true,
      indexes: [{ name: "account-profiles", takes_text: false, dimension: 8 }],
    });
    const second = await ask("list_indexes", { limit: 1, cursor: first.cursor });
    const knowledge = {
      name: "sales-knowledge",
      is_default: true,
      ready: true,
      state: "Ready",
      takes_text: true,
      text_field: "text",
      model: "llama-text-embed-v2",
      dimension: 1024,
      metric: "cosine",
      cloud: "aws",
      region: "us-east-1",
      deletion_protection: true,
      tags: { team: "sales-operations" },
    };
    expect(second).toEqual({ indexes: [knowledge], total: 2, truncated: false });
    expect(await ask("describe_index", {})).toEqual({ index: knowledge });
    expect(sent().map(({ call }) => call)).toEqual(["GET /indexes", "GET /indexes", "GET /indexes/sales-knowledge"]);
  });

  it("are counted by namespace", async () => {
    const { world, ask, sent } = await connectPinecone();
    const calls = world.documents.filter(({ kind }) => kind === "call").length;
    const playbooks = world.documents.length - calls;
    expect(await ask("index_stats", {})).toEqual({
      index: "sales-knowledge",
      records: calls + playbooks,
      dimension: 1024,
      namespaces: [
        { name: "calls", records: calls },
        { name: "playbooks", records: playbooks },
      ],
      total: 2,
      truncated: false,
    });
    expect(sent().at(-1)).toMatchObject({ call: "POST /describe_index_stats", body: {} });
    const page = await ask("index_stats", { limit: 1 });
    expect(page).toMatchObject({ truncated: true, namespaces: [{ name: "calls" }] });
    expect((await ask("index_stats", { limit: 1, cursor: page.cursor })).namespaces[0].name).toBe("playbooks");
  });
});

describe("fetch_records", () => {
  it("reads records whole, in the order asked for, and says which are not there", async () => {
    const { world, ask, sent } = await connectPinecone();
    const call = world.documents.find(({ kind }) => kind === "call")!;
    const { records, missing } = await ask("fetch_records", { ids: [call.id, "nothing", "discount-policy"] });
    expect(records.map(({ id, namespace }: any) => [id, namespace])).toEqual([
      [call.id, "calls"],
      ["discount-policy", "playbooks"],
    ]);
    expect(missing).toEqual(["nothing"]);
    expect(records[0]).toMatchObject({ text: call.text, url: call.url, metadata: { title: call.title } });
    expect(records[0].metadata.text).toBeUndefined();
    expect(records[1].date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    const fetched = sent().filter(({ call: line }) => line === "GET /vectors/fetch");
    expect(new Set(fetched.map(({ query }) => query.get("namespace")))).toEqual(new Set(["calls", "playbooks"]));
    expect(fetched[0]?.query.getAll("ids")).toEqual([call.id, "nothing", "discount-policy"]);
  });
});
