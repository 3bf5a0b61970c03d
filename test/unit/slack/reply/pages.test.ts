import { expect, it } from "vitest";
import { feedbackBlock, renderPage } from "../../../../src/slack/reply/render.ts";
import { Pages } from "../../../../src/slack/reply/pages.ts";

function generator(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

const words = [
  "price",
  "Zürich",
  "合同",
  "deal 🚀",
  "**bold**",
  "`code`",
  "[Acme](https://gong.example/c/1)",
  "a_b",
  "<x>",
];

/** Markdown of all kinds, in which every line has a number of its own. */
function randomMarkdown(random: (most: number) => number, blocks: number): string {
  let line = 0;
  const sentence = (): string =>
    `n${line++} ${Array.from({ length: 1 + random(40) }, () => words[random(words.length)]).join(" ")}.`;
  const lines = (make: () => string): string => Array.from({ length: 1 + random(60) }, make).join("\n");
  const kinds = [
    () => sentence(),
    () => `## ${sentence()}`,
    () => lines(() => `- ${sentence()}`),
    () => `\`\`\`py\n${lines(() => `n${line++} = ${random(1000)}`)}\n\`\`\``,
    () => `| a | b |\n|---|---|\n${lines(() => `| n${line++} | ${random(99)} |`)}`,
    () => `> ${sentence()}`,
    () => "x".repeat(random(30_000)),
  ];
  return Array.from({ length: blocks }, () => (kinds[random(20) === 0 ? 6 : random(6)] ?? sentence)()).join("\n\n");
}

function textOf(pages: Pages): string[] {
  return pages.list.map((page) =>
    page
      .content()
      .flatMap((chunk) => (chunk.type === "markdown_text" ? chunk.text : []))
      .join(""),
  );
}

it.for(Array.from({ length: 60 }, (_, seed) => seed))(
  "keeps the limits and loses nothing, however text comes (seed %i)",
  (seed) => {
    const random = generator(seed);
    const markdown = randomMarkdown(random, 20 + random(30));
    const whole = new Pages();
    whole.write(markdown);
    const pieces = new Pages();
    for (let at = 0; at < markdown.length; ) {
      const next = at + 1 + random(500);
      pieces.write(markdown.slice(at, next));
      at = next;
    }
    const texts = textOf(whole);
    expect(textOf(pieces).join("").replace(/\s/g, "")).toBe(texts.join("").replace(/\s/g, ""));
    // Fences that were closed and opened again, and table heads that were repeated, are the only additions.
    const numbers = (text: string): string[] => text.match(/\bn\d+\b/g) ?? [];
    expect(numbers(texts.join("\n"))).toEqual(numbers(markdown));
    expect(texts.join("").match(/x/g)?.length).toBe(markdown.match(/x/g)?.length);
    for (const text of texts) {
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(11_500);
      expect((text.match(/^```/gm)?.length ?? 0) % 2).toBe(0);
    }
    for (const page of whole.list) {
      const { blocks, text } = renderPage(page.content(), [feedbackBlock()]);
      expect(blocks.length).toBeLessThanOrEqual(50);
      const markdownLength = blocks.reduce(
        (sum, block) => sum + (block.type === "markdown" ? block.text.length : 0),
        0,
      );
      expect(markdownLength).toBeLessThanOrEqual(12_000);
      expect(JSON.stringify(blocks.filter((block) => block.type === "table")).length).toBeLessThan(200_000);
      expect(numbers(text).length).toBe(numbers(textOf({ list: [page] } as unknown as Pages).join("")).length);
    }
  },
);

it("keeps cards and text in order and cards few enough for one message", () => {
  const pages = new Pages();
  for (let n = 0; n < 60; n++) {
    pages.place({ id: `t${n}`, title: `Reading call ${n}`, status: "in_progress" });
    pages.write(`Found ${n}. `);
    pages.place({ id: `t${n}`, title: `Reading call ${n}`, status: "complete", output: "done" });
  }
  const all = pages.list.flatMap((page) => page.content());
  expect(all.flatMap((chunk) => (chunk.type === "task_update" ? chunk.id : []))).toEqual(
    Array.from({ length: 60 }, (_, n) => `t${n}`),
  );
  expect(textOf(pages).join("")).toBe(Array.from({ length: 60 }, (_, n) => `Found ${n}. `).join(""));
  for (const page of pages.list) {
    const cards = page.content().filter((chunk) => chunk.type === "task_update");
    expect(cards.length).toBeLessThanOrEqual(25);
  }
});

it("says nothing of its own on a page whose words are on their way to Slack", () => {
  const pages = new Pages();
  pages.place({ id: "t1", title: "Looking up deals", status: "complete" });
  pages.write("I would move the deal.");
  const batch = pages.list[0]?.take() ?? [];
  pages.seal();
  pages.list[0]?.confirm(batch);
  expect(textOf(pages)).toEqual(["I would move the deal."]);
});

it("says something in words on a page that is full of cards, and only there", () => {
  const pages = new Pages();
  for (let n = 0; n < 12; n++) pages.place({ id: `t${n}`, title: `Reading call ${n}`, status: "complete" });
  pages.write("Found.");
  expect(pages.list).toHaveLength(2);
  expect(textOf(pages)).toEqual(["_More below._", "Found."]);
});

it.for(["[", "[ ", "[a](b ", "x] "])(
  "cuts 200,000 characters of %j, however small they come, without looking at them again and again",
  (part) => {
    const pages = new Pages();
    const text = part.repeat(200_000 / part.length);
    const cpu = process.cpuUsage();
    for (let at = 0; at < text.length; at += 5) pages.write(text.slice(at, at + 5));
    const { user } = process.cpuUsage(cpu);
    expect(textOf(pages).join("")).toBe(text);
    expect(user / 1_000).toBeLessThan(4_000);
  },
);
