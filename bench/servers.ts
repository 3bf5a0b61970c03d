import { fileURLToPath } from "node:url";
import { connectMcp } from "../src/mcp/client.ts";
import { builtinServers } from "../src/wiring/builtin-servers.ts";
import { percentile } from "./turn-driver.ts";

const mainFile = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const starts = 7;

/** How long each MCP server of ours takes from its start as a process to its answer to `initialize`, the median of several. */
export async function initializeTimes(env: Record<string, string>): Promise<Record<string, number>> {
  const times: Record<string, number> = {};
  for (const name of builtinServers.keys()) {
    const taken: number[] = [];
    for (let start = 0; start < starts; start++) {
      const startedAt = performance.now();
      const target = { type: "process" as const, command: process.execPath, args: [mainFile, "mcp", name], env };
      const server = await connectMcp(target, { name: "bench", version: "1" });
      taken.push(performance.now() - startedAt);
      await server.close();
    }
    times[name] = Math.round(percentile(taken, 0.5));
  }
  return times;
}
