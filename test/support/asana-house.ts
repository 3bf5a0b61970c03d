/** Our Asana server, connected over MCP, and the sandbox's Asana, which shares no code with it. */

import type { AsanaConfig } from "../../mcp-servers/asana/config.ts";
import { createAsanaServer } from "../../mcp-servers/asana/index.ts";
import { linkInProcess } from "../../mcp-servers/shared/serve.ts";
import type { Timer } from "../../mcp-servers/shared/timer.ts";
import { type AsanaOptions, startAsana } from "../../sandbox/asana/start-asana.ts";
import { createSandboxClock, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";
import type { World } from "../../sandbox/world/types.ts";
import { connectMcp } from "../../src/mcp/client.ts";
import { CALLER_META, LOOK_UP_META, type McpToolResult, PREVIEW_META } from "../../src/mcp/types.ts";

export const now = Date.parse("2026-11-18T17:00:00Z");

/** The asker: the world's first person. */
export const maya = "maya@payready.example";

interface HouseOptions {
  asana?: Partial<AsanaOptions>;
  config?: Partial<AsanaConfig>;
  timer?: Timer;
  deadlineMs?: number;
  /** Changes the world before anything reads it. */
  arrange?: (world: World) => void;
}

export type AsanaHouse = Awaited<ReturnType<typeof openAsanaHouse>>;

export async function openAsanaHouse(given: HouseOptions = {}) {
  const { asana: options = {}, config = {}, timer, deadlineMs, arrange } = given;
  const board = new Switchboard(createSandboxClock(now));
  const world = createWorld({ now });
  arrange?.(world);
  const asana = await startAsana({ world, board, rateLimitPerMinute: 0, searchLag: [0, 0], ...options });
  const { ASANA_ACCESS_TOKEN: accessToken = "", ASANA_BASE_URL: baseUrl = "" } = asana.env;
  const definition = createAsanaServer(
    {
      accessToken,
      baseUrl,
      workspace: undefined,
      timeZone: "America/New_York",
      requestsPerMinute: 1500,
      readOnly: false,
      ...config,
    },
    { clock: board.clock, timer, deadlineMs, random: () => 0 },
  );
  const errors: unknown[] = [];
  const link = linkInProcess(definition, {
    trustCaller: true,
    clock: board.clock,
    onError: (error) => errors.push(error),
  });
  const client = await connectMcp({ type: "in-process", link }, { name: "test", version: "1" });

  const call = (
    name: string,
    args: object,
    options: { asker?: string | undefined; signal?: AbortSignal; meta?: object } = {},
  ) => {
    const asker = options.asker ? { [CALLER_META]: { email: options.asker, audience: "private" } } : {};
    const meta = { ...asker, ...options.meta };
    return client.callTool(name, { ...args }, { timeoutMs: 20_000, signal: options.signal, meta });
  };
  /** The structured result; throws what the model would read instead. */
  const ask = async (name: string, args: object, asker?: string): Promise<any> =>
    structured(await call(name, args, { asker }));
  /** What a person is shown before the write. */
  const preview = async (name: string, args: object, asker?: string): Promise<any> =>
    structured(await call(name, args, { asker, meta: { [PREVIEW_META]: true } }));
  /** Whether this write, sent just now unless told, was carried out. */
  const lookUp = async (name: string, args: object, sentAt = board.clock.now(), asker?: string): Promise<any> => {
    const write = { id: "write-1", sentAt: new Date(sentAt).toISOString() };
    return structured(await call(name, args, { asker, meta: { [LOOK_UP_META]: write } }));
  };
  const refusal = async (name: string, args: object, asker?: string): Promise<string> => {
    const result = await call(name, args, { asker });
    if (!result.isError) throw new Error(`${name} was not refused`);
    return textOf(result);
  };
  /** What left the house, oldest first: `POST /tasks`, queries left out. */
  const sent = () => board.requests("asana").map(({ method, url }) => `${method} ${pathOf(url)}`);
  const writes = () => board.requests("asana").filter(({ method }) => method !== "GET");
  const bodies = () => writes().map(({ body }) => JSON.parse(body).data);
  const project = (name: string) => asana.store.projects.find((p) => p.name === name)!;
  const task = (name: string) => asana.store.tasks.find((t) => t.name === name)!;
  const user = (email: string) => asana.store.users.find((u) => u.email === email)!;
  const close = async () => {
    await client.close();
    await asana.close();
  };
  return {
    board,
    world,
    asana,
    store: asana.store,
    client,
    errors,
    call,
    ask,
    preview,
    lookUp,
    refusal,
    sent,
    writes,
    bodies,
    project,
    task,
    user,
    close,
  };
}

function structured(result: McpToolResult): unknown {
  if (result.isError) throw new Error(textOf(result));
  return result.structuredContent;
}

export const textOf = (result: McpToolResult): string => String(result.content[0]?.text);

export const pathOf = (url: string): string => new URL(url).pathname.replace("/api/1.0", "");

export const queryOf = (url: string): Record<string, string> => Object.fromEntries(new URL(url).searchParams);
