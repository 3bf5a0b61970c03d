/** Our Pulumi server connected to the sandbox's Pulumi Cloud, which shares no code with it, over a real MCP link. */

import { afterEach } from "vitest";
import type { PulumiConfig } from "../../mcp-servers/pulumi/config.ts";
import { createPulumiServer } from "../../mcp-servers/pulumi/index.ts";
import { linkInProcess } from "../../mcp-servers/shared/serve.ts";
import { type PulumiOptions, startPulumi } from "../../sandbox/pulumi/start-pulumi.ts";
import { type SandboxClock, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";
import { connectMcp } from "../../src/mcp/client.ts";
import { CALLER_META, LOOK_UP_META, type McpToolResult, PREVIEW_META } from "../../src/mcp/types.ts";
import { InstantTimer } from "./instant-timer.ts";
import { loadContract } from "./openapi.ts";

const now = Date.parse("2026-11-18T17:00:00Z");

/** Undefined where ../shared/contracts is not on this machine. */
export const pulumiContract = loadContract("pulumi/pulumi_cloud_openapi.json");

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

export interface PulumiSetup {
  sandbox?: Partial<Omit<PulumiOptions, "world" | "board">>;
  config?: Partial<PulumiConfig>;
}

export interface Asker {
  email?: string;
  audience: "private" | "channel";
  channel?: string;
  threadTs?: string;
}

/** A thread in a channel. */
export const here: Asker = { email: "arjun@payready.example", audience: "channel", channel: "C1", threadTs: "17.1" };

export async function connectPulumi({ sandbox = {}, config = {} }: PulumiSetup = {}) {
  const board = new Switchboard(stillClock(now));
  const world = createWorld({ now });
  const pulumi = await startPulumi({ world, board, requestsPerMinute: 0, ...sandbox });
  closing.push(() => pulumi.close());
  const { PULUMI_ACCESS_TOKEN: accessToken = "", PULUMI_ORG: org = "" } = pulumi.env;
  const timer = new InstantTimer();
  const errors: unknown[] = [];
  /** A process of ours: another one has forgotten what this one knew. */
  const open = async () => {
    const definition = createPulumiServer(
      { accessToken, org, apiUrl: pulumi.url, readOnly: false, ...config },
      { clock: board.clock, fetch, timer, random: () => 0 },
    );
    const link = linkInProcess(definition, { trustCaller: true, clock: board.clock, onError: (e) => errors.push(e) });
    const client = await connectMcp({ type: "in-process", link }, { name: "test", version: "1" });
    closing.push(() => client.close());
    return client;
  };
  let client = await open();

  const call = (
    name: string,
    args: object,
    { asker = here, meta = {}, signal }: { asker?: Asker | undefined; meta?: object; signal?: AbortSignal } = {},
  ): Promise<McpToolResult> =>
    client.callTool(name, { ...args }, { timeoutMs: 20_000, signal, meta: { [CALLER_META]: asker, ...meta } });
  /** The structured result; throws what the model would read instead. */
  const ask = async (name: string, args: object, asker?: Asker, meta: object = {}): Promise<any> => {
    const result = await call(name, args, { asker, meta });
    if (result.isError) throw new Error(textOf(result));
    return result.structuredContent;
  };
  const refusal = async (name: string, args: object, asker?: Asker): Promise<string> => {
    const result = await call(name, args, { asker });
    if (!result.isError) throw new Error(`${name} was not refused`);
    return textOf(result);
  };
  const show = (name: string, args: object, asker?: Asker) => ask(name, args, asker, { [PREVIEW_META]: true });
  /** Whether this write, sent just now unless told, was carried out. */
  const lookUp = (name: string, args: object, sentAt = board.clock.now()) =>
    ask(name, args, here, { [LOOK_UP_META]: { id: "write_1", sentAt: new Date(sentAt).toISOString() } });
  const exchanges = () => board.requests("pulumi");
  /** What left the house: "POST /api/stacks/payready/billing/prod/deployments". */
  const sent = () =>
    exchanges().map(({ method, url, body, headers, status }) => {
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
  return {
    board,
    world,
    pulumi,
    store: pulumi.store,
    timer,
    errors,
    call,
    ask,
    refusal,
    show,
    lookUp,
    exchanges,
    sent,
    writes: () => sent().filter(({ call: line }) => line.startsWith("POST ")),
    tools: () => client.listTools(),
    restart: async () => {
      client = await open();
    },
    /** Seconds from the start. */
    after: (seconds: number) => board.clock.set(now + seconds * 1000),
  };
}

/** Deployments go on by the clock, so it stands still unless a test moves it. */
function stillClock(start: number): SandboxClock {
  let instant = start;
  return {
    now: () => instant,
    set: (to) => {
      instant = to;
    },
    onSet: () => undefined,
  };
}

export const textOf = (result: McpToolResult): string => String(result.content[0]?.text);
