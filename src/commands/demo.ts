import { parseArgs } from "node:util";
import { startSandbox } from "../../sandbox/start.ts";
import { environment } from "../config/environment.ts";
import { UserError } from "../core/errors.ts";
import { createLogger } from "../observability/log.ts";
import { ask, type Decision } from "./ask.ts";
import { type DemoHouse, openDemoHouse } from "./demo-house.ts";
import { sandboxOptions } from "./sandbox-options.ts";
import { shutdownRequested } from "./shutdown.ts";

/** How fast the script speaks to somebody who watches. */
const pace = { chunkCharacters: 24, delayMs: 25 };

/** `npm run demo`: everything real against the sandbox; with `--ask`, one question and its answer. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      ask: { type: "string" },
      as: { type: "string" },
      channel: { type: "string" },
      press: { type: "string" },
      now: { type: "string" },
      seed: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const options = sandboxOptions(values);
  if (values.ask === undefined) {
    if (values.as !== undefined || values.channel !== undefined || values.press !== undefined)
      throw new UserError("--as, --channel and --press go with --ask.");
    return stayUp(options, values.json);
  }
  if (values.ask.trim() === "") throw new UserError("--ask takes a question.");
  const { as: user, channel = "sales" } = values;
  const press = decision(values.press);
  return ask({ ...options, text: values.ask.trim(), user, channel, press }, values.json);
}

function decision(press: string | undefined): Decision | undefined {
  if (press === undefined || press === "approve" || press === "deny") return press;
  throw new UserError(`--press takes approve or deny, not "${press}".`);
}

async function stayUp(options: { seed: number; now: number }, asJson: boolean): Promise<number> {
  const sandbox = await startSandbox({ ...options, pace });
  try {
    const logger = createLogger({ level: "warn", destination: 2 });
    const house = await openDemoHouse({ sandbox, env: environment(), logger, gatewayPort: 0 });
    const shutdown = shutdownRequested();
    announce(house, asJson);
    await shutdown;
    await house.close();
    return 0;
  } finally {
    await sandbox.close();
  }
}

function announce({ sandbox, app, settings, usesClaude }: DemoHouse, asJson: boolean): void {
  if (asJson) {
    const { hostname, port } = new URL(app.gatewayUrl ?? "");
    const gateway = { MCP_AUTH_TOKEN: settings.gateway.authToken, MCP_GATEWAY_HOST: hostname, MCP_GATEWAY_PORT: port };
    const SOPHIA_PUBLIC_URL = `http://127.0.0.1:${app.port}`;
    console.log(JSON.stringify({ env: { ...sandbox.env, ...gateway, SOPHIA_PUBLIC_URL } }));
    return;
  }
  const model = usesClaude
    ? `Claude (${settings.claude.model}), with your ANTHROPIC_API_KEY`
    : "a script, not Claude: it computes its words from what the tools answer (set ANTHROPIC_API_KEY for Claude)";
  console.log(`Sophia's demo is up: ${sandbox.pageUrl}\n\nThe model is ${model}.`);
  console.log(`The MCP gateway is at ${app.gatewayUrl}, token ${settings.gateway.authToken}. Ctrl-C ends it all.`);
}
