import { matchesAny } from "../core/patterns.ts";
import type { ToolDefinition } from "./ports.ts";

/** A role is data: what is added to the prompt, and which tools it may use. */
export interface Role {
  name: string;
  description: string;
  /** Added to Sophia's own instructions. */
  prompt?: string | undefined;
  /** Names of allowed tools on the gateway; `*` stands for any characters. */
  tools: readonly string[];
  /** Of many tools those that are loaded at once, as names or patterns; the model searches for the others. */
  hot?: readonly string[] | undefined;
}

/** Of more than these a model chooses worse, and their definitions outweigh the question. */
const MOST_LOADED_TOOLS = 30;

/** What most questions need. A call of a tool that is not here costs the model a search first. */
const defaultHotTools: readonly string[] = [
  "gong__get_calls",
  "gong__find_calls",
  "gong__get_call_transcript",
  "gong__get_call_summary",
  "hubspot__search_deals",
  "hubspot__get_deal",
  "asana__create_task",
  "asana__get_my_tasks",
  "slack__send_message",
  "snowflake__execute_query",
  "pinecone__semantic_search",
  // A cut result names the tool that reads on in it.
  "*read_more",
];

export const builtinRoles: readonly Role[] = [
  {
    name: "sophia",
    description: "Answers whatever a sales team asks, with all the tools that are connected.",
    tools: ["*"],
  },
];

/** Those of the listed tools that the role may use, in their order; where they are many, all but the hot ones deferred. */
export function toolsOf(role: Role, listed: readonly ToolDefinition[]): readonly ToolDefinition[] {
  const allowed = role.tools.includes("*") ? listed : listed.filter((tool) => matchesAny(role.tools, tool.name));
  if (allowed.length <= MOST_LOADED_TOOLS) return allowed;
  const hot = role.hot ?? defaultHotTools;
  return allowed.map((tool) => (matchesAny(hot, tool.name) ? tool : { ...tool, deferred: true }));
}
