import { describe, expect, it } from "vitest";
import { createPineconeServer } from "../../../../mcp-servers/pinecone/index.ts";

const controllerHost = "https://api.pinecone.example";
const config = { apiKey: "k", index: "notes", controllerHost, namespace: undefined, readOnly: false };

/** The key's way: every address that was asked, with the control plane naming `host` as the index's. */
async function askStats(host: string, more: object = {}) {
  const asked: string[] = [];
  const fakeFetch = async (input: string | URL | Request): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input);
    asked.push(url);
    const schema = { fields: { text: { type: "semantic_text", model: "m", dimension: 4, metric: "cosine" } } };
    const index = { name: "notes", host, status: { ready: true, state: "Ready" }, schema, ...more };
    const isControl = url.startsWith(controllerHost);
    return Response.json(isControl ? index : { namespaces: { "": { vectorCount: 3 }, b: {} }, dimension: 4 });
  };
  const server = createPineconeServer(config, { clock: { now: Date.now }, fetch: fakeFetch });
  const tool = server.tools.find(({ name }) => name === "index_stats");
  const { signal } = new AbortController();
  const context = { client: server.client, clock: { now: Date.now }, caller: undefined, signal };
  const answer = await tool?.run({ limit: 10 } as never, context).catch((error: Error) => error.message);
  return { asked, answer };
}

describe("an index's address", () => {
  it("is https where Pinecone names no scheme, and the namespace without a name has one", async () => {
    const { asked, answer } = await askStats("notes-1.svc.pinecone.example");
    expect(asked[1]).toBe("https://notes-1.svc.pinecone.example/describe_index_stats");
    expect(answer).toMatchObject({
      records: 3,
      namespaces: [
        { name: "__default__", records: 3 },
        { name: "b", records: 0 },
      ],
    });
  });

  it("is the private one where there is one, as the SDK has it", async () => {
    const { asked } = await askStats("a.example", { private_host: "b.example" });
    expect(asked[1]).toBe("https://b.example/describe_index_stats");
  });

  it("is not sent the key without https, unless the control plane is on this machine as well", async () => {
    const { asked, answer } = await askStats("http://elsewhere.example");
    expect(answer).toContain("without https");
    expect(asked).toEqual([`${controllerHost}/indexes/notes`]);
  });
});
