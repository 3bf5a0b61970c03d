import { describe, expect, it } from "vitest";
import { readPulumiConfig } from "../../../../mcp-servers/pulumi/config.ts";

const needed = { PULUMI_ACCESS_TOKEN: "token", PULUMI_ORG: "acme" };

describe("Pulumi's settings", () => {
  it("are two, with the vendor's own address", () => {
    const config = { accessToken: "token", org: "acme", apiUrl: "https://api.pulumi.com", readOnly: false };
    expect(readPulumiConfig(needed)).toEqual(config);
    const more = { PULUMI_API_URL: "http://localhost:4000/", PULUMI_READ_ONLY: "true" };
    expect(readPulumiConfig({ ...needed, ...more })).toEqual({
      ...config,
      apiUrl: "http://localhost:4000",
      readOnly: true,
    });
  });

  it.each([
    [{}, ["PULUMI_ACCESS_TOKEN is not set", "PULUMI_ORG is not set", "Access tokens"]],
    [{ ...needed, PULUMI_ORG: "acme/../x" }, ["PULUMI_ORG"]],
    [{ ...needed, PULUMI_API_URL: "https://api.pulumi.com/api" }, ["PULUMI_API_URL must be an origin"]],
    [{ ...needed, PULUMI_API_URL: "http://api.pulumi.com" }, ["must begin with https"]],
    [{ ...needed, PULUMI_READ_ONLY: "1" }, ["PULUMI_READ_ONLY must be true or false"]],
  ])("say all that is wrong with %j", (env, words) => {
    for (const part of words) expect(() => readPulumiConfig(env)).toThrow(part);
  });
});
