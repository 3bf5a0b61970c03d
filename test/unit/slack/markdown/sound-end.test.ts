import { expect, it } from "vitest";
import { soundEnd } from "../../../../src/slack/markdown/sound-end.ts";

const cut = (text: string): string => {
  const { at, close } = soundEnd(text);
  return text.slice(0, at) + close;
};

it.for([
  ["", ""],
  ["All is said.", "All is said."],
  ["A line.\n", "A line.\n"],
  ["Thinking about it. ", "Thinking about it. "],
  ["Jack Nguyen: “W", "Jack Nguyen: "],
  ["He said that the pri", "He said that the "],
  ["They pay $48,0", "They pay "],
  ["It costs 3.", "It costs "],
  ["Two calls:\n\n- **[Southern Cross Property: …](https://us-12345.app.gong.io/call?id=1625", "Two calls:\n\n"],
  ["They agreed ([at 18:21](https://us-12345.app", "They agreed "],
  ["They agreed ([at 18:21](https://g.example/1)", "They agreed ([at 18:21](https://g.example/1)"],
  ["See [the call](https://g.example/1) and [the", "See [the call](https://g.example/1) and "],
  ["See https://us-12345.app.gong.io/call?id=16", "See "],
  ["See <https://us-12345.app.gong.io/call", "See "],
  ["First.\n**The price is hi", "First.\n"],
  ["It is **important** and *ver", "It is **important** and "],
  ["Use `npm ru", "Use "],
  ["Use `a*b` and snake_case now.", "Use `a*b` and snake_case now."],
  ["- one\n- ", "- one\n"],
  ["- one\n2. **", "- one\n"],
  ["Text.\n\n## ", "Text.\n\n"],
  ["Code:\n```ts\nlet a = 1;\nlet b", "Code:\n```ts\nlet a = 1;\n```"],
  ["Code:\n```ts\nlet", "Code:\n"],
  ["Code:\n```ts\nlet a = 1;\n```\nDone wi", "Code:\n```ts\nlet a = 1;\n```\nDone "],
  ["Deals:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 |", "Deals:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"],
  ["Deals:\n\n| a | b |\n|--", "Deals:\n\n"],
  ["Deals:\n\n| a |", "Deals:\n\n"],
  ["价格".repeat(30), "价格".repeat(30)],
] as const)("cuts %j back to %j", ([text, expected]) => {
  expect(cut(text)).toBe(expected);
});

it("leaves a beginning of the text, and no more to cut in it, wherever the text breaks off", () => {
  const whole =
    "## Calls\n\n**[Acme](https://g.example/c?a=1)** said *yes* (at [18:21](https://g.example/c?at=5)).\n\n" +
    "| a | b |\n|---|---|\n| `1` | 2 |\n\n```ts\nconst a = [1];\n```\n- one _two_ ~~three~~ [x]\n> said “so”.\n";
  for (let at = 0; at <= whole.length; at++) {
    const { at: end, close } = soundEnd(whole.slice(0, at));
    const kept = whole.slice(0, end);
    expect(whole.slice(0, at).startsWith(kept)).toBe(true);
    expect(soundEnd(kept), JSON.stringify(kept)).toEqual({ at: kept.length, close });
  }
});
