import { describe, expect, test } from "vitest";
import { createContract, type Exchange, type OpenApiDocument } from "../support/openapi.ts";

const named = { type: "object", properties: { gid: { type: "string" }, name: { type: "string" } } };

const document: OpenApiDocument = {
  servers: [{ url: "https://app.vendor.example/api/1.0" }],
  components: {
    parameters: { limit: { name: "limit", in: "query", schema: { type: "integer", maximum: 100 } } },
    schemas: {
      Named: named,
      Person: {
        allOf: [{ $ref: "#/components/schemas/Named" }, { type: "object", properties: { age: { type: "integer" } } }],
      },
      Task: {
        allOf: [
          { $ref: "#/components/schemas/Named" },
          {
            type: "object",
            required: ["name"],
            properties: {
              due: { type: "string", format: "date", nullable: true },
              owner: { allOf: [{ $ref: "#/components/schemas/Person" }, { nullable: true }] },
              state: { type: "string", enum: ["open", "done"] },
              labels: { type: "object", additionalProperties: { type: "string" } },
            },
          },
        ],
      },
      Problem: { type: "object", properties: { message: { type: "string" } } },
    },
  },
  paths: {
    "/tasks": {
      parameters: [{ $ref: "#/components/parameters/limit" } as never],
      get: {
        parameters: [{ name: "team", in: "query", required: true, schema: { type: "string" } }],
        responses: { 200: answer({ type: "array", items: { $ref: "#/components/schemas/Task" } }) },
      },
      post: {
        requestBody: { required: true, ...answer({ $ref: "#/components/schemas/Task" }) },
        responses: {
          201: answer({ $ref: "#/components/schemas/Task" }),
          "4XX": answer({ $ref: "#/components/schemas/Problem" }),
        },
      },
    },
    "/tasks/{gid}": { get: { responses: { 200: answer({ $ref: "#/components/schemas/Task" }) } } },
    "/tasks/mine": { get: { responses: { 204: {} } } },
    "/tasks/lines": {
      post: {
        requestBody: { content: { "application/x-ndjson": { schema: { type: "array", items: named } } } },
        responses: { 201: {} },
      },
    },
  },
};

function answer(schema: Record<string, unknown>) {
  return { content: { "application/json": { schema } } };
}

const contract = createContract(document, { errorSchema: "Problem" });
const origin = "http://127.0.0.1:8000/api/1.0";
const sent = (method: string, path: string, body = "") =>
  contract.requestProblems({ method, url: origin + path, body });
const came = (method: string, path: string, status: number, response: unknown): string[] => {
  const exchange: Exchange = { method, url: origin + path, body: "", status, response: JSON.stringify(response) ?? "" };
  return contract.answerProblems(exchange);
};

describe("a request", () => {
  test.each([
    ["GET", "/tasks?team=1&limit=5", "", []],
    ["GET", "/tasks?limit=5", "", ["the parameter team is missing"]],
    ["GET", "/tasks?team=1&limit=500", "", ["the parameter limit: / must be <= 100"]],
    ["GET", "/tasks?team=1&limit=x", "", ["the parameter limit: / must be integer"]],
    ["GET", "/tasks?team=1&tema=1", "", ["the parameter tema is not described"]],
    ["GET", "/tasks/1", "{}", ["a body is not described"]],
    ["POST", "/tasks", JSON.stringify({ name: "a", due: null, owner: null, labels: { any: "x" } }), []],
    [
      "POST",
      "/tasks",
      JSON.stringify({ name: "a", colour: "red" }),
      ["/ must NOT have unevaluated properties: colour"],
    ],
    [
      "POST",
      "/tasks",
      JSON.stringify({ name: "a", owner: { x: 1 } }),
      ["/owner must NOT have unevaluated properties: x"],
    ],
    [
      "POST",
      "/tasks",
      JSON.stringify({ name: "a", state: "late" }),
      ["/state must be equal to one of the allowed values: open, done"],
    ],
    ["POST", "/tasks", "", ["the body is missing"]],
    ["POST", "/tasks/lines", '{"name":"a"}\n{"name":"b"}\n', []],
    ["POST", "/tasks/lines", '{"name":"a"}\n{"nam":"b"}', ["/1 must NOT have unevaluated properties: nam"]],
  ])("%s %s %s", (method, path, body, problems) => {
    expect(sent(method, path, body)).toEqual(problems.map((p) => `${method} /api/1.0${path.split("?")[0]}: ${p}`));
  });

  test("to an address or with a method that is not described", () => {
    expect(sent("GET", "/nothing")).toEqual(["/nothing is not described"]);
    expect(sent("DELETE", "/tasks/1")).toEqual(["DELETE /tasks/1 is not described"]);
    expect(contract.requestProblems({ method: "GET", url: "http://h/v2/tasks", body: "" })).toHaveLength(1);
  });
});

describe("an answer", () => {
  test("may hold what is described and nothing else", () => {
    const owner = { gid: "1", name: "Ada", age: 36 };
    expect(came("GET", "/tasks/1", 200, { gid: "1", name: "a", due: "2026-11-20", owner })).toEqual([]);
    expect(came("GET", "/tasks/1", 200, { gid: 1, name: "a" })).toEqual([
      "GET /api/1.0/tasks/1 200: /gid must be string",
    ]);
    expect(came("GET", "/tasks?team=1", 200, [{ name: "a", owner: { ...owner, email: "" } }])).toEqual([
      "GET /api/1.0/tasks 200: /0/owner must NOT have unevaluated properties: email",
    ]);
    expect(came("GET", "/tasks/1", 200, { name: "a", due: "Friday" })[0]).toContain('/due must match format "date"');
  });

  test("has a status that is described, or an error's form", () => {
    expect(came("GET", "/tasks/1", 202, {})).toEqual(["GET /api/1.0/tasks/1 202: this status is not described"]);
    expect(came("GET", "/tasks/1", 404, { message: "no" })).toEqual([]);
    expect(came("GET", "/tasks/1", 404, { error: "no" })).toHaveLength(1);
    expect(came("POST", "/tasks", 422, { error: "no" })).toHaveLength(1);
    expect(came("GET", "/tasks/mine", 204, undefined)).toEqual([]);
    expect(came("GET", "/tasks/mine", 204, {})).toEqual(["GET /api/1.0/tasks/mine 204: a body is not described"]);
  });
});
