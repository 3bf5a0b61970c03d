import { describe, expect, it } from "vitest";
import { SnowsightLinks } from "../../../../mcp-servers/snowflake/links.ts";
import { parseName } from "../../../../mcp-servers/snowflake/table-names.ts";
import { cellReader, columnInfo, type RawValue } from "../../../../mcp-servers/snowflake/values.ts";

const read = (type: string, value: RawValue, scale = 0) => cellReader({ name: "X", type, precision: 38, scale })(value);
const at = (seconds: number, nanos = 0, zone: string | number = "UTC") => ({ seconds, nanos, zone });

describe("a value", () => {
  it.each<[string, RawValue, number, unknown]>([
    ["fixed", "9007199254740991", 0, 9007199254740991],
    ["fixed", "9007199254740993", 0, "9007199254740993"],
    ["fixed", "-12345678901234567890123456789012345678", 0, "-12345678901234567890123456789012345678"],
    ["fixed", "0.10", 2, "0.10"],
    ["fixed", null, 2, null],
    ["real", "1.5", 0, 1.5],
    ["real", "NaN", 0, "NaN"],
    ["boolean", "0", 0, false],
    ["boolean", true, 0, true],
    ["text", "NULL", 0, "NULL"],
    ["variant", '{"a":9007199254740993}', 0, '{"a":9007199254740993}'],
    ["date", at(-86_400), 0, "1969-12-31"],
    ["timestamp_ntz", at(0, 120_000_000), 9, "1970-01-01T00:00:00.12"],
    ["timestamp_ltz", at(1), 9, "1970-01-01T00:00:01Z"],
    ["timestamp_tz", at(0, 1, -210), 9, "1969-12-31T20:30:00.000000001-03:30"],
    ["timestamp_tz", at(0, 0, 330), 9, "1970-01-01T05:30:00+05:30"],
    ["something_new", "x", 0, "x"],
  ])("of type %s, %j with scale %d, is %j", (type, value, scale, shown) => {
    expect(read(type, value, scale)).toBe(shown);
  });

  it("has Snowflake's type", () => {
    expect(columnInfo({ name: "A", type: "fixed", precision: 18, scale: 2 }).type).toBe("NUMBER(18,2)");
    expect(columnInfo({ name: "A", type: "timestamp_tz", precision: 0, scale: 9 }).type).toBe("TIMESTAMP_TZ");
  });
});

describe("a name", () => {
  it.each([
    ["deals", ["DEALS"]],
    ['a."b.c"."d""e"', ["A", "b.c", 'd"e']],
    ["a.", undefined],
    [".a", undefined],
    ["a b", undefined],
    ["a;b", undefined],
    ['"a', undefined],
    ["", undefined],
    ["dеals", undefined],
  ])("%j is %j", (text, parts) => {
    expect(parseName(text)).toEqual(parts);
  });
});

describe("a link", () => {
  it.each([
    ["MYORG-ACCT1", "https://app.snowflake.com/myorg/acct1/#/compute/history/queries/01b"],
    ["xy12345.eu-central-1", "https://app.snowflake.com/eu-central-1/xy12345/#/compute/history/queries/01b"],
    ["xy12345.west-europe.azure", "https://app.snowflake.com/west-europe.azure/xy12345/#/compute/history/queries/01b"],
    ["xy12345", null],
  ])("to a query of %s is %s", (account, url) => {
    expect(new SnowsightLinks(account).query("01b")).toBe(url);
  });
});
