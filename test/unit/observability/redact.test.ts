import { describe, expect, it } from "vitest";
import { redacted } from "../../../src/observability/audit.ts";
import { redact } from "../../../src/observability/redact.ts";

describe("what the audit keeps of a text", () => {
  it.each([
    ["ask bob@acme.example about it", "ask [redacted] about it"],
    ["key sk-ant-api03-abcdef, please", "key [redacted], please"],
    ["xoxb-123-456-abc", "[redacted]"],
    ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "[redacted]"],
    ["AKIAIOSFODNN7EXAMPLE", "[redacted]"],
    ["ghp_16C7e42F292c6912E7710c838347Ae178B4a", "[redacted]"],
    ["-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "[redacted]"],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIE", "[redacted]"],
    ["postgres://sophia:hunter2@db.acme.example/x", "postgres://sophia:[redacted]@db.acme.example/x"],
    ["https://x.example/a?api_key=abc123&b=1", "https://x.example/a?api_key=[redacted]&b=1"],
    ["the password is hunter2!", "the password is [redacted]"],
    ["api key: abc123", "api key: [redacted]"],
    ["call +49 (0)30 1234567 today", "call [redacted] today"],
    ["call +1-555-123-4567", "call [redacted]"],
    ["call 030/1234567 or (555) 123-4567", "call [redacted] or [redacted]"],
  ])("hides what is in %j", (text, kept) => {
    expect(redact(text)).toBe(kept);
  });

  it.each([
    "1210000000007919",
    "1712345678.123456",
    "2026-03-02T10:00:00Z",
    "2026-03-02 10:00",
    "Deal 400-1 over 80,000.50 USD, 12 % up",
    "turn_56532670dfe44763b36014ef21b4174e",
    "Secretary of the board",
    "https://app.asana.com/1/1208877596779027/task/1210000000007919",
  ])("leaves %j as it is", (text) => {
    expect(redact(text)).toBe(text);
  });

  it("cuts long texts, deep and wide values, and hides fields by their names", () => {
    expect(redact("x".repeat(1_000))).toBe(`${"x".repeat(300)}… (1000 characters)`);
    expect(redact({ apiKey: "a", Email: "b", mobile_phone: 5, access_token: { a: 1 }, withToken: true })).toEqual({
      apiKey: "[redacted]",
      Email: "[redacted]",
      mobile_phone: "[redacted]",
      access_token: "[redacted]",
      withToken: true,
    });
    expect(redact(Array.from({ length: 60 }, (_, n) => n))).toHaveLength(50);
    expect(redact([[[[[[["deep"]]]]]]])).toEqual([[[[[["[nested too deeply]"]]]]]]);
  });

  it("takes time in proportion to the text, whatever is in it", () => {
    const began = performance.now();
    for (const piece of ["+1", "0 1", "://", "?a", "eyJ", "token ", "@", "(0)", "password:"])
      redact(Array.from({ length: 50 }, () => piece.repeat(500)));
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it("is the rule for all of an event, the name of the tool included", () => {
    const at = new Date(0);
    const event = { kind: "call", outcome: "refused", at, tool: `sk-ant-abc ${"y".repeat(200)}` } as const;
    expect(redacted({ ...event, arguments: { to: "a@b.example" }, result: "a@b.example" })).toEqual({
      ...event,
      tool: `[redacted] ${"y".repeat(117)}`,
      arguments: { to: "[redacted]" },
      result: "[redacted]",
    });
  });
});
