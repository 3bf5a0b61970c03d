import type { ContentBlock, ModelRequest, ModelTool, Step } from "./ports.ts";

/** The service's own search over deferred tools: it runs there, inside an answer, and is never a call of ours. */
export const searchTool = { type: "tool_search_tool_bm25_20251119", name: "tool_search_tool_bm25" } as const;

interface SearchUse {
  type: "server_tool_use";
  id: string;
  name: string;
}

interface ToolReference {
  type: "tool_reference";
  tool_name: string;
}

interface SearchResult {
  type: "tool_search_tool_result";
  tool_use_id: string;
  /** Without references where the search failed. */
  content: { type: string; tool_references?: ToolReference[] };
}

/** What a request says of its tools, and the steps that fit it. */
interface Searchable {
  tools: readonly ModelTool[];
  steps: readonly Step[];
}

/**
 * Makes tools and conversation agree, as the service demands: each search with its result, each tool that a result refers
 * to among the deferred ones, and each tool that was used either found by a search before or loaded. What already agrees
 * goes out as it came.
 */
export function withSearches({ tools, steps }: Pick<ModelRequest, "tools" | "steps">): Searchable {
  const deferred = new Set(tools.flatMap((tool) => (tool.deferred ? [tool.name] : [])));
  if (deferred.size === 0) return withoutSearches({ tools, steps });
  const whole = wholeSearches(steps);
  // The search for it lay in a turn that was dropped, or the tool was not deferred at that time.
  const loaded = usedBeforeFound(whole, deferred);
  for (const name of loaded) deferred.delete(name);
  return {
    tools: tools.map((tool) => (loaded.has(tool.name) ? { ...tool, deferred: false } : tool)),
    steps: mapBlocks(whole, (block) => (isResult(block) ? [withReferencesTo(deferred, block)] : [block])),
  };
}

/** All tools loaded, and no trace of a search: what is always accepted. */
export function withoutSearches({ tools, steps }: Searchable): Searchable {
  return {
    tools: tools.map((tool) => (tool.deferred ? { ...tool, deferred: false } : tool)),
    steps: mapBlocks(steps, (block) => (isUse(block) || isResult(block) ? [] : [block])),
  };
}

/** A search whose answer was cut off before its result came, and a result without its search, are refused for ever after. */
function wholeSearches(steps: readonly Step[]): Step[] {
  const answered = new Set(resultsIn(steps).map((result) => result.tool_use_id));
  const open = openSearches(steps);
  const kept = new Set<string>();
  return mapBlocks(steps, (block) => {
    if (isUse(block)) {
      if (!answered.has(block.id) && !open.has(block.id)) return [];
      kept.add(block.id);
    }
    return isResult(block) && !kept.has(block.tool_use_id) ? [] : [block];
  });
}

/**
 * Searches that the service has still to run: after a pause, or where it waits for the results of our own tools that were
 * called beside it. Their results stand at the beginning of the answer to come.
 */
function openSearches(steps: readonly Step[]): ReadonlySet<string> {
  const last = steps.findLastIndex((step) => step.kind !== "tool_result");
  const answer = steps[last];
  const isOpen =
    answer?.kind === "answer" && answer.stopReason === (last === steps.length - 1 ? "pause_turn" : "tool_use");
  return new Set(isOpen ? answer.content.filter(isUse).map((use) => use.id) : []);
}

function usedBeforeFound(steps: readonly Step[], deferred: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  const used = new Set<string>();
  for (const block of blocksIn(steps)) {
    if (isResult(block)) for (const name of referencesOf(block)) found.add(name);
    const name = block.type === "tool_use" ? String((block as { name: unknown }).name) : undefined;
    if (name !== undefined && deferred.has(name) && !found.has(name)) used.add(name);
  }
  return used;
}

/** A server that is gone takes its tools with it, and the service refuses a conversation that refers to one of them. */
function withReferencesTo(deferred: ReadonlySet<string>, result: ContentBlock & SearchResult): ContentBlock {
  if (referencesOf(result).every((name) => deferred.has(name))) return result;
  const { content } = result;
  const references = content.tool_references?.filter((reference) => deferred.has(reference.tool_name));
  return { ...result, content: { ...content, tool_references: references } };
}

function referencesOf({ content }: SearchResult): string[] {
  return content.tool_references?.map((reference) => reference.tool_name) ?? [];
}

function blocksIn(steps: readonly Step[]): ContentBlock[] {
  return steps.flatMap((step) => (step.kind === "answer" ? step.content : []));
}

function resultsIn(steps: readonly Step[]): SearchResult[] {
  return blocksIn(steps).filter(isResult);
}

function mapBlocks(steps: readonly Step[], map: (block: ContentBlock) => ContentBlock[]): Step[] {
  return steps.map((step) => (step.kind === "answer" ? { ...step, content: step.content.flatMap(map) } : step));
}

function isUse(block: ContentBlock): block is ContentBlock & SearchUse {
  const { type, name } = block as { type: string; name?: unknown };
  return type === "server_tool_use" && String(name).startsWith("tool_search_tool_");
}

function isResult(block: ContentBlock): block is ContentBlock & SearchResult {
  return block.type === "tool_search_tool_result";
}
