/** How our Pinecone server takes what goes wrong at Pinecone. */

import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { connectPinecone } from "../support/pinecone.ts";

const search = { query: "pricing", namespaces: ["playbooks"] };
const document = { id: "x", text: "a", title: "b", url: "https://c.example/", source: "gong", namespace: "playbooks" };

async function known() {
  const house = await connectPinecone();
  await house.ask("index_stats", {});
  house.board.reset();
  return house;
}

const fault = (more: object) => ({ service: "pinecone", path: "/records/", ...more });

describe("when Pinecone fails", () => {
  it.each([
    ["a 503", { status: 503, times: 2 }],
    ["a 500", { status: 500, times: 2 }],
    ["a cut connection", { drop: true, times: 2 }],
  ])("it is asked again after %s, by one retrier alone", async (_, failure) => {
    const { ask, board, sent, timer, errors } = await known();
    board.addFault(fault(failure));
    expect((await ask("semantic_search", search)).passages.length).toBeGreaterThan(0);
    expect(timer.slept).toEqual([200, 400]);
    // What was cut off left no record.
    expect(sent().length).toBe("drop" in failure ? 1 : 3);
    expect(errors).toEqual([]);
  });

  it("a write by id is sent again as well, and leaves one record", async () => {
    const { ask, board, store } = await known();
    const before = store.index("sales-knowledge").list("playbooks").length;
    board.addFault({ service: "pinecone", path: "/upsert", drop: "after" });
    await ask("upsert_document", document);
    expect(store.index("sales-knowledge").list("playbooks")).toHaveLength(before + 1);
  });

  it.each<[string, object, string, number]>([
    ["503", { status: 503 }, "Pinecone is failing on its side (503)", 3],
    ["no connection", { drop: true }, "Pinecone cannot be reached", 0],
    ["401", { status: 401 }, "Check PINECONE_API_KEY", 1],
    ["403", { status: 403 }, "roles", 1],
    ["400", { status: 400 }, "Pinecone did not accept the request (400)", 1],
    ["402", { status: 402 }, "not part of the Pinecone plan", 1],
    ["404", { status: 404 }, "no longer has this index", 1],
    ["429", { status: 429, retryAfter: 60 }, "Try again in 60 s", 1],
  ])("tells %s in its own words after as many attempts as make sense", async (_, failure, words, attempts) => {
    const { refusal, board, sent } = await known();
    board.addFault(fault({ ...failure, times: 9 }));
    const told = await refusal("semantic_search", search);
    expect(told).toContain(words);
    expect(told).not.toMatch(/sandbox-pinecone-key|request body included/);
    expect(sent()).toHaveLength(attempts);
  });

  it("waits as long as a 429 says, and then asks again", async () => {
    const { ask, board, timer, sent } = await known();
    board.addFault(fault({ status: 429, retryAfter: 7 }));
    await ask("semantic_search", search);
    expect(timer.slept).toContain(7000);
    expect(sent().map(({ status }) => status)).toEqual([429, 200]);
  });

  it("asks anew for the address of an index that was lost", async () => {
    const { ask, refusal, board, sent } = await known();
    board.addFault(fault({ status: 404 }));
    await refusal("semantic_search", search);
    await ask("semantic_search", search);
    expect(sent().map(({ call }) => call)).toEqual([
      "POST /records/namespaces/playbooks/search",
      "GET /indexes/sales-knowledge",
      "POST /records/namespaces/playbooks/search",
    ]);
  });

  it("tells a wrong key and a missing index", async () => {
    const wrong = await connectPinecone({ config: { apiKey: "wrong" } });
    expect(await wrong.refusal("list_indexes", {})).toContain("Check PINECONE_API_KEY");
    const lost = await connectPinecone({ config: { index: "sales-knowledge-2" } });
    expect(await lost.refusal("semantic_search", { query: "x" })).toContain("sales-knowledge");
  });

  it("stops asking when the call is cancelled", async () => {
    const { call, board, sent, errors } = await known();
    const abort = new AbortController();
    board.addFault(fault({ latencyMs: 300 }));
    const calling = call("semantic_search", search, { signal: abort.signal });
    setImmediate(() => abort.abort());
    await expect(calling).rejects.toThrow();
    expect(sent().length).toBeLessThanOrEqual(1);
    expect(errors).toEqual([]);
  });
});

describe("the process", () => {
  it("has no SDK in it before the first call", () => {
    const script = `
      const { createPineconeServer } = await import("./mcp-servers/pinecone/index.ts");
      const config = { apiKey: "k", index: "i", controllerHost: "http://127.0.0.1:9", namespace: undefined, readOnly: false };
      createPineconeServer(config, { clock: { now: Date.now }, fetch });
      const { createRequire } = await import("node:module");
      const loaded = Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes("@pinecone-database"));
      process.stdout.write(String(loaded.length));`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: new URL("../..", import.meta.url).pathname,
      encoding: "utf8",
    });
    expect({ stdout, stderr }).toEqual({ stdout: "0", stderr: "" });
  });
});
