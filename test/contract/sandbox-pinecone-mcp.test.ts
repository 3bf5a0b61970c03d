import { createRequire } from "node:module";
import { resolve } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PineconeStore, startPinecone } from "../../sandbox/pinecone/start-pinecone.ts";
import { createSandboxClock, type ServiceStandIn, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";

const now = Date.parse("2026-11-18T16:00:00Z");
const board = new Switchboard(createSandboxClock(now));
const client = new Client({ name: "test", version: "1" });
let pinecone: ServiceStandIn<PineconeStore>;

// It passes its own options to the SDK, which then reads no address from the environment: the preload takes its place.
beforeAll(async () => {
  pinecone = await startPinecone({ world: createWorld({ now }), board });
  const require = createRequire(import.meta.url);
  const preload = resolve(import.meta.dirname, "../support/redirect-fetch.ts");
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ["--import", preload, require.resolve("@pinecone-database/mcp")],
    env: { ...pinecone.env, REDIRECT_FROM: "https://api.pinecone.io", REDIRECT_TO: pinecone.url },
    stderr: "ignore",
  });
  await client.connect(transport);
});
afterAll(async () => {
  await client.close();
  await pinecone.close();
});

async function call(name: string, args: Record<string, unknown>): Promise<any> {
  const { isError, content } = (await client.callTool({ name, arguments: args })) as any;
  expect(isError, content[0].text).toBeFalsy();
  return content[0].text;
}

describe("the public @pinecone-database/mcp, with the API of 2026-04", () => {
  const rerank = { model: "bge-reranker-v2-m3", rankFields: ["text"], topN: 1 };
  const query = { topK: 3, inputs: { text: "who may grant a discount?" } };

  test("lists, describes and counts", async () => {
    const { indexes } = JSON.parse(await call("list-indexes", {}));
    expect(indexes.map((i: any) => i.name)).toEqual(["sales-knowledge", "account-profiles"]);
    const described = JSON.parse(await call("describe-index", { name: "sales-knowledge" }));
    expect(described.embed.fieldMap).toEqual({ text: "text" });
    const stats = JSON.parse(await call("describe-index-stats", { name: "sales-knowledge" }));
    expect(stats.namespaces.playbooks.recordCount).toBe(10);
  });

  test("searches one index, and several with a rerank", async () => {
    const args = { name: "sales-knowledge", namespace: "playbooks", query };
    const { result } = JSON.parse(await call("search-records", { ...args, rerank }));
    expect(result.hits.map((h: any) => h._id)).toEqual(["discount-policy"]);
    const indexes = [{ name: "sales-knowledge", namespace: "playbooks" }];
    const cascade = JSON.parse(await call("cascading-search", { indexes, query, rerank }));
    expect(cascade.data[0].document.title).toBe("Discounts and who may grant them");
  });

  test("makes an index, writes into it and finds what it wrote", async () => {
    const embed = { model: "multilingual-e5-large", fieldMap: { text: "body" } };
    expect(JSON.parse(await call("create-index-for-model", { name: "notes", embed })).status.ready).toBe(true);
    const records = [{ id: "n1", body: "The board meets on Monday" }];
    await call("upsert-records", { name: "notes", namespace: "meetings", records });
    const found = { name: "notes", namespace: "meetings", query: { topK: 1, inputs: { text: "board meeting" } } };
    expect(JSON.parse(await call("search-records", found)).result.hits[0].fields).toEqual({ body: records[0]?.body });
    expect(pinecone.store.index("notes").get("meetings", "n1")?.metadata).toEqual({ body: records[0]?.body });
  });

  test("reranks documents of its own", async () => {
    const args = { model: "cohere-rerank-3.5", query: "late fees", documents: ["a lease", "late fees are waived"] };
    expect(JSON.parse(await call("rerank-documents", args)).data[0].index).toBe(1);
  });
});
