import type { Files } from "../agent/ports.ts";
import { createDownload } from "../slack/files/download.ts";
import { createPdfReader } from "../slack/files/pdf.ts";
import { createFiles, type FileReaderOptions } from "../slack/files/read-files.ts";

/** What people drop in a thread, read with the bot's token. */
export function openFiles({
  slack: { botToken, apiUrl },
  ...options
}: Omit<FileReaderOptions, "download" | "readPdf"> & {
  slack: { botToken: string; apiUrl?: string | undefined };
}): Files {
  return createFiles({ ...options, download: createDownload({ botToken, apiUrl }), readPdf: createPdfReader() });
}
