/**
 * The upstream that the conformance suite asks for: a server that offers the fixed names of its scenarios. Built on the
 * SDK's own server and transport, none of our code, so that the suite's figures against it are those of an outside server.
 */

import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { type EventStore, StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { RequestHandlerExtra } from "@modelcontextprotocol/sdk/shared/protocol.js";
import {
  CallToolRequestSchema,
  CompleteRequestSchema,
  ErrorCode,
  GetPromptRequestSchema,
  isInitializeRequest,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
  ResultSchema,
  SetLevelRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { enumsForm, formWithDefaults, image, jsonSchemaTool, sound } from "./everything-data.ts";

/** Not among the SDK's codes. */
const RESOURCE_NOT_FOUND = -32002;

type Extra = RequestHandlerExtra<any, any> & { closeSSEStream?: () => void };
type Handler = (args: Record<string, unknown>, extra: Extra) => Promise<{ content: unknown[]; isError?: boolean }>;

const text = (value: string) => ({ content: [{ type: "text", text: value }] });
const resource = (uri: string, mimeType: string, value: string) => ({
  type: "resource",
  resource: { uri, mimeType, text: value },
});
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function elicit(extra: Extra, message: string, requestedSchema: unknown) {
  const answer = await extra.sendRequest(
    { method: "elicitation/create", params: { message, requestedSchema } },
    ResultSchema,
  );
  return text(
    `Elicitation completed: action=${String(answer.action)}, content=${JSON.stringify(answer.content ?? {})}`,
  );
}

const handlers: Record<string, Handler> = {
  test_simple_text: async () => text("This is a simple text response for testing."),
  test_image_content: async () => ({ content: [image] }),
  test_audio_content: async () => ({ content: [sound] }),
  test_embedded_resource: async () => ({
    content: [resource("test://embedded-resource", "text/plain", "This is an embedded resource content.")],
  }),
  test_multiple_content_types: async () => ({
    content: [
      { type: "text", text: "Multiple content types test:" },
      image,
      resource("test://mixed-content-resource", "application/json", JSON.stringify({ test: "data", value: 123 })),
    ],
  }),
  test_tool_with_logging: async (_args, extra) => {
    for (const data of ["Tool execution started", "Tool processing data", "Tool execution completed"]) {
      await extra.sendNotification({ method: "notifications/message", params: { level: "info", data } });
      await pause(50);
    }
    return text("Tool with logging executed successfully");
  },
  test_tool_with_progress: async (_args, extra) => {
    const progressToken = extra._meta?.progressToken ?? 0;
    for (const progress of [0, 50, 100]) {
      const params = { progressToken, progress, total: 100, message: `Completed step ${progress} of 100` };
      await extra.sendNotification({ method: "notifications/progress", params });
      await pause(50);
    }
    return text(String(progressToken));
  },
  test_error_handling: async () => ({
    ...text("This tool intentionally returns an error for testing"),
    isError: true,
  }),
  test_reconnection: async (_args, extra) => {
    extra.closeSSEStream?.();
    await pause(100);
    return text("Reconnection test completed successfully.");
  },
  test_sampling: async ({ prompt }, extra) => {
    const messages = [{ role: "user", content: { type: "text", text: prompt } }];
    const params = { messages, maxTokens: 100 };
    const answer = await extra.sendRequest({ method: "sampling/createMessage", params }, ResultSchema);
    return text(`LLM response: ${(answer.content as { text?: string }).text}`);
  },
  test_elicitation: async ({ message }, extra) =>
    elicit(extra, String(message), {
      type: "object",
      properties: { response: { type: "string", description: "User's response" } },
      required: ["response"],
    }),
  test_elicitation_sep1034_defaults: async (_args, extra) => elicit(extra, "Please review the form", formWithDefaults),
  test_elicitation_sep1330_enums: async (_args, extra) => elicit(extra, "Please select options", enumsForm),
  json_schema_2020_12_tool: async (args) => text(`Called with: ${JSON.stringify(args)}`),
};

const argumentsOf: Record<string, object> = {
  test_sampling: { type: "object", properties: { prompt: { type: "string" } }, required: ["prompt"] },
  test_elicitation: { type: "object", properties: { message: { type: "string" } }, required: ["message"] },
  json_schema_2020_12_tool: jsonSchemaTool,
};

const resources = [
  { uri: "test://static-text", name: "static-text", description: "A static text resource", mimeType: "text/plain" },
  { uri: "test://static-binary", name: "static-binary", description: "A static image", mimeType: "image/png" },
  { uri: "test://watched-resource", name: "watched-resource", description: "A watched text", mimeType: "text/plain" },
];

function readResource(uri: string): object {
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  if (id) {
    const data = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
    return { uri, mimeType: "application/json", text: data };
  }
  switch (uri) {
    case "test://static-text":
      return { uri, mimeType: "text/plain", text: "This is the content of the static text resource." };
    case "test://static-binary":
      return { uri, mimeType: "image/png", blob: image.data };
    case "test://watched-resource":
      return { uri, mimeType: "text/plain", text: "Watched resource content" };
    default:
      throw new McpError(RESOURCE_NOT_FOUND, "Resource not found", { uri });
  }
}

const prompts = [
  { name: "test_simple_prompt", description: "A prompt without arguments" },
  {
    name: "test_prompt_with_arguments",
    description: "A prompt with arguments",
    arguments: [
      { name: "arg1", description: "First", required: true },
      { name: "arg2", description: "Second", required: true },
    ],
  },
  {
    name: "test_prompt_with_embedded_resource",
    description: "A prompt with a resource in it",
    arguments: [{ name: "resourceUri", description: "The resource", required: true }],
  },
  { name: "test_prompt_with_image", description: "A prompt with an image in it" },
];

function promptMessages(name: string, args: Record<string, string>): unknown[] {
  const say = (value: string) => ({ type: "text", text: value });
  const contents: Record<string, () => unknown[]> = {
    test_simple_prompt: () => [say("This is a simple prompt for testing.")],
    test_prompt_with_arguments: () => [say(`Prompt with arguments: arg1='${args.arg1}', arg2='${args.arg2}'`)],
    test_prompt_with_embedded_resource: () => [
      resource(String(args.resourceUri), "text/plain", "Embedded resource content for testing."),
      say("Please process the embedded resource above."),
    ],
    test_prompt_with_image: () => [image, say("Please analyze the image above.")],
  };
  return (contents[name]?.() ?? []).map((content) => ({ role: "user", content }));
}

function createMcpServer(): Server {
  const server = new Server(
    { name: "everything", version: "1.0.0" },
    {
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: { listChanged: true },
        logging: {},
        completions: {},
      },
    },
  );
  server.setRequestHandler(ListToolsRequestSchema, async () => ({
    tools: Object.keys(handlers).map((name) => ({
      name,
      description: `Offers ${name}`,
      inputSchema: (argumentsOf[name] ?? { type: "object", properties: {} }) as { type: "object" },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra): Promise<any> => {
    const handler = handlers[params.name];
    if (!handler) throw new McpError(ErrorCode.InvalidParams, `Unknown tool ${params.name}`);
    return handler(params.arguments ?? {}, extra);
  });
  server.setRequestHandler(ListResourcesRequestSchema, async () => ({ resources }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, async () => ({
    resourceTemplates: [{ uriTemplate: "test://template/{id}/data", name: "template", mimeType: "application/json" }],
  }));
  server.setRequestHandler(
    ReadResourceRequestSchema,
    async ({ params }): Promise<any> => ({
      contents: [readResource(params.uri)],
    }),
  );
  server.setRequestHandler(SubscribeRequestSchema, async () => ({}));
  server.setRequestHandler(UnsubscribeRequestSchema, async () => ({}));
  server.setRequestHandler(ListPromptsRequestSchema, async () => ({ prompts }));
  server.setRequestHandler(
    GetPromptRequestSchema,
    async ({ params }): Promise<any> => ({
      messages: promptMessages(params.name, params.arguments ?? {}),
    }),
  );
  server.setRequestHandler(CompleteRequestSchema, async ({ params }) => ({
    completion: {
      values: ["paris", "park", "party"].filter((v) => v.startsWith(params.argument.value)),
      hasMore: false,
    },
  }));
  server.setRequestHandler(SetLevelRequestSchema, async () => ({}));
  return server;
}

function createEventStore(): EventStore {
  const events: { id: string; streamId: string; message: any }[] = [];
  return {
    async storeEvent(streamId, message) {
      const id = `${streamId}_${events.length}`;
      events.push({ id, streamId, message });
      return id;
    },
    async getStreamIdForEventId(eventId) {
      return events.find((event) => event.id === eventId)?.streamId;
    },
    async replayEventsAfter(lastEventId, { send }) {
      const index = events.findIndex((event) => event.id === lastEventId);
      const streamId = events[index]?.streamId ?? "";
      for (const event of events.slice(index + 1)) {
        if (event.streamId === streamId && Object.keys(event.message).length > 0) await send(event.id, event.message);
      }
      return streamId;
    },
  };
}

export interface EverythingServer {
  url: string;
  close(): Promise<void>;
}

export async function startEverythingServer(): Promise<EverythingServer> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  let port = 0;

  async function open(): Promise<StreamableHTTPServerTransport> {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: createEventStore(),
      retryInterval: 200,
      enableDnsRebindingProtection: true,
      allowedHosts: [`127.0.0.1:${port}`, `localhost:${port}`],
      allowedOrigins: [`http://127.0.0.1:${port}`, `http://localhost:${port}`],
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    await createMcpServer().connect(transport);
    return transport;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString("utf8")) : undefined;
    const known = sessions.get(String(request.headers["mcp-session-id"]));
    const transport = known ?? (isInitializeRequest(body) ? await open() : undefined);
    if (transport) return transport.handleRequest(request, response, body);
    response.writeHead(404).end();
  }

  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async close() {
      for (const transport of sessions.values()) await transport.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
