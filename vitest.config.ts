import { configDefaults, defineConfig } from "vitest/config";

/** Snowflake's driver keeps what it is set to for its whole process. */
const apart = "test/contract/*snowflake*.test.ts";

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        // Loading modules anew for each file took a sixth of the whole time; these files leave nothing behind them.
        test: {
          name: "parts",
          include: ["test/{unit,contract}/**/*.test.ts"],
          exclude: [...configDefaults.exclude, apart],
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: "whole", include: ["test/*.test.ts", "test/{e2e,integration}/**/*.test.ts", apart] },
      },
    ],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // More than the cores: many tests wait for a deadline, a retry or a process.
    maxWorkers: 4,
    // Of one file: each may open a house, with up to 17 connections of the hundred that Postgres has.
    maxConcurrency: 3,
    pool: "forks",
    restoreMocks: true,
    // On a loaded machine a condition may take a while to come true; one that never does fails all the same.
    expect: { poll: { timeout: 10_000 } },
  },
});
