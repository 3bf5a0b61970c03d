import { filesIn } from "../agent/context.ts";
import type { Files, QuestionFile, Step } from "../agent/ports.ts";
import { createDownload } from "../slack/files/download.ts";
import { createPdfReader } from "../slack/files/pdf.ts";
import { createFiles, type FileReaderOptions } from "../slack/files/read-files.ts";
import { createThreadFiles, type ThreadFiles, type ThreadFilesOptions } from "../slack/files/thread-files.ts";

/** What people drop in a thread, read with the bot's token. */
export function openFiles({
  slack: { botToken, apiUrl },
  ...options
}: Omit<FileReaderOptions, "download" | "readPdf"> & {
  slack: { botToken: string; apiUrl?: string | undefined };
}): Files {
  return createFiles({ ...options, download: createDownload({ botToken, apiUrl }), readPdf: createPdfReader() });
}

/** The files that a turn's question brings: looked up once, and then as its question was recorded, so that each attempt has the same. */
export function openQuestionFiles(options: ThreadFilesOptions) {
  const lookUp = createThreadFiles(options);
  return async (
    turn: Parameters<ThreadFiles>[0],
    [first]: readonly Step[],
    signal: AbortSignal,
  ): Promise<readonly QuestionFile[]> => (first?.kind === "question" ? filesIn(first) : lookUp(turn, signal));
}
