import { expect, it } from "vitest";
import { gongKeys } from "../../../sandbox/webhooks/gong-rule.ts";
import { malformed, readGatewaySettings, readStorageSettings } from "../../../src/config/settings.ts";

it.for([
  "https://slack.com/api",
  "https://slack.com/",
  "https://slack.com",
  "slack.com/api/",
  "https://x.y/api/?a=/api/",
])("refuses %s as Slack's address", (address) => {
  expect(malformed({ SLACK_API_URL: address })).toEqual([
    expect.stringMatching(/^SLACK_API_URL is not an http\(s\) address that ends in \/api\/ /),
  ]);
});

it.for(["https://slack.com/api/", "http://127.0.0.1:4000/api/", "https://proxy.example/slack/api/", ""])(
  "takes %j as Slack's address",
  (address) => {
    expect(malformed({ SLACK_API_URL: address })).toEqual([]);
  },
);

it.for(["0.0.0.0", "::"])("refuses a gateway on %s that nobody could call by name", (host) => {
  const env = { MCP_AUTH_TOKEN: "0123456789abcdef", MCP_GATEWAY_HOST: host };
  expect(malformed(env)).toEqual([expect.stringMatching(/^MCP_GATEWAY_ALLOWED_HOSTS is not set: /)]);
  expect(malformed({ ...env, MCP_GATEWAY_ALLOWED_HOSTS: "sophia.internal" })).toEqual([]);
  expect(malformed({ MCP_GATEWAY_HOST: host })).toEqual([]);
});

it("reads the names under which the gateway is called", () => {
  const env = { MCP_GATEWAY_ALLOWED_HOSTS: " Sophia.internal , 10.0.0.5,[fd00::1]" };
  expect(malformed(env)).toEqual([]);
  expect(readGatewaySettings(env).allowedHosts).toEqual(["sophia.internal", "10.0.0.5", "[fd00::1]"]);
  expect(readGatewaySettings({}).allowedHosts).toEqual([]);
});

it.for(["sophia.internal:8090", "https://sophia.internal", "a,,b", "a b"])(
  "refuses %s as the gateway's names",
  (names) => {
    expect(malformed({ MCP_GATEWAY_ALLOWED_HOSTS: names })).toEqual([
      expect.stringMatching(/^MCP_GATEWAY_ALLOWED_HOSTS is not a list of host names without ports, /),
    ]);
  },
);

it("reads what stands before the queue's keys, and takes nothing that would be read as another key", () => {
  expect(readStorageSettings({ SOPHIA_QUEUE_PREFIX: " sophia-eu " }).queuePrefix).toBe("sophia-eu");
  expect(readStorageSettings({}).queuePrefix).toBe("sophia");
  expect(malformed({ SOPHIA_QUEUE_PREFIX: "sophia-eu_2.test" })).toEqual([]);
  for (const prefix of ["sophia:eu", "sophia eu", "*", "x".repeat(65)])
    expect(malformed({ SOPHIA_QUEUE_PREFIX: prefix })).toEqual([
      expect.stringMatching(/^SOPHIA_QUEUE_PREFIX is not a word of letters, digits, /),
    ]);
});

it("takes Gong's public key without its armour, and nothing else for it", async () => {
  const { publicKey } = await gongKeys();
  expect(malformed({ GONG_WEBHOOK_PUBLIC_KEY: publicKey })).toEqual([]);
  for (const text of ["x", publicKey.slice(0, -20), "https://sophia.example"])
    expect(malformed({ GONG_WEBHOOK_PUBLIC_KEY: text })).toEqual([
      expect.stringMatching(/^GONG_WEBHOOK_PUBLIC_KEY is not an RSA public key /),
    ]);
});
