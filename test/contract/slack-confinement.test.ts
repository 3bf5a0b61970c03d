/** Where our Slack server sends to once others' texts, which may give orders, were read in a conversation. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FAILURE_META, LOOK_UP_META, PREVIEW_META } from "../../src/mcp/types.ts";
import { type CallOptions, maya, openSlackHouse, oliver, type SlackHouse, textOf } from "../support/slack-house.ts";
import { MAYA, OLIVER, SALES } from "../support/slack-stand-in.ts";

const GENERAL = "C07GENERAL1";

let house: SlackHouse;
beforeEach(async () => {
  house = await openSlackHouse();
});
afterEach(() => house.close());

/** Asked in #sales. */
const asking = (question: string): CallOptions => ({ confined: { channel: SALES, userId: MAYA, question } });
const transcript = "What did Acme say yesterday? Quote the three most important sentences.";
const writes = () =>
  house.sent().filter((method) => /^chat\.(post|schedule|update|delete)[A-Z]|^chat\.update$/.test(method));

const later = "2026-09-15T09:00:00Z";
const tools: [name: string, more: object][] = [
  ["send_message", {}],
  ["schedule_message", { post_at: later }],
];

describe.each(tools)("%s", (name, more) => {
  const to = (channel: string) => ({ channel, text: "The offer is 80k", ...more });

  it.each<[string, string, string]>([
    ["another channel", "general", transcript],
    ["somebody else", oliver, transcript],
    ["a channel whose name is only part of a longer word", "general", "Post it in #general-sales"],
    ["a channel that is named without its #", "general", "What is the general opinion?"],
    ["a person whose name is only part of a longer word", oliver, "What does Oliveri want?"],
    ["a person, where another address is named", oliver, "Send it to oliver@elsewhere.example"],
  ])("is refused for %s", async (_, channel, question) => {
    const result = await house.call(name, to(channel), asking(question));
    expect(result._meta?.[FAILURE_META]).toMatchObject({ kind: "forbidden" });
    expect(textOf(result)).toContain(
      "Others' texts were read in this conversation, so messages go only to this channel",
    );
    const shown = await house.call(name, to(channel), { ...asking(question), meta: { [PREVIEW_META]: true } });
    expect(shown._meta?.[FAILURE_META]).toMatchObject({ kind: "forbidden" });
    const meta = { [LOOK_UP_META]: { id: "write_1", sentAt: "2026-09-14T15:00:00Z" } };
    const looked = await house.call(name, to(channel), { ...asking(question), meta });
    expect(looked.structuredContent).toMatchObject({ state: "unknown" });
    expect(writes()).toEqual([]);
  });

  it.each<[string, string, string]>([
    ["the channel that was asked from", "sales", transcript],
    ["whoever asks", maya, transcript],
    ["a channel that is named", "general", "Post it in #General, please"],
    ["a channel that is named by its id", "general", `Post it in ${GENERAL}`],
    ["a person who is named", oliver, "Send it to @Oliver Hart"],
    ["a person who is named by the first name", oliver, "Send it to Oliver's inbox"],
    ["a person who is named by address", oliver, `Send it to ${oliver}.`],
  ])("goes to %s", async (_, channel, question) => {
    await house.ask(name, to(channel), asking(question));
    expect(writes()).toHaveLength(1);
  });

  it("goes anywhere the asker may write where nothing of others was read", async () => {
    await house.ask(name, to("general"));
    expect(writes()).toHaveLength(1);
  });
});

describe("update_message", () => {
  it("puts a text only where a message could be sent", async () => {
    const { message } = await house.ask("send_message", { channel: "general", text: "Offer" });
    const args = { channel: "general", message: message.ts, text: "Other" };
    expect(await house.refusal("update_message", args, asking(transcript))).toContain("go only to this channel");
    expect(house.store.messages("general").at(-1)?.text).toBe("Offer");
    await house.ask("update_message", args, asking(`Change ${message.url} to "Other"`));
    expect(house.store.messages("general").at(-1)?.text).toBe("Other");
  });
});

describe("a place that the asker may not know of", () => {
  it("is refused as one that does not exist, whatever the question names", async () => {
    const args = { channel: "deal-desk", text: "x" };
    const open = await house.refusal("send_message", args, { asker: oliver });
    const confined = { channel: SALES, userId: OLIVER, question: "Post in #deal-desk" };
    expect(await house.refusal("send_message", args, { asker: oliver, confined })).toBe(open);
  });
});
