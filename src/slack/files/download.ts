import { ServiceError, UserError } from "../../core/errors.ts";
import { createKeepAliveFetch } from "../../core/keep-alive-fetch.ts";

export interface DownloadOptions {
  botToken: string;
  /** SLACK_API_URL: files may lie at its origin as well. */
  apiUrl?: string | undefined;
  mostBytes?: number;
  timeoutMs?: number;
  fetch?: typeof fetch;
}

export type Download = (url: string, signal: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>;

/** Where Slack keeps what people upload: the bot's token goes nowhere else. */
const slackHosts: readonly string[] = ["files.slack.com", "files.slack-gov.com"];
const service = "Slack";

/** Fetches a file with the bot's token. Follows no redirect. Throws a SophiaError in words for the person. */
export function createDownload(options: DownloadOptions): Download {
  const { botToken, apiUrl, mostBytes = 5 * 1024 * 1024, timeoutMs = 10_000 } = options;
  const fetchFn = options.fetch ?? createKeepAliveFetch({ timeoutMs });
  const ownOrigin = apiUrl === undefined ? undefined : new URL(apiUrl).origin;
  return async (address, signal) => {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    const isSlack = url?.protocol === "https:" && url.port === "" && slackHosts.includes(url.hostname);
    if (!url || (!isSlack && url.origin !== ownOrigin)) {
      throw new UserError("This file does not lie at Slack but elsewhere, so I do not read it. Ask for its text.");
    }
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const headers = { authorization: `Bearer ${botToken}` };
      const response = await fetchFn(url, { headers, redirect: "error", signal: deadline });
      return await wholeBody(response, mostBytes);
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof UserError || cause instanceof ServiceError) throw cause;
      const message = `${service} did not give the file within ${timeoutMs / 1_000} s. Try again in a minute.`;
      throw new ServiceError(message, { service, retryable: true, cause });
    }
  };
}

async function wholeBody(response: Response, mostBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (response.status !== 200) {
    throw new ServiceError(`${service} does not give the file (HTTP ${response.status}).`, {
      service,
      status: response.status,
    });
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > mostBytes) throw tooLarge(mostBytes);
    parts.push(part);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function tooLarge(mostBytes: number): UserError {
  return new UserError(
    `The file is larger than ${mostBytes / 1024 / 1024} MB, the most that I read. Ask for a part of it.`,
  );
}
