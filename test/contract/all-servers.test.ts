/** What holds for every MCP server of ours, each as a process of its own on stdio. */

import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/start.ts";
import { connectMcp } from "../../src/mcp/client.ts";
import type { McpTool } from "../../src/mcp/types.ts";
import { builtinServers } from "../../src/wiring/builtin-servers.ts";
import { runCommand } from "../support/command.ts";
import { openHouse } from "../support/house.ts";

/** The least that each offers; `w` for those that write. */
const catalogue: Record<string, string> = {
  asana:
    "create_task/w get_project_tasks update_task_status/w get_task search_tasks get_my_tasks update_task/w list_projects list_sections add_comment/w find_user post_project_status/w",
  gong: "get_calls get_call_transcript find_calls get_call_summary find_user get_rep_activity get_interaction_stats list_trackers",
  hubspot:
    "get_contacts get_contact update_contact/w search_deals get_deal get_deals create_deal/w update_deal/w search_companies get_company list_pipelines list_owners add_note/w create_followup_task/w get_associations",
  pinecone: "semantic_search query_by_vector list_indexes describe_index index_stats fetch_records upsert_document/w",
  pulumi:
    "list_stacks stack_status stack_outputs list_updates get_deployment deployment_logs drift_status search_resources preview/w up/w cancel/w",
  slack:
    "send_message/w update_message/w schedule_message/w read_thread read_channel find_channel find_user add_reaction/w",
  snowflake:
    "execute_query list_databases list_schemas list_tables describe_table get_query_status fetch_results cancel_query/w",
};

/** What a server may load before its first tool call: no SDK of any service. */
const sdks = [
  "@hubspot/api-client",
  "asana",
  "snowflake-sdk",
  "@polyglot-sql/sdk",
  "@pinecone-database/pinecone",
  "@slack/web-api",
  "@slack/bolt",
  "@anthropic-ai/sdk",
  "bullmq",
  "ioredis",
  "pg",
];

const names = Object.keys(catalogue);
const mainFile = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const reporter = fileURLToPath(new URL("../support/report-packages.ts", import.meta.url));
const require = createRequire(import.meta.url);
const inspector = dirname(require.resolve("@modelcontextprotocol/inspector/package.json"));

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ seed: 1, now: Date.parse("2026-11-20T15:00:00Z") });
});
afterAll(() => sandbox.close());

interface Listed {
  tools: McpTool[];
  packages: string[];
}

/** The tools of one server, and the packages that it had loaded when it had listed them. */
async function list(name: string): Promise<Listed> {
  let stderr = "";
  const target = {
    type: "process" as const,
    command: process.execPath,
    args: ["--import", reporter, mainFile, "mcp", name],
    env: sandbox.env,
  };
  const server = await connectMcp(target, {
    name: "test",
    version: "1",
    timeoutMs: 20_000,
    onStderr: (text) => {
      stderr += text;
    },
  });
  const tools = await server.listTools();
  await server.close();
  await expect.poll(() => stderr).toContain("packages: ");
  return { tools, packages: JSON.parse(/packages: (.*)/.exec(stderr)?.[1] ?? "[]") as string[] };
}

/** One process for each server serves all tests that only look at its list. */
const listings = new Map<string, Promise<Listed>>();
function firstListing(name: string): Promise<Listed> {
  const listing = listings.get(name) ?? list(name);
  listings.set(name, listing);
  return listing;
}

describe.each(names)("the %s server", (name) => {
  it("offers its tools with true hints, closed inputs and outputs, and loads no SDK for it", async () => {
    const { tools, packages } = await firstListing(name);
    const wanted = (catalogue[name] ?? "").split(" ").map((entry) => entry.split("/"));
    expect(tools.map((tool) => tool.name)).toEqual(expect.arrayContaining(wanted.map(([tool]) => tool)));
    const writes = wanted.filter(([, mark]) => mark === "w").map(([tool]) => tool);
    expect(tools.filter((tool) => !tool.annotations?.readOnlyHint).map((tool) => tool.name)).toEqual(
      writes.toSorted((a = "", b = "") => (a < b ? -1 : 1)),
    );
    for (const { inputSchema, outputSchema, annotations } of tools) {
      expect(inputSchema["additionalProperties"]).toBe(false);
      expect(outputSchema).toBeDefined();
      const { title: _, ...hints } = annotations ?? {};
      expect(Object.keys(hints).sort()).toEqual(["destructiveHint", "idempotentHint", "openWorldHint", "readOnlyHint"]);
    }
    expect(packages).toContain("zod");
    expect(packages.filter((loaded) => sdks.includes(loaded))).toEqual([]);
  });
});

describe("all servers together", () => {
  it("offer at least sixty tools", async () => {
    expect([...builtinServers.keys()].sort()).toEqual(names);
    const listed = await Promise.all(names.map((name) => firstListing(name)));
    expect(listed.flatMap(({ tools }) => tools).length).toBeGreaterThanOrEqual(60);
  });

  it("list the same bytes in every process", async () => {
    const tools = (listed: Listed[]) => JSON.stringify(listed.map((one) => one.tools));
    const first = await Promise.all(names.map((name) => firstListing(name)));
    expect(tools(await Promise.all(names.map((name) => list(name))))).toBe(tools(first));
  });

  it("list schemas in which the Inspector's strict lint finds no error", async () => {
    const token = "a-token-of-the-test";
    const house = await openHouse({ env: { MCP_AUTH_TOKEN: token, MCP_GATEWAY_PORT: "0" } });
    onTestFinished(() => house.close());
    const address = ["--transport", "http", "--server-url", `${house.app.gatewayUrl}/mcp`];
    const credentials = ["--header", `Authorization: Bearer ${token}`];
    const inspect = ["--cli", ...address, ...credentials, "--method", "tools/list", "--strict"];
    const child = spawn(process.execPath, [join(inspector, "clients/launcher/build/index.js"), ...inspect]);
    const [listed, report] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect((JSON.parse(listed) as { tools: unknown[] }).tools.length).toBeGreaterThanOrEqual(60);
    expect(report.match(/^Error.*$/gm)).toBeNull();
    // 6 where the lint found an error.
    await expect.poll(() => child.exitCode).toBe(0);
  });

  it("name each other where a name is wrong", async () => {
    const { code, stderr } = await runCommand(["mcp", "salesforce"]);
    expect(code).toBe(1);
    expect(stderr).toContain("asana");
  });
});
