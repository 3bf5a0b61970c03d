import { describe, expect, it } from "vitest";
import { readHubSpotConfig } from "../../../../mcp-servers/hubspot/config.ts";
import { ConfigError } from "../../../../src/core/errors.ts";

function problems(env: Record<string, string>): readonly string[] {
  try {
    readHubSpotConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe("readHubSpotConfig", () => {
  it("needs the key alone", () => {
    expect(readHubSpotConfig({ HUBSPOT_API_KEY: "k" })).toEqual({
      apiKey: "k",
      baseUrl: "https://api.hubapi.com",
      readOnly: false,
    });
    expect(
      readHubSpotConfig({
        HUBSPOT_API_KEY: "k",
        HUBSPOT_BASE_URL: "http://127.0.0.1:4000/",
        HUBSPOT_READ_ONLY: "true",
      }),
    ).toEqual({ apiKey: "k", baseUrl: "http://127.0.0.1:4000", readOnly: true });
  });

  it.each([
    [{}, "HUBSPOT_API_KEY is not set"],
    [{ HUBSPOT_API_KEY: "k", HUBSPOT_BASE_URL: "https://api.hubapi.com/crm" }, "HUBSPOT_BASE_URL must be an origin"],
    [{ HUBSPOT_API_KEY: "hush", HUBSPOT_BASE_URL: "http://api.hubapi.com" }, "must begin with https"],
    [{ HUBSPOT_API_KEY: "k", HUBSPOT_READ_ONLY: "yes" }, "HUBSPOT_READ_ONLY must be true or false"],
  ])("refuses %j", (env, words) => {
    expect(problems(env).join()).toContain(words);
    expect(problems(env).join()).not.toContain("hush");
  });
});
