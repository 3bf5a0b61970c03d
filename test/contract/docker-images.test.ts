/**
 * The image of every server, built and run as the gateway runs it: as nobody in particular, with nothing to write to, no
 * privileges and no shell. What is built stays with the engine as `sophia/NAME:test`, so that the next run finds most of it.
 */
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/start.ts";
import { connectMcp } from "../../src/mcp/client.ts";
import { addedSize, canBuildImages, docker } from "../support/containers.ts";

interface Expected {
  /** A read that shows that the server reaches its service, and what is in its answer. */
  tool: string;
  args: Record<string, unknown>;
  shows: string;
  /** What the image may add to its base, in megabytes. */
  size: number;
}

const servers: Record<string, Expected> = {
  asana: { tool: "list_projects", args: {}, shows: "Deal follow-ups", size: 50 },
  gong: { tool: "list_trackers", args: {}, shows: "Pricing", size: 30 },
  hubspot: { tool: "list_pipelines", args: {}, shows: "qualifiedtobuy", size: 60 },
  pinecone: { tool: "list_indexes", args: {}, shows: "sales-knowledge", size: 35 },
  pulumi: { tool: "list_stacks", args: {}, shows: "billing", size: 30 },
  slack: { tool: "find_channel", args: {}, shows: "general", size: 35 },
  snowflake: { tool: "execute_query", args: { sql: "select 6 * 7 as answer" }, shows: "42", size: 150 },
};

const root = resolve(import.meta.dirname, "../..");

describe.skipIf(!canBuildImages())("the images", () => {
  let sandbox: Sandbox;
  let secrets: string;
  beforeAll(async () => {
    sandbox = await startSandbox({ seed: 1, now: Date.parse("2026-11-20T15:00:00Z") });
    // The sandbox's throw-away key is for its maker alone, and in the container nobody is that.
    secrets = mkdtempSync(join(tmpdir(), "sophia-secrets-"));
    chmodSync(secrets, 0o755);
    copyFileSync(sandbox.env["SNOWFLAKE_PRIVATE_KEY_PATH"] ?? "", join(secrets, "rsa_key.p8"));
    chmodSync(join(secrets, "rsa_key.p8"), 0o644);
  });
  afterAll(async () => {
    await sandbox.close();
    rmSync(secrets, { recursive: true });
  });

  function runArguments(name: string): { args: string[]; env: Record<string, string> } {
    const own = Object.entries(sandbox.env).filter(([key]) => key.startsWith(`${name.toUpperCase()}_`));
    const env = {
      ...Object.fromEntries(own),
      ...(name === "snowflake" && { SNOWFLAKE_PRIVATE_KEY_PATH: "/run/secrets/rsa_key.p8" }),
    };
    const confined = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];
    const limits = ["--memory", "256m", "--memory-swap", "256m", "--pids-limit", "64", "--log-driver", "none"];
    // The stand-ins are on this machine's loopback address. Where a shell would be there is something that cannot be run.
    const place = ["--network", "host", "-v", "/dev/null:/bin/sh:ro", "-v", `${secrets}:/run/secrets:ro`];
    const names = Object.keys(env).flatMap((key) => ["-e", key]);
    return {
      args: ["run", "--rm", "-i", "--init", ...confined, ...limits, ...place, ...names, `sophia/${name}:test`],
      env,
    };
  }

  it.concurrent.each(Object.entries(servers))(
    "%s is small, is not root, and answers",
    { timeout: 550_000 },
    async (name, expected) => {
      const image = `sophia/${name}:test`;
      const file = `mcp-servers/${name}/Dockerfile`;
      await docker(["build", "--quiet", "--file", join(root, file), "--tag", image, root], 500_000);
      expect(await addedSize(image)).toBeLessThan(expected.size);
      const [{ Config }] = JSON.parse(await docker(["image", "inspect", image]));
      expect([Config.User, Config.Entrypoint]).toEqual(["1000:1000", ["node", `mcp-servers/${name}/main.ts`]]);

      const target = { type: "process", command: "docker", ...runArguments(name) } as const;
      const server = await connectMcp(target, { name: "test", version: "1", timeoutMs: 20_000 });
      try {
        expect((await server.listTools()).map((tool) => tool.name)).toContain(expected.tool);
        const answer = await server.callTool(expected.tool, expected.args, { timeoutMs: 30_000 });
        expect([answer.isError === true, JSON.stringify(answer)]).toEqual([
          false,
          expect.stringContaining(expected.shows),
        ]);
      } finally {
        await server.close();
      }
    },
  );
});
