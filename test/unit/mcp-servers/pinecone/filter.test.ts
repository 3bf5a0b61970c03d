import { describe, expect, it } from "vitest";
import { type FilterInput, filterOf } from "../../../../mcp-servers/pinecone/filter.ts";

const caller = { email: "Ada@acme.example", audience: "private" as const };
const of = (input: FilterInput) => filterOf(input, caller);
const seconds = (text: string) => Date.parse(text) / 1000;

describe("a filter", () => {
  it("is none where nothing narrows: Pinecone refuses an empty one", () => {
    expect(of({})).toBeUndefined();
    expect(of({ time_zone: "Europe/Paris" })).toBeUndefined();
  });

  it("stands alone, or all of it together", () => {
    expect(of({ account: "Acme" })).toEqual({ account: { $eq: "Acme" } });
    expect(of({ filter: { a: 1 } })).toEqual({ a: 1 });
    expect(of({ source: "gong", filter: { $or: [{ a: 1 }, { b: { $in: ["x"] } }] } })).toEqual({
      $and: [{ source: { $eq: "gong" } }, { $or: [{ a: 1 }, { b: { $in: ["x"] } }] }],
    });
  });

  it("finds an owner in either spelling", () => {
    expect(of({ owner_email: "me" })).toEqual({ owner_email: { $in: ["Ada@acme.example", "ada@acme.example"] } });
    expect(of({ owner_email: "bob@acme.example" })).toEqual({ owner_email: { $in: ["bob@acme.example"] } });
  });

  it("counts days in the asker's zone, the last one included, whether clocks change or not", () => {
    expect(of({ from_date: "2026-10-31", to_date: "2026-11-01", time_zone: "America/New_York" })).toEqual({
      started_at: { $gte: seconds("2026-10-31T04:00:00Z"), $lt: seconds("2026-11-02T05:00:00Z") },
    });
    expect(of({ from_date: "2026-03-09" })).toEqual({ started_at: { $gte: seconds("2026-03-09T00:00:00Z") } });
    expect(of({ to_date: "2026-03-09T12:00:00+01:00" })).toEqual({
      started_at: { $lt: seconds("2026-03-09T11:00:00Z") },
    });
  });

  it.each<[Record<string, unknown>, string]>([
    [{}, "leave it out"],
    [{ a: {} }, "no condition"],
    [{ a: { $gte: 1, $lke: 2 } }, '"$lke" is no operator here. Did you mean $lte?'],
    [{ a: { $and: [{ b: 1 }] } }, '"$and" is no operator here. There are: $eq'],
    [{ $nor: [{ a: 1 }] }, '"$nor" is no operator here. Did you mean $or?'],
    [{ $and: [] }, "$and takes a list"],
    [{ $or: { a: 1 } }, "$or takes a list"],
    [{ $or: ["a"] }, "$or takes a list"],
    [{ a: null }, "a must be"],
    [{ a: ["x"] }, "a must be"],
    [Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`f${i}`, i])), "at most 200"],
  ])("%j is refused with what to send", (filter, words) => {
    expect(() => of({ filter })).toThrow(words);
  });

  it("is not read deeper than makes sense", () => {
    let filter: Record<string, unknown> = { a: 1 };
    for (let depth = 0; depth < 10_000; depth++) filter = { $and: [filter] };
    expect(() => of({ filter })).toThrow("at most 6 groups");
  });
});
