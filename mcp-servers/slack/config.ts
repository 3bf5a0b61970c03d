import { ConfigReader } from "../shared/read-config.ts";

export interface SlackConfig {
  /** Sophia's own: `xoxb-...`. Everything is done under her identity. */
  botToken: string;
  /** Ends in `/api/`. */
  apiUrl: string;
  /** Offers only the tools that read. */
  readOnly: boolean;
}

const defaultAddress = "https://slack.com/api/";

/** Throws ConfigError with everything that is missing or wrong. */
export function readSlackConfig(env: Readonly<Record<string, string | undefined>>): SlackConfig {
  const where = "Slack: api.slack.com/apps > your app > OAuth & Permissions > Bot User OAuth Token";
  const reader = new ConfigReader(env, where);
  const address = reader.optional("SLACK_API_URL") ?? defaultAddress;
  const config: SlackConfig = {
    botToken: reader.required("SLACK_BOT_TOKEN", "the bot token, which begins with xoxb-"),
    apiUrl: `${reader.address("SLACK_API_URL", address, { path: "/api", example: defaultAddress })}/`,
    readOnly: reader.flag("SLACK_READ_ONLY"),
  };
  if (/^xox[^b]|^xapp-/.test(config.botToken)) {
    reader.problem(`SLACK_BOT_TOKEN must be a bot token (xoxb-), not one of a person or of the app. ${where}.`);
  }
  reader.finish();
  return config;
}
