import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Seen {
  path: string;
  headers: IncomingHttpHeaders;
  body: any;
  at: number;
}

type Scripted = (response: ServerResponse, seen: Seen) => void | Promise<void>;

export interface ClaudeServer {
  url: string;
  seen: Seen[];
  /** Answers to come, in order. */
  script: Scripted[];
  close(): Promise<void>;
}

/** A local server that speaks Claude's event stream by a script, for what goes wrong on the wire. */
export async function startClaudeServer(...script: Scripted[]): Promise<ClaudeServer> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString("utf8"));
      const one = { path: request.url ?? "", headers: request.headers, body, at: performance.now() };
      seen.push(one);
      const next = script.shift();
      if (next) void next(response, one);
      else response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    script,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const sse = (event: { type: string; [field: string]: unknown }): string =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

export function open(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "request-id": "req_test" });
}

export function start(usage: Record<string, unknown> = {}): string {
  const message = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-5-5",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    usage: {
      input_tokens: 5,
      cache_creation_input_tokens: 200,
      cache_read_input_tokens: 3000,
      output_tokens: 1,
      ...usage,
    },
  };
  return sse({ type: "message_start", message }) + sse({ type: "ping" });
}

export function textBlock(index: number, ...deltas: string[]): string {
  return (
    sse({ type: "content_block_start", index, content_block: { type: "text", text: "", citations: null } }) +
    deltas.map((text) => sse({ type: "content_block_delta", index, delta: { type: "text_delta", text } })).join("")
  );
}

export function thinkingBlock(index: number, thinking: string, signature: string): string {
  return (
    sse({ type: "content_block_start", index, content_block: { type: "thinking", thinking: "", signature: "" } }) +
    sse({ type: "content_block_delta", index, delta: { type: "thinking_delta", thinking } }) +
    sse({ type: "content_block_delta", index, delta: { type: "signature_delta", signature } })
  );
}

export function toolBlock(index: number, id: string, name: string, ...json: string[]): string {
  const block = { type: "tool_use", id, name, input: {}, caller: { type: "direct" } };
  return (
    sse({ type: "content_block_start", index, content_block: block }) +
    json
      .map((partial_json) =>
        sse({ type: "content_block_delta", index, delta: { type: "input_json_delta", partial_json } }),
      )
      .join("")
  );
}

export const stopBlock = (index: number): string => sse({ type: "content_block_stop", index });

export function end(stop_reason: string, more: Record<string, unknown> = {}, output_tokens = 40): string {
  const delta = { stop_reason, stop_sequence: null, stop_details: null, container: null, ...more };
  return sse({ type: "message_delta", delta, usage: { output_tokens } }) + sse({ type: "message_stop" });
}

/** A whole answer. */
export function says(words: string, stopReason = "end_turn", more: Record<string, unknown> = {}): Scripted {
  return (response) => {
    open(response);
    response.end(start() + textBlock(0, ...words.split(/(?<= )/)) + stopBlock(0) + end(stopReason, more));
  };
}

/** An answer made of these events. */
export function streams(...parts: string[]): Scripted {
  return (response) => {
    open(response);
    response.end(parts.join(""));
  };
}

/** The events so far, then a cut connection. */
export function breaksAfter(...parts: string[]): Scripted {
  return (response) => {
    open(response);
    response.write(parts.join(""), () => setImmediate(() => response.destroy()));
  };
}

export function refuses(
  status: number,
  type: string,
  headers: Record<string, string> = {},
  message = "vendor words",
): Scripted {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", "request-id": "req_test", ...headers });
    response.end(JSON.stringify({ type: "error", error: { type, message } }));
  };
}

export const errorEvent = (type: string): string => sse({ type: "error", error: { type, message: "vendor words" } });
