import { describe, expect, it } from "vitest";
import { recogniseRefusal } from "../../../../mcp-servers/hubspot/refusals.ts";

const recognise = (status: number, body: unknown) =>
  recogniseRefusal({ status, headers: new Headers(), text: typeof body === "string" ? body : JSON.stringify(body) });

describe("recogniseRefusal", () => {
  it.each<[string, number, object, string, boolean]>([
    ["an expired key", 401, { category: "EXPIRED_AUTHENTICATION" }, "Make a new one and set HUBSPOT_API_KEY", false],
    ["a larger plan", 402, { category: "PAYMENT_REQUIRED" }, "not part of the HubSpot plan", false],
    [
      "a missing scope",
      403,
      {
        category: "MISSING_SCOPES",
        errors: [{ context: { requiredGranularScopes: ["crm.objects.deals.write", "<script>"] } }],
      },
      "lacks a scope for this: crm.objects.deals.write. Give it to the key",
      false,
    ],
    ["a scope that is not named", 403, { category: "MISSING_SCOPES" }, "mcp-servers/hubspot/README.md", false],
    ["the day's limit", 429, { category: "RATE_LIMITS", policyName: "DAILY" }, "midnight", false],
    ["a lock", 423, { message: "locked" }, "locked", true],
    ["a migration", 477, { message: "moving" }, "Try again", true],
    [
      "a taken address",
      409,
      { message: "Contact already exists. Existing ID: 42" },
      "the record 42 already has",
      false,
    ],
    ["another conflict", 409, { message: "jo@acme.example" }, "another record already has", false],
  ])("tells %s", (_, status, body, words, retryable) => {
    const told = recognise(status, body);
    expect(told?.message).toContain(words);
    expect(told?.retryable).toBe(retryable);
    expect(told?.message).not.toMatch(/jo@acme|script/);
  });

  it("names the fields that are wrong and why, never the values", () => {
    const values = [
      { isValid: false, message: "12,5 of jo@acme.example was not valid", error: "INVALID_INTEGER", name: "amount" },
      { isValid: false, message: "x", name: "weird name <b>" },
    ];
    const body = { category: "VALIDATION_ERROR", message: `Property values were not valid: ${JSON.stringify(values)}` };
    expect(recognise(400, body)?.message).toBe("HubSpot did not accept these fields: amount (invalid integer).");
  });

  it("tells a field that an administrator's rule demands, once", () => {
    const error = {
      message: "m",
      code: "CONDITIONAL_REQUIRED_PROPERTY",
      context: { propertyName: ["closed_lost_reason"] },
    };
    expect(recognise(400, { message: "m", errors: [error, error] })?.message).toBe(
      "HubSpot did not accept these fields: closed_lost_reason (required by a rule of this account: give it in `properties`).",
    );
  });

  it.each([
    [400, { message: "There was a problem with the request." }],
    [403, { message: "no" }],
    [429, { policyName: "TEN_SECONDLY_ROLLING" }],
    [500, "<html>"],
    [400, ""],
  ])("leaves %s %j to its status", (status, body) => {
    expect(recognise(status, body)).toBeUndefined();
  });
});
