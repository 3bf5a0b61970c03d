/** Our Slack server, connected over MCP, and the sandbox's Slack, which shares no code with it. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { linkInProcess } from "../../mcp-servers/shared/serve.ts";
import type { Timer } from "../../mcp-servers/shared/timer.ts";
import { createSlackServer } from "../../mcp-servers/slack/index.ts";
import type { SlackOptions } from "../../sandbox/slack/start-slack.ts";
import type { SlackWorld } from "../../sandbox/slack/workspace.ts";
import { connectMcp } from "../../src/mcp/client.ts";
import { CALLER_META, LOOK_UP_META, type McpToolResult, PREVIEW_META } from "../../src/mcp/types.ts";
import { BOT_TOKEN, smallWorld, startTestSlack } from "./slack-stand-in.ts";

export const maya = "maya@payready.example";
export const oliver = "oliver@payready.example";

const manifest = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../manifest.json"), "utf8"));

export interface CallOptions {
  /** Who asks; Maya unless told, null for another client of whose people nothing is known. */
  asker?: string | null | undefined;
  audience?: "private" | "channel";
  /** What others wrote was read in the conversation, which is held there and began with this question. */
  confined?: { channel: string; userId: string; question: string } | undefined;
  signal?: AbortSignal;
  meta?: object;
}

interface HouseOptions {
  /** Besides those of the small world. */
  channels?: SlackWorld["channels"];
  slack?: Partial<SlackOptions>;
  botToken?: string;
  readOnly?: boolean;
  timer?: Timer;
  deadlineMs?: number;
}

export type SlackHouse = Awaited<ReturnType<typeof openSlackHouse>>;

/** With the scopes of manifest.json and no others, so that what the tools need is known to be in it. */
export async function openSlackHouse(given: HouseOptions = {}) {
  const { slack: options = {}, channels = [], botToken = BOT_TOKEN, readOnly = false, timer, deadlineMs } = given;
  const world = { ...smallWorld, channels: [...smallWorld.channels, ...channels] };
  const slack = await startTestSlack({ world, scopes: manifest.oauth_config.scopes.bot, ...options });
  const { board } = slack;
  let ids = 0;
  const definition = createSlackServer(
    { botToken, apiUrl: slack.apiUrl, readOnly },
    { clock: board.clock, timer, deadlineMs, random: () => 0, newId: () => `id-${++ids}` },
  );
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const link = linkInProcess(definition, { trustCaller: true, clock: board.clock, onError });
  const client = await connectMcp({ type: "in-process", link }, { name: "test", version: "1" });

  const call = (name: string, args: object, from: CallOptions = {}) => {
    const { asker = maya, audience = "private", confined, signal, meta } = from;
    const who = { email: asker, audience, hasReadOthers: confined !== undefined, ...confined };
    const caller = asker === null ? {} : { [CALLER_META]: who };
    return client.callTool(name, { ...args }, { timeoutMs: 20_000, signal, meta: { ...caller, ...meta } });
  };
  /** The structured result; throws what the model would read instead. */
  const ask = async (name: string, args: object, call_: CallOptions = {}): Promise<any> =>
    structured(await call(name, args, call_));
  /** What a person is shown before the write. */
  const preview = async (name: string, args: object, call_: CallOptions = {}): Promise<any> =>
    structured(await call(name, args, { ...call_, meta: { [PREVIEW_META]: true } }));
  /** Whether this write, sent just now unless told, was carried out. */
  const lookUp = async (
    name: string,
    args: object,
    write: { id?: string; sentAt?: number } = {},
    call_: CallOptions = {},
  ): Promise<any> => {
    const { id = "write_1", sentAt = board.clock.now() } = write;
    const meta = { [LOOK_UP_META]: { id, sentAt: new Date(sentAt).toISOString() } };
    return structured(await call(name, args, { ...call_, meta }));
  };
  const refusal = async (name: string, args: object, call_: CallOptions = {}): Promise<string> => {
    const result = await call(name, args, call_);
    if (!result.isError) throw new Error(`${name} was not refused`);
    return textOf(result);
  };
  /** What left the house, oldest first: method and form. */
  const requests = () =>
    board.requests("slack").map(({ method, url, body, headers, status }) => ({
      call: `${method} ${new URL(url).pathname.replace("/api/", "")}`,
      form: Object.fromEntries(new URLSearchParams(body)),
      headers,
      status,
    }));
  const sent = () => requests().map((request) => request.call.replace("POST ", ""));
  const forms = (method: string) => requests().flatMap((r) => (r.call === `POST ${method}` ? [r.form] : []));
  const close = async () => {
    await client.close();
    await slack.close();
  };
  const { store } = slack;
  return { slack, store, board, client, errors, call, ask, preview, lookUp, refusal, requests, sent, forms, close };
}

function structured(result: McpToolResult): unknown {
  if (result.isError) throw new Error(textOf(result));
  return result.structuredContent;
}

export const textOf = (result: McpToolResult): string => String(result.content[0]?.text);
