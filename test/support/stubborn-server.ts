/** Answers initialize, and then will end neither with its input nor at SIGTERM. */

import { createInterface } from "node:readline";

process.on("SIGTERM", () => {});
setInterval(() => {}, 1_000);
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method !== "initialize") return;
  const result = { protocolVersion: params.protocolVersion, capabilities: {}, serverInfo: { name: "s", version: "1" } };
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`);
});
