/** `npm run check`: types, lint, format, unused code, tests (the boundaries are tests). Runs all of it, then says what failed. */
import { spawnSync } from "node:child_process";

const steps: [name: string, command: string, ...args: string[]][] = [
  ["types", "tsc", "-p", "."],
  ["lint", "oxlint", "--type-aware", "."],
  ["format", "biome", "format", "."],
  ["unused code", "knip"],
  ["tests", process.execPath, "test/run.ts"],
];

const failures: string[] = [];
for (const [name, command, ...args] of steps) {
  const started = performance.now();
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
  if (status !== 0) failures.push(name);
}
if (failures.length > 0) {
  console.error(`Failed: ${failures.join(", ")}`);
  process.exitCode = 1;
}
