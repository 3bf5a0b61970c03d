/**
 * `npm test [-- vitest arguments]`: runs the suites and closes with one line, `N passed, N failed`.
 * Suites that need an engine which cannot be had say so themselves; they count as skipped.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; name: string; assertionResults: unknown[] }[];
}

const room = mkdtempSync(join(tmpdir(), "sophia-test-"));
const report = join(room, "report.json");
const vitest = join(import.meta.dirname, "../node_modules/vitest/vitest.mjs");
const run = spawnSync(
  process.execPath,
  [vitest, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...process.argv.slice(2)],
  { stdio: "inherit", env: { ...process.env, TZ: "UTC" } },
);

let code = run.status ?? 1;
try {
  const counts = JSON.parse(readFileSync(report, "utf8")) as Report;
  // A file that does not even load fails without having a test to count.
  const broken = counts.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  const failed = counts.numFailedTests + broken.length;
  const skipped = counts.numPendingTests + counts.numTodoTests;
  console.log(`\n${counts.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  if (failed > 0 || counts.numPassedTests === 0) code ||= 1;
} catch (error) {
  console.error("The test runner left no report:", error);
  code ||= 1;
}
rmSync(room, { recursive: true, force: true });
process.exitCode = code;
