import { describe, expect, it } from "vitest";
import { attachmentWords, blockWords } from "../../../src/core/slack-words.ts";

const rich = (...elements: object[]) => ({ type: "rich_text", elements: [{ type: "rich_text_section", elements }] });
const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text } });
const plain = (text: string) => ({ type: "plain_text", text });

describe("the words of blocks", () => {
  it("are those of rich text as Slack marks them up", () => {
    const words = blockWords([
      rich(
        { type: "text", text: "Ask " },
        { type: "user", user_id: "U1" },
        { type: "text", text: " in " },
        { type: "channel", channel_id: "C1" },
        { type: "text", text: " if 1 < 2 & why: " },
        { type: "link", url: "https://a.example", text: "here" },
        { type: "link", url: "https://b.example" },
        { type: "emoji", name: "tada" },
        { type: "broadcast", range: "here" },
        { type: "usergroup", usergroup_id: "S1" },
        { type: "date", timestamp: 1, format: "{date}", fallback: "4 Dec" },
      ),
    ]);
    const marked = "<https://a.example|here><https://b.example>:tada:<!here><!subteam^S1>4 Dec";
    expect(words).toBe(`Ask <@U1> in <#C1> if 1 &lt; 2 &amp; why: ${marked}`);
  });

  it("stand in a line for each part, without what is there to be pressed", () => {
    const item = (text: string) => ({ type: "rich_text_section", elements: [{ type: "text", text }] });
    const cell = (text: string) => ({ type: "raw_text", text });
    const button = { type: "button", action_id: "a", text: plain("Press"), confirm: { title: plain("Sure?") } };
    const blocks = [
      { type: "header", text: plain("Deal won") },
      { ...section("*Acme*"), fields: [plain("80k"), plain("Maya")], accessory: button },
      {
        type: "context",
        elements: [{ type: "image", image_url: "https://a.example", alt_text: "Logo" }, plain("CRM")],
      },
      { type: "actions", elements: [button] },
      { type: "rich_text", elements: [{ type: "rich_text_list", elements: [item("one"), item("two")] }] },
      {
        type: "table",
        rows: [
          [cell("a"), cell("b")],
          [cell("1"), rich({ type: "text", text: "2" })],
        ],
      },
      { type: "markdown", text: "**bold**" },
      { type: "divider" },
    ];
    expect(blockWords(blocks).split("\n")).toEqual([
      "Deal won",
      "*Acme*",
      "80k",
      "Maya",
      "Logo",
      "CRM",
      "one",
      "two",
      "a | b",
      "1 | 2",
      "**bold**",
    ]);
  });

  it("are nothing where there are none, and end somewhere", () => {
    for (const none of [undefined, null, "text", 5, [], [null], { type: "divider" }]) expect(blockWords(none)).toBe("");
    const nested = Array.from({ length: 50 }).reduce<object>((inner) => ({ elements: [inner] }), { text: "deep" });
    expect(blockWords([nested])).toBe("");
  });
});

describe("the words of an attachment", () => {
  const lots = (...blocks: object[]) => [{ team: "T1", channel: "C1", ts: "1.0", message: { blocks } }];

  it.each([
    ["its text, once", { text: "Hi", message_blocks: lots(rich({ type: "text", text: "Hi" })) }, "Hi"],
    [
      "its blocks, where it has no text",
      { fallback: "[no preview available]", message_blocks: lots(section("Won")) },
      "Won",
    ],
    [
      "an app's text and blocks",
      { text: "New deal", message_blocks: lots(section("Acme, 80k")) },
      "New deal\nAcme, 80k",
    ],
    ["an app's text that its blocks hold", { text: "Acme", message_blocks: lots(section("Acme, 80k")) }, "Acme, 80k"],
    ["an app's own blocks", { fallback: "[no preview available]", blocks: [section("Build failed")] }, "Build failed"],
    [
      "title, text and fields",
      { title: "Deal", text: "50k", fields: [{ title: "Owner", value: "Maya" }, {}] },
      "Deal\n50k\nOwner: Maya",
    ],
    [
      "attachments of what was forwarded",
      { fallback: "[no preview available]", attachments: [{ text: "Alert" }] },
      "Alert",
    ],
    ["its fallback", { text: " ", fallback: "Build failed" }, "Build failed"],
    ["nothing", { fallback: "[no preview available]" }, ""],
    [
      "nothing where a field is of another kind",
      { text: 5, title: {}, message_blocks: "x", fields: {}, fallback: null },
      "",
    ],
  ])("are %s", (_, attachment, words) => {
    expect(attachmentWords(attachment)).toBe(words);
  });

  it("end somewhere", () => {
    const nested = Array.from({ length: 50 }).reduce<object>((inner) => ({ attachments: [inner] }), { text: "deep" });
    expect(attachmentWords(nested)).toBe("");
  });
});
