import { afterEach, describe, expect, it } from "vitest";
import { createGatewayTools, type GatewayTools } from "../../src/agent/gateway-tools.ts";
import type { Caller } from "../../src/agent/ports.ts";
import { connectMcp } from "../../src/mcp/client.ts";
import { createInProcessLink, type Peer, type ServerApp } from "../../src/mcp/server.ts";
import { ConnectionError, type JsonObject, type McpClient, ProtocolError } from "../../src/mcp/types.ts";
import { silentLogger } from "../support/run-agent.ts";

const caller: Caller = {
  turnId: "turn_1",
  agent: "sophia",
  teamId: "T1",
  userId: "U1",
  email: "maya@northwind.example",
  channel: "C1",
  threadTs: "1.1",
  audience: "channel",
  groups: [],
  identities: {},
  question: "Which calls?",
  hasReadOthers: false,
};
const schema = { type: "object", properties: {} };

/** An MCP server whose tools a test changes, and that keeps what it was asked. */
class Gateway {
  tools: JsonObject[] = [
    {
      name: "gong__get_calls",
      description: "Lists calls",
      inputSchema: schema,
      annotations: { readOnlyHint: true },
      _meta: { "dev.sophia/progress": { one: "Looking for calls", many: "Looking {count} times", service: "Gong" } },
    },
    { name: "deal-desk__approve", title: "Approve a discount", inputSchema: schema },
    { name: "bad name", inputSchema: schema },
  ];
  results: Record<string, JsonObject | Error> = {};
  lists = 0;
  readonly calls: { params: JsonObject; meta: JsonObject; signal: AbortSignal }[] = [];
  readonly peers: Peer[] = [];

  readonly app: ServerApp = {
    info: { name: "gateway", version: "1", capabilities: { tools: { listChanged: true } } },
    onError: () => {},
    open: (peer) => {
      this.peers.push(peer);
      return { handle: (method, params, { meta, signal }) => this.#handle(method, params, meta, signal) };
    },
  };

  async #handle(method: string, params: JsonObject, meta: JsonObject, signal: AbortSignal): Promise<JsonObject> {
    if (method === "tools/list") {
      this.lists++;
      return { tools: this.tools };
    }
    this.calls.push({ params, meta, signal });
    const result = this.results[String(params["name"])];
    if (result instanceof Error) throw result;
    if (result) return result;
    return new Promise(() => {});
  }
}

let tools: GatewayTools;
afterEach(() => tools.close());

function connectTo(gateway: Gateway): { connected: string[]; clients: McpClient[] } {
  const seen = { connected: [] as string[], clients: [] as McpClient[] };
  const link = createInProcessLink(gateway.app);
  tools = createGatewayTools({
    logger: silentLogger,
    timeoutMs: 1000,
    connect: async (agent) => {
      seen.connected.push(agent);
      const client = await connectMcp({ type: "in-process", link }, { name: "sophia", version: "1" });
      seen.clients.push(client);
      return client;
    },
  });
  return seen;
}

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};
const call = (name: string, signal = new AbortController().signal) => tools.call(name, { a: 1 }, caller, signal);

describe("the list of tools", () => {
  it("is sorted, labelled for people, and holds nothing that Claude would refuse", async () => {
    connectTo(new Gateway());
    expect(await tools.list("sophia")).toEqual([
      {
        name: "deal-desk__approve",
        description: "",
        inputSchema: schema,
        service: "Deal Desk",
        readOnly: false,
        progress: { one: "Using Approve a discount", many: "Using Approve a discount ({count} calls)" },
      },
      {
        name: "gong__get_calls",
        description: "Lists calls",
        inputSchema: schema,
        service: "Gong",
        readOnly: true,
        progress: { one: "Looking for calls", many: "Looking {count} times" },
      },
    ]);
  });

  it("is fetched once for each role, until the gateway says that it changed", async () => {
    const gateway = new Gateway();
    const { connected } = connectTo(gateway);
    const [first, again] = [await tools.list("sophia"), await tools.list("sophia")];
    expect(again).toBe(first);
    await tools.list("sales-analyst");
    expect(connected).toEqual(["sophia", "sales-analyst"]);
    expect(gateway.lists).toBe(2);
    gateway.tools = [];
    for (const peer of gateway.peers) peer.notify("notifications/tools/list_changed", {});
    await until(() => gateway.lists >= 2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await tools.list("sophia")).toEqual([]);
  });

  it("is fetched over a new connection where the old one was closed", async () => {
    const { connected, clients } = connectTo(new Gateway());
    await tools.list("sophia");
    await clients[0]?.close();
    expect(await tools.list("sophia")).toHaveLength(2);
    expect(connected).toHaveLength(2);
  });

  it("that cannot be had is a sentence, and is tried again the next time", async () => {
    let up = false;
    const gateway = new Gateway();
    const link = createInProcessLink(gateway.app);
    tools = createGatewayTools({
      logger: silentLogger,
      timeoutMs: 1000,
      connect: async () => {
        if (!up) throw new ConnectionError("cannot be reached", { kind: "unreachable" });
        return connectMcp({ type: "in-process", link }, { name: "sophia", version: "1" });
      },
    });
    await expect(tools.list("sophia")).rejects.toMatchObject({
      name: "ServiceError",
      message: "My tools cannot be reached at the moment, so I cannot look anything up. Ask again in a minute.",
    });
    up = true;
    expect(await tools.list("sophia")).toHaveLength(2);
  });
});

describe("a call", () => {
  it("carries the arguments, and who asks in _meta", async () => {
    const gateway = new Gateway();
    connectTo(gateway);
    gateway.results["gong__get_calls"] = { content: [{ type: "text", text: "ok" }] };
    expect(await call("gong__get_calls")).toEqual({ text: "ok", isError: false });
    expect(gateway.calls[0]?.params).toMatchObject({ name: "gong__get_calls", arguments: { a: 1 } });
    expect(gateway.calls[0]?.meta["dev.sophia/caller"]).toEqual(caller);
  });

  it.each([
    [
      "the structured result",
      { content: [{ type: "text", text: "{}" }], structuredContent: { calls: [1] } },
      '{"calls":[1]}',
    ],
    [
      "the words of an error",
      { isError: true, content: [{ type: "text", text: "Gong is down." }], structuredContent: {} },
      "Gong is down.",
    ],
    [
      "several texts",
      {
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
      "a\nb",
    ],
    [
      "what an image is",
      { content: [{ type: "image", data: "x", mimeType: "image/png" }] },
      "[An image (image/png) that cannot be read here]",
    ],
    ["a file's text", { content: [{ type: "resource", resource: { uri: "file:///a", text: "inside" } }] }, "inside"],
    [
      "a file's name",
      { content: [{ type: "resource", resource: { uri: "file:///a", blob: "x" } }] },
      "[A file that cannot be read here: file:///a]",
    ],
    ["a link", { content: [{ type: "resource_link", uri: "https://x", name: "Deck" }] }, "[Link: Deck https://x]"],
  ] as [string, JsonObject, string][])("gives the model %s", async (_, result, words) => {
    const gateway = new Gateway();
    connectTo(gateway);
    gateway.results["t"] = result;
    expect(await call("t")).toEqual({ text: words, isError: result["isError"] === true });
  });

  it("that is aborted is cancelled at the gateway and throws the reason", async () => {
    const gateway = new Gateway();
    connectTo(gateway);
    const stop = new AbortController();
    const calling = call("hangs", stop.signal);
    const failure = expect(calling).rejects.toThrow("stopped by a person");
    await until(() => gateway.calls.length === 1);
    stop.abort(new Error("stopped by a person"));
    await failure;
    await until(() => gateway.calls[0]?.signal.aborted === true);
  });

  it("that is refused says why, as a result", async () => {
    const gateway = new Gateway();
    connectTo(gateway);
    gateway.results["t"] = new ProtocolError(-32602, "Unknown tool: t");
    expect(await call("t")).toEqual({ text: "t was refused: Unknown tool: t", isError: true });
  });

  it.each([
    ["is away, as may pass", { kind: "service", retryable: true }, { isRetryable: true }],
    ["refuses, as will not", { kind: "service", retryable: false }, {}],
    ["keeps it from others", { kind: "private", retryable: false }, { isPrivate: true }],
  ])("that fails since its service %s says so for programs", async (_, failure, said) => {
    const gateway = new Gateway();
    connectTo(gateway);
    const content = [{ type: "text", text: "Words that nobody matches." }];
    gateway.results["t"] = { content, isError: true, _meta: { "dev.sophia/failure": failure } };
    expect(await call("t")).toEqual({ text: "Words that nobody matches.", isError: true, ...said });
    const { isRetryable } = { isRetryable: undefined, ...said };
    const previewed = await tools.preview("t", {}, caller, new AbortController().signal);
    expect(previewed).toEqual({ refused: "Words that nobody matches.", isRetryable });
  });

  it("that was not delivered is made again over a new connection; one whose fate is not known is not", async () => {
    const gateway = new Gateway();
    const { connected } = connectTo(gateway);
    gateway.results["t"] = { content: [{ type: "text", text: "ok" }] };
    const broken = (kind: "session_lost" | "closed") => ({
      listTools: async () => [],
      callTool: async () => {
        throw new ConnectionError(kind === "closed" ? "broke off the connection" : "answered HTTP 404", { kind });
      },
      onToolsChanged: () => {},
      onClosed: () => {},
      close: async () => {},
    });
    const link = createInProcessLink(gateway.app);
    const kinds: ("session_lost" | "closed")[] = ["session_lost"];
    tools = createGatewayTools({
      logger: silentLogger,
      timeoutMs: 1000,
      connect: async (agent) => {
        connected.push(agent);
        const kind = kinds.shift();
        return kind ? broken(kind) : connectMcp({ type: "in-process", link }, { name: "sophia", version: "1" });
      },
    });
    expect(await call("t")).toEqual({ text: "ok", isError: false });
    expect(connected).toHaveLength(2);
    await tools.close();
    kinds.push("closed");
    const text = "The way to T broke off the connection.";
    expect(await call("t")).toEqual({ text, isError: true, isRetryable: true });
    expect(connected).toHaveLength(3);
  });
});
