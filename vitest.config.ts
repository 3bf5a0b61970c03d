import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
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
