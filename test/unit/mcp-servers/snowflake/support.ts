/** Our Snowflake server connected over a real MCP link to the sandbox's Snowflake, which shares no code with it. */

import { afterEach } from "vitest";
import { readSnowflakeConfig } from "../../../../mcp-servers/snowflake/config.ts";
import type { SnowflakeDependencies } from "../../../../mcp-servers/snowflake/client.ts";
import { createSnowflakeServer } from "../../../../mcp-servers/snowflake/index.ts";
import { linkInProcess } from "../../../../mcp-servers/shared/serve.ts";
import { startSnowflake, type SnowflakeOptions } from "../../../../sandbox/snowflake/start-snowflake.ts";
import { createSandboxClock, Switchboard } from "../../../../sandbox/stand-in.ts";
import { createWorld } from "../../../../sandbox/world/create-world.ts";
import { connectMcp } from "../../../../src/mcp/client.ts";
import { CALLER_META, type McpToolResult, PREVIEW_META } from "../../../../src/mcp/types.ts";

const now = Date.parse("2026-11-18T17:00:00Z");
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Options {
  env?: Record<string, string>;
  standIn?: Partial<SnowflakeOptions>;
  dependencies?: Partial<SnowflakeDependencies>;
  caller?: object;
}

export async function connectSnowflake({ env = {}, standIn = {}, dependencies = {}, caller }: Options = {}) {
  const board = new Switchboard(createSandboxClock(now));
  const world = createWorld({ now });
  const snowflake = await startSnowflake({ world, board, ...standIn });
  closing.push(() => snowflake.close());
  const config = readSnowflakeConfig({ ...snowflake.env, ...env });
  const errors: unknown[] = [];
  const definition = createSnowflakeServer(config, { clock: board.clock, ...dependencies });
  const link = linkInProcess(definition, {
    trustCaller: true,
    clock: board.clock,
    onError: (error) => errors.push(error),
  });
  const client = await connectMcp({ type: "in-process", link }, { name: "test", version: "1" });
  closing.push(() => client.close());
  const meta = caller ? { [CALLER_META]: caller } : {};
  const call = (name: string, args: object = {}, signal?: AbortSignal): Promise<McpToolResult> =>
    client.callTool(name, { ...args }, { timeoutMs: 30_000, meta, ...(signal ? { signal } : {}) });
  const ask = async (name: string, args: object = {}): Promise<any> => {
    const result = await call(name, args);
    if (result.isError) throw new Error(textOf(result));
    return result.structuredContent;
  };
  const preview = (name: string, args: object) =>
    client.callTool(name, { ...args }, { timeoutMs: 30_000, meta: { ...meta, [PREVIEW_META]: true } });
  return { board, world, snowflake, client, definition, call, ask, preview, errors, ...sightOf(board) };
}

/** What reached the stand-in. */
function sightOf(board: Switchboard) {
  const requests = () => board.requests("snowflake").map(({ method, url, body, status }) => ({ method, path: new URL(url).pathname, query: new URL(url).searchParams, body, status }));
  /** Bodies of the statements, this server's own (SHOW, USE ...) among them. */
  const statements = (): any[] =>
    requests()
      .filter(({ path }) => path === "/queries/v1/query-request")
      .map(({ body }) => JSON.parse(body));
  const sql = (): string[] => statements().map(({ sqlText }) => sqlText);
  return { requests, statements, sql };
}

export function textOf(result: McpToolResult): string {
  return String(result.content[0]?.text);
}

/** Runs for as long as it is let: a thousand million pairs. */
export const endless =
  "SELECT COUNT(*) AS n FROM TABLE(GENERATOR(ROWCOUNT => 100000)) a, TABLE(GENERATOR(ROWCOUNT => 100000)) b, TABLE(GENERATOR(ROWCOUNT => 100000)) c WHERE RANDOM() = 1";
