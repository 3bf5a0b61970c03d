import { describe, expect, it } from "vitest";
import { SafeMarkdownStream } from "../../../../src/slack/markdown/safe.ts";

/** What stands in Slack after each piece. */
function shownAfter(pieces: readonly string[]): string[] {
  const stream = new SafeMarkdownStream(new Set());
  let text = "";
  return pieces.map((piece) => (text += stream.push(piece)));
}

describe("a link that is still being written", () => {
  it("is held back until it is closed", () => {
    const pieces = ["He agreed (", "[at", " 14:47]", "(https://us-12345", ".app.gong.io/call?id=1&at=5", ")", ")."];
    const link = "[at 14:47](https://us-12345.app.gong.io/call?id=1&at=5)";
    expect(shownAfter(pieces)).toEqual([
      ...Array.from({ length: 5 }, () => "He agreed ("),
      `He agreed (${link}`,
      `He agreed (${link}).`,
    ]);
  });

  it("is not held where it proves to be none", () => {
    expect(shownAfter(["- [", " ]", " open"])).toEqual(["- ", "- ", "- [ ] open"]);
    expect(shownAfter(["[sic", "\nnext"])).toEqual(["", "[sic\nnext"]);
  });

  it("is held for some 300 characters and not longer", () => {
    const shown = shownAfter(["see [", ..."x".repeat(400).split("")]);
    expect(shown[250]).toBe("see ");
    expect(shown.at(-1)).toBe(`see [${"x".repeat(400)}`);
  });

  it.for([1, 2, 3, 7, 50, 1_000])("loses and reorders nothing in pieces of %i", (size) => {
    const text = `a [b](c) [d [e] f](g) [h] ![i](j "k") \`x[1]\` [${"l".repeat(350)}](m) - [ ] n\n[o\n[p](q`;
    const stream = new SafeMarkdownStream(new Set());
    const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? [];
    expect(pieces.map((piece) => stream.push(piece)).join("") + stream.flush()).toBe(text);
  });
});
