import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as send,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer, text } from "node:stream/consumers";

export interface ProxiedRequest {
  method: string;
  url: string;
  /** As they came, without those that prove who calls. */
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Refusal {
  /** `cut`: the connection, instead of an answer. */
  with: number | "cut";
  /** Only requests whose path contains this. */
  path?: string;
  /** As often as they come unless told. */
  times?: number;
}

export interface EchoingProxy {
  url: string;
  requests: ProxiedRequest[];
  /** Until it is taken back with `undefined`. Its answer quotes, in headers and body, the credentials that came. */
  refuse(refusal: Refusal | undefined): void;
  /** From now on answers say `put` wherever they say `find`. */
  tell(find: string, put: string): void;
  close(): Promise<void>;
}

export interface EchoingProxyOptions {
  /** The stand-in's address. */
  target: string;
  /** The credentials that the client has -> those that the stand-in takes. */
  credentials: Readonly<Record<string, string>>;
  /** Changes an answer's text on its way back. */
  onAnswer?: (text: string) => string | Promise<string>;
}

const proving = ["authorization", "x-api-key", "api-key"];

/** Stands before a service with credentials of the test's own, and can be the worst of services: one that quotes them back. */
export async function startEchoingProxy(options: EchoingProxyOptions): Promise<EchoingProxy> {
  const requests: ProxiedRequest[] = [];
  const told: [string, string][] = [];
  let refusal: Refusal | undefined;

  const takeRefusal = (url: string): Refusal | undefined => {
    if (!refusal || (refusal.path !== undefined && !url.includes(refusal.path))) return undefined;
    const taken = refusal;
    if (taken.times !== undefined) refusal = taken.times > 1 ? { ...taken, times: taken.times - 1 } : undefined;
    return taken;
  };
  const onAnswer = async (answer: string): Promise<string> => {
    const changed = told.reduce((rest, [find, put]) => rest.replaceAll(find, put), answer);
    return (await options.onAnswer?.(changed)) ?? changed;
  };
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = "", url = "", headers } = incoming;
    const body = await buffer(incoming);
    const shown = Object.fromEntries(Object.entries(headers).filter(([name]) => !proving.includes(name)));
    requests.push({ method, url, headers: shown, body: body.toString() });
    const refused = takeRefusal(url);
    if (refused?.with === "cut") outgoing.destroy();
    else if (refused) quoteBack(outgoing, refused.with, headers);
    else await forward({ incoming, body, outgoing }, { ...options, onAnswer });
  };
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    refuse: (next) => {
      refusal = next;
    },
    tell: (find, put) => told.push([find, put]),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Each service finds its own fields among these. */
function quoteBack(outgoing: ServerResponse, status: number, headers: IncomingHttpHeaders): void {
  const given = proving.flatMap((name) => headers[name] ?? []).join(" ");
  const bare = given.replace(/^\w+ /, "");
  const decoded = given.startsWith("Basic ") ? Buffer.from(bare, "base64").toString() : bare;
  const forms = [given, decoded, encodeURIComponent(decoded), Buffer.from(decoded).toString("base64")];
  const message = `These are no good: ${forms.join(" ")}`;
  const body = JSON.stringify({
    ok: false,
    success: false,
    type: "error",
    status: "error",
    category: "INVALID_AUTHENTICATION",
    code: String(status),
    message,
    requestId: decoded,
    errors: [{ message, help: decoded }],
    error: { type: "authentication_error", code: "UNAUTHENTICATED", message },
  });
  const wordy = { "x-should-retry": "false", "x-request-id": decoded, "www-authenticate": `Bearer error="${decoded}"` };
  outgoing.writeHead(status, { "content-type": "application/json", ...wordy }).end(body);
}

interface Exchange {
  incoming: IncomingMessage;
  body: Buffer;
  outgoing: ServerResponse;
}

function forward(
  { incoming, body, outgoing }: Exchange,
  { target, credentials, onAnswer }: EchoingProxyOptions,
): Promise<void> {
  const { method, url = "", headers } = incoming;
  const given = Object.entries(headers).map(([name, value]) => [name, exchange(String(value), credentials)]);
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...Object.fromEntries(given), host: new URL(target).host } };
    const forwarded = send(new URL(url, target), options, (answer) => {
      const { statusCode = 502, headers: said } = answer;
      const isWhole = said["content-type"]?.startsWith("application/json") && said["content-encoding"] === undefined;
      if (!isWhole || !onAnswer) {
        outgoing.writeHead(statusCode, said).flushHeaders();
        answer.pipe(outgoing).once("close", resolve);
        return;
      }
      const { "content-length": _length, "transfer-encoding": _encoding, ...rest } = said;
      text(answer)
        .then(async (whole) => outgoing.writeHead(statusCode, rest).end(await onAnswer(whole)))
        .then(() => resolve(), reject);
    });
    forwarded.once("error", reject);
    outgoing.once("close", () => forwarded.destroy());
    forwarded.end(body);
  });
}

function exchange(value: string, credentials: Readonly<Record<string, string>>): string {
  const exchanged = (text: string): string =>
    Object.entries(credentials).reduce((rest, [own, theirs]) => rest.replaceAll(own, theirs), text);
  const basic = /^Basic (.+)$/.exec(value)?.[1];
  if (basic === undefined) return exchanged(value);
  return `Basic ${Buffer.from(exchanged(Buffer.from(basic, "base64").toString())).toString("base64")}`;
}
