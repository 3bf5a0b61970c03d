import { expect, it } from "vitest";
import { scrub } from "../../../src/observability/log.ts";

it.each([
  ["xoxb-12-ab and xapp-1-A", "[redacted] and [redacted]"],
  ["key sk-ant-api03_x-y.", "key [redacted]."],
  ["Authorization: Bearer abc.def-123=", "Authorization: Bearer [redacted]"],
  ["ask ada.b+c@mail.acme.example, or bob@acme.example", "ask [redacted], or [redacted]"],
  ["a@b@c.example", "a@[redacted]"],
  ["at pool (node_modules/@types/node)", "at pool (node_modules/@types/node)"],
  ["Gong answered 503", "Gong answered 503"],
])("scrubs %j", (text, wanted) => {
  expect(scrub(text)).toBe(wanted);
});

it("cuts a long text, says so, and leaves no part of an address at the cut", () => {
  const text = scrub(`${"x ".repeat(995)}ada@acme.example ${"y ".repeat(50_000)}`);
  expect(text).toBe(`${"x ".repeat(995)}[redacted]… (cut)`);
});

it.each(["a.", "+", "a@", "@-", "xoxb-", "token ", "Bearer a"])("is quick with a long text of %j", (part) => {
  const began = performance.now();
  expect(scrub(part.repeat(100_000 / part.length)).length).toBeLessThan(2_100);
  expect(performance.now() - began).toBeLessThan(100);
});
