/** What is installed in the image of a server: the packages that its files import, and nobody else's. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../../..");
const script = join(root, "mcp-servers/shared/image/keep-needed.ts");
const common = ["@modelcontextprotocol/sdk", "zod"];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sophia-image-"));
  copyFileSync(join(root, "package.json"), join(folder, "package.json"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const keep = (...main: string[]) => spawnSync(process.execPath, [script, ...main], { cwd: folder, encoding: "utf8" });
const manifest = () => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

describe("the packages of an image", () => {
  it.each([
    ["gong", []],
    ["hubspot", ["@hubspot/api-client"]],
    ["pulumi", []],
    ["snowflake", ["@polyglot-sql/sdk", "snowflake-sdk"]],
  ])("%s: its own SDK, at the project's version, and what all servers share", (name, own) => {
    expect(keep(join(root, "mcp-servers", name, "main.ts"))).toMatchObject({ status: 0, stderr: "" });
    const { dependencies, devDependencies, optionalDependencies, type } = manifest();
    const names = Object.keys(dependencies).filter((dependency) => dependency !== "temporal-polyfill");
    expect([names.sort(), devDependencies, optionalDependencies, type]).toEqual([
      [...common, ...own].sort(),
      undefined,
      undefined,
      "module",
    ]);
    const ours = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    for (const [dependency, version] of Object.entries(dependencies)) {
      expect(version).toBe(ours.dependencies[dependency]);
    }
  });

  it("does not take a package that is imported for its types alone, and follows what is loaded later", () => {
    writeFileSync(join(folder, "main.ts"), 'import type { A } from "ws";\nexport { later } from "./other.ts";\n');
    writeFileSync(join(folder, "other.ts"), 'export const later = () => import("@slack/web-api/dist/index.js");\n');
    expect(keep("main.ts").status).toBe(0);
    expect(Object.keys(manifest().dependencies)).toEqual(["@slack/web-api"]);
  });

  it("refuses what package.json does not name, and a call without a file", () => {
    writeFileSync(join(folder, "main.ts"), 'import "nobody-has-this";\n');
    expect(keep("main.ts").stderr).toContain("imports what package.json does not name: nobody-has-this");
    expect(keep()).toMatchObject({ status: 1, stderr: "usage: keep-needed.ts MAIN, the file that the image runs\n" });
  });
});
