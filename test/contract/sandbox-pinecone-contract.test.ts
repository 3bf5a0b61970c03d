import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type PineconeStore, startPinecone } from "../../sandbox/pinecone/start-pinecone.ts";
import { createSandboxClock, type ServiceStandIn, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";
import { loadContract } from "../support/openapi.ts";

const now = Date.parse("2026-11-18T16:00:00Z");
const board = new Switchboard(createSandboxClock(now));
let pinecone: ServiceStandIn<PineconeStore>;
let host: string;

beforeAll(async () => {
  pinecone = await startPinecone({ world: createWorld({ now }), board });
  const headers = { "Api-Key": "sandbox-pinecone-key", "X-Pinecone-Api-Version": "2026-07" };
  const response = await fetch(`${pinecone.url}/indexes/sales-knowledge`, { headers });
  ({ host } = (await response.json()) as { host: string });
});
afterAll(() => pinecone.close());
afterEach(() => {
  pinecone.reset();
  board.reset();
});

const contracts = ["db_control", "db_data", "inference"].map((part) =>
  loadContract(`pinecone/${part}_2026-04.oas.yaml`),
);

describe.skipIf(contracts.includes(undefined))("what is published of 2026-04", () => {
  const headers = {
    "Api-Key": "sandbox-pinecone-key",
    "X-Pinecone-Api-Version": "2026-04",
    "Content-Type": "application/json",
  };

  test.each([
    [0, "GET", "/indexes", undefined],
    [0, "GET", "/indexes/account-profiles", undefined],
    [0, "GET", "/indexes/nothing", undefined],
    [
      0,
      "POST",
      "/indexes/create-for-model",
      {
        name: "made",
        cloud: "aws",
        region: "us-east-1",
        embed: { model: "multilingual-e5-large", field_map: { text: "body" } },
      },
    ],
    [1, "POST", "/describe_index_stats", {}],
    [1, "POST", "/query", { topK: 2, id: "discount-policy", namespace: "playbooks", includeMetadata: true }],
    [1, "POST", "/query", { topK: 2 }],
    [1, "GET", "/vectors/fetch?ids=discount-policy&namespace=playbooks", undefined],
    [1, "GET", "/vectors/list?namespace=calls&limit=3", undefined],
    [1, "POST", "/vectors/delete", { ids: ["x"], namespace: "playbooks" }],
    [1, "POST", "/vectors/update", { id: "discount-policy", namespace: "playbooks", setMetadata: { a: "b" } }],
    [1, "GET", "/namespaces", undefined],
    [1, "GET", "/namespaces/nowhere", undefined],
    [
      1,
      "POST",
      "/records/namespaces/playbooks/search",
      { query: { top_k: 2, inputs: { text: "discount" } }, fields: ["title"] },
    ],
    [1, "POST", "/records/namespaces/playbooks/search", { query: { top_k: 2 } }],
    [
      2,
      "POST",
      "/embed",
      { model: "llama-text-embed-v2", inputs: [{ text: "x" }], parameters: { input_type: "query" } },
    ],
    [2, "POST", "/embed", { model: "nothing", inputs: [{ text: "x" }] }],
    [2, "POST", "/rerank", { model: "bge-reranker-v2-m3", query: "x", documents: [{ text: "x" }] }],
    [2, "GET", "/models", undefined],
  ])("%i: %s %s %j", async (part, method, path, body) => {
    await fetch(`${part === 1 ? host : pinecone.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const exchange = board.requests("pinecone").at(-1);
    await expect.poll(() => exchange?.response).not.toBe("");
    expect(exchange?.status).not.toBe(500);
    expect(contracts[part]?.answerProblems(exchange as never)).toEqual([]);
  });
});
