import { describe, expect, it } from "vitest";
import { isPrivate, maySee } from "../../../../mcp-servers/pinecone/privacy.ts";

const owner = { email: "ada@acme.example", audience: "private" as const };

describe("what is private", () => {
  it.each([
    [{ is_private: true }],
    [{ private: "true" }],
    [{ private: "yes" }],
    [{ isPrivate: 1 }],
    [{ confidential: ["x"] }],
    [{ visibility: "Private" }],
    [{ access: ["owner", "private"] }],
    [{ privacy: "strictly confidential" }],
    [{ is_private: false, visibility: "private" }],
    // Something that nobody understands is rather kept back.
    [{ private: "perhaps" }],
    [{ private: { nested: true } }],
  ])("%j is", (metadata) => {
    expect(isPrivate(metadata)).toBe(true);
    expect(maySee(metadata, owner)).toBe(false);
    expect(maySee({ ...metadata, owner_email: "ADA@acme.example " }, owner)).toBe(true);
    expect(maySee({ ...metadata, owner_email: ["bob@acme.example", "ada@acme.example"] }, owner)).toBe(true);
    expect(maySee({ ...metadata, owner_email: "bob@acme.example" }, owner)).toBe(false);
    expect(maySee({ ...metadata, owner_email: owner.email }, { ...owner, audience: "channel" })).toBe(false);
    expect(maySee({ ...metadata, owner_email: "" }, { email: "", audience: "private" })).toBe(false);
    expect(maySee({ ...metadata, owner_email: owner.email }, undefined)).toBe(false);
  });

  it.each([
    [{}],
    [{ is_private: false }],
    [{ private: "false" }],
    [{ private: 0 }],
    [{ private: null }],
    [{ visibility: "public" }],
    [{ visibility: "team" }],
  ])("%j is not", (metadata) => {
    expect(isPrivate(metadata)).toBe(false);
    expect(maySee(metadata, undefined)).toBe(true);
  });
});
