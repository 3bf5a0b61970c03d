import { ConfigReader } from "../shared/read-config.ts";

export interface PulumiConfig {
  accessToken: string;
  /** The organization whose stacks these tools see, and no other's. */
  org: string;
  /** Origin, without a trailing slash. */
  apiUrl: string;
  /** Offers only the tools that read. */
  readOnly: boolean;
}

const defaultApiUrl = "https://api.pulumi.com";

/** Throws ConfigError with everything that is missing or wrong. */
export function readPulumiConfig(env: Readonly<Record<string, string | undefined>>): PulumiConfig {
  const reader = new ConfigReader(env, "Pulumi: app.pulumi.com > Settings > Access tokens");
  const config: PulumiConfig = {
    accessToken: reader.required("PULUMI_ACCESS_TOKEN", "an organization's, a team's or a personal access token"),
    org: reader.required("PULUMI_ORG", "the organization's name, as its pages' addresses have it"),
    apiUrl: reader.address("PULUMI_API_URL", reader.optional("PULUMI_API_URL") ?? defaultApiUrl, {
      example: defaultApiUrl,
    }),
    readOnly: reader.flag("PULUMI_READ_ONLY"),
  };
  if (config.org !== "" && !/^\w[\w.-]{0,99}$/.test(config.org)) {
    reader.problem(`PULUMI_ORG ("${config.org}") must be an organization's name, such as acme.`);
  }
  reader.finish();
  return config;
}
