import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export interface SophiaProcess {
  pid: number;
  /** Where Slack posts to. */
  eventsUrl: string;
  /** Milliseconds from the spawn to `/readyz`. */
  readyMs: number;
  stop(): Promise<void>;
}

/** Ticks of /proc/PID/stat in a second, on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Whether processes can be bound to a core here; without it the figures are of whatever the scheduler does. */
export const canPin = spawnSync("taskset", ["--version"], { stdio: "ignore" }).status === 0;

/** `npm start` as a process of its own, on one core where that is possible. */
export async function startSophia(env: Record<string, string>, core: number): Promise<SophiaProcess> {
  const port = await freePort();
  const startedAt = performance.now();
  const main = join(import.meta.dirname, "../src/main.ts");
  // taskset replaces itself: the child's pid is Sophia's.
  const [command, ...args] = [...(canPin ? ["taskset", "-c", String(core)] : []), process.execPath, main, "start"];
  const child = spawn(command, args, {
    stdio: ["ignore", "inherit", "inherit"],
    env: { PATH: process.env["PATH"] ?? "", SOPHIA_LOG_LEVEL: "warn", ...env, PORT: String(port) },
  });
  await ready(child, port);
  const readyMs = performance.now() - startedAt;
  return {
    pid: child.pid ?? 0,
    eventsUrl: `http://127.0.0.1:${port}/slack/events`,
    readyMs,
    stop: () => stop(child),
  };
}

async function ready(child: ChildProcess, port: number): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`Sophia ended with ${child.exitCode} before it was ready`);
    try {
      if ((await fetch(`http://127.0.0.1:${port}/readyz`)).ok) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  child.kill("SIGKILL");
  throw new Error("Sophia was not ready within 15 s");
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** CPU time that a process has used, in milliseconds. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1_000;
}

/** Resident memory of a process, in MiB. */
export function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_024;
}
