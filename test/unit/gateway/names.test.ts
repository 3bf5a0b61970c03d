import { afterEach, describe, expect, it } from "vitest";
import type { createGateway } from "../../../src/gateway/gateway.ts";
import { matches } from "../../../src/core/patterns.ts";
import { matchesTemplate } from "../../../src/gateway/uri-template.ts";
import { nearestName } from "../../../src/core/nearest-name.ts";
import { closeAll, connectTo, greeterUpstream, startGateway } from "../../support/gateway.ts";

afterEach(closeAll);

describe("patterns", () => {
  it.each([
    ["gong__get_calls", "gong__get_calls", true],
    ["gong__get_calls", "gong__get_calls_2", false],
    ["gong__*", "gong__get_calls", true],
    ["*__get_*", "gong__get_calls", true],
    ["gong.*", "gong__get_calls", false],
    ["*", "anything", true],
    ["gong__*", "xgong__get_calls", false],
  ])("%s and %s: %s", (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });
});

describe("URI templates", () => {
  it.each([
    ["test://template/{id}/data", "test://template/7/data", true],
    ["test://template/{id}/data", "test://template//data", false],
    ["test://template/{id}/data", "test://template/7/date", false],
    ["file:///{+path}", "file:///a/b/c", true],
    ["test://plain", "test://plain", true],
    ["test://{a}-{b}", "test://1-2", true],
    ["test://{a}-{b}", "test://1", false],
  ])("%s and %s: %s", (template, uri, expected) => {
    expect(matchesTemplate(template, uri)).toBe(expected);
  });

  it("take no long time over a hostile one", () => {
    const began = performance.now();
    matchesTemplate("x{a}".repeat(5_000), "x".repeat(100_000));
    expect(performance.now() - began).toBeLessThan(500);
  });
});

describe("the nearest name", () => {
  it.each([
    ["form", ["from", "to"], "from"],
    ["call_id", ["callId", "caller"], "callId"],
    ["zzz", ["from", "to"], undefined],
    ["x".repeat(10_000), ["from"], undefined],
  ])("of %s among %s is %s", (name, known, expected) => {
    expect(nearestName(name, known)).toBe(expected);
  });
});

describe("two servers with a tool of one name", () => {
  it("keep the first's, and say why the other's is missing", async () => {
    const first = greeterUpstream({ prefix: "" });
    const second = { ...greeterUpstream({ prefix: "" }).upstream, name: "other" };
    const { gateway } = startGateway({ upstreams: [first.upstream, second] });
    await gateway.start();
    const names = (await (await connectTo(gateway)).listTools()).map(({ name }) => name);
    expect(names).toEqual(["erase", "fail", "gateway__read_more", "greet", "recite", "wait"]);
    expect(gateway.report()[1]?.missing).toContainEqual({
      tool: "greet",
      reason: "greeter has a tool of the same name",
    });
  });
});

describe("settings that cannot work", () => {
  const source = greeterUpstream().upstream.source;
  it("are all named at once", () => {
    const create = () =>
      startGateway({
        upstreams: [
          { name: "Gong", source },
          { name: "a", source },
          { name: "a", source },
          { name: "gateway", source },
        ],
      });
    expect(create).toThrow(/servers\[0\].*\n.*servers\[2\].*there twice\n.*servers\[3\]/);
  });

  it("clients that could not be told apart from Sophia or each other", () => {
    const client = (name: string, token: string) => ({ name, token, tools: ["*"] });
    const create = (clients: Parameters<typeof createGateway>[0]["clients"]) => () =>
      startGateway({ upstreams: [], token: "t", clients: clients ?? [] });
    expect(create([client("sophia", "x")])).toThrow("clients[0].name");
    expect(create([client("guest", "t")])).toThrow("clients[0] (guest)");
    expect(create([client("a", "x"), client("b", "x")])).toThrow("clients[1] (b)");
    expect(create([client("a", "")])).toThrow("clients[0].token");
  });

  it("a role that nobody defined", () => {
    const { gateway } = startGateway({ upstreams: [] });
    expect(() => gateway.connectInProcess({ client: "sophia", agent: "nobody" })).toThrow('There is no role "nobody"');
  });
});
