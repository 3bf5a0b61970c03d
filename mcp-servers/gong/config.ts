import { isTimeZone } from "../shared/date-range.ts";
import { ConfigReader } from "../shared/read-config.ts";

export interface GongConfig {
  apiKey: string;
  apiSecret: string;
  /** The organisation's own origin, such as `https://us-12345.api.gong.io`. */
  baseUrl: string;
  /** IANA zone of plain dates, and of the company as set in Gong. */
  timeZone: string;
  /** Gong's own limit is 3; its support raises it for a company on request. */
  requestsPerSecond?: number | undefined;
}

/** Throws ConfigError with everything that is missing or wrong. */
export function readGongConfig(env: Readonly<Record<string, string | undefined>>): GongConfig {
  const reader = new ConfigReader(env, "Gong: Company settings > Ecosystem > API (a technical administrator sees it)");
  const config: GongConfig = {
    apiKey: reader.required("GONG_API_KEY", "the access key"),
    apiSecret: reader.required("GONG_API_SECRET", "the access key secret"),
    baseUrl: reader.address("GONG_BASE_URL", reader.required("GONG_BASE_URL", "your organisation's own API address"), {
      example: "https://us-12345.api.gong.io",
    }),
    timeZone: reader.optional("GONG_TIME_ZONE") ?? "UTC",
    requestsPerSecond: reader.wholeNumber("GONG_REQUESTS_PER_SECOND", { min: 1, max: 1000 }),
  };
  if (!isTimeZone(config.timeZone)) {
    reader.problem(`GONG_TIME_ZONE ("${config.timeZone}") must be an IANA time zone, such as America/New_York.`);
  }
  reader.finish();
  return config;
}
