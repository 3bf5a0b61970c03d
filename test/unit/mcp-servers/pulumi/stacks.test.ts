import { describe, expect, it } from "vitest";
import { path, query } from "../../../../mcp-servers/pulumi/paths.ts";
import { Previews } from "../../../../mcp-servers/pulumi/previews.ts";
import { pickStack, readStackName } from "../../../../mcp-servers/pulumi/stacks.ts";
import { InstantTimer } from "../../../support/instant-timer.ts";

describe("a stack's name", () => {
  it("is read from each of its forms", () => {
    const prod = { project: "billing", stack: "prod" };
    expect(readStackName("billing/prod", "acme")).toEqual(prod);
    expect(readStackName("Acme/billing/prod", "acme")).toEqual(prod);
    expect(readStackName("https://app.pulumi.com/acme/billing/prod/updates/3?x=1", "acme")).toEqual(prod);
    expect(readStackName("prod", "acme")).toBeUndefined();
  });

  it.each(["", "/", "a//b", "a/b/c/d", "../a", "a/..", ".", "a b/c", "a/b?c", "https://evil.example/acme/a/b", "-a/b"])(
    "%j is none",
    (text) => {
      expect(() => readStackName(text, "acme")).toThrow("project/stack");
    },
  );

  it("is found by part of it, if only one has it", () => {
    const all = [
      { project: "billing", stack: "prod" },
      { project: "billing", stack: "staging" },
      { project: "web", stack: "production" },
    ];
    expect(pickStack("Staging", all)).toBe(all[1]);
    expect(pickStack("web", all)).toBe(all[2]);
    // Spelt exactly so wins.
    expect(pickStack("prod", all)).toBe(all[0]);
    expect(() => pickStack("billing", all)).toThrow("billing/prod, billing/staging");
    expect(() => pickStack("biling", all)).toThrow('Did you mean "billing"?');
  });
});

describe("an address", () => {
  it("has its parts encoded, and none that leads elsewhere", () => {
    expect(path`/api/stacks/${"a b"}/${"c/d"}`).toBe("/api/stacks/a%20b/c%2Fd");
    for (const part of ["", ".", ".."]) expect(() => path`/api/${part}/x`).toThrow(TypeError);
  });

  it("leaves out what has no value", () => {
    expect(query({ a: undefined })).toBe("");
    expect(query({ a: "b c", d: undefined, e: 0 })).toBe("?a=b+c&e=0");
  });
});

describe("the previews of conversations", () => {
  const stack = { project: "billing", stack: "prod" };
  const kept = (threadId: string) => ({ stack, threadId, stackVersion: 24 });

  it("are found by their own conversation and stack alone, and taken once", () => {
    const previews = new Previews(new InstantTimer());
    previews.keep("p1", kept("C1:1"));
    expect(previews.find("p1", { threadId: "C1:1", stack: { ...stack } })).toEqual(kept("C1:1"));
    expect(previews.find("p1", { threadId: "C1:2", stack })).toBeUndefined();
    expect(previews.find("p1", { threadId: "C1:1", stack: { ...stack, stack: "staging" } })).toBeUndefined();
    expect(previews.find("p2", { threadId: "C1:1", stack })).toBeUndefined();
    expect(previews.take("p1")).toEqual(kept("C1:1"));
    expect(previews.take("p1")).toBeUndefined();
    expect(previews.find("p1", { threadId: "C1:1", stack })).toBeUndefined();
  });

  it("are bounded: the oldest gives way, and after four hours each is forgotten", () => {
    const timer = new InstantTimer();
    const previews = new Previews(timer);
    for (let i = 0; i <= 500; i++) previews.keep(`p${i}`, kept("C1:1"));
    const of = { threadId: "C1:1", stack };
    expect([previews.find("p0", of), previews.find("p1", of)]).toEqual([undefined, kept("C1:1")]);
    timer.advance(4 * 3_600_000);
    expect(previews.find("p1", of)).toBeUndefined();
  });
});
