import { describe, expect, it } from "vitest";
import { readPineconeConfig } from "../../../../mcp-servers/pinecone/config.ts";

const needed = { PINECONE_API_KEY: "key", PINECONE_INDEX: "notes" };

describe("Pinecone's settings", () => {
  it("are two, with the vendor's own address", () => {
    expect(readPineconeConfig(needed)).toEqual({
      apiKey: "key",
      index: "notes",
      controllerHost: "https://api.pinecone.io",
      namespace: undefined,
      readOnly: false,
    });
    const more = {
      PINECONE_CONTROLLER_HOST: "http://127.0.0.1:4000/",
      PINECONE_NAMESPACE: "calls",
      PINECONE_READ_ONLY: "true",
    };
    expect(readPineconeConfig({ ...needed, ...more })).toMatchObject({
      controllerHost: "http://127.0.0.1:4000",
      namespace: "calls",
      readOnly: true,
    });
  });

  it.each([
    [{}, ["PINECONE_API_KEY is not set", "PINECONE_INDEX is not set", "app.pinecone.io"]],
    [{ ...needed, PINECONE_CONTROLLER_HOST: "http://api.pinecone.io" }, ["must begin with https"]],
    [{ ...needed, PINECONE_CONTROLLER_HOST: "api.pinecone.io" }, ["PINECONE_CONTROLLER_HOST must be an origin"]],
    [{ ...needed, PINECONE_READ_ONLY: "yes" }, ["PINECONE_READ_ONLY must be true or false"]],
  ])("say all that is wrong with %j", (env, words) => {
    for (const part of words) expect(() => readPineconeConfig(env)).toThrow(part);
  });
});
