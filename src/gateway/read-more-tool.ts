import type { McpTool } from "../mcp/types.ts";
import { READ_MORE } from "./catalogue.ts";

export const readMoreTool: McpTool = {
  name: READ_MORE,
  title: "Read more",
  description: "Gives the next part of a tool's result that was too long for one answer, by the cursor at its end.",
  inputSchema: {
    type: "object",
    properties: { cursor: { type: "string", description: "The cursor that stood at the end of the part before" } },
    required: ["cursor"],
    additionalProperties: false,
  },
  annotations: {
    title: "Read more",
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  },
};
