/** Our Snowflake server connected over a real MCP link to the sandbox's Snowflake, which shares no code with it. */

import { afterAll, afterEach } from "vitest";
import { readSnowflakeConfig } from "../../../../mcp-servers/snowflake/config.ts";
import type { SnowflakeDependencies } from "../../../../mcp-servers/snowflake/client.ts";
import { createSnowflakeServer } from "../../../../mcp-servers/snowflake/index.ts";
import { linkInProcess } from "../../../../mcp-servers/shared/serve.ts";
import type { Timer } from "../../../../mcp-servers/shared/timer.ts";
import { startSnowflake, type SnowflakeOptions } from "../../../../sandbox/snowflake/start-snowflake.ts";
import { createSandboxClock, Switchboard } from "../../../../sandbox/stand-in.ts";
import { createWorld } from "../../../../sandbox/world/create-world.ts";
import { connectMcp } from "../../../../src/mcp/client.ts";
import { CALLER_META, LOOK_UP_META, type McpToolResult, PREVIEW_META } from "../../../../src/mcp/types.ts";

const now = Date.parse("2026-11-18T17:00:00Z");
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Time that passes when the test says so. */
export class HandTimer implements Timer {
  readonly #sleeping = new Set<() => void>();
  readonly #briefMs: number;

  /** Waiting for no longer than `briefMs` is over at once. */
  constructor(briefMs = 0) {
    this.#briefMs = briefMs;
  }

  now(): number {
    return 0;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= this.#briefMs) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#sleeping.add(resolve);
      signal?.addEventListener("abort", () => {
        this.#sleeping.delete(resolve);
        reject(signal.reason);
      });
    });
  }

  /** Ends all waiting that is going on; how many waited. */
  expire(): number {
    const all = [...this.#sleeping];
    this.#sleeping.clear();
    for (const wake of all) wake();
    return all.length;
  }
}

type StandIn = Awaited<ReturnType<typeof startStandIn>>;
let shared: Promise<StandIn> | undefined;
afterAll(async () => (await shared)?.snowflake.close());

async function startStandIn(options: Partial<SnowflakeOptions>) {
  const board = new Switchboard(createSandboxClock(now));
  const world = createWorld({ now });
  return { board, world, snowflake: await startSnowflake({ world, board, ...options }) };
}

/** One for a whole file, since its engine takes a moment to fill; with options one of its own. */
async function standInFor(options: Partial<SnowflakeOptions> | undefined): Promise<StandIn> {
  if (options === undefined) {
    shared ??= startStandIn({});
    const standIn = await shared;
    standIn.board.reset();
    standIn.board.clock.set(now);
    return standIn;
  }
  const own = await startStandIn(options);
  closing.push(() => own.snowflake.close());
  return own;
}

interface Options {
  env?: Record<string, string>;
  standIn?: Partial<SnowflakeOptions>;
  dependencies?: Partial<SnowflakeDependencies>;
  caller?: object;
}

export async function connectSnowflake({ env = {}, standIn, dependencies = {}, caller }: Options = {}) {
  const { board, world, snowflake } = await standInFor(standIn);
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
  /** What has become of a write that was sent just now. */
  const lookUp = async (name: string, args: object): Promise<any> => {
    const write = { id: "write_1", sentAt: new Date(board.clock.now()).toISOString() };
    const result = await client.callTool(
      name,
      { ...args },
      { timeoutMs: 30_000, meta: { ...meta, [LOOK_UP_META]: write } },
    );
    if (result.isError) throw new Error(textOf(result));
    return result.structuredContent;
  };
  return { board, world, snowflake, client, definition, call, ask, preview, lookUp, errors, ...sightOf(board) };
}

/** What reached the stand-in. */
function sightOf(board: Switchboard) {
  const requests = () =>
    board.requests("snowflake").map(({ method, url, body, status }) => ({
      method,
      path: new URL(url).pathname,
      query: new URL(url).searchParams,
      body,
      status,
    }));
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

/** Runs for as long as it is let: some 10^12 rows to look at. */
export const endless =
  "SELECT COUNT(*) AS n FROM deals a, deals b, deals c, deals d, deals e, deals f, deals g WHERE a.amount + b.amount + c.amount + d.amount + e.amount + f.amount + g.amount = 1";
