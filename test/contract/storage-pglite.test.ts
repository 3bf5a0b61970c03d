import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { createLogger } from "../../src/observability/log.ts";
import { openDatabase } from "../../src/storage/database.ts";
import { createTurns } from "../../src/storage/turns.ts";
import { newTurn } from "../support/turns.ts";

const logger = createLogger({ level: "silent" });
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "sophia-pglite-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

test("a new folder becomes a database that syncs to disk, is one process's, and keeps what it was given", async () => {
  const database = await openDatabase({ dataDir, logger });
  expect(await database.query("SHOW fsync")).toEqual([{ fsync: "on" }]);
  await createTurns(database, systemClock).add(newTurn({ id: "kept" }));

  await expect(openDatabase({ dataDir, logger })).rejects.toThrow(/in use by process/);
  const second = await runElsewhere();
  expect(second.code).not.toBe(0);
  expect(second.stderr).toMatch(/in use by process \d+ on .*Stop that process, or set SOPHIA_DATA_DIR/);

  await database.close();
  expect((await readdir(dataDir)).sort()).toEqual(["pglite"]);
  const again = await openDatabase({ dataDir, logger });
  expect(await createTurns(again, systemClock).get("kept")).toMatchObject({ id: "kept", status: "queued" });
  await again.close();
});

/** A second process on the same folder. */
function runElsewhere(): Promise<{ code: unknown; stderr: string }> {
  const script = fileURLToPath(new URL("../support/turn-process.ts", import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [script, JSON.stringify({ dataDir, prefix: "sophia" })], (error, _stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stderr });
    });
  });
}
