import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ownLinks } from "../../../../mcp-servers/shared/own-links.ts";

const record = z.strictObject({
  name: z.string(),
  url: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
});
const output = z.strictObject({
  records: z.array(record),
  first: record.optional(),
  rows: z.array(z.union([z.array(z.string()), z.record(z.string(), z.string())])),
  either: z.union([z.strictObject({ id: z.string() }), z.strictObject({ url: z.string() })]).nullable(),
});

describe("the links of a result that are the service's own", () => {
  it("stand where the output declares them, and nowhere else", () => {
    const evil = "https://evil.example/";
    const value = {
      records: [
        {
          name: `${evil}name`,
          url: "https://a.example/1",
          data: { url: `${evil}data`, inner: { url: `${evil}deep` } },
        },
        { name: "", url: null, data: {} },
      ],
      first: { name: "", url: "https://a.example/2", data: {} },
      rows: [{ url: `${evil}column` }, [`${evil}cell`]],
      either: { url: "https://a.example/3" },
      url: `${evil}undeclared`,
    };
    expect(ownLinks(output, value)).toEqual(["https://a.example/1", "https://a.example/2", "https://a.example/3"]);
    expect(ownLinks(output, undefined)).toEqual([]);
    expect(ownLinks(output, { records: "none", either: null })).toEqual([]);
  });
});
