import { ConfigReader } from "../shared/read-config.ts";

export interface HubSpotConfig {
  /** A service key, or a project app's access token. */
  apiKey: string;
  /** Origin, without a trailing slash: with one the SDK's paths begin with two. */
  baseUrl: string;
  /** Offers only the tools that read. */
  readOnly: boolean;
}

const defaultBaseUrl = "https://api.hubapi.com";

/** Throws ConfigError with everything that is missing or wrong. */
export function readHubSpotConfig(env: Readonly<Record<string, string | undefined>>): HubSpotConfig {
  const reader = new ConfigReader(env, "HubSpot: Settings > Integrations > Service Keys (a super admin sees it)");
  const config: HubSpotConfig = {
    apiKey: reader.required("HUBSPOT_API_KEY", "a service key"),
    baseUrl: reader.address("HUBSPOT_BASE_URL", reader.optional("HUBSPOT_BASE_URL") ?? defaultBaseUrl, {
      example: defaultBaseUrl,
    }),
    readOnly: reader.flag("HUBSPOT_READ_ONLY"),
  };
  reader.finish();
  return config;
}
