import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDownload } from "../../../../src/slack/files/download.ts";
import { kindOf } from "../../../../src/slack/files/kind.ts";
import { createPdfReader, pdfWords } from "../../../../src/slack/files/pdf.ts";
import { linesOf, pdfBomb, pdfOf } from "../../../support/pdf.ts";

const never = new AbortController().signal;
const bytesOf = (content: string | Buffer) => new Uint8Array(Buffer.from(content));

describe("what a file is", () => {
  it.each([
    ["%PDF-1.7\n...", { kind: "pdf" }],
    ["a,b\n1,2\n", { kind: "text", encoding: "utf-8" }],
    ["Größe, naïve, 日本", { kind: "text", encoding: "utf-8" }],
    [Buffer.from("Gr\xF6\xDFe;1", "latin1"), { kind: "text", encoding: "windows-1252" }],
    [Buffer.from("\uFEFFa,b", "utf16le"), { kind: "text", encoding: "utf-16le" }],
    [Buffer.from("PK\x03\x04\x00\x00"), { kind: "other", words: expect.stringContaining("Office") }],
    [Buffer.from("89504e470d0a1a0a0000", "hex"), { kind: "other", words: "a picture" }],
    [Buffer.from([0, 1, 2]), { kind: "other", words: "neither text nor a PDF" }],
  ])("%s is told by its bytes", (content, expected) => {
    expect(kindOf(bytesOf(content))).toEqual(expected);
  });
});

describe("a PDF", () => {
  it("is read page after page", async () => {
    const file = pdfOf([linesOf("Rollout in May", "Price (net): 80,000"), linesOf("Signed by Dana")]);
    const text = await createPdfReader()(bytesOf(file), never);
    expect(text).toBe("[Page 1]\nRollout in May\nPrice (net): 80,000\n\n[Page 2]\nSigned by Dana");
  });

  it("is cut where it is long, and says so", async () => {
    const file = pdfOf(Array.from({ length: 30 }, (_, n) => linesOf(`page ${n}`, "x".repeat(80))));
    const text = await createPdfReader({ mostCharacters: 400 })(bytesOf(file), never);
    expect(text).toMatch(/\[Cut here: page \d of 30 was the last one read.\]$/);
    expect(text.length).toBeLessThan(500);
  });

  it.each([
    ["without text", pdfOf(["0 0 m 10 10 l S"]), "There is no text in this PDF"],
    ["that is damaged", "%PDF-1.4\nnothing of it", pdfWords.broken],
  ])("%s is refused in words", async (_, file, words) => {
    await expect(createPdfReader()(bytesOf(file), never)).rejects.toThrow(words);
  });

  it("that unpacks to more memory than a file may hold is given up", async () => {
    const file = bytesOf(pdfBomb(48));
    expect(file.length).toBeLessThan(512 * 1024);
    await expect(createPdfReader({ memory: 24 * 1024 * 1024 })(file, never)).rejects.toThrow(pdfWords.tooMuch);
  });

  it("that takes longer than a file may is given up", async () => {
    await expect(createPdfReader({ timeMs: 200 })(bytesOf(pdfBomb(16)), never)).rejects.toThrow(pdfWords.tooMuch);
  });

  it("is given up with its question, also while it waits for others", async () => {
    const read = createPdfReader();
    const stop = new AbortController();
    const file = pdfBomb(4);
    const reading = Array.from({ length: 3 }, () => read(bytesOf(file), stop.signal).catch((error) => error));
    stop.abort(new Error("stopped"));
    expect((await Promise.all(reading)).map(String)).toEqual(Array(3).fill("Error: stopped"));
  });
});

describe("a download", () => {
  let server: Server;
  let origin: string;
  const seen: (string | undefined)[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      if (request.url === "/redirect") return response.writeHead(302, { location: `${origin}/file` }).end();
      if (request.url === "/huge") return response.end(Buffer.alloc(3_000));
      if (request.url === "/slow") return response.write("a");
      return response.end("hello");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const download = (path: string, options: { mostBytes?: number; timeoutMs?: number } = {}) =>
    createDownload({ botToken: "xoxb-1", apiUrl: `${origin}/api/`, ...options })(path, never);

  it("comes with the bot's token from where Slack's API is", async () => {
    expect(Buffer.from(await download(`${origin}/file`)).toString()).toBe("hello");
    expect(seen.splice(0)).toEqual(["Bearer xoxb-1"]);
  });

  it.each([
    "https://files.slack.com.evil.example/a",
    "http://files.slack.com/a",
    "https://files.slack.com:8443/a",
    "https://docs.google.com/document/1",
    "file:///etc/passwd",
    "not an address",
  ])("never goes to %s", async (address) => {
    await expect(download(address)).rejects.toThrow("does not lie at Slack");
  });

  it("follows no redirect, and reads neither too much nor too long", async () => {
    await expect(download(`${origin}/redirect`)).rejects.toThrow("Slack did not give the file");
    await expect(download(`${origin}/huge`, { mostBytes: 2_000 })).rejects.toThrow("larger than");
    await expect(download(`${origin}/slow`, { timeoutMs: 100 })).rejects.toThrow("within 0.1 s");
    expect(seen).toHaveLength(3);
  });
});
