import { expect, it } from "vitest";
import {
  addressesSomebodyElse,
  cleanText,
  isStopRequest,
  mentionedUsers,
  unnamedChannels,
} from "../../../src/slack/message-text.ts";

const context = {
  botUserId: "U0BOT",
  names: new Map([
    ["U1", "Maya"],
    ["C1", "sales"],
  ]),
};

it.for([
  ["<@U0BOT> summarize", "summarize"],
  ["<@U0BOT>: <@U0BOT|sophia>, summarize", "summarize"],
  ["what do you say <@U0BOT>", "what do you say"],
  ["<@U0BOT> who leads <@U0BOT|sophia> <@U0BOT> ", "who leads"],
  ["<@U0BOT>", ""],
  ["ask <@U0BOT> or <@U1>, not <@U2>", "ask @Sophia or @Maya, not @U2"],
  ["in <#C1> or <#C2|deals> or <#C3|>", "in #sales or #deals or #C3"],
  ["<!here> <!subteam^S1|@sales> <!date^1^{date}|Monday>", "@here @sales Monday"],
  ["see <https://a.example/x?a=1&amp;b=2|the call>", "see the call (https://a.example/x?a=1&b=2)"],
  ["see <http://a.example|a.example> <https://b.example>", "see http://a.example https://b.example"],
  ["mail <mailto:a@b.example|a@b.example>", "mail a@b.example"],
  ["A &amp; B &lt;@U1&gt; &amp;lt;", "A & B <@U1> &lt;"],
])("cleans %j", ([text, expected]) => {
  expect(cleanText(text ?? "", context)).toBe(expected);
});

it("knows whom a message speaks to", () => {
  expect(addressesSomebodyElse("<@U1> can you", "U0BOT")).toBe(true);
  expect(addressesSomebodyElse(" <!here> lunch", "U0BOT")).toBe(true);
  expect(addressesSomebodyElse("<@U0BOT> can you", "U0BOT")).toBe(false);
  expect(addressesSomebodyElse("what of <@U1>?", "U0BOT")).toBe(false);
});

it("knows a request to stop from a question about stopping", () => {
  for (const text of ["stop", "Stop!", "please stop", "cancel that", "abort."]) expect(isStopRequest(text)).toBe(true);
  for (const text of ["when did the calls stop?", "stop the deal", ""]) expect(isStopRequest(text)).toBe(false);
});

it.for([
  ["mentions that do not end it", `${"<@U0BOT> ".repeat(200)}x${" <@U0BOT>".repeat(200)} y`],
  ["mentions without a space", `x${"<@U0BOT>".repeat(5_000)}y`],
  ["white space", `<@U0BOT>${" ".repeat(40_000)}x${"\n".repeat(40_000)}y`],
  ["half mentions", "<@U1|".repeat(8_000)],
  ["half mentions of Sophia", "<@U0BOT|".repeat(8_000)],
  ["half links", `${"<#C1".repeat(8_000)}${"<".repeat(8_000)}${"&lt;".repeat(8_000)}`],
  ["stops", `please${" ".repeat(20_000)}stop${" .".repeat(20_000)}x`],
] as const)("reads %s in time that grows with the text alone", ([, text]) => {
  const startedAt = performance.now();
  for (const read of [mentionedUsers, unnamedChannels, isStopRequest]) read(text);
  addressesSomebodyElse(text, "U0BOT");
  cleanText(text, context);
  expect(performance.now() - startedAt).toBeLessThan(100);
});
