import { defineConfig } from "vitest/config";

/** `npm run soak`: what takes too long for every day. */
export default defineConfig({
  test: {
    include: ["test/soak/**/*.soak.ts"],
    testTimeout: 30 * 60_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
    pool: "forks",
  },
});
