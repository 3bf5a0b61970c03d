/** A small Gong that answers as its documentation says, and our server connected to it over a real MCP link. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text as bodyOf } from "node:stream/consumers";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";
import type { GongConfig } from "../../../../mcp-servers/gong/config.ts";
import { createGongServer } from "../../../../mcp-servers/gong/index.ts";
import { linkInProcess } from "../../../../mcp-servers/shared/serve.ts";
import type { Timer } from "../../../../mcp-servers/shared/timer.ts";
import { connectMcp } from "../../../../src/mcp/client.ts";
import { CALLER_META, type McpToolResult } from "../../../../src/mcp/types.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

export interface Sent {
  method: string;
  url: string;
  authorization: string | undefined;
  body: any;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** A string goes out as it is. */
  body?: unknown;
  /** Cut the connection. */
  cut?: boolean;
}

type Respond = (sent: Sent, count: number) => Answer | Promise<Answer>;

export interface FakeGong {
  url: string;
  sent: Sent[];
  respond: Respond;
}

export async function startFakeGong(respond: Respond): Promise<FakeGong> {
  const fake: FakeGong = { url: "", sent: [], respond };
  const answerOne = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await bodyOf(request);
    const { method = "", url = "", headers } = request;
    const body = text === "" ? undefined : JSON.parse(text);
    const sent = { method, url, authorization: headers.authorization, body };
    fake.sent.push(sent);
    const answer = await fake.respond(sent, fake.sent.length);
    if (answer.cut) {
      request.socket.destroy();
      return;
    }
    const out = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? {});
    response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers }).end(out);
  };
  const server = createServer((request, response) => {
    answerOne(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return fake;
}

/** Waiting costs no time here; what was waited for is kept. */
class InstantTimer implements Timer {
  readonly slept: number[] = [];
  #now = 0;
  now(): number {
    return this.#now;
  }
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(ms);
    this.#now += ms;
  }
  advance(ms: number): void {
    this.#now += ms;
  }
}

export interface Asker {
  email?: string;
  audience?: "private" | "channel";
}

export async function connectGong(
  respond: Respond,
  options: { config?: Partial<GongConfig>; now?: string; timer?: Timer } = {},
) {
  const fake = await startFakeGong(respond);
  const timer = options.timer ?? new InstantTimer();
  const clock = { now: () => Date.parse(options.now ?? "2026-03-11T15:00:00Z") };
  const warnings: unknown[] = [];
  const definition = createGongServer(
    {
      apiKey: "key",
      apiSecret: "secret",
      baseUrl: fake.url,
      timeZone: "UTC",
      requestsPerSecond: 100,
      ...options.config,
    },
    { clock, fetch, timer, random: () => 0, logger: { warn: (fields) => warnings.push(fields) } },
  );
  const errors: unknown[] = [];
  const link = linkInProcess(definition, { trustCaller: true, clock, onError: (error) => errors.push(error) });
  const client = await connectMcp({ type: "in-process", link }, { name: "test", version: "1" });
  closing.push(() => client.close());

  const call = (name: string, args: object, asker?: Asker, signal?: AbortSignal): Promise<McpToolResult> =>
    client.callTool(name, { ...args }, { timeoutMs: 20_000, signal, meta: asker ? { [CALLER_META]: asker } : {} });
  /** The structured result; throws what the model would read instead. */
  const ask = async (name: string, args: object, asker?: Asker): Promise<any> => {
    const result = await call(name, args, asker);
    if (result.isError) throw new Error(textOf(result));
    return result.structuredContent;
  };
  return { fake, timer, client, call, ask, warnings, errors, definition };
}

export const textOf = (result: McpToolResult): string => String(result.content[0]?.text);

export const party = (fields: object = {}) => ({
  id: "1",
  emailAddress: "dana@ours.example",
  name: "Dana Fox",
  title: "Account Executive",
  userId: "11111111111111111111",
  speakerId: "6432345678555530067",
  affiliation: "Internal",
  phoneNumber: "+1 555 0100",
  ...fields,
});

export const customer = (fields: object = {}) =>
  party({
    id: "2",
    emailAddress: "jo@acme.example",
    name: "Jo Ruiz",
    title: "CFO",
    userId: undefined,
    speakerId: "7432345678555530068",
    affiliation: "External",
    ...fields,
  });

/** As `POST /v2/calls/extensive` gives one, media links and all. */
export const gongCall = (metaData: object = {}, rest: object = {}) => ({
  metaData: {
    id: "7782342274025937895",
    url: "https://us-1.app.gong.io/call?id=7782342274025937895",
    title: "Acme: pricing",
    scheduled: "2026-03-09T17:55:00Z",
    started: "2026-03-09T18:00:00Z",
    duration: 1840,
    primaryUserId: "11111111111111111111",
    direction: "Conference",
    scope: "External",
    media: "Video",
    isPrivate: false,
    ...metaData,
  },
  parties: [party(), customer()],
  context: [
    { system: "Salesforce", objects: [{ objectType: "Account", fields: [{ name: "Name", value: "Acme Inc." }] }] },
  ],
  content: { brief: "Jo asked for a discount." },
  media: { audioUrl: "https://media.example/a.mp3" },
  ...rest,
});

export const users = [
  { id: "11111111111111111111", emailAddress: "dana@ours.example", firstName: "Dana", lastName: "Fox", active: true },
  {
    id: "22222222222222222222",
    emailAddress: "joanna@ours.example",
    emailAliases: ["jo.lee@ours.example"],
    firstName: "Joanna",
    lastName: "Lee",
    title: "Sales Manager",
    phoneNumber: "+1 555 0199",
    managerId: "11111111111111111111",
    active: true,
  },
];

export const noCalls: Answer = {
  status: 404,
  body: { requestId: "r1", errors: ["No calls found corresponding to the provided filters"] },
};

/** The list of calls, answered in Gong's pages of 100. */
export function callPages(calls: readonly any[]) {
  return ({ body }: Sent): Answer => {
    const start = body.cursor === undefined ? 0 : Number(body.cursor);
    const page = calls.slice(start, start + 100);
    const next = start + page.length;
    const records = { totalRecords: calls.length, currentPageSize: page.length, currentPageNumber: start / 100 };
    return {
      body: {
        requestId: "r",
        calls: page,
        records: { ...records, ...(next < calls.length ? { cursor: String(next) } : {}) },
      },
    };
  };
}
