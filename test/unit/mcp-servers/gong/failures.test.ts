import { afterEach, describe, expect, it } from "vitest";
import { linkInProcess } from "../../../../mcp-servers/shared/serve.ts";
import { closeAll, connectTo, startGateway } from "../../../support/gateway.ts";
import { type Answer, connectGong, gongCall, textOf } from "./support.ts";

const day = { from_date: "2026-03-09", to_date: "2026-03-09" };
const fine: Answer = { body: { calls: [gongCall()], records: { totalRecords: 1 } } };
const raw = { requestId: "r", errors: ["internal words of Gong about jo@acme.example"] };

/** Answers in this order; the last one again and again. */
async function answering(...answers: Answer[]) {
  const gong = await connectGong((_, count) => answers[Math.min(count, answers.length) - 1] ?? fine);
  return { gong, result: await gong.call("get_calls", day) };
}

afterEach(closeAll);

describe("when Gong fails", () => {
  it.each([
    ["a 503", { status: 503, body: raw }],
    ["a 500 without a body", { status: 500, body: "" }],
    ["a cut connection", { cut: true }],
  ])("reads again after %s", async (_, failure) => {
    const { gong, result } = await answering(failure, failure, fine);
    expect(result.isError).toBeFalsy();
    expect(gong.fake.sent.length).toBe(3);
    expect((gong.timer as any).slept).toEqual([200, 400]);
  });

  it.each<[string, Answer, string, number]>([
    ["503", { status: 503, body: raw }, "Gong is failing on its side (503)", 3],
    ["no connection", { cut: true }, "Gong cannot be reached", 3],
    ["401", { status: 401, body: raw }, "Check GONG_API_KEY, GONG_API_SECRET and GONG_BASE_URL", 1],
    ["403", { status: 403, body: raw }, "scopes", 1],
    ["400", { status: 400, body: raw }, "Gong did not accept the request (400)", 1],
    ["a page instead of JSON", { body: "<html>internal words of Gong</html>" }, "in a form that this version", 1],
    ["another form", { body: { calls: { a: "internal words of Gong" } } }, "in a form that this version", 1],
  ])("tells %s in its own words after as many attempts as make sense", async (_, answer, words, attempts) => {
    const { gong, result } = await answering(answer);
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain(words);
    expect(textOf(result)).not.toMatch(/internal words|acme|secret|Basic /);
    expect(gong.fake.sent.length).toBe(attempts);
  });

  it.each<[string, Answer]>([
    ["a 503", { status: 503, body: raw }],
    ["a limit that is used up", { status: 429, headers: { "retry-after": "1" } }],
    ["a cut connection", { cut: true }],
  ])("is asked three times in all behind the gateway, after %s", async (_, failure) => {
    const { fake, definition } = await connectGong(() => failure);
    const source = { type: "builtin", open: () => linkInProcess(definition, { trustCaller: true }) } as const;
    const client = await connectTo(startGateway({ upstreams: [{ name: "gong", source }] }).gateway);
    expect(await client.callTool("gong__get_calls", day, { timeoutMs: 5_000 })).toMatchObject({ isError: true });
    expect(fake.sent).toHaveLength(3);
  });

  it("does not follow a redirect with the credentials", async () => {
    const { gong, result } = await answering({ status: 302, headers: { location: "http://127.0.0.1:9/elsewhere" } });
    expect(result.isError).toBe(true);
    expect(new Set(gong.fake.sent.map(({ url }) => url))).toEqual(new Set(["/v2/calls/extensive"]));
  });

  it("does not go round where Gong repeats a cursor", async () => {
    const gong = await connectGong(() => ({ body: { users: [], records: { cursor: "same" } } }));
    const result = await gong.call("find_user", { query: "x" });
    expect(JSON.stringify(result)).toContain("a form that this version of Sophia does not know");
    expect(gong.fake.sent.length).toBe(2);
  });

  it.each(["list_trackers", "find_user"])(
    "does not take an answer without its list for nothing found (%s)",
    async (tool) => {
      const gong = await connectGong(() => ({ body: {} }));
      const result = await gong.call(tool, { query: "x" });
      expect(JSON.stringify(result)).toContain("a form that this version of Sophia does not know");
    },
  );

  it("stops asking when the call is cancelled", async () => {
    const abort = new AbortController();
    const gong = await connectGong(() => {
      abort.abort();
      return new Promise(() => {});
    });
    await expect(gong.call("get_calls", day, undefined, abort.signal)).rejects.toThrow();
    expect(gong.fake.sent.length).toBe(1);
    expect(gong.errors).toEqual([]);
  });

  it("never starts more than three requests in a second", async () => {
    const gong = await connectGong(() => fine, { config: { requestsPerSecond: 3 } });
    const days = ["01", "02", "03", "04", "05", "06", "07"];
    await Promise.all(days.map((d) => gong.call("get_calls", { from_date: `2026-03-${d}`, to_date: `2026-03-${d}` })));
    expect(gong.fake.sent.length).toBe(7);
    // Three at once, three after a second, the last one after another.
    expect(gong.timer.now()).toBeGreaterThanOrEqual(2000);
  });
});
