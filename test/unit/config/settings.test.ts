import { expect, it } from "vitest";
import { malformed } from "../../../src/config/settings.ts";

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
