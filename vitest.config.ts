import { configDefaults, defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Snowflake's driver keeps what it is set to for its whole process. */
const apart = "test/contract/*snowflake*.test.ts";

/** A minute and more each, of processes that are started and killed: begun late, all else would have ended long before them. */
const long = /\/test\/e2e\/(?:consent-kill|kill|ask|secrets|start|digest-clock-changes)\.test\.ts$/;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => Number(long.test(b.moduleId)) - Number(long.test(a.moduleId)));
  }
}

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: { name: "houses", include: ["test/*.test.ts", "test/{e2e,integration}/**/*.test.ts", apart] },
      },
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
    ],
    sequence: { sequencer: LongFirst },
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // More than the cores: many tests wait for a deadline, a retry or a process.
    maxWorkers: 4,
    // Of one file, of which four run at once: each may open a house, with up to 17 connections of the hundred that Postgres has.
    maxConcurrency: 2,
    pool: "forks",
    restoreMocks: true,
    // On a loaded machine a condition may take a while to come true; one that never does fails all the same.
    expect: { poll: { timeout: 10_000 } },
  },
});
