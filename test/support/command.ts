import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const mainFile = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export type Command = ChildProcessByStdio<Writable, Readable, Readable>;

/** A failed test leaves its processes to be ended with the test's own. */
const running = new Set<Command>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts `node src/main.ts ARGS` with these variables and no others of the test's own. */
export function spawnCommand(args: readonly string[], env: Record<string, string> = {}): Command {
  const { PATH = "", HOME = "", TMPDIR } = process.env;
  const basic = { PATH, HOME, NO_COLOR: "1", ...(TMPDIR === undefined ? {} : { TMPDIR }) };
  const child = spawn(process.execPath, [mainFile, ...args], { stdio: "pipe", env: { ...basic, ...env } });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

/** Runs a command to its end; one that does not end within `timeoutMs` is killed, and its code is null. */
export async function runCommand(
  args: readonly string[],
  { env, timeoutMs = 60_000 }: { env?: Record<string, string>; timeoutMs?: number } = {},
): Promise<Ended> {
  const child = spawnCommand(args, env);
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  clearTimeout(timer);
  return { code: child.exitCode, stdout, stderr };
}
