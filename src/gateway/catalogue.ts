import { createHash } from "node:crypto";
import { canonicalJson } from "../core/canonical-json.ts";
import type { JsonObject, McpTool, ToolAnnotations } from "../mcp/types.ts";
import type { Upstream } from "./upstream.ts";

/** One tool that clients can call. */
export interface CatalogueTool {
  /** On the wire: `gong__get_calls`. */
  name: string;
  /** As clients see it. */
  listed: McpTool;
  /** Whose it is, and its name there. */
  upstream: Upstream;
  upstreamName: string;
  isRead: boolean;
  /** A call of it may be repeated when its outcome is unknown. */
  isIdempotent: boolean;
  fingerprint: string;
}

/** A tool that a server has and clients do not get. */
export interface MissingTool {
  upstream: string;
  tool: string;
  reason: string;
}

const MAX_NAME = 64;
const MAX_DEFINITION_CHARACTERS = 64 * 1024;
const MAX_TOOLS_OF_A_SERVER = 512;
const OURS = "dev.sophia/";

/** All tools of all servers, under names that Claude takes, in an order that depends on nothing but the names. */
export class Catalogue {
  #tools = new Map<string, CatalogueTool>();
  #missing: readonly MissingTool[] = [];
  /** The definition that each tool had when it was first seen. */
  readonly #firstSeen = new Map<string, string>();

  /** Builds the catalogue anew; returns the names of tools whose definition has just become another. */
  rebuild(upstreams: readonly Upstream[]): string[] {
    const before = this.#tools;
    const tools: CatalogueTool[] = [];
    const missing: MissingTool[] = [];
    const taken = new Map<string, string>();
    for (const upstream of upstreams) {
      for (const [index, tool] of upstream.tools.entries()) {
        const name = publicName(upstream.settings.prefix ?? upstream.name, tool.name);
        const reason = index >= MAX_TOOLS_OF_A_SERVER ? tooMany : reasonAgainst(name, tool, taken.get(name));
        if (reason) missing.push({ upstream: upstream.name, tool: tool.name, reason });
        else {
          taken.set(name, upstream.name);
          tools.push(describe(name, tool, upstream));
        }
      }
    }
    this.#tools = new Map(tools.sort((a, b) => (a.name < b.name ? -1 : 1)).map((tool) => [tool.name, tool]));
    this.#missing = missing;
    return tools.flatMap(({ name, fingerprint }) => {
      if (!this.#firstSeen.has(name)) this.#firstSeen.set(name, fingerprint);
      const previous = before.get(name)?.fingerprint;
      return previous !== undefined && previous !== fingerprint ? [name] : [];
    });
  }

  get(name: string): CatalogueTool | undefined {
    return this.#tools.get(name);
  }

  all(): Iterable<CatalogueTool> {
    return this.#tools.values();
  }

  get missing(): readonly MissingTool[] {
    return this.#missing;
  }

  /** Names of tools that are not what they were when this process first saw them. */
  changed(): string[] {
    return [...this.#tools.values()]
      .filter((tool) => this.#firstSeen.get(tool.name) !== tool.fingerprint)
      .map((tool) => tool.name);
  }
}

const tooMany = `the server has more than ${MAX_TOOLS_OF_A_SERVER} tools`;

export function publicName(prefix: string, name: string): string {
  return prefix ? `${prefix}__${name}` : name;
}

function reasonAgainst(name: string, tool: McpTool, takenBy: string | undefined): string | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(name)) return "its name has other characters than A-Z, a-z, 0-9, _ and -";
  if (name.length > MAX_NAME)
    return `its name is ${name.length} characters long with the prefix; ${MAX_NAME} are allowed`;
  if (takenBy) return `${takenBy} has a tool of the same name`;
  if (name === READ_MORE) return "the gateway has a tool of the same name";
  if (tool.inputSchema.type !== "object") return "its input schema does not describe an object";
  const size = JSON.stringify(tool).length;
  return size > MAX_DEFINITION_CHARACTERS ? `its definition is ${size} characters long` : undefined;
}

/** The gateway's own tool. */
export const READ_MORE = "gateway__read_more";

function describe(name: string, tool: McpTool, upstream: Upstream): CatalogueTool {
  const { readOnlyHint = false, idempotentHint = false } = upstream.believesHints ? (tool.annotations ?? {}) : {};
  const listed: McpTool = { ...tool, name };
  if (tool.annotations && !upstream.believesHints) listed.annotations = withoutClaims(tool.annotations);
  if (tool._meta && !upstream.isTrusted) listed._meta = withoutOurs(tool._meta);
  return {
    name,
    listed,
    upstream,
    upstreamName: tool.name,
    isRead: readOnlyHint,
    isIdempotent: readOnlyHint || idempotentHint,
    fingerprint: createHash("sha256").update(canonicalJson(tool)).digest("hex"),
  };
}

/** Clients act on these two before they call, so an upstream that we do not believe does not get to say them. */
function withoutClaims(annotations: ToolAnnotations): ToolAnnotations {
  const { idempotentHint: _, ...rest } = annotations;
  return { ...rest, readOnlyHint: false };
}

/** `_meta` without the keys that only Sophia's own parts may set. */
export function withoutOurs(meta: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(meta).filter(([key]) => !key.startsWith(OURS)));
}
