import { systemClock } from "../../src/core/clock.ts";
import { ConfigError } from "../../src/core/errors.ts";
import { serveStdio } from "../shared/serve.ts";
import { readSlackConfig } from "./config.ts";
import { createSlackServer } from "./index.ts";

/** This server alone, on stdio: what its image runs. */
try {
  const definition = createSlackServer(readSlackConfig(process.env), { clock: systemClock });
  // Whoever starts this process has given it the bot's token, and only its parent can talk to it.
  await serveStdio(definition, { trustCaller: true });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
