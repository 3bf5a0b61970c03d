import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createServer } from "../../../mcp-servers/shared/create-server.ts";
import { defineTool } from "../../../mcp-servers/shared/define-tool.ts";
import { linkInProcess, serveHttp } from "../../../mcp-servers/shared/serve.ts";
import { connectMcp } from "../../../src/mcp/client.ts";
import { CALLER_META, type McpConnection, type McpToolResult, PREVIEW_META } from "../../../src/mcp/types.ts";
import { createGreeter } from "../../support/greeter.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function connect(trustCaller = false) {
  const { definition, log } = createGreeter();
  const errors: unknown[] = [];
  const link = linkInProcess(definition, { trustCaller, onError: (error) => errors.push(error) });
  const client = await connectMcp({ type: "in-process", link }, { name: "test", version: "1" });
  closing.push(() => client.close());
  return { client, log, errors };
}

const call = (client: McpConnection, name: string, args: object, meta?: object): Promise<McpToolResult> =>
  client.callTool(name, { ...args }, { timeoutMs: 2_000, meta: { ...meta } });
const textOf = (result: McpToolResult) => String(result.content[0]?.text);

describe("tools/list", () => {
  it("lists tools by name with closed schemas, all annotations and the progress labels", async () => {
    const { client } = await connect();
    const tools = await client.listTools();
    expect(tools.map((tool) => tool.name)).toEqual(["erase", "fail", "greet", "recite", "wait"]);
    expect(tools.find((tool) => tool.name === "greet")).toMatchSnapshot();
  });

  it("refuses a tool whose nested input object is open", () => {
    const tool = defineTool<null>()({
      name: "nested",
      title: "Nested",
      description: "Has an open object inside.",
      input: z.object({ filter: z.object({ from: z.string() }) }),
      output: z.object({}),
      annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
      progress: { one: "", many: "" },
      run: async () => ({}),
    });
    const definition = { name: "x", title: "X", version: "1", instructions: "", tools: [tool], client: null };
    expect(() => createServer(definition)).toThrow("nested: input.properties.filter must be closed");
  });
});

describe("writes", () => {
  const nothing = z.strictObject({});
  const wipe = defineTool<null>()({
    name: "wipe",
    title: "Wipe",
    description: "Wipes.",
    input: nothing,
    output: nothing,
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    progress: { one: "", many: "" },
    run: async () => ({}),
  });

  it("refuses a tool that writes and cannot say what it would change", () => {
    const definition = { name: "x", title: "X", version: "1", instructions: "", tools: [wipe], client: null };
    expect(() => createServer(definition)).toThrow("wipe: a tool that writes must say in `preview`");
  });

  it("says what a write would change, and changes nothing", async () => {
    const { client, log } = await connect();
    const result = await call(client, "erase", { name: "Ada" }, { [PREVIEW_META]: true });
    expect(result.structuredContent).toEqual({
      summary: "Erase Ada",
      record: { name: "Ada" },
      changes: [{ field: "greeting", before: "Ada", after: null }],
    });
    expect(log.calls).toEqual([]);
  });

  it("refuses wrong arguments before it previews, and a preview of a read", async () => {
    const { client, log } = await connect();
    const wrong = await call(client, "erase", { nmae: "Ada" }, { [PREVIEW_META]: true });
    expect(textOf(wrong)).toContain('did you mean "name"?');
    const read = await call(client, "greet", { name: "Ada" }, { [PREVIEW_META]: true });
    expect(textOf(read)).toContain("greet changes nothing, so there is nothing to preview.");
    expect(log.calls).toEqual([]);
  });

  it("offers no tool that writes where the server is set to read only, and says why", async () => {
    const { definition, log } = createGreeter();
    const link = linkInProcess({ ...definition, readOnly: true });
    const client = await connectMcp({ type: "in-process", link }, { name: "test", version: "1" });
    closing.push(() => client.close());
    expect((await client.listTools()).map((tool) => tool.name)).toEqual(["fail", "greet", "recite", "wait"]);
    const refused = await call(client, "erase", { name: "Ada" });
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toContain("Greeter is set to read only here");
    expect(log.calls).toEqual([]);
  });
});

describe("tools/call", () => {
  it("gives the result as text and as structured content", async () => {
    const { client, log } = await connect();
    const result = await call(client, "greet", { name: "Ada" });
    expect(result.structuredContent).toEqual({ greeting: "Hello Ada", caller: null, audience: null });
    expect(JSON.parse(textOf(result))).toEqual(result.structuredContent);
    expect(log.calls).toEqual([{ tool: "greet", input: { name: "Ada", loudness: 5 }, caller: undefined }]);
  });

  it("says of each wrong argument what to do, and runs nothing", async () => {
    const { client, log } = await connect();
    const result = await call(client, "greet", { nmae: "Ada", loudness: 11, style: "rude", at: "yesterday", zzz: 1 });
    expect(result.isError).toBe(true);
    expect(textOf(result).split("\n")).toEqual([
      "greet was not called: its arguments are wrong.",
      "- name: is required: text",
      "- loudness: must be at most 10",
      '- style: must be one of "plain", "formal"',
      "- at: must be an instant such as 2026-03-31T09:00:00Z, with Z or an offset",
      '- "nmae" is not an argument of this tool; did you mean "name"?',
      '- "zzz" is not an argument of this tool; known: name, loudness, style, at',
      "Correct them and call it again.",
    ]);
    expect(log.calls).toEqual([]);
  });

  it.each([
    ["user", 'The request is at fault: No call has the id "7".'],
    ["forbidden", "Not allowed: This call is private to its owner."],
    ["service", "Gong is at fault, not the request: Its request limit is used up. Try again in 3 s."],
  ])("words a %s error for the model", async (how, text) => {
    const { client, errors } = await connect();
    const result = await call(client, "fail", { how });
    expect(result).toMatchObject({ isError: true, content: [{ type: "text", text }] });
    expect(errors).toEqual([]);
  });

  it.each(["bug", "output"])("hides a %s of ours from the model and logs it", async (how) => {
    const { client, errors } = await connect();
    const result = await call(client, "fail", { how });
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain("the log has the details");
    expect(textOf(result)).not.toContain("secret");
    expect(errors).toHaveLength(1);
  });

  it("names the tool that was probably meant", async () => {
    const { client } = await connect();
    await expect(call(client, "greeet", {})).rejects.toThrow('There is no tool "greeet"; did you mean "greet"?');
  });

  it("stops when the caller cancels", async () => {
    const { client, log } = await connect();
    const stop = new AbortController();
    const waiting = client.callTool("wait", { label: "a" }, { timeoutMs: 5_000, signal: stop.signal });
    await expect.poll(() => log.calls.length).toBe(1);
    stop.abort(new Error("stopped by the person"));
    await expect(waiting).rejects.toThrow("stopped by the person");
    await expect.poll(() => log.cancelled).toEqual(["a"]);
  });

  it("cancels at the server what takes too long", async () => {
    const { client, log } = await connect();
    const waiting = client.callTool("wait", { label: "b" }, { timeoutMs: 20 });
    await expect(waiting).rejects.toMatchObject({ name: "ConnectionError", kind: "timed_out" });
    await expect.poll(() => log.cancelled).toEqual(["b"]);
  });
});

describe("the caller", () => {
  const alone = { audience: "private", hasReadOthers: false };
  const meta = { [CALLER_META]: { ...alone, email: "ada@acme.example", turnId: "t" } };

  it("is believed where only the gateway connects", async () => {
    const { client, log } = await connect(true);
    await call(client, "greet", { name: "Ada" }, meta);
    expect(log.calls[0]?.caller).toEqual({ email: "ada@acme.example", audience: "private" });
  });

  it("has a conversation where both a channel and a thread are named", async () => {
    const { client, log } = await connect(true);
    const who = { ...alone, channel: "C1" };
    await call(client, "greet", { name: "Ada" }, { [CALLER_META]: who });
    await call(client, "greet", { name: "Ada" }, { [CALLER_META]: { ...who, threadTs: "17.2" } });
    expect(log.calls.map(({ caller }) => caller)).toEqual([
      { audience: "private" },
      { audience: "private", threadId: "C1:17.2" },
    ]);
  });

  it("is shown less when its audience is not clearly private", async () => {
    const { client, log } = await connect(true);
    await call(
      client,
      "greet",
      { name: "Ada" },
      { [CALLER_META]: { ...alone, email: "ada@acme.example", audience: ["private"] } },
    );
    expect(log.calls[0]?.caller).toEqual({ email: "ada@acme.example", audience: "channel" });
  });

  it.each([true, undefined, "false"])(
    "is confined where others were read or nobody says so: %j",
    async (hasReadOthers) => {
      const { client, log } = await connect(true);
      const who = { audience: "private", channel: "C1", userId: "U1", question: "Tell Ada", hasReadOthers };
      await call(client, "greet", { name: "Ada" }, { [CALLER_META]: who });
      expect(log.calls[0]?.caller).toMatchObject({
        confinedTo: { channel: "C1", userId: "U1", question: "Tell Ada" },
      });
    },
  );

  it("is nobody elsewhere, whatever the request says", async () => {
    const { client, log } = await connect(false);
    await call(client, "greet", { name: "Ada" }, meta);
    expect(log.calls[0]?.caller).toBeUndefined();
  });
});

describe("over HTTP", () => {
  it("serves with a token and refuses without", async () => {
    const { definition, log } = createGreeter();
    const served = await serveHttp(definition, { port: 0, token: "the-token" });
    closing.push(() => served.close());
    const anonymous = connectMcp({ type: "http", url: served.url }, { name: "test", version: "1" });
    await expect(anonymous).rejects.toThrow("answered HTTP 401");
    const client = await connectMcp(
      { type: "http", url: served.url, token: "the-token" },
      { name: "test", version: "1" },
    );
    closing.push(() => client.close());
    await call(client, "greet", { name: "Ada" });
    expect(log.calls).toHaveLength(1);
  });

  it("will not serve other machines without a token", async () => {
    const { definition } = createGreeter();
    await expect(serveHttp(definition, { port: 0, host: "0.0.0.0" })).rejects.toThrow("MCP_AUTH_TOKEN");
  });
});
