import { isTimeZone } from "../shared/date-range.ts";
import { ConfigReader } from "../shared/read-config.ts";

export interface AsanaConfig {
  accessToken: string;
  /** Ends in `/api/1.0`. */
  baseUrl: string;
  /** Gid or name of the workspace; needed only where the token sees several. */
  workspace: string | undefined;
  /** IANA zone in which days are counted unless a call names another. */
  timeZone: string;
  /** Asana's own limit is 150 on its free plan and 1,500 on paid ones. */
  requestsPerMinute: number;
  readOnly: boolean;
}

const defaultAddress = "https://app.asana.com/api/1.0";

/** Throws ConfigError with everything that is missing or wrong. */
export function readAsanaConfig(env: Readonly<Record<string, string | undefined>>): AsanaConfig {
  const reader = new ConfigReader(
    env,
    "Asana: app.asana.com/0/my-apps > Create new token, or a service account's token (Admin console > Apps)",
  );
  const config: AsanaConfig = {
    accessToken: reader.required("ASANA_ACCESS_TOKEN", "a personal access token or a service account's"),
    baseUrl: reader.address("ASANA_BASE_URL", reader.optional("ASANA_BASE_URL") ?? defaultAddress, {
      path: "/api/1.0",
      example: defaultAddress,
    }),
    workspace: reader.optional("ASANA_WORKSPACE"),
    timeZone: reader.optional("ASANA_TIME_ZONE") ?? "UTC",
    requestsPerMinute: reader.wholeNumber("ASANA_REQUESTS_PER_MINUTE", { min: 1, max: 1500 }) ?? 150,
    readOnly: reader.flag("ASANA_READ_ONLY"),
  };
  if (!isTimeZone(config.timeZone)) {
    reader.problem(`ASANA_TIME_ZONE ("${config.timeZone}") must be an IANA time zone, such as America/New_York.`);
  }
  reader.finish();
  return config;
}
