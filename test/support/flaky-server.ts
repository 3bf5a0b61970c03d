/**
 * A stdio server for tests, run as a child: a few lines of JSON-RPC of its own, so that it can misbehave as no SDK would.
 * It writes what it receives to the file named by FLAKY_LOG, and says which of our variables it can see.
 */

import { appendFileSync, existsSync } from "node:fs";
import { createInterface } from "node:readline";

const { FLAKY_LOG = "", FLAKY_DOWN = "" } = process.env;
// Refuses to start while this file is there.
if (FLAKY_DOWN && existsSync(FLAKY_DOWN)) process.exit(3);

const send = (message: object) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const note = (event: object) =>
  FLAKY_LOG && appendFileSync(FLAKY_LOG, `${JSON.stringify({ pid: process.pid, ...event })}\n`);
const text = (value: string) => ({ content: [{ type: "text", text: value }] });

const anyObject = { type: "object", properties: {} };
const hints = { readOnlyHint: true, idempotentHint: true };
let described = "Gives the process id";

const tools = () => [
  { name: "pid", description: described, inputSchema: anyObject, annotations: hints },
  { name: "env", description: "Gives the names of the variables", inputSchema: anyObject, annotations: hints },
  { name: "slow", description: "Answers after a while", inputSchema: anyObject, annotations: hints },
  { name: "never", description: "Never answers", inputSchema: anyObject, annotations: hints },
  { name: "write", description: "Changes something, slowly", inputSchema: anyObject },
  { name: "count", description: "Counts to three", inputSchema: anyObject, annotations: hints },
  { name: "rename", description: "Changes a definition", inputSchema: anyObject, annotations: hints },
  { name: "meta", description: "Gives the _meta it got", inputSchema: anyObject, annotations: hints },
  { name: "bad name!", description: "Has a bad name", inputSchema: anyObject },
  { name: "x".repeat(70), description: "Has a long name", inputSchema: anyObject },
];

interface Params {
  name?: string;
  _meta?: Record<string, unknown>;
  requestId?: number;
  protocolVersion?: string;
}

const calls: Record<string, (id: number, params: Params) => void> = {
  pid: (id) => send({ id, result: text(String(process.pid)) }),
  env: (id) => send({ id, result: text(Object.keys(process.env).sort().join(",")) }),
  slow: (id) => void setTimeout(() => send({ id, result: text(String(process.pid)) }), 300),
  never: () => {},
  write: (id) => void setTimeout(() => send({ id, result: text("written") }), 300),
  count: (id, { _meta }) => {
    // All in one chunk, the answer included: progress must not be lost for it.
    const progress = [1, 2, 3].map((step) => ({
      jsonrpc: "2.0",
      method: "notifications/progress",
      params: { progressToken: _meta?.progressToken, progress: step, total: 3 },
    }));
    const answer = { jsonrpc: "2.0", id, result: text("counted") };
    process.stdout.write([...progress, answer].map((message) => `${JSON.stringify(message)}\n`).join(""));
  },
  rename: (id) => {
    described = "Gives something else";
    send({ method: "notifications/tools/list_changed" });
    send({ id, result: text("renamed") });
  },
  meta: (id, { _meta }) =>
    send({
      id,
      result: { ...text(JSON.stringify(_meta ?? {})), _meta: { "dev.sophia/failure": { kind: "service" }, own: 1 } },
    }),
};

function answer(method: string, id: number, params: Params): void {
  if (method === "initialize") {
    const { protocolVersion } = params;
    const serverInfo = { name: "flaky", version: "1" };
    send({ id, result: { protocolVersion, capabilities: { tools: { listChanged: true } }, serverInfo } });
  } else if (method === "tools/list") {
    const first = tools().slice(0, 6);
    const rest = { tools: tools().slice(6) };
    send({ id, result: (params as { cursor?: string }).cursor ? rest : { tools: first, nextCursor: "more" } });
  } else if (method === "tools/call") calls[params.name ?? ""]?.(id, params);
  else if (method === "ping") send({ id, result: {} });
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const { method, id, params = {} } = JSON.parse(line) as { method: string; id: number; params?: Params };
  note({ method, name: params.name, requestId: params.requestId });
  answer(method, id, params);
});
