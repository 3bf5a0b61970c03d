import { afterEach, describe, expect, it } from "vitest";
import { serveHttp } from "../../mcp-servers/shared/serve.ts";
import type { UpstreamSettings } from "../../src/gateway/settings.ts";
import type { ConnectOptions } from "../../src/mcp/client.ts";
import { createInProcessLink } from "../../src/mcp/server.ts";
import type { JsonObject, McpConnection } from "../../src/mcp/types.ts";
import { startEverythingServer } from "../support/everything-server.ts";
import { atEnd, closeAll, connectTo, startGateway, textOf } from "../support/gateway.ts";
import { createGreeter } from "../support/greeter.ts";

afterEach(closeAll);

async function everything(settings: Partial<UpstreamSettings>) {
  const server = await startEverythingServer();
  atEnd(() => server.close());
  const upstream = {
    name: "every",
    source: { type: "http", url: server.url },
    believeHints: true,
    ...settings,
  } as const;
  return startGateway({
    upstreams: [upstream],
    agents: { some: ["every__test_simple_text"] },
    policies: [{ tools: "*", policy: "allow" }],
  }).gateway;
}

const ask = (client: McpConnection, method: string, params: JsonObject = {}) =>
  client.request(method, params, { timeoutMs: 5_000 });

describe("an upstream that all sessions share", () => {
  it("gives its resources, prompts and completions, the prompts under its prefix", async () => {
    const client = await connectTo(await everything({}));
    const { resources } = await ask(client, "resources/list");
    expect(resources).toContainEqual(expect.objectContaining({ uri: "test://static-text" }));
    expect(await ask(client, "resources/read", { uri: "test://template/7/data" })).toMatchObject({
      contents: [{ uri: "test://template/7/data" }],
    });
    const { prompts } = await ask(client, "prompts/list");
    expect(prompts).toContainEqual(expect.objectContaining({ name: "every__test_simple_prompt" }));
    const args = { name: "every__test_prompt_with_arguments", arguments: { arg1: "a", arg2: "b" } };
    expect(JSON.stringify(await ask(client, "prompts/get", args))).toContain("arg1='a', arg2='b'");
    const ref = { type: "ref/prompt", name: "every__test_prompt_with_arguments" };
    const completion = await ask(client, "completion/complete", { ref, argument: { name: "arg1", value: "par" } });
    expect(completion).toMatchObject({ completion: { values: ["paris", "park", "party"] } });
    expect(await ask(client, "resources/subscribe", { uri: "test://watched-resource" })).toEqual({});
    expect(await ask(client, "resources/unsubscribe", { uri: "test://watched-resource" })).toEqual({});
  });

  it.each([true, false])("gets who asks only if it is ours (%s), and says nothing in our name", async (trusted) => {
    const seen: JsonObject[] = [];
    const open = async () =>
      createInProcessLink({
        info: { name: "forger", version: "1", capabilities: { tools: {}, resources: {} } },
        onError: () => {},
        open: () => ({
          handle: async (method, _params, { meta }) => {
            if (method !== "resources/read") return { tools: [], resources: [], resourceTemplates: [] };
            seen.push(meta);
            return { contents: [], _meta: { "dev.sophia/failure": {}, other: 1 } };
          },
        }),
      });
    const { gateway } = startGateway({
      upstreams: [{ name: "x", trusted, source: { type: "builtin", open } }],
      clients: [{ name: "other", token: "t".repeat(40), tools: ["*"] }],
    });
    const client = await connectTo(gateway, { client: "sophia" });
    const caller = { email: "ada@example.com", audience: "private" };
    const meta = { "dev.sophia/caller": caller, "dev.sophia/preview": true, own: 1 };
    const answer = await client.request("resources/read", { uri: "a://b" }, { timeoutMs: 5_000, meta });
    expect(seen).toEqual([trusted ? { own: 1, "dev.sophia/caller": caller } : { own: 1 }]);
    const other = await connectTo(gateway, { client: "other" });
    await other.request("resources/read", { uri: "a://b" }, { timeoutMs: 5_000, meta });
    expect(seen.at(-1)).toEqual({ own: 1 });
    if (!trusted) expect(answer._meta).toEqual({ other: 1 });
  });

  it("passes its errors on as they are", async () => {
    const client = await connectTo(await everything({}));
    await expect(ask(client, "resources/read", { uri: "test://nowhere" })).rejects.toMatchObject({
      code: -32002,
      message: "Resource not found",
    });
    await expect(ask(client, "prompts/get", { name: "other__prompt" })).rejects.toMatchObject({ code: -32602 });
    await expect(ask(client, "no/such/method")).rejects.toMatchObject({ code: -32601 });
  });

  it("keeps its resources and prompts from a role that may not use all of its tools", async () => {
    const client = await connectTo(await everything({}), { client: "sophia", agent: "some" });
    expect(await ask(client, "resources/list")).toEqual({ resources: [] });
    expect(await ask(client, "prompts/list")).toEqual({ prompts: [] });
    await expect(ask(client, "resources/read", { uri: "test://static-text" })).rejects.toMatchObject({ code: -32002 });
  });

  it("is not told that anybody could be asked back", async () => {
    const options: Partial<ConnectOptions> = {
      capabilities: { elicitation: {} },
      onRequest: async () => ({ action: "accept", content: { response: "must not happen" } }),
    };
    const client = await connectTo(await everything({}), { client: "sophia" }, options);
    const answer = client.callTool("every__test_elicitation", { message: "Who?" }, { timeoutMs: 5_000 });
    await expect(answer).rejects.toMatchObject({ name: "ProtocolError" });
  });
});

describe("an upstream with a connection for each session", () => {
  it("asks the client whose call it is working on, and no other", async () => {
    const gateway = await everything({ sessions: "own" });
    const asked: string[] = [];
    const connect = (name: string) =>
      connectTo(
        gateway,
        { client: "sophia" },
        {
          capabilities: { elicitation: {}, sampling: {} },
          onRequest: async (method, params) => {
            asked.push(`${name} ${method} ${String(params.message)}`);
            return { action: "accept", content: { response: name } };
          },
        },
      );
    const clients = await Promise.all(["ada", "bob"].map(connect));
    const answers = await Promise.all(
      clients.map((client, i) =>
        client.callTool("every__test_elicitation", { message: `q${i}` }, { timeoutMs: 5_000 }),
      ),
    );
    expect(answers.map(textOf)).toEqual([
      expect.stringContaining('"response":"ada"'),
      expect.stringContaining('"response":"bob"'),
    ]);
    expect(asked.sort()).toEqual(["ada elicitation/create q0", "bob elicitation/create q1"]);
  });

  it("sends its log messages to the session that caused them", async () => {
    const gateway = await everything({ sessions: "own" });
    const logs: string[][] = [[], []];
    const clients = await Promise.all(
      logs.map((log) =>
        connectTo(
          gateway,
          { client: "sophia" },
          {
            onNotification: (method, params) => {
              if (method === "notifications/message") log.push(String(params.data));
            },
          },
        ),
      ),
    );
    await ask(clients[0] as McpConnection, "logging/setLevel", { level: "debug" });
    await clients[0]?.callTool("every__test_tool_with_logging", {}, { timeoutMs: 5_000 });
    expect(logs).toEqual([["Tool execution started", "Tool processing data", "Tool execution completed"], []]);
  });
});

describe("an upstream over HTTP that was started anew", () => {
  it("is connected to again, and the call that found out is carried out once", async () => {
    const first = createGreeter();
    const served = await serveHttp(first.definition, { port: 0, token: "upstream-token" });
    const source = { type: "http", url: served.url, token: "upstream-token" } as const;
    const { gateway } = startGateway({ upstreams: [{ name: "greeter", source, trusted: true }] });
    const client = await connectTo(gateway);
    const greet = () => client.callTool("greeter__greet", { name: "Ada" }, { timeoutMs: 10_000 });
    expect((await greet()).isError).toBeFalsy();
    await served.close();
    const second = createGreeter();
    const again = await serveHttp(second.definition, {
      port: Number(new URL(served.url).port),
      token: "upstream-token",
    });
    atEnd(() => again.close());
    expect((await greet()).isError).toBeFalsy();
    expect([first.log.calls.length, second.log.calls.length]).toEqual([1, 1]);
  });
});
