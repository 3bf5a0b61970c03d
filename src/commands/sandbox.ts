import { parseArgs } from "node:util";
import { startSandbox } from "../../sandbox/start.ts";
import { sandboxOptions } from "./sandbox-options.ts";
import { shutdownRequested } from "./shutdown.ts";

/** `npm run sandbox`: the stand-ins alone, with the settings that point a client at them. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { json: { type: "boolean" }, seed: { type: "string" }, now: { type: "string" } },
  });
  const sandbox = await startSandbox(sandboxOptions(values));
  const shutdown = shutdownRequested();
  if (values.json) console.log(JSON.stringify({ env: sandbox.env }));
  else for (const [name, value] of Object.entries(sandbox.env)) console.log(`${name}=${value}`);
  await shutdown;
  await sandbox.close();
  return 0;
}
