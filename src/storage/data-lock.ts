import { createHash, randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";

/** Another process has the data folder: PGlite is one process's alone, and two would destroy its files. */
export class DataDirInUseError extends UserError {
  override name = "DataDirInUseError";
}

interface Holder {
  pid: number;
  host: string;
  /** When the process started, in the system's ticks: tells a holder from a later process with the same id. */
  startTicks: string;
}

/**
 * Takes a folder for this process; a lock whose process is gone is taken over.
 * @returns a function that gives the folder back.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = join(dataDir, "sophia.lock");
  const mine = `${lock}.${randomUUID()}`;
  const content = JSON.stringify({
    pid: process.pid,
    host: hostname(),
    startTicks: await startTicks(process.pid),
  } satisfies Holder);
  // Written whole beside its place and then linked there: a reader never meets half a lock, and only one link succeeds.
  await writeFile(mine, content, { flag: "wx", mode: 0o600 });
  try {
    if (await take(lock, mine)) return () => release(lock, content);
    throw inUse(lock, dataDir, parseHolder((await readOrUndefined(lock)) ?? ""));
  } finally {
    await rm(mine, { force: true });
  }
}

/**
 * Whether the lock at `path` is ours now. One of a dead process is taken away by whoever holds the right to take away just
 * that one, which is a lock in its turn: else a slow process could take away the lock that a quick one has just put up.
 */
async function take(path: string, mine: string): Promise<boolean> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (await linked(mine, path)) return true;
    const seen = await readOrUndefined(path);
    if (seen === undefined) continue;
    if (await isAlive(parseHolder(seen))) return false;
    const right = `${path}.${createHash("sha256").update(seen).digest("hex").slice(0, 16)}`;
    if (!(await take(right, mine))) return false;
    try {
      if ((await readOrUndefined(path)) === seen) await rm(path, { force: true });
    } finally {
      await rm(right, { force: true });
    }
  }
  return false;
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function release(lock: string, content: string): Promise<void> {
  if ((await readOrUndefined(lock)) === content) await rm(lock, { force: true });
}

async function isAlive(holder: Holder | undefined): Promise<boolean> {
  if (!holder) return false;
  // Process ids of another machine or container say nothing here.
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (codeOf(error) !== "EPERM") return false;
  }
  return (await startTicks(holder.pid)) === holder.startTicks;
}

/** Field 22 of /proc/PID/stat; the same for every process where there is no /proc. */
async function startTicks(pid: number): Promise<string> {
  const stat = await readOrUndefined(`/proc/${pid}/stat`);
  // The command's name, in parentheses, may itself hold spaces and parentheses.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function parseHolder(content: string): Holder | undefined {
  try {
    return JSON.parse(content) as Holder;
  } catch {
    // Not written by us, or by a disk that filled up: it holds nothing.
    return undefined;
  }
}

async function readOrUndefined(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function inUse(lock: string, dataDir: string, holder?: Holder): DataDirInUseError {
  const who = holder ? ` by process ${holder.pid} on ${holder.host}` : "";
  return new DataDirInUseError(
    `SOPHIA_DATA_DIR: ${dataDir} is in use${who}. Stop that process, or set SOPHIA_DATA_DIR to another folder. ` +
      `Several processes need DATABASE_URL. If nothing uses the folder any more, delete ${lock}.`,
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
