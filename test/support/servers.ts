import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chownSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { existsSync } from "node:fs";

/** A server of the test's own, on a free port of the loopback address. */
export interface PrivateServer {
  url: string;
  port: number;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
}

/** Redis without persistence. Undefined where there is no `redis-server` on PATH. */
export async function startRedis(port?: number): Promise<PrivateServer | undefined> {
  const program = findProgram("redis-server");
  if (!program) return undefined;
  const chosen = port ?? (await freePort());
  const args = ["--port", String(chosen), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const server = await started(spawn(program, args, { stdio: "ignore", cwd: tmpdir() }), chosen);
  return { ...server, url: `redis://127.0.0.1:${chosen}` };
}

/** A new Postgres. Undefined where its programs are not on PATH. */
export async function startPostgres(): Promise<PrivateServer | undefined> {
  const [initdb, postgres] = [findProgram("initdb"), findProgram("postgres")];
  if (!initdb || !postgres) return undefined;
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "sophia-postgres-"));
  const user = unprivileged();
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  execFileSync(initdb, ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"], {
    ...user,
    stdio: "ignore",
    cwd: folder,
  });
  const args = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder];
  const server = await started(spawn(postgres, args, { ...user, stdio: "ignore", cwd: folder }), port);
  const kill = async () => {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  return { ...server, kill, url: `postgres://postgres@127.0.0.1:${port}/postgres` };
}

/** Postgres refuses to run as root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (user: string, flag: string) => Number(spawnSync("id", [flag, user], { encoding: "utf8" }).stdout);
  const user = spawnSync("id", ["postgres"]).status === 0 ? "postgres" : "nobody";
  return { uid: idOf(user, "-u"), gid: idOf(user, "-g") };
}

async function started(child: ChildProcess, port: number): Promise<Omit<PrivateServer, "url">> {
  const atExit = () => child.kill("SIGKILL");
  process.once("exit", atExit);
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await until(() => answers("127.0.0.1", port), `a server on port ${port}`);
  return {
    port,
    kill: async () => {
      process.off("exit", atExit);
      child.kill("SIGKILL");
      await exited;
    },
  };
}

export function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const end = (result: boolean) => () => {
      socket.destroy();
      resolve(result);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
  });
}

/** Waits until `holds` does. What it waits for is told when it never does. */
export async function until(holds: () => boolean | Promise<boolean>, what: string, timeoutMs = 10_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

function findProgram(name: string): string | undefined {
  const packaged = "/usr/lib/postgresql";
  const versions = existsSync(packaged) ? readdirSync(packaged).map((version) => join(packaged, version, "bin")) : [];
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...versions];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}
