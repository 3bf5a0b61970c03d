import { ApiError, invalid } from "./errors.ts";
import { isSearchTool, SEARCH_TOOL } from "./tool-search.ts";
import { checkFormat } from "./validate-format.ts";
import { checkMessages } from "./validate-messages.ts";
import { checkDeferral, checkSearches } from "./validate-searches.ts";
import type { Block, CacheControl, MessagesRequest } from "./wire.ts";

export const MODELS = ["claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-5-5"] as const;
const VERSIONS = ["2026-10-21", "2023-06-01", "2023-01-01"];
const EFFORTS = ["low", "medium", "high", "xhigh", "max"];
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const MOST_BREAKPOINTS = 4;

const FIELDS = new Set([
  "model",
  "max_tokens",
  "messages",
  "system",
  "tools",
  "tool_choice",
  "thinking",
  "output_config",
  "cache_control",
  "stream",
  "metadata",
  "stop_sequences",
  "service_tier",
]);

export function checkHeaders(header: (name: string) => string | undefined, apiKey: string): void {
  const given = header("x-api-key") ?? header("authorization")?.replace(/^Bearer /i, "");
  if (given === undefined) throw new ApiError(401, "x-api-key header is required");
  if (given !== apiKey) throw new ApiError(401, header("x-api-key") ? "invalid x-api-key" : "Invalid bearer token");
  const version = header("anthropic-version");
  if (!version) throw invalid("anthropic-version: header is required");
  if (!VERSIONS.includes(version)) throw invalid(`anthropic-version: "${version}" is not a valid version`);
}

/** The request, checked as the service does; `counting` requests name no max_tokens. Throws ApiError. */
export function checkRequest(
  body: unknown,
  counting: boolean,
  isPaused: (content: unknown) => boolean,
): MessagesRequest {
  if (!body || typeof body !== "object" || Array.isArray(body)) throw invalid("Input should be a valid dictionary");
  const request = body as MessagesRequest;
  if (typeof request.model !== "string") throw invalid("model: Field required");
  if (!counting && !Number.isInteger(request.max_tokens)) throw invalid("max_tokens: Field required");
  if (!counting && request.max_tokens < 1) throw invalid("max_tokens: Input should be greater than or equal to 1");
  if (!MODELS.some((model) => model === request.model)) throw new ApiError(404, `model: ${request.model}`);
  checkFields(request);
  checkThinking(request);
  checkTools(request);
  checkMessages(request, isPaused);
  checkSearches(request);
  checkBreakpoints(request);
  return request;
}

function checkFields(request: MessagesRequest): void {
  for (const field of ["temperature", "top_p", "top_k"]) {
    if (field in request) throw invalid(`\`${field}\` is not supported for this model.`);
  }
  const unknown = Object.keys(request).find((field) => !FIELDS.has(field));
  if (unknown) throw invalid(`${unknown}: Extra inputs are not permitted`);
  const { effort, format } = request.output_config ?? {};
  if (effort && !EFFORTS.includes(effort)) throw invalid(`output_config.effort: Input should be ${EFFORTS.join(", ")}`);
  if (format !== undefined && format !== null) checkFormat(format);
}

function checkThinking({ thinking }: MessagesRequest): void {
  if (!thinking || thinking.type === "adaptive" || thinking.type === "between_tools") return;
  if (thinking.type === "enabled")
    throw invalid("thinking.budget_tokens: not supported for this model; use adaptive thinking");
  if (thinking.type === "disabled") throw invalid("thinking: thinking cannot be disabled for this model");
  throw invalid("thinking.type: Input should be 'adaptive' or 'between_tools'");
}

function checkTools({ tools = [], tool_choice: choice }: MessagesRequest): void {
  const names = new Set<string>();
  tools.forEach((tool, index) => {
    const at = `tools.${index}.custom`;
    if (!TOOL_NAME.test(tool.name)) throw invalid(`${at}.name: String should match pattern '${TOOL_NAME.source}'`);
    if (names.has(tool.name)) throw invalid("tools: Tool names must be unique.");
    names.add(tool.name);
    if (isSearchTool(tool) && tool.name !== SEARCH_TOOL) {
      throw invalid(`tools.${index}.${tool.type}.name: Input should be '${SEARCH_TOOL}'`);
    }
    if (tool.type && tool.type !== "custom") return;
    if (tool.input_schema?.["type"] !== "object") throw invalid(`${at}.input_schema.type: Input should be 'object'`);
  });
  checkDeferral(tools);
  if (!choice || choice.type === "auto" || choice.type === "none") return;
  if (choice.type === "any" || choice.type === "tool") {
    throw invalid(`tool_choice: forcing tool use (\`${choice.type}\`) is not supported for this model.`);
  }
  throw invalid("tool_choice.type: Input should be 'auto' or 'none'");
}

function checkBreakpoints(request: MessagesRequest): void {
  const marks = marksOf(request);
  if (marks.length > MOST_BREAKPOINTS) {
    throw invalid(`A maximum of ${MOST_BREAKPOINTS} blocks with cache_control may be provided. Found ${marks.length}.`);
  }
  let short = false;
  for (const mark of marks) {
    if (mark.type !== "ephemeral") throw invalid("cache_control.type: Input should be 'ephemeral'");
    if (mark.ttl && mark.ttl !== "5m" && mark.ttl !== "1h")
      throw invalid("cache_control.ttl: Input should be '5m' or '1h'");
    if (mark.ttl === "1h" && short) {
      throw invalid("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.");
    }
    if (mark.ttl !== "1h") short = true;
  }
}

function marksOf(request: MessagesRequest): CacheControl[] {
  const blocks: Block[] = Array.isArray(request.system) ? [...request.system] : [];
  for (const { content } of request.messages) if (Array.isArray(content)) blocks.push(...content);
  const all = [...(request.tools ?? []), ...blocks, request].map((carrier) => carrier.cache_control);
  return all.filter((mark) => mark !== undefined && mark !== null);
}
