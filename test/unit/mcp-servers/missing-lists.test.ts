import { expect, it } from "vitest";
import { indexesAnswer } from "../../../mcp-servers/pinecone/answers.ts";
import { searchAnswer } from "../../../mcp-servers/pulumi/answers.ts";

it.each([{}, { resources: null, total: null }])("a search's answer without its list is none: %j", (answer) => {
  expect(searchAnswer.safeParse(answer).success).toBe(false);
  expect(searchAnswer.safeParse({ resources: [] }).success).toBe(true);
});

it.each([{}, { indexes: null }])("neither is a list of indexes without one: %j", (answer) => {
  expect(indexesAnswer.safeParse(answer).success).toBe(false);
});
