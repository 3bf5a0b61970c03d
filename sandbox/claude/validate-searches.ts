import { type ApiError, invalid } from "./errors.ts";
import { isResultsOnly, isSearchTool, openSearches, referencesOf } from "./tool-search.ts";
import { type Block, blocksOf, type Message, type MessagesRequest, type ToolParam } from "./wire.ts";

/** The rules of deferred tools. Throws ApiError in the service's own words as far as they are known. */
export function checkDeferral(tools: readonly ToolParam[]): void {
  if (tools.length > 0 && tools.every((tool) => tool.defer_loading)) {
    throw invalid("All tools have defer_loading set. At least one tool must be non-deferred.");
  }
  const marked = tools.find((tool) => tool.defer_loading && tool.cache_control);
  if (!marked) return;
  throw invalid(
    `Tool '${marked.name}' cannot have both defer_loading=true and cache_control set. ` +
      "Tools with defer_loading cannot use prompt caching.",
  );
}

/** Searches that are sent back: each with its result, in an answer that follows on it, and each tool found still defined. */
export function checkSearches({ messages, tools = [] }: MessagesRequest): void {
  let open: Block[] = [];
  messages.forEach((message, index) => {
    if (message.role === "assistant") open = checkAnswer(message, index, open);
    else if (open.length > 0 && !isResultsOnly(message)) throw unanswered(open, index - 1);
  });
  const waiting = openSearches(messages);
  if (open.length > waiting.length) throw unanswered(open, messages.length - 1);
  if (waiting.length > 0 && !tools.some(isSearchTool)) {
    throw invalid(
      `a \`${waiting[0]?.name}\` call is waiting to be run, but no \`${waiting[0]?.name}\` tool was provided`,
    );
  }
  const names = messages.flatMap(({ content }) => blocksOf(content).flatMap(referencesOf));
  const missing = names.find((name) => !tools.some((tool) => tool.name === name));
  if (missing !== undefined) throw invalid(`Tool reference '${missing}' not found in available tools`);
}

/** Returns the searches of this answer that have no result yet; those of the answer before must have theirs in this one. */
function checkAnswer({ content }: Message, index: number, before: readonly Block[]): Block[] {
  const open = new Map(before.map((block) => [block.id, block]));
  blocksOf(content).forEach((block, position) => {
    if (block.type === "server_tool_use") open.set(block.id, block);
    if (block.type !== "tool_search_tool_result" || open.delete(block.tool_use_id)) return;
    throw invalid(
      `messages.${index}.content.${position}: unexpected \`tool_use_id\` found in \`${block.type}\` blocks: ` +
        `${block.tool_use_id}. Each \`${block.type}\` block must have a corresponding \`server_tool_use\` block before it.`,
    );
  });
  const late = before.filter((block) => open.has(block.id));
  if (late.length > 0) throw unanswered(late, index - 1);
  return [...open.values()];
}

function unanswered([use]: readonly Block[], index: number): ApiError {
  return invalid(
    `messages.${index}: \`${use?.name}\` tool use with id \`${use?.id}\` was found without a corresponding ` +
      "`tool_search_tool_result` block",
  );
}
