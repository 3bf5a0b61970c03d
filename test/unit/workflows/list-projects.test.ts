import { expect, it } from "vitest";
import type { Caller } from "../../../src/agent/ports.ts";
import { listProjects } from "../../../src/workflows/notices/read-records.ts";
import { createToolReader } from "../../../src/workflows/tool-reader.ts";

it("reads on in Asana's list of projects until it is whole", async () => {
  const asked: unknown[] = [];
  const reader = createToolReader({
    call: async (_tool, args) => {
      asked.push(args);
      const isFirst = asked.length === 1;
      const page = {
        projects: [{ id: `${asked.length}`, name: isFirst ? "First" : "Last" }],
        ...(isFirst && { cursor: "2" }),
      };
      return { text: JSON.stringify(page), isError: false };
    },
  });
  const reading = { reader, caller: {} as Caller, signal: new AbortController().signal };
  expect(await listProjects(reading)).toEqual([
    { id: "1", name: "First" },
    { id: "2", name: "Last" },
  ]);
  expect(asked).toEqual([{ limit: 50 }, { limit: 50, cursor: "2" }]);
});
