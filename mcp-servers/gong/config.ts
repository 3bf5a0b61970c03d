import { ConfigError } from "../../src/core/errors.ts";
import { isTimeZone } from "../shared/date-range.ts";

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

const where = "Gong: Company settings > Ecosystem > API (a technical administrator sees it)";

/** Throws ConfigError with everything that is missing or wrong. */
export function readGongConfig(env: Readonly<Record<string, string | undefined>>): GongConfig {
  const problems: string[] = [];
  const required = (name: string, what: string): string => {
    const value = env[name]?.trim() ?? "";
    if (value === "") problems.push(`${name} is not set: ${what}. ${where}.`);
    return value;
  };
  const config: GongConfig = {
    apiKey: required("GONG_API_KEY", "the access key"),
    apiSecret: required("GONG_API_SECRET", "the access key secret"),
    baseUrl: readOrigin(required("GONG_BASE_URL", "your organisation's own API address"), problems),
    timeZone: env.GONG_TIME_ZONE?.trim() || "UTC",
    requestsPerSecond: readRate(env.GONG_REQUESTS_PER_SECOND?.trim(), problems),
  };
  if (!isTimeZone(config.timeZone)) {
    problems.push(`GONG_TIME_ZONE ("${config.timeZone}") must be an IANA time zone, such as America/New_York.`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function readOrigin(text: string, problems: string[]): string {
  if (text === "") return "";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== "/" || url.search !== "" || url.username !== "") {
    problems.push(`GONG_BASE_URL must be an origin without a path, such as https://us-12345.api.gong.io. ${where}.`);
    return "";
  }
  // The key and its secret go out with every request. A name without a dot is a container's.
  const near = /^(localhost|127(\.\d+){3}|\[::1\]|[^.]+)$/.test(url.hostname);
  if (url.protocol === "http:" && !near)
    problems.push("GONG_BASE_URL must begin with https: the secret travels with it.");
  return url.origin;
}

function readRate(text: string | undefined, problems: string[]): number | undefined {
  if (!text) return undefined;
  const rate = Number(text);
  if (Number.isInteger(rate) && rate >= 1 && rate <= 1000) return rate;
  problems.push("GONG_REQUESTS_PER_SECOND must be a whole number from 1 to 1000 (Gong's own limit is 3).");
  return undefined;
}
