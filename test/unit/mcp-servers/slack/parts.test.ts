import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { linkInProcess } from "../../../../mcp-servers/shared/serve.ts";
import { advice } from "../../../../mcp-servers/slack/advice.ts";
import type { Message } from "../../../../mcp-servers/slack/answers.ts";
import { readSlackConfig } from "../../../../mcp-servers/slack/config.ts";
import { forwardedIn, idsIn, readableText } from "../../../../mcp-servers/slack/incoming.ts";
import { createSlackServer } from "../../../../mcp-servers/slack/index.ts";
import { messageReference } from "../../../../mcp-servers/slack/messages.ts";
import { mentionsIn, outgoingText } from "../../../../mcp-servers/slack/outgoing.ts";
import { type Person, toPerson } from "../../../../mcp-servers/slack/people.ts";
import { type Place, toPlace } from "../../../../mcp-servers/slack/places.ts";
import { refused } from "../../../../mcp-servers/slack/refusals.ts";
import { type Asker, mayRead, mayWrite, needsMembers, type Verdict } from "../../../../mcp-servers/slack/rule.ts";
import { connectMcp } from "../../../../src/mcp/client.ts";

describe("the tools", () => {
  it("are named as their files, with closed schemas and true hints", async () => {
    const config = readSlackConfig({ SLACK_BOT_TOKEN: "xoxb-1" });
    const link = linkInProcess(createSlackServer(config, { clock: { now: () => 0 } }));
    const client = await connectMcp({ type: "in-process", link }, { name: "test", version: "1" });
    const tools = await client.listTools();
    await client.close();
    const files = readdirSync(new URL("../../../../mcp-servers/slack/tools/", import.meta.url));
    expect(tools.map(({ name }) => `${name}.ts`)).toEqual(files.toSorted());
    for (const { name, annotations, inputSchema, outputSchema } of tools) {
      expect(inputSchema.additionalProperties).toBe(false);
      expect(outputSchema?.additionalProperties).toBe(false);
      const isRead = /^(read|find)_/.test(name);
      expect(annotations).toMatchObject({
        readOnlyHint: isRead,
        destructiveHint: name.startsWith("update_"),
        idempotentHint: isRead || /^(update|add)_/.test(name),
        openWorldHint: true,
      });
    }
    expect(tools).toMatchSnapshot();
  });
});

describe("readSlackConfig", () => {
  it("needs nothing but a token", () => {
    expect(readSlackConfig({ SLACK_BOT_TOKEN: "xoxb-1" })).toEqual({
      botToken: "xoxb-1",
      apiUrl: "https://slack.com/api/",
      readOnly: false,
    });
    const env = { SLACK_BOT_TOKEN: "x", SLACK_API_URL: "http://127.0.0.1:4000/api/", SLACK_READ_ONLY: "true" };
    expect(readSlackConfig(env)).toEqual({ botToken: "x", apiUrl: "http://127.0.0.1:4000/api/", readOnly: true });
  });

  it("says everything that is wrong at once", () => {
    const env = { SLACK_API_URL: "http://slack.example.com/api/", SLACK_READ_ONLY: "yes" };
    for (const words of [/SLACK_BOT_TOKEN is not set/, /https/, /true or false/]) {
      expect(() => readSlackConfig(env)).toThrow(words);
    }
    expect(() => readSlackConfig({ SLACK_BOT_TOKEN: "x", SLACK_API_URL: "https://slack.com" })).toThrow("/api");
    for (const token of ["xoxp-1", "xapp-1"]) {
      expect(() => readSlackConfig({ SLACK_BOT_TOKEN: token })).toThrow("must be a bot token");
    }
  });
});

describe("the rule", () => {
  const person = (standing: Person["standing"]): Person => {
    return { id: "U1", name: "Ada", handle: null, email: null, title: null, timeZone: null, standing };
  };
  const asker = (standing: Person["standing"], audience: Asker["audience"]): Asker => {
    return { person: person(standing), audience };
  };
  const member = asker("member", "private");
  const aloud = asker("member", "channel");
  const guest = asker("guest", "private");

  it.each<[string, Asker | undefined, Place["kind"], boolean, Verdict]>([
    ["a member", member, "public", false, "allowed"],
    ["a member", member, "private", true, "allowed"],
    ["a member", member, "private", false, "hidden"],
    ["a member", member, "group_dm", false, "hidden"],
    ["a member", member, "dm", true, "allowed"],
    ["a member", member, "dm", false, "hidden"],
    ["a member before others", aloud, "public", false, "allowed"],
    ["a member before others", aloud, "private", true, "aloud"],
    ["a member before others", aloud, "private", false, "hidden"],
    ["a member before others", aloud, "group_dm", true, "aloud"],
    ["a member before others", aloud, "dm", true, "aloud"],
    ["a guest", guest, "public", false, "hidden"],
    ["a guest", guest, "public", true, "allowed"],
    ["a guest", guest, "private", true, "allowed"],
    ["a guest before others", asker("guest", "channel"), "private", true, "aloud"],
    ["nobody known", undefined, "public", false, "allowed"],
    ["nobody known", undefined, "private", true, "hidden"],
    ["nobody known", undefined, "dm", true, "hidden"],
    ["nobody known", undefined, "group_dm", true, "hidden"],
  ])("lets %s (%j) read %s, in it: %s, so: %s", (_, who, kind, isMember, verdict) => {
    expect(mayRead(who, { kind }, isMember)).toBe(verdict);
  });

  it.each<[string, Asker, Place["kind"], string | null, boolean, Verdict]>([
    ["a member", member, "public", null, true, "allowed"],
    ["a member", member, "public", null, false, "outsider"],
    ["a member", member, "private", null, true, "allowed"],
    ["a member", member, "private", null, false, "hidden"],
    ["a member", member, "group_dm", null, false, "hidden"],
    ["a member", member, "dm", "U2", false, "allowed"],
    ["a member before others", aloud, "private", null, true, "allowed"],
    ["a guest", guest, "public", null, true, "allowed"],
    ["a guest", guest, "public", null, false, "hidden"],
    ["a guest", guest, "dm", "U2", false, "guest"],
    ["a guest", guest, "dm", "U1", false, "allowed"],
  ])("lets %s (%j) write to %s of %s, in it: %s, so: %s", (_, who, kind, userId, isMember, verdict) => {
    expect(mayWrite(who, { kind, userId }, isMember)).toBe(verdict);
  });

  it("asks who is in a place wherever that decides", () => {
    for (const who of [member, aloud, guest]) {
      for (const kind of ["public", "private", "group_dm"] as const) {
        const decides = mayRead(who, { kind }, true) !== mayRead(who, { kind }, false);
        if (decides) expect(needsMembers(who, { kind }, "read")).toBe(true);
        expect(needsMembers(who, { kind }, "write")).toBe(true);
      }
    }
    expect(needsMembers(member, { kind: "public" }, "read")).toBe(false);
  });

  it("takes for public only what Slack calls so", () => {
    const kindOf = (flags: object) => toPlace({ id: "C1", name: "x", ...flags }).kind;
    expect(kindOf({ is_private: false })).toBe("public");
    for (const flags of [{}, { is_private: true }, { is_private: null }, { is_private: false, is_group: true }]) {
      expect(kindOf(flags)).toBe("private");
    }
    expect(kindOf({ is_im: true })).toBe("dm");
    expect(kindOf({ is_mpim: true, is_private: true })).toBe("group_dm");
  });

  it.each([
    [{ team_id: "T1" }, "member"],
    [{ team_id: "T2" }, "outside"],
    [{}, "outside"],
    [{ team_id: "T1", is_stranger: true }, "outside"],
    [{ team_id: "E1", enterprise_user: { teams: ["T1"] } }, "member"],
    [{ team_id: "T1", is_ultra_restricted: true }, "guest"],
    [{ team_id: "T1", is_restricted: true, deleted: true }, "gone"],
    [{ team_id: "T1", is_bot: true }, "bot"],
    [{ id: "USLACKBOT", team_id: "T1" }, "bot"],
    [{ id: "U0SELF", team_id: "T1" }, "bot"],
  ])("knows %j as %s", (user, standing) => {
    const self = { url: "https://x.slack.com/", team_id: "T1", user_id: "U0SELF", bot_id: "B1" };
    expect(toPerson({ id: "U1", ...user }, self).standing).toBe(standing);
  });
});

describe("outgoingText", () => {
  it.each([
    "<!channel>",
    "<!CHANNEL>",
    "<!here|here>",
    "<!everyone>",
    "<!group>",
    "<!subteam^S012AB3CD>",
    "```\n<!channel>\n```",
    "<\u202E!channel>",
    "<!cha\u0000nnel>",
    "a<\u0085!here>",
    "<!channel",
  ])("refuses %j", (text) => {
    expect(() => outgoingText(text)).toThrow("must not call");
  });

  it.each([
    ["hello <@U1> and <#C1>", "hello <@U1> and <#C1>"],
    ["a@here.com, x.com/@channel, #channel", "a@here.com, x.com/@channel, #channel"],
    ["@channel!", "@\u200Bchannel!"],
    ["(@Everyone)", "(@\u200BEveryone)"],
    ["@channels", "@channels"],
    ["2 < 3 <! done", "2 < 3 <\u200B! done"],
    ["<!date^0^{date}|x>", "<\u200B!date^0^{date}|x>"],
    ["tab\tline\nend", "tab\tline\nend"],
  ])("makes %j into %j", (text, safe) => {
    expect(outgoingText(text)).toBe(safe);
  });

  it("counts each person once", () => {
    expect(mentionsIn("<@U1> <@U2|two> <@U1>")).toEqual(["U1", "U2"]);
    expect(mentionsIn(`<@U1|${"a".repeat(200)}>`)).toEqual(["U1"]);
    expect(() => outgoingText("hello <@S0GROUP|all>")).toThrow("<@S...>");
    expect(outgoingText("<@U1> ".repeat(50))).toHaveLength(300);
  });
});

describe("readableText", () => {
  const names = {
    person: (id: string) => ({ U1: "Ada" })[id],
    channel: (id: string) => ({ C1: "sales" })[id],
  };
  const read = (message: Partial<Message>) => readableText({ ts: "1", ...message }, names);

  it.each([
    ["<@U1> <@U9|bo> <@U9>", "@Ada @bo @U9"],
    ["<#C1> <#C1|> <#C2|random> <#C9>", "#sales #sales #random #private-channel"],
    ["<!here> <!subteam^S1|@sales> <!date^1^{d}|May>", "@here @sales May"],
    [
      "<https://a.example> <https://a.example|a.example> <https://a.example|here>",
      "https://a.example https://a.example here (https://a.example)",
    ],
    ["&lt;@U1&gt; &amp;amp; 1 &lt; 2", "<@U1> &amp; 1 < 2"],
  ])("reads %j as %j", (text, words) => {
    expect(read({ text })).toBe(words);
  });

  it("falls back on attachments and blocks, and cuts what is long", () => {
    expect(read({ text: "", attachments: [{ title: "Deal", text: "50k" }] as never })).toBe("Deal\n50k");
    expect(read({ text: "", blocks: [{ type: "section", text: { type: "mrkdwn", text: "hi <@U1>" } }] })).toBe(
      "hi @Ada",
    );
    const nested = Array.from({ length: 50 }).reduce<object>((inner) => ({ elements: [inner] }), { text: "deep" });
    expect(read({ text: "", blocks: [nested as Record<string, unknown>] })).toBe("");
    expect(read({ text: "x".repeat(5_000) })).toHaveLength(4_000);
    expect(idsIn({ ts: "1", text: "<@U1> <#C1|> <#C2|x>" })).toEqual({ people: ["U1"], channels: ["C1"] });
  });

  it("keeps what was forwarded apart, ten of them, each cut", () => {
    const one = (text: string) => ({ is_share: true, author_id: "U1", text, from_url: "https://a.example" });
    const attachments = [
      one("<#C1> is quiet"),
      { title: "A page", text: "linked" },
      ...Array(12).fill(one("x".repeat(5_000))),
    ];
    const message = { ts: "1", text: "", attachments } as never;
    expect(read(message)).toBe("A page\nlinked");
    const [first, second, ...rest] = forwardedIn(message, names);
    expect(first).toEqual({ author: "Ada", text: "#sales is quiet", files: [], url: "https://a.example" });
    expect(second?.text).toHaveLength(4_000);
    expect(rest).toHaveLength(8);
    expect(idsIn(message).channels).toEqual(["C1"]);
  });

  it("takes time in proportion to the text", () => {
    const started = performance.now();
    for (const part of ["<", "<@U1|", "&lt;", "<!", "@channel ", "<#C1|"]) {
      read({ text: part.repeat(40_000) });
      outgoingText(`x${part.repeat(2_000).replaceAll("<!", "< !")}`);
    }
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe("messageReference", () => {
  const ts = "1763485200.000100";
  it.each([
    ["sales", ts, { channel: "sales", ts, threadTs: undefined }],
    [
      undefined,
      "https://x.slack.com/archives/C07SALES001/p1763485200000100",
      { channel: "C07SALES001", ts, threadTs: undefined },
    ],
    [
      "general",
      "https://x.slack.com/archives/C07SALES001/p1763485200000100?thread_ts=1763485100.000100&cid=C07SALES001",
      { channel: "C07SALES001", ts, threadTs: "1763485100.000100" },
    ],
    [
      undefined,
      "https://x.slack.com/archives/D1/p1763485200000100?thread_ts=nonsense",
      { channel: "D1", ts, threadTs: undefined },
    ],
  ])("reads %s and %s", (channel, text, reference) => {
    expect(messageReference(channel, text, "message")).toEqual(reference);
  });

  it.each(["https://evil.example/archives/C1/p1763485200000100", "1763485200", "p1763485200000100", ""])(
    "refuses %j",
    (text) => {
      expect(() => messageReference("sales", text, "message")).toThrow("message must be a message's ts");
    },
  );
});

describe("Slack's refusals", () => {
  it("are told by their code, and nothing else of the answer", () => {
    expect(refused("chat.postMessage", "restricted_action").message).toContain("do not let Sophia post");
    expect(refused("chat.postMessage", "constructor").message).toBe("Slack refused chat.postMessage: constructor.");
    const response = (error: string, more: object = {}) => ({
      status: 403,
      headers: new Headers(),
      text: JSON.stringify({ ok: false, error, ...more }),
    });
    const scope = advice.recognise?.(response("missing_scope", { needed: "groups:read" }));
    expect(scope?.message).toContain("lacks the scope groups:read");
    expect(advice.recognise?.(response("missing_scope", { needed: "<script>" }))).toBeUndefined();
    expect(advice.recognise?.({ ...response(""), text: "<html>" })).toBeUndefined();
    expect(advice.recognise?.({ ...response("token_revoked"), status: 401 })?.message).toContain("(token_revoked)");
  });
});
