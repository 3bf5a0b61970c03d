import { expect, it } from "vitest";
import { failureOf } from "../../../../mcp-servers/shared/tool-failure.ts";
import { unknownFormError, vendorError } from "../../../../mcp-servers/shared/vendor-error.ts";

const advice = { service: "Gong", credentials: "Check GONG_API_KEY.", permission: "Give it the scope for calls." };

const answer = (status: number, headers: Record<string, string> = {}) =>
  failureOf(vendorError(advice, { status, headers: new Headers(headers), text: "" }, 0));

it.each([
  [503, {}, "Gong is at fault, not the request: Gong is failing on its side (503). Try again in a minute."],
  [
    503,
    { "retry-after": "200" },
    "Gong is at fault, not the request: Gong is failing on its side (503). Try again in 4 min.",
  ],
  [
    429,
    { "retry-after": "2.4" },
    "Gong is at fault, not the request: Gong's request limit is used up. Try again in 3 s.",
  ],
  [401, {}, "Gong refused our credentials (401). Check GONG_API_KEY. Calling again unchanged will not help."],
  [
    403,
    {},
    "Gong does not let Sophia do this (403). Give it the scope for calls. Calling again unchanged will not help.",
  ],
  [
    400,
    {},
    "Gong did not accept the request (400). Check the ids and dates in it. Calling again unchanged will not help.",
  ],
])("says of %i %j what happened and what to do, each once", (status, headers, text) => {
  expect(answer(status, headers).text).toBe(text);
});

it("says so where an answer has a form that we do not know", () => {
  expect(failureOf(unknownFormError("Gong", undefined)).text).toBe(
    "Gong answered in a form that this version of Sophia does not know. Tell whoever runs Sophia. Calling again unchanged will not help.",
  );
});
