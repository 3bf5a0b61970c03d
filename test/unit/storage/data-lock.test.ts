import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DataDirInUseError, lockDataDir } from "../../../src/storage/data-lock.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sophia-lock-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lockFile = () => join(folder, "sophia.lock");

test("one of many takes the folder; the others are told what to do", async () => {
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => lockDataDir(folder)));
  const locked = results.filter((result) => result.status === "fulfilled");
  expect(locked).toHaveLength(1);
  const refused = results.find((result) => result.status === "rejected");
  expect(refused?.reason).toBeInstanceOf(DataDirInUseError);
  expect(String(refused?.reason)).toMatch(/SOPHIA_DATA_DIR.*in use by process \d+.*DATABASE_URL/);
  await locked[0]?.value();
  expect(await readdir(folder)).toEqual([]);
  const release = await lockDataDir(folder);
  await release();
});

test.each(Array.from({ length: 20 }, (_, round) => round))(
  "one of many takes over the lock of a dead process (%i)",
  async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(child, "spawn");
    const dead = { pid: child.pid, host: hostname(), startTicks: "1" };
    child.kill("SIGKILL");
    await once(child, "exit");
    await writeFile(lockFile(), JSON.stringify(dead));
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => lockDataDir(folder)));
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    expect(JSON.parse(await readFile(lockFile(), "utf8"))).toMatchObject({ pid: process.pid });
  },
);

test.each([
  ["a later process with the same id", JSON.stringify({ pid: process.pid, host: hostname(), startTicks: "1" })],
  ["a crash in mid-write", ""],
])("takes over the lock of %s", async (_, content) => {
  await writeFile(lockFile(), content);
  const release = await lockDataDir(folder);
  await release();
});

test("leaves the lock of another machine alone", async () => {
  await writeFile(lockFile(), JSON.stringify({ pid: 1, host: "another", startTicks: "1" }));
  await expect(lockDataDir(folder)).rejects.toThrow(/process 1 on another.*delete/);
});
