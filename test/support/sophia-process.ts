import { once } from "node:events";
import { createInterface } from "node:readline";
import { spawnCommand } from "./command.ts";

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

/** Rejects with what it wrote where the process ends before it is ready. */
export async function startSophiaProcess(env: Record<string, string>): Promise<SophiaProcess> {
  const startedAt = performance.now();
  const child = spawnCommand(["start"], env);
  const exited = once(child, "exit").then(([code]) => code as number | null);
  const output: string[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    const read = (line: string): void => {
      output.push(line);
      if (line.includes('"Sophia is ready"')) resolve((JSON.parse(line) as { port: number }).port);
    };
    createInterface(child.stdout).on("line", read);
    createInterface(child.stderr).on("line", read);
    void exited.then((code) => reject(new Error(`Sophia ended with ${code}:\n${output.join("\n")}`)));
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return exited;
  };
  return {
    pid: child.pid ?? 0,
    port,
    readyMs: performance.now() - startedAt,
    output,
    kill: async () => void (await end("SIGKILL")),
    stop: () => end("SIGTERM"),
  };
}
