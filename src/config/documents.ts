import { z } from "zod";
import { configSchema } from "./config-file.ts";
import { variables } from "./settings.ts";

/** docs/sophia.config.schema.json, for editors. */
export function configJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(configSchema, { io: "input" }), null, 2)}\n`;
}

/** .env.example: every variable with its meaning and where to get it. */
export function envExample(): string {
  const entries = Object.entries(variables).map(
    ([name, { meaning, where }]) => `# ${meaning}\n# ${where}\n#${name}=\n`,
  );
  const head = [
    "# Sophia's settings. Copy to .env and fill in; `npm run doctor` checks them.",
    "# Each can also be read from a file: SLACK_BOT_TOKEN_FILE=/run/secrets/slack-bot-token in place of SLACK_BOT_TOKEN.",
  ].join("\n");
  return `${head}\n\n${entries.join("\n")}`;
}
