/** Our HubSpot server connected to the sandbox's HubSpot, which shares no code with it, over a real MCP link. */

import { afterEach } from "vitest";
import { createHubSpotServer } from "../../mcp-servers/hubspot/index.ts";
import { linkInProcess } from "../../mcp-servers/shared/serve.ts";
import type { Timer } from "../../mcp-servers/shared/timer.ts";
import { type HubSpotOptions, startHubSpot } from "../../sandbox/hubspot/start-hubspot.ts";
import { createSandboxClock, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";
import { connectMcp } from "../../src/mcp/client.ts";
import { CALLER_META, LOOK_UP_META, type McpToolResult, PREVIEW_META } from "../../src/mcp/types.ts";

const now = Date.parse("2026-11-18T17:00:00Z");

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Waiting costs no time here; what was waited for is kept. */
export class InstantTimer implements Timer {
  readonly slept: number[] = [];
  #now = 0;
  now(): number {
    return this.#now;
  }
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(ms);
    this.#now += ms;
  }
}

export interface HubSpotSetup extends Partial<Omit<HubSpotOptions, "world" | "board">> {
  /** Who asks; Daniel unless told, null for nobody that is known. */
  asker?: string | null;
  readOnly?: boolean;
  apiKey?: string;
  timer?: Timer;
}

export async function connectHubSpot(setup: HubSpotSetup = {}) {
  const { asker = "daniel@payready.example", readOnly = false, apiKey, timer = new InstantTimer(), ...limits } = setup;
  const board = new Switchboard(createSandboxClock(now));
  const world = createWorld({ now });
  const hubspot = await startHubSpot({ world, board, requestsPerTenSeconds: 0, searchesPerSecond: 0, ...limits });
  closing.push(() => hubspot.close());
  const config = { apiKey: apiKey ?? hubspot.env.HUBSPOT_API_KEY ?? "", baseUrl: hubspot.url, readOnly };
  const definition = createHubSpotServer(config, { clock: board.clock, timer, random: () => 0 });
  const errors: unknown[] = [];
  const link = linkInProcess(definition, { trustCaller: true, clock: board.clock, onError: (e) => errors.push(e) });
  const client = await connectMcp({ type: "in-process", link }, { name: "test", version: "1" });
  closing.push(() => client.close());

  const caller = asker === null ? {} : { [CALLER_META]: { email: asker, audience: "private" } };
  const call = (name: string, args: object, meta: object = {}, signal?: AbortSignal): Promise<McpToolResult> =>
    client.callTool(name, { ...args }, { timeoutMs: 20_000, signal, meta: { ...caller, ...meta } });
  /** The structured result; throws what the model would read instead. */
  const ask = async (name: string, args: object, meta: object = {}): Promise<any> => {
    const result = await call(name, args, meta);
    if (result.isError) throw new Error(textOf(result));
    return result.structuredContent;
  };
  const preview = (name: string, args: object) => ask(name, args, { [PREVIEW_META]: true });
  /** What has become of a write that was sent at `sentAt`, epoch milliseconds. */
  const lookUp = (name: string, args: object, sentAt: number) =>
    ask(name, args, { [LOOK_UP_META]: { id: "write_1", sentAt: new Date(sentAt).toISOString() } });
  /** What left the house, bodies read: "POST /crm/objects/2026-09/deals/search". */
  const sent = () =>
    board.requests("hubspot").map(({ method, url, body, headers, status }) => {
      const { pathname, searchParams } = new URL(url);
      const query = Object.fromEntries(searchParams);
      return {
        call: `${method} ${pathname}`,
        query,
        body: body === "" ? undefined : JSON.parse(body),
        headers,
        status,
      };
    });
  const writes = () =>
    sent().filter(({ call: line }) => /^(PATCH|POST) \/crm\/objects\/[^/]+\/\w+(\/\d+)?$/.test(line));
  return { board, world, hubspot, client, call, ask, preview, lookUp, sent, writes, errors, timer };
}

export const textOf = (result: McpToolResult): string => String(result.content[0]?.text);

export const path = (rest: string) => `/crm/objects/2026-09/${rest}`;
