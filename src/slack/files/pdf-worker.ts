/** Runs in a thread of its own, which `pdf.ts` ends: whoever made the file may have made it to take all time and memory. */
import { parentPort, workerData } from "node:worker_threads";
import { getDocumentProxy } from "unpdf";

export interface PdfRequest {
  bytes: Uint8Array<ArrayBuffer>;
  /** Where it stops to read on. */
  mostCharacters: number;
}

/** `read`: pages whose text is there, of all `pages`. */
export type PdfAnswer =
  | { kind: "text"; text: string; pages: number; read: number }
  | { kind: "protected" }
  | { kind: "broken"; reason: string };

async function readPages({ bytes, mostCharacters }: PdfRequest): Promise<PdfAnswer> {
  const document = await getDocumentProxy(bytes, { verbosity: 0 });
  const parts: string[] = [];
  let length = 0;
  let read = 0;
  while (read < document.numPages && length < mostCharacters) {
    read += 1;
    const page = await document.getPage(read);
    const { items } = await page.getTextContent();
    const text = items.map((item) => ("str" in item ? item.str + (item.hasEOL ? "\n" : "") : "")).join("");
    page.cleanup();
    parts.push(`[Page ${read}]\n${text.trim()}`);
    length += text.length;
  }
  return { kind: "text", text: parts.join("\n\n"), pages: document.numPages, read };
}

function refusal(error: unknown): PdfAnswer {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return name === "PasswordException" ? { kind: "protected" } : { kind: "broken", reason: `${name}: ${message}` };
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- between threads there are no origins
parentPort?.postMessage(await readPages(workerData as PdfRequest).catch(refusal));
