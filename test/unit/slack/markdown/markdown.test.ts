import { describe, expect, it } from "vitest";
import { toBlocks } from "../../../../src/slack/markdown/blocks.ts";
import { toMrkdwn } from "../../../../src/slack/markdown/mrkdwn.ts";
import { SafeMarkdownStream, safeMarkdown } from "../../../../src/slack/markdown/safe.ts";

describe("toMrkdwn", () => {
  it.for([
    ["**bold** and *it* and ~~gone~~ and `a<b`", "*bold* and _it_ and ~gone~ and `a&lt;b`"],
    ["# Calls of **Monday**", "*Calls of Monday*"],
    ["[Acme | call](https://g.example/c?a=1&b=2)", "<https://g.example/c?a=1&amp;b=2|Acme ¦ call>"],
    ["https://g.example/1", "<https://g.example/1>"],
    ["[x](javascript:alert)", "x"],
    ["- one\n- two\n  - inner\n\n3. three", "• one\n• two\n    • inner\n\n3. three"],
    ["> said **so**", "> said *so*"],
    ["A & B < C &amp; <!channel> <@U123>", "A &amp; B &lt; C &amp; &lt;!channel&gt; &lt;@U123&gt;"],
    ["```ts\nif (a < b && c) {}\n```", "```\nif (a &lt; b &amp;&amp; c) {}\n```"],
    ["- [x] done\n- [ ] open", "• ☑ done\n• ☐ open"],
    ["| a | b |\n|---|---|\n| 1 | **two** |", "```\na  b\n1  two\n```"],
    ["a  \nb", "a\nb"],
    ["---", "———"],
  ])("%j", ([markdown, expected]) => {
    expect(toMrkdwn(markdown ?? "")).toBe(expected);
  });
});

describe("Markdown made to break its reader", () => {
  const table = "\n\n| a |\n|---|\n| 1 |";
  it.for([
    ["quotes", ">".repeat(3_000)],
    ["quotes with words", `${"> ".repeat(3_000)}end`],
    ["lists", `${"- ".repeat(3_000)}end`],
    ["numbers", `${"1. ".repeat(3_000)}end`],
    ["quotes and lists", `${"> - ".repeat(3_000)}end`],
    ["deeper quotes line by line", Array.from({ length: 150 }, (_, n) => `${">".repeat(n)} x`).join("\n")],
    ["deeper lists line by line", Array.from({ length: 100 }, (_, n) => `${"  ".repeat(n)}- x`).join("\n")],
    ["stars", `${"*".repeat(20_000)}<!here>${"*".repeat(20_000)}`],
    ["brackets", `${"[".repeat(6_000)}${"](u)".repeat(6_000)}`],
  ] as const)("shows %s", ([, text]) => {
    expect(toMrkdwn(text)).not.toMatch(/<!|(?:> ?){22}/);
    expect(toBlocks(`${text}${table}`, { mayUseTable: true }).length).toBeGreaterThan(0);
    expect(toMrkdwn(`${text} ${table}`)).toContain(text.includes("end") ? "end" : "");
  });
});

describe("toBlocks", () => {
  const table = "| Deal | Amount |\n|:--|--:|\n| [Acme](https://h.example/1) | **9** |\n| B |  |";

  it("makes a table block of the first table, with links and weight, and leaves the rest Markdown", () => {
    const blocks = toBlocks(`Before\n\n${table}\n\nAfter\n\n${table}\n`, { mayUseTable: true });
    expect(blocks.map((block) => block.type)).toEqual(["markdown", "table", "markdown"]);
    expect(blocks[1]).toMatchObject({
      column_settings: [{ align: "left" }, { align: "right" }],
      rows: [
        [
          { type: "raw_text", text: "Deal" },
          { type: "raw_text", text: "Amount" },
        ],
        [
          { type: "rich_text", elements: [{ elements: [{ type: "link", url: "https://h.example/1", text: "Acme" }] }] },
          { type: "rich_text", elements: [{ elements: [{ type: "text", text: "9", style: { bold: true } }] }] },
        ],
        [{ text: "B" }, { text: " " }],
      ],
    });
    expect(blocks[2]).toMatchObject({ text: `After\n\n${table}` });
  });

  it("leaves tables that Slack would refuse as they are", () => {
    const rows = Array.from({ length: 100 }, (_, n) => `| ${n} | x |`).join("\n");
    expect(toBlocks(`| a | b |\n|---|---|\n${rows}`, { mayUseTable: true })).toMatchObject([{ type: "markdown" }]);
    const wide = (cell: string): string => `|${`${cell}|`.repeat(21)}`;
    expect(toBlocks(`${wide("a")}\n${wide("-")}\n${wide("1")}`, { mayUseTable: true })).toMatchObject([
      { type: "markdown" },
    ]);
  });
});

describe("safe Markdown", () => {
  const hostile =
    "Hi <!channel>, <!here>, <!subteam^S1|x>, <@U123ABC>, <@U999ZZZ>, <#C123>, <http://a.example|b>, a < b, <!-- c -->";
  const mayMention = new Set(["U999ZZZ"]);

  it("breaks what would call people and leaves the rest", () => {
    const text = safeMarkdown(hostile, mayMention);
    expect(text).not.toMatch(/<!(channel|here|subteam)|<@U123|<#C/);
    expect(text).toContain("<@U999ZZZ>");
    expect(text).toContain("<http://a.example|b>, a < b, <!-- c -->");
    expect(safeMarkdown("a\u0000b\u202Ec\td\n")).toBe("abc\td\n");
  });

  it.for([1, 2, 3, 5, 8, 13])("gives the same in pieces of %i", (size) => {
    const stream = new SafeMarkdownStream(mayMention);
    let text = "";
    for (let at = 0; at < hostile.length; at += size) text += stream.push(hostile.slice(at, at + size));
    expect(text + stream.flush()).toBe(safeMarkdown(hostile, mayMention));
  });

  it.for([
    [["<\u202a", "!channel> hi"], "<\u200b!channel> hi"],
    [["<!chan\u0007", "nel>"], "<\u200b!channel>"],
    [["<@U\u202a", "0123ABC>"], "<\u200b@U0123ABC>"],
  ] as const)("is not deceived by what it takes out of %j", ([pieces, expected]) => {
    expect(inPieces(pieces)).toBe(expected);
  });

  it("gives the same for every way to cut a text, and lets no sequence through", () => {
    const parts = ["channel", "here", "U999ZZZ", "<!", "<@U", "<#C"];
    parts.push(..."<!@#U01>|[](\n\t \u0007\u202a\u2066\u0085".split(""));
    const random = numbers(7);
    for (let round = 0; round < 1_000; round++) {
      const text = Array.from({ length: 2 + random(12) }, () => parts[random(parts.length)]).join("");
      const whole = safeMarkdown(text, mayMention);
      expect(whole.replaceAll("<@U999ZZZ", "")).not.toMatch(/<(!(channel|here)|@[UWB][A-Z0-9]|#[CGD][A-Z0-9])/i);
      for (let cut = 0; cut <= text.length; cut++)
        expect(inPieces([text.slice(0, cut), text.slice(cut)]), JSON.stringify([text, cut])).toBe(whole);
      expect(inPieces(text.split("")), JSON.stringify(text)).toBe(whole);
    }
  });

  function inPieces(pieces: readonly string[]): string {
    const stream = new SafeMarkdownStream(mayMention);
    return pieces.map((piece) => stream.push(piece)).join("") + stream.flush();
  }

  /** Whole numbers below a limit, the same ones in every run (a linear congruential generator). */
  function numbers(seed: number): (limit: number) => number {
    let state = seed;
    return (limit) => {
      state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
      return Math.floor((state / 2 ** 32) * limit);
    };
  }
});
