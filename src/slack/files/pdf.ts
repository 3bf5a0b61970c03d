import { Worker } from "node:worker_threads";
import { UserError } from "../../core/errors.ts";
import type { PdfAnswer, PdfRequest } from "./pdf-worker.ts";

export interface PdfLimits {
  mostCharacters: number;
  /** Milliseconds for one file. */
  timeMs: number;
  /** Bytes that the reading of one file may hold, buffers included. */
  memory: number;
}

const defaultLimits: PdfLimits = { mostCharacters: 100_000, timeMs: 8_000, memory: 256 * 1024 * 1024 };
/** Milliseconds between two looks at what a thread holds: V8's own limits leave out buffers, which is where a bomb unpacks. */
const lookEveryMs = 50;
const mostAtOnce = 2;

export const pdfWords = {
  protected: "This PDF is protected by a password, so it cannot be read. Ask for one without.",
  broken: "This PDF is damaged or is none, so it cannot be read. Ask for another copy.",
  tooMuch: "This PDF takes more time or memory to read than a file may. Ask for a shorter one, or for its text.",
} as const;

/**
 * Reads the text of PDFs, page after page, each in a thread of its own: with pdf.js, 1.7 MB of code that is loaded there
 * and nowhere else. The files are hostile: a small one can unpack to gigabytes. Throws a UserError in words for the person.
 */
export function createPdfReader(given: Partial<PdfLimits> = {}) {
  const limits = { ...defaultLimits, ...given };
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<string> => {
    // Whoever ends hands their place on.
    if (running >= mostAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      signal.throwIfAborted();
      return inWords(await readApart(bytes, limits, signal), limits);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

function inWords(answer: PdfAnswer, { mostCharacters }: PdfLimits): string {
  if (answer.kind === "protected") throw new UserError(pdfWords.protected);
  if (answer.kind === "broken") throw new UserError(pdfWords.broken);
  const { text, pages, read } = answer;
  if (text.replaceAll(/\[Page \d+\]/g, "").trim() === "")
    throw new UserError("There is no text in this PDF: its pages are pictures, which cannot be read here.");
  const isWhole = read === pages && text.length <= mostCharacters;
  return isWhole
    ? text
    : `${text.slice(0, mostCharacters)}\n[Cut here: page ${read} of ${pages} was the last one read.]`;
}

async function readApart(
  bytes: Uint8Array<ArrayBuffer>,
  { mostCharacters, timeMs, memory }: PdfLimits,
  signal: AbortSignal,
): Promise<PdfAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<PdfAnswer>();
  const worker = new Worker(new URL("pdf-worker.ts", import.meta.url), {
    workerData: { bytes, mostCharacters } satisfies PdfRequest,
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(memory / 1024 / 1024) },
    // Nothing of ours is in there to be had.
    env: {},
    execArgv: [],
  });
  const tooMuch = (): void => reject(new UserError(pdfWords.tooMuch));
  const onAbort = (): void => reject(signal.reason as Error);
  worker.once("message", resolve);
  worker.once("error", (error: Error & { code?: string }) =>
    error.code === "ERR_WORKER_OUT_OF_MEMORY" ? tooMuch() : reject(error),
  );
  worker.once("exit", () => resolve({ kind: "broken", reason: "the thread ended without an answer" }));
  signal.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(tooMuch, timeMs);
  const look = setInterval(() => void overfull(worker, memory).then((isSo) => isSo && tooMuch()), lookEveryMs);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    clearInterval(look);
    signal.removeEventListener("abort", onAbort);
    await worker.terminate();
  }
}

async function overfull(worker: Worker, memory: number): Promise<boolean> {
  try {
    const { external_memory: buffers, used_heap_size: heap } = await worker.getHeapStatistics();
    return buffers + heap > memory;
  } catch {
    // It has ended, or has not begun: then it holds nothing.
    return false;
  }
}
