import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { configJsonSchema, envExample } from "../../src/config/documents.ts";

const root = join(import.meta.dirname, "../..");

/** Generated documents are files of the repository; `UPDATE_DOCS=1 npm test -- documents` writes them anew. */
it.each([
  ["docs/sophia.config.schema.json", configJsonSchema()],
  [".env.example", envExample()],
])("%s is what the code says", (file, text) => {
  if (process.env.UPDATE_DOCS) writeFileSync(join(root, file), text);
  expect(readFileSync(join(root, file), "utf8")).toBe(text);
});
