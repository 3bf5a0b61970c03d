#!/usr/bin/env node
/** The command line: hands over to one file of commands/. */
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { inspect } from "node:util";
import { SophiaError } from "./core/errors.ts";

const commands = {
  start: { does: "run Sophia against the real services", load: () => import("./commands/start.ts") },
  demo: {
    does: "run everything against local stand-ins: no account, no key",
    load: () => import("./commands/demo.ts"),
  },
  sandbox: { does: "run the stand-ins alone", load: () => import("./commands/sandbox.ts") },
  doctor: { does: "check settings and connections and say what to do", load: () => import("./commands/doctor.ts") },
  audit: {
    does: "show and verify what was done and refused; forget a person",
    load: () => import("./commands/audit.ts"),
  },
  mcp: { does: "run one MCP server: mcp NAME [--http PORT]", load: () => import("./commands/mcp.ts") },
  gateway: { does: "run the MCP gateway alone", load: () => import("./commands/gateway.ts") },
} as const;

async function main([name, ...args]: string[]): Promise<number> {
  if (name !== undefined && Object.hasOwn(commands, name)) {
    await dieWithoutSecrets();
    const { run } = await commands[name as keyof typeof commands].load();
    return await run(args);
  }
  const lines = Object.entries(commands).map(([command, { does }]) => `  ${command.padEnd(9)} ${does}`);
  console.error(
    `${name ? `There is no command "${name}".\n` : ""}Usage: node src/main.ts COMMAND\n${lines.join("\n")}`,
  );
  return 2;
}

/** What nobody caught ends the process, as Node would, but for the secrets that an SDK's error or an address may hold. */
async function dieWithoutSecrets(): Promise<void> {
  const [{ environment }, { secretValues }, { createSecrets }] = await Promise.all([
    import("./config/environment.ts"),
    import("./config/secrets.ts"),
    import("./core/secrets.ts"),
  ]);
  const values = secretValues(environment());
  process.once("uncaughtException", (error: unknown) => {
    console.error(createSecrets(values).remove(inspect(error)));
    process.exit(1);
  });
}

// Compiled code is kept, so that a later start is ready half a second earlier; beside the packages, for Node's default place
// is in the folder for temporary files, which others may write to. Where it cannot be written nothing is kept.
enableCompileCache(join(import.meta.dirname, "../node_modules/.cache/compiled"));
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SophiaError) && !isUsageError(error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** What node:util's parseArgs throws for an unknown option. */
function isUsageError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}
