// oxlint-disable unicorn/require-post-message-target-origin -- Slack's chat.postMessage, not a window's
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BOT_TOKEN, MAYA, refusal, SALES, startTestSlack, type StartedSlack } from "../support/slack-stand-in.ts";

let slack: StartedSlack;

beforeAll(async () => {
  slack = await startTestSlack();
});

afterAll(() => slack.close());

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

async function upload(bytes: Uint8Array = png, filename = "chart.png"): Promise<string> {
  const client = slack.client();
  const { upload_url: url, file_id: id } = await client.files.getUploadURLExternal({ filename, length: bytes.length });
  const sent = await fetch(String(url), { method: "POST", body: Buffer.from(bytes) });
  expect(sent.status).toBe(200);
  await client.files.completeUploadExternal({ files: [{ id: String(id), title: "A chart" }] });
  return String(id);
}

const image = (id: string, more: Record<string, unknown> = {}) => ({
  type: "image" as const,
  alt_text: "Bar chart",
  slack_file: { id },
  ...more,
});

const post = (block: unknown) =>
  slack.client().chat.postMessage({ channel: SALES, text: "x", blocks: [block as never] });

describe("an upload", () => {
  it("in three steps gives a file that Sophia alone sees until a block shows it", async () => {
    const id = await upload();
    const { file } = await slack.client().files.info({ file: id });
    expect(file).toMatchObject({ id, title: "A chart", mimetype: "image/png", size: png.length, channels: [] });
    const posted = await post(image(id, { title: { type: "plain_text", text: "Q4" } }));
    expect(slack.store.message(SALES, String(posted.ts))?.blocks).toMatchObject([
      { type: "image", slack_file: { id } },
    ]);
  });

  it("passes by the SDK's own way as well", async () => {
    const answer = await slack.client().filesUploadV2({ filename: "notes.csv", file: Buffer.from("a,b\n1,2\n") });
    expect(answer.ok).toBe(true);
    expect(slack.store.files.all().find(({ name }) => name === "notes.csv")?.state).toBe("complete");
  });

  it("is refused where its length, its address or its id is wrong", async () => {
    const client = slack.client();
    await expect(refusal(client.files.getUploadURLExternal({ filename: "x.png", length: 0 }))).resolves.toBe(
      "missing_argument",
    );
    const { upload_url: url, file_id: id } = await client.files.getUploadURLExternal({ filename: "x.png", length: 3 });
    expect((await fetch(String(url), { method: "POST", body: "four" })).status).toBe(400);
    const unsent = client.files.completeUploadExternal({ files: [{ id: String(id), title: "x" }] });
    await expect(refusal(unsent)).resolves.toBe("file_not_found");
    expect((await fetch(`${slack.url}/upload/v1/nowhere`, { method: "POST", body: "abc" })).status).toBe(400);
    const alt = client.apiCall("files.getUploadURLExternal", {
      filename: "x.png",
      length: 1,
      alt_txt: "x".repeat(1_001),
    });
    await expect(refusal(alt)).resolves.toBe("alt_txt_too_large");
  });

  it("needs the scope files:write, and looking at it files:read", async () => {
    const narrow = await startTestSlack({ scopes: ["chat:write"] });
    const client = narrow.client();
    const refused = refusal(client.files.getUploadURLExternal({ filename: "x.png", length: 1 }));
    await expect(refused).resolves.toBe("missing_scope");
    await expect(refusal(client.files.info({ file: "F0NOTTHERE1" }))).resolves.toBe("missing_scope");
    await narrow.close();
  });
});

describe("an image block", () => {
  it.each([
    ["without alt_text", () => image("F0NOTTHERE1", { alt_text: undefined }), "missing required field: alt_text"],
    ["with a long alt_text", () => image("F0NOTTHERE1", { alt_text: "x".repeat(2_001) }), "less than 2001 characters"],
    ["of an unknown file", () => image("F0NOTTHERE1"), "invalid slack file [json-pointer:/blocks/0/slack_file]"],
    ["of a made-up id", () => image("chart.png"), "input must match regex pattern"],
    [
      "of two sources",
      () => image("F0NOTTHERE1", { image_url: "https://x.example/y.png" }),
      "exactly one of `image_url`",
    ],
  ])("%s is refused", async (_, block, words) => {
    const refused = (await post(block()).catch((error: unknown) => error)) as { data: { error: string } };
    expect(refused.data.error).toBe("invalid_blocks");
    expect(JSON.stringify(refused.data)).toContain(words);
  });

  it("of a file that is no image, or that Slack has not looked at yet, is refused", async () => {
    const text = await upload(Buffer.from("hello"), "notes.txt");
    await expect(refusal(post(image(text)))).resolves.toBe("invalid_blocks");
    slack.store.files.processing = 2;
    const id = await upload();
    slack.store.files.processing = 0;
    await expect(refusal(post(image(id)))).resolves.toBe("invalid_blocks");
    const look = async () => (await slack.client().files.info({ file: id })).file?.mimetype;
    expect([await look(), await look(), await look()]).toEqual(["", "", "image/png"]);
    expect((await post(image(id))).ok).toBe(true);
  });
});

describe("a file that a person drops", () => {
  it("comes with their message, and is fetched with the bot's token alone", async () => {
    const files = [{ name: "deals.csv", content: "name,amount\nAcme,80000\n" }];
    const { ts, events } = slack.store.send({ user: MAYA, channel: SALES, text: "what is in this?", files });
    const event = events.find(({ event: { type } }) => type === "message")?.event;
    expect(event).toMatchObject({ subtype: "file_share", files: [{ name: "deals.csv", mimetype: "text/csv" }] });
    expect(slack.store.message(SALES, ts)?.files).toMatchObject([{ name: "deals.csv" }]);
    const { id, url_private: url } = (event!["files"] as { id: string; url_private: string }[])[0]!;
    const fetched = await fetch(url, { headers: { authorization: `Bearer ${BOT_TOKEN}` } });
    expect(await fetched.text()).toBe("name,amount\nAcme,80000\n");
    const stranger = await fetch(url, { redirect: "manual" });
    expect(stranger.status).toBe(302);
    slack.store.files.remove(id);
    await expect(refusal(slack.client().files.info({ file: id }))).resolves.toBe("file_deleted");
    expect((await fetch(url, { headers: { authorization: `Bearer ${BOT_TOKEN}` } })).status).toBe(404);
  });
});

describe("a forwarded message", () => {
  const attached = async (of: { ts: string; channel: string }): Promise<Record<string, unknown> | undefined> => {
    const { ts } = slack.store.send({ user: "maya", channel: "sales", text: "", shared: of });
    const { messages } = await slack
      .client()
      .conversations.history({ channel: SALES, latest: ts, inclusive: true, limit: 1 });
    return messages?.[0]?.attachments?.[0] as Record<string, unknown> | undefined;
  };

  it("is attached with its blocks and files", async () => {
    const files = [{ name: "terms.csv", content: "a,b" }];
    const sent = slack.store.send({ user: "maya", channel: "sales", text: "terms", files });
    const blocks = [expect.objectContaining({ type: "rich_text" })];
    expect(await attached(sent)).toMatchObject({
      is_share: true,
      text: "terms",
      message_blocks: [{ channel: SALES, ts: sent.ts, message: { blocks } }],
      files: [{ name: "terms.csv", filetype: "csv" }],
    });
  });

  it("of an app that only its blocks make has no text and no preview", async () => {
    const blocks = [{ type: "header", text: { type: "plain_text", text: "Deal won" } }];
    const attachment = await attached(slack.store.sendAsBot({ name: "CRM", channel: "sales", text: "", blocks }));
    expect(attachment).toMatchObject({
      author_name: "CRM",
      fallback: "[no preview available]",
      message_blocks: [{ message: { blocks } }],
    });
    expect(attachment).not.toHaveProperty("text");
  });
});
