import { describe, expect, it } from "vitest";
import { readGongConfig } from "../../../../mcp-servers/gong/config.ts";
import { ConfigError } from "../../../../src/core/errors.ts";

const right = { GONG_API_KEY: "k", GONG_API_SECRET: "s", GONG_BASE_URL: "https://us-1.api.gong.io/" };

function problems(env: Record<string, string>): readonly string[] {
  try {
    readGongConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe("readGongConfig", () => {
  it("reads the settings, the origin without its slash", () => {
    expect(readGongConfig({ ...right, GONG_TIME_ZONE: "Asia/Kolkata" })).toEqual({
      apiKey: "k",
      apiSecret: "s",
      baseUrl: "https://us-1.api.gong.io",
      timeZone: "Asia/Kolkata",
      requestsPerSecond: undefined,
    });
    expect(readGongConfig(right).timeZone).toBe("UTC");
  });

  it("lists everything that is missing at once, each with where to get it", () => {
    const all = problems({});
    expect(all.map((line) => line.split(" ")[0])).toEqual(["GONG_API_KEY", "GONG_API_SECRET", "GONG_BASE_URL"]);
    for (const line of all) expect(line).toContain("Company settings > Ecosystem > API");
  });

  it.each([
    [{ GONG_BASE_URL: "us-1.api.gong.io" }, "GONG_BASE_URL must be an origin"],
    [{ GONG_BASE_URL: "https://us-1.api.gong.io/v2" }, "GONG_BASE_URL must be an origin"],
    [{ GONG_BASE_URL: "https://k:s@us-1.api.gong.io" }, "GONG_BASE_URL must be an origin"],
    [{ GONG_BASE_URL: "http://us-1.api.gong.io" }, "must begin with https"],
    [{ GONG_TIME_ZONE: "Mars" }, "GONG_TIME_ZONE"],
    [{ GONG_REQUESTS_PER_SECOND: "0" }, "GONG_REQUESTS_PER_SECOND"],
  ])("refuses %j, never repeating the secret", (env, words) => {
    const found = problems({ ...right, GONG_API_SECRET: "hush-hush", ...env });
    expect(found.join()).toContain(words);
    expect(found.join()).not.toContain("hush-hush");
  });

  it.each(["http://127.0.0.1:4000", "http://localhost:4000", "http://sandbox:4000"])(
    "takes %s, which is near",
    (url) => {
      expect(readGongConfig({ ...right, GONG_BASE_URL: url }).baseUrl).toBe(url);
    },
  );
});
