import type { Files, QuestionFile, ToolResult } from "../../agent/ports.ts";
import type { Clock } from "../../core/clock.ts";
import { safeMessage, SophiaError, UserError } from "../../core/errors.ts";
import type { AuditSink } from "../../observability/audit.ts";
import type { Logger } from "../../observability/log.ts";
import { type SlackClient, slackError } from "../client.ts";
import { type Download, tooLarge } from "./download.ts";
import { kindOf } from "./kind.ts";

export interface FileReaderOptions {
  client: SlackClient;
  download: Download;
  readPdf: (bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal) => Promise<string>;
  audit: Pick<AuditSink, "append">;
  clock: Clock;
  logger: Logger;
}

const mostBytes = 5 * 1024 * 1024;
const mostCharacters = 100_000;

/** As `files.info` tells of one. */
interface SlackFile {
  name?: string;
  size?: number;
  mode?: string;
  url_private?: string;
}

/** Reads what people dropped in a thread: text, CSV and PDF, told apart by their bytes. */
export function createFiles(options: FileReaderOptions): Files {
  const { audit, clock, logger } = options;
  return {
    read: async (file, caller, signal) => {
      const startedAt = clock.now();
      const ended = (outcome: "ok" | "tool_error"): void => {
        const { turnId, userId, agent } = caller;
        const durationMs = clock.now() - startedAt;
        const at = new Date(clock.now());
        const asked = { arguments: { file_id: file.id }, turnId, userId, agent, durationMs };
        audit.append({ kind: "call", outcome, at, client: "sophia", tool: "sophia__read_file", ...asked });
      };
      try {
        const result = await readFile(file, options, signal);
        ended("ok");
        return result;
      } catch (error) {
        signal.throwIfAborted();
        ended("tool_error");
        if (!(error instanceof UserError)) logger.warn({ err: error, fileId: file.id }, "a file could not be read");
        return {
          text: `${named(file)}: ${error instanceof SophiaError ? error.message : safeMessage(error)}`,
          isError: true,
        };
      }
    },
  };
}

async function readFile(
  file: QuestionFile,
  { client, download, readPdf }: FileReaderOptions,
  signal: AbortSignal,
): Promise<ToolResult> {
  const { url_private: url, size = 0, mode } = await lookUp(file, client);
  if (mode === "tombstone" || mode === "hidden_by_limit" || url === undefined)
    throw new UserError("Slack does not have this file any more.");
  if (size > mostBytes) throw tooLarge(mostBytes);
  const bytes = await download(url, signal);
  const kind = kindOf(bytes);
  if (kind.kind === "other")
    throw new UserError(`This is ${kind.words}. I read text, CSV and PDF: ask for one of these.`);
  const text = kind.kind === "pdf" ? await readPdf(bytes, signal) : cut(new TextDecoder(kind.encoding).decode(bytes));
  return { text: `${named(file)}\n\n${text}`, isError: false };
}

async function lookUp({ id }: QuestionFile, client: SlackClient): Promise<SlackFile> {
  const outcome = await client.try("files.info", { file: id });
  if (outcome.kind === "ok") return outcome.data["file"] ?? {};
  if (outcome.kind === "refused" && outcome.code === "missing_scope")
    throw new UserError("Slack does not let me read files here: whoever runs me can add the scope files:read.");
  if (outcome.kind === "refused")
    throw new UserError("Slack does not have this file any more, or does not show it to me.");
  throw slackError("files.info", outcome);
}

function cut(text: string): string {
  if (text.length <= mostCharacters) return text;
  const left = text.length - mostCharacters;
  return `${text.slice(0, mostCharacters)}\n[Cut here: ${left} of ${text.length} characters are left out.]`;
}

function named({ name }: QuestionFile): string {
  return `The file ${JSON.stringify(name)}`;
}
