import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");

/** For each part of the house, the parts that it may import (docs/architecture.md has the same table with the reasons). */
const allowed: Record<string, string[]> = {
  "src/core": [],
  "src/charts": [],
  "src/mcp": ["src/core"],
  "src/config": ["src/core"],
  "src/observability": ["src/core"],
  "src/storage": ["src/core", "src/observability", "src/agent/ports.ts"],
  "src/agent": ["src/charts", "src/core", "src/mcp", "src/observability"],
  "src/turns": ["src/agent", "src/storage", "src/core", "src/observability"],
  "src/approvals": [
    "src/gateway/consents.ts",
    "src/mcp/types.ts",
    "src/agent/ports.ts",
    "src/storage",
    "src/core",
    "src/observability",
  ],
  "src/gateway": ["src/mcp", "src/core", "src/observability"],
  "src/workflows": ["src/agent", "src/turns", "src/storage", "src/core", "src/observability"],
  "src/webhooks": ["src/accounts/sealing.ts", "src/storage", "src/core", "src/observability"],
  "src/accounts": ["src/mcp", "src/storage", "src/core", "src/observability"],
  "src/slack": [
    "src/workflows",
    "src/turns",
    "src/accounts",
    "src/approvals",
    "src/agent/ports.ts",
    "src/storage",
    "src/core",
    "src/observability",
  ],
  "src/app.ts": ["src"],
  "src/wiring": ["mcp-servers", "src"],
  "src/commands": ["src", "mcp-servers/shared/serve.ts", "sandbox/start.ts"],
  "src/main.ts": ["src"],
  "mcp-servers/shared": ["src/core", "src/mcp"],
  "mcp-servers/asana": ["mcp-servers/shared", "src/core", "src/mcp"],
  "mcp-servers/gong": ["mcp-servers/shared", "src/core", "src/mcp"],
  "mcp-servers/slack": ["mcp-servers/shared", "src/core", "src/mcp"],
  "mcp-servers/hubspot": ["mcp-servers/shared", "src/core", "src/mcp"],
  "mcp-servers/snowflake": ["mcp-servers/shared", "src/core", "src/mcp"],
  "mcp-servers/pinecone": ["mcp-servers/shared", "src/core", "src/mcp"],
  "mcp-servers/pulumi": ["mcp-servers/shared", "src/core", "src/mcp"],
  sandbox: [],
};

/** Each outside SDK is known in one place. */
const homes: Record<string, string[]> = {
  asana: ["mcp-servers/asana"],
  "@hubspot/api-client": ["mcp-servers/hubspot"],
  "@pinecone-database/pinecone": ["mcp-servers/pinecone"],
  "@slack/bolt": ["src/slack"],
  "@slack/web-api": ["src/slack", "mcp-servers/slack"],
  "@anthropic-ai/sdk": ["src/agent"],
  "@modelcontextprotocol/sdk": ["src/mcp"],
  bullmq: ["src/storage"],
  ioredis: ["src/storage"],
  pg: ["src/storage"],
  "@electric-sql/pglite": ["src/storage"],
  "prom-client": ["src/observability"],
  pino: ["src/observability"],
  "snowflake-sdk": ["mcp-servers/snowflake"],
  "@polyglot-sql/sdk": ["mcp-servers/snowflake", "sandbox"],
  "@resvg/resvg-wasm": ["src/charts"],
  ws: ["sandbox"],
  hono: ["sandbox"],
  "@hono/node-server": ["sandbox"],
};

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(join(root, path)).isDirectory()) return filesBelow(path);
    return path.endsWith(".ts") ? [path] : [];
  });
}

const files = ["src", "mcp-servers", "sandbox"].flatMap(filesBelow);

interface Import {
  target: string;
  /** Erased at run time: cannot make a cycle. */
  isType: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const pattern =
    /(?:^|\n)\s*(import|export)\s+(type\s)?[^"';]*?from\s+"([^"]+)"|import\(\s*"([^"]+)"\s*\)|(?:^|\n)import\s+"([^"]+)"/g;
  return [...text.matchAll(pattern)].map((match) => ({
    target: match[3] ?? match[4] ?? match[5] ?? "",
    isType: match[2] !== undefined,
  }));
}

const resolveFrom = (file: string, target: string) => relative(root, resolve(root, dirname(file), target));
const isWithin = (file: string, part: string) => file === part || file.startsWith(`${part}/`);
const partOf = (file: string) => Object.keys(allowed).find((part) => isWithin(file, part));

describe("boundaries", () => {
  it("every file belongs to a part of the house", () => {
    expect(files.filter((file) => partOf(file) === undefined)).toEqual([]);
  });

  it("imports point one way", () => {
    const wrong = files.flatMap((file) => {
      const part = partOf(file) ?? "";
      return importsOf(file)
        .filter(({ target }) => target.startsWith("."))
        .map(({ target }) => resolveFrom(file, target))
        .filter((target) => !isWithin(target, part) && !(allowed[part] ?? []).some((other) => isWithin(target, other)))
        .map((target) => `${file} -> ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it("each outside SDK is known in one place", () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter(({ target }) => {
          const home = Object.keys(homes).find((name) => target === name || target.startsWith(`${name}/`));
          return home !== undefined && !(homes[home] ?? []).some((place) => isWithin(file, place));
        })
        .map(({ target }) => `${file} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it("only src/config, and a server that runs alone, read the environment", () => {
    const readers = files.filter((file) => /process\.env\b/.test(readFileSync(join(root, file), "utf8")));
    expect(
      readers.filter((file) => !isWithin(file, "src/config") && !/^mcp-servers\/[^/]+\/main\.ts$/.test(file)),
    ).toEqual([]);
  });

  it("no import cycle", () => {
    const graph = new Map(
      files.map((file) => [
        file,
        importsOf(file)
          .filter((i) => !i.isType && i.target.startsWith("."))
          .map((i) => resolveFrom(file, i.target)),
      ]),
    );
    const cycles: string[] = [];
    const state = new Map<string, "open" | "done">();
    const visit = (file: string, trail: string[]): void => {
      if (state.get(file) === "done") return;
      if (state.get(file) === "open") {
        cycles.push([...trail.slice(trail.indexOf(file)), file].join(" -> "));
        return;
      }
      state.set(file, "open");
      for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
      state.set(file, "done");
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it("no file is longer than 400 lines", () => {
    const long = files.filter((file) => readFileSync(join(root, file), "utf8").split("\n").length > 401);
    expect(long).toEqual([]);
  });
});
