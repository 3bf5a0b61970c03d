import { matchesAny } from "../core/patterns.ts";
import { usualRole } from "../core/usual-role.ts";
import type { ToolDefinition } from "./ports.ts";

/** A role is data: what is added to the prompt, and which tools it may use. */
export interface Role {
  name: string;
  description: string;
  /** Added to Sophia's own instructions. */
  prompt?: string | undefined;
  /** Names of allowed tools on the gateway; `*` stands for any characters. */
  tools: readonly string[];
  /** For what Sophia does unasked: nobody is answered in it. */
  isInternal?: true | undefined;
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
    name: usualRole,
    description: "Answers whatever a sales team asks, with all the tools that are connected.",
    tools: ["*"],
  },
  {
    name: "sales-analyst",
    description: "Reads calls, pipeline, revenue and documents, and says what they mean in figures.",
    prompt:
      "You answer with figures and where they come from, and change nothing. What a deal means for a quarter joins HubSpot's open " +
      "pipeline with Snowflake's revenue: answer with a table of before and after, a chart where it helps, and your assumptions as a list.",
    tools: [
      "gong__*",
      "hubspot__get_*",
      "hubspot__search_*",
      "hubspot__list_*",
      "snowflake__*",
      "pinecone__semantic_search",
      "pinecone__query_by_vector",
      "pinecone__fetch_records",
      "pinecone__list_indexes",
      "pinecone__describe_index",
      "pinecone__index_stats",
      "slack__read_*",
      "slack__find_*",
      "sophia__draw_chart",
    ],
  },
  {
    name: "project-manager",
    description: "Makes tasks of what was agreed, follows them up, and tells people.",
    prompt:
      "When you make tasks of what was said, make all of them in one answer, so that they are asked about together. Each has a name that " +
      "begins with a verb, an assignee whom the words name, a due date that they give, the project of its account or the one that fits, " +
      "and a priority. Its notes say in a line why it has that priority (the deal's amount and stage, the date, how it was said) and where it comes from. " +
      "Where nobody took something on, or no day was said, leave it out and say so; never guess a person or a date.",
    tools: [
      "asana__*",
      "slack__*",
      "gong__get_call_summary",
      "gong__find_calls",
      "hubspot__search_deals",
      "hubspot__get_deal",
    ],
  },
  {
    name: "call-summaries",
    isInternal: true,
    description: "What the summaries of calls are made with. For Sophia's own work, not for questions.",
    tools: ["gong__*", "hubspot__search_*", "hubspot__get_*", "hubspot__list_*", "pinecone__upsert_document"],
  },
  {
    name: "notices",
    isInternal: true,
    description: "What notices of changes are made with. For Sophia's own work, not for questions.",
    tools: [
      "hubspot__search_*",
      "hubspot__get_*",
      "hubspot__list_*",
      "asana__get_*",
      "asana__list_*",
      "asana__find_user",
    ],
  },
];

/** Those of the listed tools that the role may use, in their order; where they are many, all but the hot ones deferred. */
export function toolsOf(role: Role, listed: readonly ToolDefinition[]): readonly ToolDefinition[] {
  const allowed = role.tools.includes("*") ? listed : listed.filter((tool) => matchesAny(role.tools, tool.name));
  if (allowed.length <= MOST_LOADED_TOOLS) return allowed;
  const hot = role.hot ?? defaultHotTools;
  return allowed.map((tool) => (matchesAny(hot, tool.name) ? tool : { ...tool, deferred: true }));
}
