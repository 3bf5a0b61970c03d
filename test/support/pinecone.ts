/** Our Pinecone server connected to the sandbox's Pinecone, which shares no code with it, over a real MCP link. */

import { afterEach } from "vitest";
import type { PineconeConfig } from "../../mcp-servers/pinecone/config.ts";
import { createPineconeServer } from "../../mcp-servers/pinecone/index.ts";
import { linkInProcess } from "../../mcp-servers/shared/serve.ts";
import { type PineconeOptions, startPinecone } from "../../sandbox/pinecone/start-pinecone.ts";
import { createSandboxClock, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";
import { connectMcp } from "../../src/mcp/client.ts";
import { CALLER_META, LOOK_UP_META, type McpToolResult, PREVIEW_META } from "../../src/mcp/types.ts";
import { InstantTimer } from "./instant-timer.ts";
import { loadContract } from "./openapi.ts";

const now = Date.parse("2026-11-18T17:00:00Z");

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

export interface PineconeSetup {
  sandbox?: Partial<Omit<PineconeOptions, "world" | "board">>;
  config?: Partial<PineconeConfig>;
}

export interface Asker {
  email?: string;
  audience: "private" | "channel";
}

const daniel: Asker = { email: "daniel@payready.example", audience: "private" };

export async function connectPinecone({ sandbox = {}, config = {} }: PineconeSetup = {}) {
  const board = new Switchboard(createSandboxClock(now));
  const world = createWorld({ now });
  const pinecone = await startPinecone({ world, board, ...sandbox });
  closing.push(() => pinecone.close());
  const { PINECONE_API_KEY: apiKey = "", PINECONE_INDEX: index = "" } = pinecone.env;
  const timer = new InstantTimer();
  const definition = createPineconeServer(
    { apiKey, index, controllerHost: pinecone.url, namespace: undefined, readOnly: false, ...config },
    { clock: board.clock, fetch, timer, random: () => 0 },
  );
  const errors: unknown[] = [];
  const link = linkInProcess(definition, { trustCaller: true, clock: board.clock, onError: (e) => errors.push(e) });
  const client = await connectMcp({ type: "in-process", link }, { name: "test", version: "1" });
  closing.push(() => client.close());

  const call = (
    name: string,
    args: object,
    { asker = daniel, meta = {}, signal }: { asker?: Asker | undefined; meta?: object; signal?: AbortSignal } = {},
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
  const preview = (name: string, args: object, asker?: Asker) => ask(name, args, asker, { [PREVIEW_META]: true });
  /** What has become of a write that was sent just now. */
  const lookUp = (name: string, args: object, asker?: Asker) =>
    ask(name, args, asker, { [LOOK_UP_META]: { id: "write_1", sentAt: new Date(board.clock.now()).toISOString() } });
  const exchanges = () => board.requests("pinecone");
  /** What left the house, bodies read: "POST /records/namespaces/calls/search". */
  const sent = () =>
    exchanges().map(({ method, url, body, headers, status }) => {
      const { pathname, searchParams } = new URL(url);
      const lines = body === "" ? [] : body.split("\n").map((line) => JSON.parse(line));
      return { call: `${method} ${pathname}`, query: searchParams, body: lines[0], headers, status };
    });
  const record = (namespace: string, id: string) => pinecone.store.index(index).get(namespace, id)?.metadata;
  return {
    board,
    world,
    pinecone,
    store: pinecone.store,
    client,
    definition,
    call,
    ask,
    refusal,
    preview,
    lookUp,
    exchanges,
    sent,
    record,
    errors,
    timer,
  };
}

export const textOf = (result: McpToolResult): string => String(result.content[0]?.text);

const contracts = ["db_control", "db_data"].map((part) =>
  loadContract(`pinecone/${part}_2026-04.oas.yaml`, {
    correct: ({ components }) => {
      // Described in words: a record has its text and metadata beside its id.
      Object.assign(components.schemas?.UpsertRecord ?? {}, { additionalProperties: true });
    },
  }),
);

/** Undefined where ../shared/contracts is not on this machine. Each plane's description knows its own paths alone. */
export const pineconeContract = contracts.includes(undefined)
  ? undefined
  : {
      requestProblems: (exchange: { method: string; url: string; body: string }): string[] => {
        const [control, data] = contracts;
        const isControl = new URL(exchange.url).pathname.startsWith("/indexes");
        return (isControl ? control : data)?.requestProblems(exchange) ?? [];
      },
    };
