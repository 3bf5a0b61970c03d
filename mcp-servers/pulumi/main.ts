import { systemClock } from "../../src/core/clock.ts";
import { ConfigError } from "../../src/core/errors.ts";
import { createKeepAliveFetch } from "../../src/core/keep-alive-fetch.ts";
import { serveStdio } from "../shared/serve.ts";
import { readPulumiConfig } from "./config.ts";
import { createPulumiServer } from "./index.ts";

/** This server alone, on stdio: what its image runs. */
try {
  const definition = createPulumiServer(readPulumiConfig(process.env), {
    clock: systemClock,
    fetch: createKeepAliveFetch(),
  });
  // Whoever starts this process has given it the account's secret, and only its parent can talk to it.
  await serveStdio(definition, { trustCaller: true });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
