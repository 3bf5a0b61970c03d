import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { spawnCommand } from "./command.ts";
import type { Driven } from "./driven-process.ts";

const drivenScript = fileURLToPath(new URL("driven-process.ts", import.meta.url));

/** Sophia as `npm start` runs her: a process of her own that can be killed. */
export interface SophiaProcess {
  pid: number;
  /** Of Slack over HTTP and of health. */
  port: number;
  /** Milliseconds from the start of the process until it was ready. */
  readyMs: number;
  /** Every line that was written to stdout and stderr. */
  output: string[];
  /** Ends it as a power cut would; resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to end, and resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** Sophia by a clock that is moved from outside. */
export interface DrivenProcess extends SophiaProcess {
  /** What stands at the turns that it runs. */
  workerId: string;
  /** Resolves when it is so late. */
  setClock(now: number): Promise<void>;
}

type Spawned = ChildProcess & { stdout: Readable; stderr: Readable };
type Ready = Pick<DrivenProcess, "port" | "workerId">;

/** Rejects with what it wrote where the process ends before it is ready. */
export async function startSophiaProcess(env: Record<string, string>): Promise<SophiaProcess> {
  return (await started(() => spawnCommand(["start"], env))).sophia;
}

/** Ends with the test's own process, whatever becomes of the test. */
export async function startDrivenProcess(driven: Driven): Promise<DrivenProcess> {
  const args = [drivenScript, JSON.stringify(driven)];
  const { child, sophia, ready } = await started(
    () => spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe", "ipc"] }) as Spawned,
  );
  const setClock = async (now: number): Promise<void> => {
    const isSet = once(child, "message");
    child.send(now);
    await isSet;
  };
  return { ...sophia, workerId: ready.workerId, setClock };
}

async function started(start: () => Spawned): Promise<{ child: Spawned; sophia: SophiaProcess; ready: Ready }> {
  const startedAt = performance.now();
  const child = start();
  const exited = once(child, "exit").then(([code]) => code as number | null);
  const output: string[] = [];
  const ready = await new Promise<Ready>((resolve, reject) => {
    const read = (line: string): void => {
      output.push(line);
      if (line.includes('"Sophia is ready"')) resolve(JSON.parse(line) as Ready);
    };
    createInterface(child.stdout).on("line", read);
    createInterface(child.stderr).on("line", read);
    void exited.then((code) => reject(new Error(`Sophia ended with ${code}:\n${output.join("\n")}`)));
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return exited;
  };
  const sophia = {
    pid: child.pid ?? 0,
    port: ready.port,
    readyMs: performance.now() - startedAt,
    output,
    kill: async () => void (await end("SIGKILL")),
    stop: () => end("SIGTERM"),
  };
  return { child, sophia, ready };
}
